package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"blitiri.com.ar/go/spf"
	"github.com/emersion/go-msgauth/authres"
	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-msgauth/dmarc"
	"golang.org/x/net/publicsuffix"
)

// Resolver asks the DNS; *net.Resolver is one.
type Resolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupIPAddr(ctx context.Context, host string) ([]net.IPAddr, error)
	LookupAddr(ctx context.Context, address string) ([]string, error)
}

// Arrival is how a mail came: who handed it over. It is zero for mail that came through a mail
// server of our own or out of a mailbox; SPF then says nothing.
type Arrival struct {
	Remote netip.Addr
	HELO   string
	From   string // on the envelope
}

// Checker tells whether a mail really comes from the domain in its From, by DKIM or SPF in
// that domain (the identifier alignment of DMARC, RFC 7489).
type Checker struct {
	Resolver Resolver
	// Server is the authserv-id of a mail server in front of Lintel whose Authentication-Results
	// are believed; empty: none. That server must remove headers under its name from the mails it takes.
	Server string
}

// The limits of a check.
const (
	mostSignatures = 5
	checkPatience  = 20 * time.Second
)

// Prove says by what the sender of a mail is proven ("DKIM", "SPF", or the mail server's word),
// or empty when it is not. An error means that the DNS did not answer: try again later.
func (c Checker) Prove(ctx context.Context, raw []byte, by Arrival) (proof string, err error) {
	sender, only := OnlySender(raw)
	if !only {
		return "", nil
	}
	_, domain, _ := strings.Cut(strings.ToLower(sender.Address), "@")
	ctx, cancel := context.WithTimeout(ctx, checkPatience)
	defer cancel()
	if proof, refused := c.fromServer(raw, domain); proof != "" || refused {
		return proof, nil
	}
	policy, err := c.policy(ctx, domain)
	if err != nil {
		return "", err
	}
	signed, err := c.signed(ctx, raw, domain, policy.DKIMAlignment == dmarc.AlignmentStrict)
	if signed {
		return "DKIM", nil
	}
	if allowed, spfErr := c.allowed(ctx, by, domain, policy.SPFAlignment == dmarc.AlignmentStrict); allowed {
		return "SPF", nil
	} else if err == nil {
		err = spfErr
	}
	return "", err
}

// fromServer reads what the trusted mail server has found out. Only its topmost header counts:
// servers write theirs on top of what came. refused: it says that the sender is a wrong one.
func (c Checker) fromServer(raw []byte, domain string) (proof string, refused bool) {
	entity, err := read(raw)
	if err != nil || c.Server == "" {
		return "", false
	}
	for fields := entity.Header.FieldsByKey("Authentication-Results"); fields.Next(); {
		// What stands in comments and quotes may be the sender's own words. The results before
		// one that cannot be read are good.
		server, results, _ := authres.Parse(withoutComments(fields.Value()))
		if strings.EqualFold(server, c.Server) {
			return provenBy(results, domain)
		}
	}
	return "", false
}

func provenBy(results []authres.Result, domain string) (proof string, refused bool) {
	for _, result := range results {
		switch r := result.(type) {
		case *authres.DMARCResult:
			if r.Value == authres.ResultFail {
				return "", true
			}
			if r.Value == authres.ResultPass && strings.EqualFold(r.From, domain) {
				proof = "DMARC"
			}
		case *authres.DKIMResult:
			signer := r.Domain
			if _, after, found := strings.Cut(r.Identifier, "@"); signer == "" && found {
				signer = after
			}
			if r.Value == authres.ResultPass && aligned(signer, domain, false) && proof == "" {
				proof = "DKIM"
			}
		case *authres.SPFResult:
			if r.Value == authres.ResultPass && aligned(r.From[strings.LastIndexByte(r.From, '@')+1:], domain, false) && proof == "" {
				proof = "SPF"
			}
		}
	}
	return proof, false
}

// withoutComments takes the comments in parentheses and the quoted strings out of a header.
func withoutComments(value string) string {
	var out strings.Builder
	depth, quoted, escaped := 0, false, false
	for _, r := range value {
		switch {
		case escaped:
			escaped = false
		case r == '\\' && (quoted || depth > 0):
			escaped = true
		case r == '"' && depth == 0:
			quoted = !quoted
			out.WriteByte('_')
		case quoted:
		case r == '(':
			depth++
		case r == ')' && depth > 0:
			depth--
		case depth == 0:
			out.WriteRune(r)
		}
	}
	if depth > 0 || quoted {
		return "" // broken: nothing in it can be told apart
	}
	return out.String()
}

// policy is what the owner of the domain wants: how near the signing domain must be. Without a
// record the standard holds.
func (c Checker) policy(ctx context.Context, domain string) (dmarc.Record, error) {
	for _, asked := range []string{domain, organisational(domain)} {
		record, err := dmarc.LookupWithOptions(asked, &dmarc.LookupOptions{LookupTXT: c.txt(ctx)})
		switch {
		case err == nil:
			return *record, nil
		case dmarc.IsTempFail(err) || ctx.Err() != nil:
			return dmarc.Record{}, fmt.Errorf("ask for the policy of %s: %w", domain, err)
		}
	}
	return dmarc.Record{}, nil
}

func (c Checker) signed(ctx context.Context, raw []byte, domain string, strict bool) (bool, error) {
	checks, err := dkim.VerifyWithOptions(bytes.NewReader(crlf(raw)), &dkim.VerifyOptions{LookupTXT: c.txt(ctx), MaxVerifications: mostSignatures})
	if err != nil && !errors.Is(err, dkim.ErrTooManySignatures) {
		return false, nil // its header cannot be read: it proves nothing
	}
	var later error
	for _, check := range checks {
		if !aligned(check.Domain, domain, strict) {
			continue
		}
		if check.Err == nil {
			return true, nil
		}
		if dkim.IsTempFail(check.Err) {
			later = fmt.Errorf("check the signature of %s: %w", domain, check.Err)
		}
	}
	return false, later
}

// allowed asks whether the server that handed the mail over may send for the domain.
func (c Checker) allowed(ctx context.Context, by Arrival, domain string, strict bool) (bool, error) {
	_, from, _ := strings.Cut(by.From, "@")
	if !by.Remote.IsValid() || by.Remote.IsLoopback() || !aligned(from, domain, strict) {
		return false, nil
	}
	result, err := spf.CheckHostWithSender(net.IP(by.Remote.Unmap().AsSlice()), by.HELO, by.From, spf.WithContext(ctx), spf.WithResolver(c.Resolver))
	if result == spf.TempError {
		return false, fmt.Errorf("ask who may send for %s: %w", domain, err)
	}
	return result == spf.Pass, nil
}

func (c Checker) txt(ctx context.Context) func(string) ([]string, error) {
	return func(name string) ([]string, error) { return c.Resolver.LookupTXT(ctx, name) }
}

// aligned reports whether a proven domain speaks for the domain of the From: the same one, or,
// unless the owner wants it strictly, one that belongs to the same organisation.
func aligned(proven, from string, strict bool) bool {
	proven, from = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(proven)), "."), strings.ToLower(from)
	if proven == "" || from == "" {
		return false
	}
	return proven == from || !strict && organisational(proven) == organisational(from)
}

// organisational is the domain that somebody has registered: example.co.uk for a.b.example.co.uk.
func organisational(domain string) string {
	registered, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil {
		return domain
	}
	return registered
}

// crlf gives a mail the line ends that it had on the way; some mailboxes keep others.
func crlf(raw []byte) []byte {
	if bytes.Contains(raw, []byte("\r\n")) {
		return raw
	}
	return bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))
}
