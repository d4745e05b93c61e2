package config

import (
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Severity says how bad a finding is.
type Severity string

// The severities: with Broken the program must not start; Warning works, but not as it
// should; Note is for information.
const (
	Broken  Severity = "broken"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// Finding is one thing about the settings that the owner should know: what is so, and what
// to do about it, in plain English.
type Finding struct {
	Severity Severity
	What     string
	Do       string
}

// findings collects what the rules say.
type findings []Finding

func (f *findings) add(severity Severity, what, do string) {
	*f = append(*f, Finding{severity, what, do})
}

// Check reads the settings by rules alone: it opens no file and no connection. `lintel
// doctor` adds what only trying can tell (disk writable, mail accepted, clock right).
func Check(c Config) []Finding {
	var found findings
	checkBaseURL(c, &found)
	checkPlaces(c, &found)
	checkTLS(c, &found)
	checkProxies(c, &found)
	checkMail(c, &found)
	checkIncoming(c, &found)
	checkS3(c.S3, &found)
	checkTimestamp(c.TimestampURL, &found)
	checkScanner(c, &found)
	checkChoices(c, &found)
	return found
}

// CanStart reports whether nothing found is Broken.
func CanStart(found []Finding) bool {
	return !slices.ContainsFunc(found, func(f Finding) bool { return f.Severity == Broken })
}

func checkBaseURL(c Config, found *findings) {
	if c.BaseURL == "" {
		if !c.Demo {
			found.add(Broken, "The address of the portal is not set, so no mail could contain a working link.", "Set LINTEL_BASE_URL, for example https://portal.example.com.")
		}
		return
	}
	base, err := url.Parse(c.BaseURL)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
		found.add(Broken, "The address of the portal is not a web address.", "Set LINTEL_BASE_URL to one that starts with https://, for example https://portal.example.com.")
		return
	}
	if strings.Trim(base.Path, "/") != "" || base.RawQuery != "" || base.Fragment != "" || base.User != nil {
		found.add(Broken, "The address of the portal has more than a host name.", "Give Lintel a host name of its own and set LINTEL_BASE_URL to https:// and that name only.")
	}
	if base.Scheme == "http" && !c.Demo && !isThisMachine(base.Hostname()) {
		found.add(Warning, "The address of the portal is not https, so passwords and signatures travel readable, and browsers refuse to keep people signed in.",
			"Use automatic TLS (LINTEL_TLS_MODE=auto) or a proxy that does https, and set LINTEL_BASE_URL to https://…")
	}
}

func isThisMachine(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && address.IsLoopback()
}

func checkPlaces(c Config, found *findings) {
	switch {
	case c.DataDir == "" && !c.Demo:
		found.add(Broken, "The data folder is not set, so there is no place for the database, the files and the keys.", "Set LINTEL_DATA to a folder on a disk that you back up, for example /var/lib/lintel.")
	case c.DataDir != "" && !c.Demo && !filepath.IsAbs(c.DataDir):
		found.add(Warning, "The data folder is not a full path, so it depends on where Lintel is started.", "Set LINTEL_DATA to a path that starts at the root, for example /var/lib/lintel.")
	case strings.HasPrefix(c.DataDir, "/tmp/") && !c.Demo:
		found.add(Warning, "The data folder is a temporary one, which the system empties.", "Move it, for example to /var/lib/lintel, and set LINTEL_DATA.")
	}
	if !isAddress(c.Addr) {
		found.add(Broken, "The address to listen on is not one.", "Set LINTEL_ADDR to a port such as :8080, or an address and a port such as 127.0.0.1:8080.")
	}
	if database := c.DatabaseURL.Reveal(); database != "" && !isPostgreSQL(database) {
		found.add(Broken, "The database address is not one of PostgreSQL.", "Set LINTEL_DATABASE_URL to postgres://user@host/database, or leave it empty for SQLite.")
	}
	checkMetrics(c, found)
}

func checkMetrics(c Config, found *findings) {
	switch {
	case c.MetricsAddr == "":
	case !isAddress(c.MetricsAddr):
		found.add(Broken, "The address for metrics is not one.", "Set LINTEL_METRICS_ADDR to an address and a port such as 127.0.0.1:9090.")
	case c.MetricsAddr == c.Addr:
		found.add(Broken, "Metrics and the portal have the same address.", "Give LINTEL_METRICS_ADDR a port of its own.")
	case strings.HasPrefix(c.MetricsAddr, ":") || strings.HasPrefix(c.MetricsAddr, "0.0.0.0:") || strings.HasPrefix(c.MetricsAddr, "[::]:"):
		found.add(Warning, "Metrics can be read from every network that this machine is in.", "Set LINTEL_METRICS_ADDR to an address that only your monitoring reaches, for example 127.0.0.1:9090.")
	}
}

func isAddress(text string) bool {
	_, port, err := net.SplitHostPort(text)
	if err != nil {
		return false
	}
	number, err := strconv.Atoi(port)
	return err == nil && isPort(number) || port == "0"
}

func isPort(number int) bool { return number >= 1 && number <= 65535 }

func isPostgreSQL(address string) bool {
	parsed, err := url.Parse(address)
	return err == nil && (parsed.Scheme == "postgres" || parsed.Scheme == "postgresql")
}

func checkTLS(c Config, found *findings) {
	if c.TLS.Mode == "files" && (c.TLS.CertFile == "" || c.TLS.KeyFile == "") {
		found.add(Broken, "TLS is to come from files, but the certificate or the key is not named.", "Set LINTEL_TLS_CERT and LINTEL_TLS_KEY.")
	}
	if c.TLS.Mode == "auto" {
		checkAutoTLS(c, found)
	}
	if c.TLS.Mode != "off" && strings.HasPrefix(c.BaseURL, "http://") {
		found.add(Broken, "TLS is on, but the address of the portal starts with http://.", "Set LINTEL_BASE_URL to https://…")
	}
	if c.TLS.Mode == "off" && strings.HasPrefix(c.BaseURL, "https://") && len(c.TrustedProxies) == 0 {
		found.add(Warning, "A proxy must be in front to do https, but none is trusted, so every visitor seems to come from the proxy's address.",
			"Set LINTEL_TRUSTED_PROXIES to the proxy's network, for example 127.0.0.1/32.")
	}
}

func checkAutoTLS(c Config, found *findings) {
	base, err := url.Parse(c.BaseURL)
	if err == nil && (isThisMachine(base.Hostname()) || net.ParseIP(base.Hostname()) != nil) {
		found.add(Broken, "Automatic TLS needs a public host name, and the address of the portal has none.", "Set LINTEL_BASE_URL to a name that leads to this machine, or LINTEL_TLS_MODE=off.")
	}
	if c.TLS.Email == "" {
		found.add(Note, "The certificate authority has no address to warn you at.", "Set LINTEL_TLS_EMAIL.")
	}
}

func checkProxies(c Config, found *findings) {
	for _, network := range c.TrustedProxies {
		prefix, err := netip.ParsePrefix(network)
		if _, single := netip.ParseAddr(network); err != nil && single != nil {
			found.add(Broken, "A trusted proxy is not a network.", "Write LINTEL_TRUSTED_PROXIES as networks with commas between, for example 10.0.0.0/8,127.0.0.1/32.")
		} else if err == nil && prefix.Bits() == 0 {
			found.add(Broken, "The whole internet is trusted as a proxy, so anyone can pretend to be at any address.", "Set LINTEL_TRUSTED_PROXIES to the proxy's own network.")
		}
	}
}

// dnsName is a name in the DNS, of one part or more.
var dnsName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$`)

func checkMail(c Config, found *findings) {
	if c.Demo {
		return
	}
	s := c.SMTP
	if s.Host == "" {
		found.add(Warning, "Mail cannot be sent: no mail server is set.", "Set LINTEL_SMTP_HOST and LINTEL_SMTP_FROM.")
		return
	}
	if _, err := mail.ParseAddress(s.From); err != nil {
		found.add(Broken, "Mail has no usable sender.", "Set LINTEL_SMTP_FROM, for example 'Portal <portal@example.com>'.")
	}
	if !isPort(s.Port) {
		found.add(Broken, "The port of the mail server is not one.", "Set LINTEL_SMTP_PORT to 587 or 465.")
	}
	if s.Security == "none" && !isThisMachine(s.Host) {
		found.add(Warning, "Mail goes to the mail server readable for everyone on the way.", "Set LINTEL_SMTP_SECURITY to starttls.")
	}
	if s.Port == 465 && s.Security == "starttls" {
		found.add(Warning, "Port 465 speaks TLS from the start, not STARTTLS.", "Set LINTEL_SMTP_SECURITY to tls, or LINTEL_SMTP_PORT to 587.")
	}
	if (s.User == "") != (s.Password == "") {
		found.add(Warning, "The mail server has a user name without a password, or a password without a user name.", "Set both LINTEL_SMTP_USER and LINTEL_SMTP_PASSWORD, or neither.")
	}
	if s.DKIMSelector != "" && !dnsName.MatchString(s.DKIMSelector) {
		found.add(Broken, "The selector for signed mail cannot stand in the DNS.", "Set LINTEL_SMTP_DKIM_SELECTOR to letters and digits, for example lintel.")
	}
	if s.DKIMKey != "" && s.DKIMSelector == "" {
		found.add(Warning, "There is a key to sign mail with, but no selector, so nothing is signed.", "Set LINTEL_SMTP_DKIM_SELECTOR, for example to lintel.")
	}
}

func checkS3(s S3, found *findings) {
	if s.Endpoint == "" && s.Bucket == "" {
		return
	}
	if s.Endpoint == "" || s.Bucket == "" || s.AccessKey == "" || s.SecretKey == "" {
		found.add(Broken, "The bucket for files is only half set.", "Set LINTEL_S3_ENDPOINT, LINTEL_S3_BUCKET, LINTEL_S3_ACCESS_KEY and LINTEL_S3_SECRET_KEY, or none of them.")
		return
	}
	endpoint, err := url.Parse(s.Endpoint)
	switch {
	case err != nil || endpoint.Host == "":
		found.add(Broken, "The address of the S3 service is not a web address.", "Set LINTEL_S3_ENDPOINT, for example https://s3.example.com.")
	case endpoint.Scheme != "https" && !isThisMachine(endpoint.Hostname()):
		found.add(Warning, "Files go to the S3 service readable for everyone on the way.", "Set LINTEL_S3_ENDPOINT to https://…")
	}
}

func checkTimestamp(address string, found *findings) {
	parsed, err := url.Parse(address)
	switch {
	case address == "":
		found.add(Note, "Sealed PDFs carry this machine's time, not that of an independent service.", "Set LINTEL_TIMESTAMP_URL to an RFC 3161 service if you need that proof.")
	case err != nil || parsed.Host == "" || parsed.Scheme != "https" && parsed.Scheme != "http":
		found.add(Broken, "The address of the time-stamp service is not a web address.", "Set LINTEL_TIMESTAMP_URL, or leave it empty.")
	}
}

func checkScanner(c Config, found *findings) {
	network, address, set := c.ScannerAddress()
	_, _, err := net.SplitHostPort(address)
	if !set || network == "unix" && strings.HasPrefix(address, "/") || network == "tcp" && err == nil {
		return
	}
	found.add(Broken, "The address of the virus scanner is not one.", "Write LINTEL_VIRUS_SCANNER like unix:/run/clamav/clamd.ctl or tcp:127.0.0.1:3310, or leave it empty.")
}

// checkChoices holds what the command line checks by itself, for settings that came another way.
func checkChoices(c Config, found *findings) {
	for _, choice := range []struct{ variable, value, allowed string }{
		{"LINTEL_TLS_MODE", c.TLS.Mode, "off,auto,files"},
		{"LINTEL_SMTP_SECURITY", c.SMTP.Security, "starttls,tls,none"},
		{"LINTEL_INCOMING_PROTOCOL", c.Incoming.Protocol, "lmtp,smtp"},
		{"LINTEL_INCOMING_TRUST", c.Incoming.Trust, "authenticated,address"},
		{"LINTEL_IMAP_SECURITY", c.IMAP.Security, "tls,starttls,none"},
		{"LINTEL_LOG_LEVEL", c.LogLevel, "debug,info,warn,error"},
		{"LINTEL_LOG_FORMAT", c.LogFormat, "json,text"},
	} {
		if !slices.Contains(strings.Split(choice.allowed, ","), choice.value) {
			found.add(Broken, choice.variable+" is none of the possible values.", "Set it to one of: "+strings.ReplaceAll(choice.allowed, ",", ", ")+".")
		}
	}
}
