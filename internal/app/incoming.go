package app

import (
	"context"
	"log/slog"
	"net"
	"net/url"
	"strconv"

	"lintel/internal/core/access"
	"lintel/internal/features/incoming"
	"lintel/internal/platform/config"
	"lintel/internal/platform/mail"
	"lintel/internal/platform/mailbox"
)

// buildIncoming makes what takes mail in. The demo has an address too, which nothing reaches.
func (a *App) buildIncoming(base *url.URL, options Options) {
	address, server := a.Config.Incoming.Address, a.Config.Incoming.Server
	if a.Config.Demo && address == "" {
		address, server = "reply@"+base.Hostname(), DemoMailServer
	}
	var resolver mail.Resolver = net.DefaultResolver
	if options.Names != nil {
		resolver = options.Names
	}
	a.Incoming = incoming.New(a.Store, incoming.Means{Blobs: a.Blobs, Addresses: incoming.NewAddresses(address, a.Box), Trust: incoming.Trust(a.Config.Incoming.Trust),
		Checker: mail.Checker{Resolver: resolver, Server: server}, Host: base.Hostname(), Messages: a.Messages, Files: a.Files, Notices: a.Inbox, Person: a.Identity.ByMail,
		Bounce: a.Outbox.Bounce, Complaint: a.Outbox.Complaint, Log: a.Log})
}

// DemoMailServer is whose word on a sender the demo believes: mail only comes there from the demo itself.
const DemoMailServer = "mail.demo.invalid"

// replyAddress is asked when a mail is sent; by then everything is built.
func (a *App) replyAddress(org access.OrgID, person access.PersonID, thread string) string {
	return a.Incoming.ReplyAddress(org, person, thread)
}

// MailServer is the listener that a mail server hands mail over to, or nil when none is set.
func (a *App) MailServer(log *slog.Logger) (*mailbox.Server, net.Listener, error) {
	in := a.Config.Incoming
	if in.Address == "" || in.Listen == "" {
		return nil, nil, nil
	}
	secure, err := mailbox.Certificate(in.CertFile, in.KeyFile)
	if err != nil {
		return nil, nil, err
	}
	listener, err := mailbox.Listen(in.Listen)
	if err != nil {
		return nil, nil, err
	}
	return mailbox.NewServer(mailbox.Options{Domain: a.Incoming.Domain(), LMTP: in.Protocol == "lmtp", Largest: mail.LargestIncoming, TLS: secure, Means: a.Incoming.Mailbox(), Log: log}), listener, nil
}

// ReadMailbox fetches mail until the context ends, when a mailbox is set.
func (a *App) ReadMailbox(ctx context.Context, log *slog.Logger) {
	if a.Config.Incoming.Address != "" && a.Config.IMAP.Host != "" {
		box := Mailbox(a.Config)
		box.Means, box.Log = a.Incoming.Mailbox(), log
		box.Run(ctx)
	}
}

// Mailbox is the mailbox of the settings, for those who only look whether it can be opened.
func Mailbox(c config.Config) mailbox.Box {
	return mailbox.Box{Address: net.JoinHostPort(c.IMAP.Host, strconv.Itoa(c.IMAP.Port)), Security: c.IMAP.Security, User: c.IMAP.User, Password: c.IMAP.Password.Reveal(),
		Folder: c.IMAP.Folder, Done: c.IMAP.Done, Largest: mail.LargestIncoming}
}
