package config

import (
	"net"
	"net/mail"
	"net/netip"
	"strings"
)

// checkIncoming reads the settings of answers by mail.
func checkIncoming(c Config, found *findings) {
	if c.Demo {
		return
	}
	in := c.Incoming
	if !c.TakesMail() {
		if in.Listen != "" || c.IMAP.Host != "" {
			found.add(Broken, "Mail would be taken in, but the address that answers go to is not set.", "Set LINTEL_INCOMING_ADDRESS, for example reply@reply.example.com.")
		}
		return
	}
	parsed, err := mail.ParseAddress(in.Address)
	if err != nil || parsed.Address != in.Address || strings.ContainsAny(in.Address, "+ ") || strings.IndexByte(in.Address, '@') > 20 {
		found.add(Broken, "The address that answers go to is not one that a mark can be added to.", "Set LINTEL_INCOMING_ADDRESS to a bare address with at most 20 characters before the @ and without a +, for example reply@reply.example.com.")
	}
	if in.Listen == "" && c.IMAP.Host == "" {
		found.add(Broken, "Mails name an address for answers, but nothing fetches what comes there.", "Set LINTEL_INCOMING_LISTEN, or LINTEL_IMAP_HOST, or leave LINTEL_INCOMING_ADDRESS empty.")
	}
	checkListener(in, found)
	if in.Trust == "address" {
		found.add(Warning, "Answers of customers are believed by their address alone, which anybody can write into a mail.", "Set LINTEL_INCOMING_TRUST=authenticated unless your customers' mail servers sign nothing.")
	}
	checkIMAP(c.IMAP, found)
}

func checkListener(in Incoming, found *findings) {
	if (in.CertFile == "") != (in.KeyFile == "") {
		found.add(Broken, "For STARTTLS on incoming mail the certificate or the key is missing.", "Set both LINTEL_INCOMING_CERT and LINTEL_INCOMING_KEY, or neither.")
	}
	path, socket := strings.CutPrefix(in.Listen, "unix:")
	switch {
	case in.Listen == "":
	case socket && !strings.HasPrefix(path, "/") || !socket && !isAddress(in.Listen):
		found.add(Broken, "The address for incoming mail is not one.", "Write LINTEL_INCOMING_LISTEN like 127.0.0.1:2424 or unix:/run/lintel/lmtp.sock.")
	case !socket && in.Protocol == "lmtp" && !onThisMachine(in.Listen):
		found.add(Warning, "Every machine in reach can hand mail over, and Lintel takes it for checked by your mail server's network.", "Set LINTEL_INCOMING_LISTEN to an address that only your mail server reaches, for example 127.0.0.1:2424.")
	}
}

// onThisMachine reports whether only this machine reaches a listener.
func onThisMachine(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	address, wrong := netip.ParseAddr(host)
	return err == nil && (host == "localhost" || wrong == nil && address.IsLoopback())
}

func checkIMAP(box IMAP, found *findings) {
	if box.Host == "" {
		return
	}
	if box.User == "" || box.Password == "" {
		found.add(Broken, "The mailbox for answers has no user name or no password.", "Set LINTEL_IMAP_USER and LINTEL_IMAP_PASSWORD.")
	}
	if !isPort(box.Port) {
		found.add(Broken, "The port of the mailbox is not one.", "Set LINTEL_IMAP_PORT to 993, or to 143 with LINTEL_IMAP_SECURITY=starttls.")
	}
	if box.Security == "none" && !isThisMachine(box.Host) {
		found.add(Broken, "The password of the mailbox would travel readable for everyone on the way.", "Set LINTEL_IMAP_SECURITY to tls or starttls.")
	}
	if box.Folder == "" || box.Folder == box.Done {
		found.add(Broken, "The mailbox needs a folder that mail arrives in, and another one for mail that is done.", "Set LINTEL_IMAP_FOLDER=INBOX, and LINTEL_IMAP_DONE to another folder or to nothing.")
	}
}
