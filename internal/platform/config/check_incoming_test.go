package config

import (
	"strings"
	"testing"
)

func TestWhatIsWrongWithIncomingMailIsSaidInPlainWords(t *testing.T) {
	good := func() Config {
		c := Defaults()
		c.Incoming.Address, c.Incoming.Listen = "reply@reply.example.com", "127.0.0.1:2424"
		c.IMAP = IMAP{Host: "imap.example.com", Port: 993, Security: "tls", User: "reply", Password: "secret", Folder: "INBOX"}
		return c
	}
	said := func(c Config) (all []string) {
		for _, f := range Check(c) {
			if strings.Contains(f.Do, "LINTEL_INCOMING") || strings.Contains(f.Do, "LINTEL_IMAP") || strings.Contains(f.What, "INCOMING") || strings.Contains(f.What, "IMAP") {
				all = append(all, string(f.Severity)+": "+f.What)
			}
		}
		return all
	}
	if got := said(good()); len(got) > 0 {
		t.Fatalf("good settings: %q", got)
	}
	if got := said(Defaults()); len(got) > 0 {
		t.Fatalf("nothing set: %q", got)
	}
	for name, change := range map[string]func(*Config){
		"broken: no address":           func(c *Config) { c.Incoming.Address = "" },
		"broken: a name before it":     func(c *Config) { c.Incoming.Address = "Portal <reply@reply.example.com>" },
		"broken: a mark in it":         func(c *Config) { c.Incoming.Address = "reply+x@reply.example.com" },
		"broken: too long for a mark":  func(c *Config) { c.Incoming.Address = strings.Repeat("x", 21) + "@reply.example.com" },
		"broken: nothing fetches":      func(c *Config) { c.Incoming.Listen, c.IMAP = "", IMAP{Security: "tls", Port: 993} },
		"broken: no place to listen":   func(c *Config) { c.Incoming.Listen = "2424" },
		"broken: no place of a socket": func(c *Config) { c.Incoming.Listen = "unix:lmtp.sock" },
		"broken: half a certificate":   func(c *Config) { c.Incoming.CertFile = "/etc/cert.pem" },
		"warning: open to all":         func(c *Config) { c.Incoming.Listen = ":2424" },
		"warning: trusts addresses":    func(c *Config) { c.Incoming.Trust = "address" },
		"broken: another protocol":     func(c *Config) { c.Incoming.Protocol = "pop3" },
		"broken: no password":          func(c *Config) { c.IMAP.Password = "" },
		"broken: no port":              func(c *Config) { c.IMAP.Port = 0 },
		"broken: readable":             func(c *Config) { c.IMAP.Security = "none" },
		"broken: in a circle":          func(c *Config) { c.IMAP.Done = "INBOX" },
	} {
		c := good()
		change(&c)
		severity, _, _ := strings.Cut(name, ":")
		if got := said(c); len(got) != 1 || !strings.HasPrefix(got[0], severity+":") {
			t.Errorf("%s: %q", name, got)
		}
	}
	c := good()
	c.Incoming.Protocol, c.Incoming.Listen = "smtp", ":25"
	if got := said(c); len(got) > 0 {
		t.Errorf("a mail server for the world: %q", got)
	}
}
