// Package config is everything that the owner of the machine decides about an
// installation: one struct, passed by value, read once at the start from flags and
// LINTEL_… variables. Check says in plain words what is wrong with it.
//
// What a firm decides about itself (its name, colour, language) is not here but in its settings. Defaults are safe with nothing set: no trusted proxy, nothing sent anywhere.
package config

import (
	"cmp"
	"path/filepath"
	"strings"
)

// Config is the installation's settings. The tags are read by the command line; the
// names of the variables are there and nowhere else.
type Config struct {
	BaseURL string `name:"base-url" env:"LINTEL_BASE_URL" help:"Address of the portal as people type it, for example https://portal.example.com. Every link in a mail starts with it."`
	Addr    string `name:"addr" env:"LINTEL_ADDR" default:":8080" help:"Address and port to listen on. With automatic TLS: :443."`
	DataDir string `name:"data" env:"LINTEL_DATA" type:"path" help:"Folder for the database, the files and the keys. Back up this folder."`

	DatabaseURL Secret `name:"database-url" env:"LINTEL_DATABASE_URL" help:"PostgreSQL, for example postgres://lintel@db/lintel. Empty: SQLite in the data folder."`

	TLS            TLS      `embed:"" prefix:"tls-" envprefix:"LINTEL_TLS_"`
	TrustedProxies []string `name:"trusted-proxies" env:"LINTEL_TRUSTED_PROXIES" sep:"," help:"Networks of proxies in front, for example 10.0.0.0/8. Only they may say a visitor's address."`

	SMTP SMTP `embed:"" prefix:"smtp-" envprefix:"LINTEL_SMTP_"`
	S3   S3   `embed:"" prefix:"s3-" envprefix:"LINTEL_S3_"`

	Incoming Incoming `embed:"" prefix:"incoming-" envprefix:"LINTEL_INCOMING_"`
	IMAP     IMAP     `embed:"" prefix:"imap-" envprefix:"LINTEL_IMAP_"`

	TimestampURL string `name:"timestamp-url" env:"LINTEL_TIMESTAMP_URL" help:"RFC 3161 time-stamp service for sealed PDFs. Empty: sealed with this machine's clock."`
	VirusScanner string `name:"virus-scanner" env:"LINTEL_VIRUS_SCANNER" help:"ClamAV daemon that checks uploads, for example unix:/run/clamav/clamd.ctl or tcp:127.0.0.1:3310. Empty: not checked."`
	MetricsAddr  string `name:"metrics-addr" env:"LINTEL_METRICS_ADDR" help:"Address for Prometheus, for example 127.0.0.1:9090. Empty: no metrics. Never the public one."`
	LogLevel     string `name:"log-level" env:"LINTEL_LOG_LEVEL" default:"info" enum:"debug,info,warn,error" help:"How much is logged: debug, info, warn or error."`
	LogFormat    string `name:"log-format" env:"LINTEL_LOG_FORMAT" default:"json" enum:"json,text" help:"Log lines as json or text."`

	Demo bool `name:"-"` // set by the demo command only, never by a variable: mail stays inside, sign-in links are printed
}

// TLS says how the connection is encrypted.
type TLS struct {
	Mode     string `name:"mode" env:"MODE" default:"off" enum:"off,auto,files" help:"off: a proxy in front does it. auto: certificates are fetched by themselves. files: from two files."`
	Email    string `name:"email" env:"EMAIL" help:"Your address for the certificate authority (auto)."`
	CertFile string `name:"cert" env:"CERT" type:"path" help:"Certificate chain in PEM (files)."`
	KeyFile  string `name:"key" env:"KEY" type:"path" help:"Private key in PEM (files)."`
}

// SMTP is the mail server that mail leaves by.
type SMTP struct {
	Host     string `name:"host" env:"HOST" help:"Mail server. Empty: mail waits until one is set."`
	Port     int    `name:"port" env:"PORT" default:"587" help:"Port of the mail server: 587 with STARTTLS, 465 with TLS."`
	Security string `name:"security" env:"SECURITY" default:"starttls" enum:"starttls,tls,none" help:"starttls, tls, or none (only for a server on this machine)."`
	User     string `name:"user" env:"USER" help:"User name at the mail server, if it wants one."`
	Password Secret `name:"password" env:"PASSWORD" help:"Password at the mail server."`
	From     string `name:"from" env:"FROM" help:"Sender, for example 'Portal <portal@example.com>'."`

	DKIMSelector string `name:"dkim-selector" env:"DKIM_SELECTOR" help:"Name of the DNS entry with the key that mail is signed with, for example lintel. Empty: the mail server signs, or nobody."`
	DKIMKey      string `name:"dkim-key" env:"DKIM_KEY" type:"path" help:"That key: RSA in PEM. Empty: dkim.pem in the data folder. It is made when it is not there."`
}

// Incoming says how answers to mails come back. Without an address they go to the firms.
type Incoming struct {
	Address  string `name:"address" env:"ADDRESS" help:"Where answers to mails go, for example reply@reply.example.com; Lintel adds a mark, reply+…@. Empty: to the firm's own address."`
	Listen   string `name:"listen" env:"LISTEN" help:"Address on which your mail server hands mail over, for example 127.0.0.1:2424 or unix:/run/lintel/lmtp.sock. Empty: nobody does."`
	Protocol string `name:"protocol" env:"PROTOCOL" default:"lmtp" enum:"lmtp,smtp" help:"lmtp: a mail server in front hands mail over. smtp: Lintel is itself the mail server of the address's domain."`
	CertFile string `name:"cert" env:"CERT" type:"path" help:"Certificate chain in PEM, to offer STARTTLS there."`
	KeyFile  string `name:"key" env:"KEY" type:"path" help:"Its private key in PEM."`
	Trust    string `name:"trust" env:"TRUST" default:"authenticated" enum:"authenticated,address" help:"authenticated: DKIM, SPF or your mail server must prove a sender. address: for customers the sender's address is enough."`
	Server   string `name:"auth-server" env:"AUTH_SERVER" help:"Name in the Authentication-Results of your mail server, which is then believed. Empty: Lintel checks by itself."`
}

// IMAP is a mailbox that answers are fetched from, every minute.
type IMAP struct {
	Host     string `name:"host" env:"HOST" help:"Server of the mailbox that answers arrive in. Empty: none is read."`
	Port     int    `name:"port" env:"PORT" default:"993" help:"Port of the mailbox: 993 with TLS, 143 with STARTTLS."`
	Security string `name:"security" env:"SECURITY" default:"tls" enum:"tls,starttls,none" help:"tls, starttls, or none (only for a server on this machine)."`
	User     string `name:"user" env:"USER" help:"User name of the mailbox."`
	Password Secret `name:"password" env:"PASSWORD" help:"Password of the mailbox."`
	Folder   string `name:"folder" env:"FOLDER" default:"INBOX" help:"Folder that mail arrives in."`
	Done     string `name:"done" env:"DONE" help:"Folder that a mail is moved to when it is stored. Empty: it stays, marked as read."`
}

// S3 is a bucket for files; without one they are in the data folder.
type S3 struct {
	Endpoint  string `name:"endpoint" env:"ENDPOINT" help:"Address of the S3 service, for example https://s3.example.com. Empty: files in the data folder."`
	Region    string `name:"region" env:"REGION" default:"us-east-1" help:"Region of the bucket."`
	Bucket    string `name:"bucket" env:"BUCKET" help:"Name of the bucket."`
	Prefix    string `name:"prefix" env:"PREFIX" help:"Put before every object's name, if the bucket is shared."`
	AccessKey string `name:"access-key" env:"ACCESS_KEY" help:"Access key id."`
	SecretKey Secret `name:"secret-key" env:"SECRET_KEY" help:"Secret access key."`
	PathStyle bool   `name:"path-style" env:"PATH_STYLE" default:"true" negatable:"" help:"Bucket in the path, as self-hosted services want it."`
}

// Secret is a setting that is never printed: every way of formatting it hides it.
type Secret string

const hidden = "(hidden)"

// Reveal is the secret itself, for the one place that needs it.
func (s Secret) Reveal() string { return string(s) }

// String hides the secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return `"` + s.String() + `"` }

// MarshalText hides the secret from JSON and logs.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Defaults are the settings when nothing is set: what the tags say, for callers without a
// command line (the demo, tests).
func Defaults() Config {
	return Config{
		Addr: ":8080", LogLevel: "info", LogFormat: "json",
		TLS:  TLS{Mode: "off"},
		SMTP: SMTP{Port: 587, Security: "starttls"},
		S3:   S3{Region: "us-east-1", PathStyle: true},

		Incoming: Incoming{Protocol: "lmtp", Trust: "authenticated"},
		IMAP:     IMAP{Port: 993, Security: "tls", Folder: "INBOX"},
	}
}

// HasSMTP reports whether the installation itself can send mail.
func (c Config) HasSMTP() bool { return c.SMTP.Host != "" }

// SignsMail reports whether Lintel itself signs what it sends (DKIM, RFC 6376).
func (c Config) SignsMail() bool { return c.HasSMTP() && c.SMTP.DKIMSelector != "" }

// DKIMKeyFile is where the key for that is.
func (c Config) DKIMKeyFile() string {
	return cmp.Or(c.SMTP.DKIMKey, filepath.Join(c.DataDir, "dkim.pem"))
}

// TakesMail reports whether answers to mails come back to Lintel.
func (c Config) TakesMail() bool { return c.Incoming.Address != "" }

// ScannerAddress is the network (unix or tcp) and the address of the virus scanner.
func (c Config) ScannerAddress() (network, address string, set bool) {
	network, address, _ = strings.Cut(c.VirusScanner, ":")
	return network, address, c.VirusScanner != ""
}

// HasS3 reports whether files go to a bucket.
func (c Config) HasS3() bool { return c.S3.Endpoint != "" || c.S3.Bucket != "" }
