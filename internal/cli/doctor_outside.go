package cli

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"lintel/internal/features/file"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/config"
	"lintel/internal/platform/httpclient"
	"lintel/internal/platform/mail"
	"lintel/internal/platform/pdf"
)

// checkMailServer connects, starts TLS and signs in, and sends nothing.
func checkMailServer(ctx context.Context, settings mail.SMTPConfig) []config.Finding {
	ctx, cancel := context.WithTimeout(ctx, doctorLimit)
	defer cancel()
	sender, err := mail.NewSMTP(settings, clock.System())
	if err != nil {
		return []config.Finding{broken("Mail cannot be sent: "+err.Error()+".", "See the LINTEL_SMTP_… settings.")}
	}
	defer sender.Close()
	if err := sender.Check(ctx); err != nil {
		return []config.Finding{broken(upperFirst(cause(err))+".", mailAdvice(err))}
	}
	return nil
}

func mailAdvice(err error) string {
	text := cause(err)
	switch {
	case strings.Contains(text, "cannot be reached"):
		return "See that LINTEL_SMTP_HOST and LINTEL_SMTP_PORT are right, and that no firewall (many hosters block port 25) is between."
	case strings.Contains(text, "user name or password"):
		return "See that LINTEL_SMTP_USER and LINTEL_SMTP_PASSWORD are right. Many providers want a password made for programs."
	case strings.Contains(text, "certificate"):
		return "Set LINTEL_SMTP_HOST to the name that stands in the mail server's certificate."
	case strings.Contains(text, "TLS"):
		return "Set LINTEL_SMTP_SECURITY to what the mail server speaks: starttls (mostly port 587) or tls (mostly port 465)."
	}
	return "Ask your mail provider for host, port and sign-in, and compare with the LINTEL_SMTP_… settings."
}

// checkPublicAddress asks the portal at its own address, as a browser would.
func checkPublicAddress(ctx context.Context, c config.Config) []config.Finding {
	base, err := url.Parse(c.BaseURL)
	if err != nil {
		return nil // the settings' own finding says so
	}
	ctx, cancel := context.WithTimeout(ctx, doctorLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(c.BaseURL, "/")+"/healthz", nil)
	if err != nil {
		return nil
	}
	// Its own client, not httpclient: the portal may well be on a private network.
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	answer, err := client.Do(request)
	if err != nil {
		return []config.Finding{noAnswer(base, err)}
	}
	defer answer.Body.Close()
	switch {
	case answer.StatusCode == http.StatusServiceUnavailable:
		return []config.Finding{broken("The portal at "+c.BaseURL+" answers that it cannot work just now.", "Read the other findings and the log.")}
	case answer.StatusCode != http.StatusOK:
		return []config.Finding{warning(fmt.Sprintf("At %s something answers with status %d, which does not look like this portal.", c.BaseURL, answer.StatusCode),
			"See that the proxy passes all paths on to Lintel and keeps the Host header, and that LINTEL_BASE_URL is right.")}
	}
	return checkPublicClock(answer)
}

// checkPublicClock compares with the clock of whoever answered: a proxy in front has one
// of its own.
func checkPublicClock(answer *http.Response) []config.Finding {
	there, err := http.ParseTime(answer.Header.Get("Date"))
	if err != nil {
		return nil
	}
	if off := time.Since(there).Abs(); off > clockSlack {
		return []config.Finding{warning(fmt.Sprintf("The clocks of this machine and of the one that answers at the public address differ by %s.", off.Round(time.Second)),
			"Set both by a time service, for example chrony.")}
	}
	return nil
}

func noAnswer(base *url.URL, err error) config.Finding {
	var notFound *net.DNSError
	var invalid x509.CertificateInvalidError
	var verification *tls.CertificateVerificationError
	switch {
	case errors.As(err, &notFound):
		return broken("The name "+base.Hostname()+" of the portal's address does not lead anywhere: "+notFound.Err+".", "Add it to the DNS of your domain, or set LINTEL_BASE_URL to the right name.")
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return broken("The certificate of "+base.Host+" is out of date, or this machine's clock is off.", "Renew the certificate; with LINTEL_TLS_MODE=auto see the log for why that fails.")
	case errors.As(err, &verification):
		return broken("The certificate of "+base.Host+" is not one that browsers trust: "+verification.Err.Error()+".", "Use a certificate for this name from an authority that browsers know.")
	}
	return warning("The portal cannot be reached at "+base.String()+" from here: "+cause(innermost(err))+".",
		"If Lintel is not running yet, start it and ask again. If it is, see the proxy and the firewall; from outside it may be reachable all the same.")
}

// checkVirusScanner has a few clean bytes looked at.
func checkVirusScanner(ctx context.Context, c config.Config) []config.Finding {
	network, address, set := c.ScannerAddress()
	if !set {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, doctorLimit)
	defer cancel()
	virus, err := file.Clamd(network, address)(ctx, strings.NewReader("lintel doctor"))
	do := "See LINTEL_VIRUS_SCANNER and that clamd runs. Until it works, uploads wait and nobody can open them."
	switch {
	case err != nil:
		return []config.Finding{broken("The virus scanner does not work: "+cause(err)+".", do)}
	case virus != "":
		return []config.Finding{broken("The virus scanner finds "+virus+" in a clean text.", do)}
	}
	return nil
}

// checkTimestamps asks for one time stamp of nothing in particular.
func checkTimestamps(ctx context.Context, client *httpclient.Client, address string) []config.Finding {
	digest := sha256.Sum256([]byte("lintel doctor"))
	do := "See LINTEL_TIMESTAMP_URL. Until it works, documents wait for their seal and then are sealed with this machine's time."
	answer, err := client.Post(ctx, address, "application/timestamp-query", pdf.TimestampRequest(digest[:]))
	if err != nil {
		return []config.Finding{broken("The time-stamp service cannot be reached: "+cause(err)+".", do)}
	}
	if answer.Status != http.StatusOK {
		return []config.Finding{broken(fmt.Sprintf("The time-stamp service answers with status %d.", answer.Status), do)}
	}
	_, at, err := pdf.ParseTimestampResponse(answer.Body, digest[:])
	if err != nil {
		return []config.Finding{broken("The time-stamp service gives no usable stamp: "+cause(err)+".", do)}
	}
	if off := time.Since(at).Abs(); off > time.Minute {
		return []config.Finding{broken(fmt.Sprintf("This machine's clock and the time-stamp service's differ by %s.", off.Round(time.Second)), "Set the clock by a time service, for example chrony.")}
	}
	return nil
}

func innermost(err error) error {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err
}

func upperFirst(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
