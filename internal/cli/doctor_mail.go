package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"lintel/internal/app"
	"lintel/internal/platform/config"
	"lintel/internal/platform/db"
)

// checkIncomingMail asks what only trying can tell: whether mail for the address comes here, and
// whether the mailbox opens.
func checkIncomingMail(ctx context.Context, c config.Config) (found []config.Finding) {
	if !c.TakesMail() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, doctorLimit)
	defer cancel()
	if c.IMAP.Host != "" {
		if err := app.Mailbox(c).Check(ctx); err != nil {
			found = append(found, warning("The mailbox for answers cannot be read: "+cause(err)+".", "Check LINTEL_IMAP_HOST, LINTEL_IMAP_USER, LINTEL_IMAP_PASSWORD and LINTEL_IMAP_FOLDER."))
		}
	}
	return append(found, checkMailDomain(ctx, c.Incoming.Address)...)
}

// checkMailDomain asks whether the world knows where mail for the domain goes.
func checkMailDomain(ctx context.Context, address string) []config.Finding {
	_, domain, _ := strings.Cut(address, "@")
	servers, err := net.DefaultResolver.LookupMX(ctx, domain)
	if err == nil && len(servers) > 0 {
		return nil
	}
	if addresses, hostErr := net.DefaultResolver.LookupHost(ctx, domain); hostErr == nil && len(addresses) > 0 {
		return nil // mail goes to the host itself then (RFC 5321, 5.1)
	}
	return []config.Finding{warning("The DNS names no mail server for "+domain+", so answers to mails do not arrive.", "Add an MX record for "+domain+".")}
}

// checkSignedMail asks whether receivers find the key that mail is signed with. Before the first start there is none.
func checkSignedMail(ctx context.Context, c config.Config, lookup func(context.Context, string) ([]string, error)) []config.Finding {
	if _, err := os.Stat(c.DKIMKeyFile()); !c.SignsMail() || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	signer, err := mailSigner(c)
	if err != nil {
		return []config.Finding{broken("Mail cannot be signed: "+err.Error()+".", "See LINTEL_SMTP_DKIM_KEY and LINTEL_SMTP_FROM.")}
	}
	record, err := signer.Record()
	if err != nil {
		return []config.Finding{broken("Mail cannot be signed: "+err.Error()+".", "See LINTEL_SMTP_DKIM_KEY.")}
	}
	ctx, cancel := context.WithTimeout(ctx, doctorLimit)
	defer cancel()
	name := signer.Selector + "._domainkey." + signer.Domain
	published, err := lookup(ctx, name)
	if err == nil && slices.ContainsFunc(published, func(text string) bool { return keyIn(text) == keyIn(record) }) {
		return nil
	}
	return []config.Finding{warning("Receivers do not find the key that mail is signed with, so they may take it for forged.", "Add this TXT record to the DNS: "+name+" "+record)}
}

// keyIn is the public key in a DKIM record (RFC 6376, 3.6.1); spaces in it mean nothing.
func keyIn(record string) string {
	for tag := range strings.SplitSeq(record, ";") {
		if name, value, _ := strings.Cut(tag, "="); strings.TrimSpace(name) == "p" {
			return strings.Join(strings.Fields(value), "")
		}
	}
	return ""
}

// checkLostMails counts the mails of the last week that reached nobody.
func checkLostMails(ctx context.Context, database *db.DB, _ config.Config) ([]config.Finding, error) {
	since := time.Now().AddDate(0, 0, -7).UnixMicro()
	lost, err := number(ctx, database, fmt.Sprintf(`select count(*) from incoming_mails where org = '' and state = 'dropped' and reason = 'nobody' and created_at > %d`, since))
	if err != nil || lost == 0 {
		return nil, nil // the table comes with the next start
	}
	return []config.Finding{note(fmt.Sprintf("%d mails of the last week came from senders that no firm here knows.", lost), "They stand in the log: “a mail that reached nobody”.")}, nil
}
