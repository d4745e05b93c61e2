package config

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
)

// good is a complete installation behind a proxy, about which nothing is to be said.
func good() Config {
	c := Defaults()
	c.BaseURL, c.DataDir, c.TrustedProxies = "https://portal.example.com", "/var/lib/lintel", []string{"127.0.0.1/32"}
	c.SMTP.Host, c.SMTP.From, c.SMTP.User, c.SMTP.Password = "mail.example.com", "Portal <p@example.com>", "p", "s3cret"
	c.TimestampURL, c.VirusScanner = "https://time.example.com", "unix:/run/clamav/clamd.ctl"
	return c
}

func TestACompleteInstallationHasNoFindings(t *testing.T) {
	if found := Check(good()); len(found) != 0 {
		t.Error(found)
	}
}

func TestTheDemoStartsWithNothingSet(t *testing.T) {
	c := Defaults()
	c.Demo, c.BaseURL = true, "http://127.0.0.1:8080"
	if found := Check(c); !CanStart(found) || len(found) != 1 || found[0].Severity != Note {
		t.Error(found)
	}
}

func TestWhatIsWrongIsSaidInPlainWords(t *testing.T) {
	tests := []struct {
		name     string
		change   func(*Config)
		severity Severity
		says     string
	}{
		{"no base URL", func(c *Config) { c.BaseURL = "" }, Broken, "address of the portal is not set"},
		{"base URL without scheme", func(c *Config) { c.BaseURL = "portal.example.com" }, Broken, "not a web address"},
		{"base URL with a path", func(c *Config) { c.BaseURL = "https://example.com/portal" }, Broken, "more than a host name"},
		{"base URL with credentials", func(c *Config) { c.BaseURL = "https://a:b@example.com" }, Broken, "more than a host name"},
		{"base URL not https", func(c *Config) { c.BaseURL = "http://portal.example.com" }, Warning, "not https"},
		{"no data folder", func(c *Config) { c.DataDir = "" }, Broken, "data folder is not set"},
		{"relative data folder", func(c *Config) { c.DataDir = "data" }, Warning, "not a full path"},
		{"temporary data folder", func(c *Config) { c.DataDir = "/tmp/lintel" }, Warning, "temporary"},
		{"listen address", func(c *Config) { c.Addr = "8080" }, Broken, "address to listen on"},
		{"listen port", func(c *Config) { c.Addr = ":99999" }, Broken, "address to listen on"},
		{"another database", func(c *Config) { c.DatabaseURL = "mysql://x" }, Broken, "not one of PostgreSQL"},
		{"metrics address", func(c *Config) { c.MetricsAddr = "x" }, Broken, "address for metrics is not one"},
		{"metrics on the portal's port", func(c *Config) { c.MetricsAddr = c.Addr }, Broken, "same address"},
		{"metrics for all", func(c *Config) { c.MetricsAddr = ":9090" }, Warning, "every network"},
		{"TLS files unnamed", func(c *Config) { c.TLS.Mode = "files" }, Broken, "not named"},
		{"automatic TLS for an address", func(c *Config) { c.TLS.Mode, c.BaseURL = "auto", "https://10.0.0.1" }, Broken, "public host name"},
		{"automatic TLS without mail", func(c *Config) { c.TLS.Mode = "auto" }, Note, "warn you at"},
		{"TLS with http base", func(c *Config) { c.TLS.Mode, c.BaseURL = "auto", "http://portal.example.com" }, Broken, "TLS is on"},
		{"https by nobody", func(c *Config) { c.TrustedProxies = nil }, Warning, "none is trusted"},
		{"proxy is no network", func(c *Config) { c.TrustedProxies = []string{"proxy"} }, Broken, "not a network"},
		{"everyone is a proxy", func(c *Config) { c.TrustedProxies = []string{"0.0.0.0/0"} }, Broken, "whole internet"},
		{"no mail server", func(c *Config) { c.SMTP = SMTP{Security: "starttls"} }, Warning, "Mail cannot be sent"},
		{"no sender", func(c *Config) { c.SMTP.From = "" }, Broken, "no usable sender"},
		{"mail port", func(c *Config) { c.SMTP.Port = 0 }, Broken, "port of the mail server"},
		{"mail in the clear", func(c *Config) { c.SMTP.Security = "none" }, Warning, "readable"},
		{"465 with STARTTLS", func(c *Config) { c.SMTP.Port = 465 }, Warning, "Port 465"},
		{"mail user without password", func(c *Config) { c.SMTP.Password = "" }, Warning, "without a password"},
		{"a selector that is no name", func(c *Config) { c.SMTP.DKIMSelector = "my key" }, Broken, "selector for signed mail"},
		{"a key to sign with and no selector", func(c *Config) { c.SMTP.DKIMKey = "/etc/lintel/dkim.pem" }, Warning, "no selector"},
		{"half an S3", func(c *Config) { c.S3.Bucket = "files" }, Broken, "half set"},
		{"S3 address", func(c *Config) { c.S3 = S3{Endpoint: "x", Bucket: "b", AccessKey: "a", SecretKey: "s"} }, Broken, "S3 service is not"},
		{"S3 in the clear", func(c *Config) { c.S3 = S3{Endpoint: "http://s3.lan", Bucket: "b", AccessKey: "a", SecretKey: "s"} }, Warning, "S3 service readable"},
		{"no time stamps", func(c *Config) { c.TimestampURL = "" }, Note, "independent service"},
		{"time-stamp address", func(c *Config) { c.TimestampURL = "tsa" }, Broken, "time-stamp service"},
		{"a virus scanner without its network", func(c *Config) { c.VirusScanner = "127.0.0.1:3310" }, Broken, "virus scanner"},
		{"a virus scanner without its port", func(c *Config) { c.VirusScanner = "tcp:127.0.0.1" }, Broken, "virus scanner"},
		{"unknown TLS mode", func(c *Config) { c.TLS.Mode = "on" }, Broken, "LINTEL_TLS_MODE"},
		{"unknown log level", func(c *Config) { c.LogLevel = "loud" }, Broken, "LINTEL_LOG_LEVEL"},
	}
	for _, test := range tests {
		c := good()
		test.change(&c)
		found := Check(c)
		seen := false
		for _, f := range found {
			seen = seen || f.Severity == test.severity && strings.Contains(f.What, test.says)
			if f.Do == "" || !strings.HasSuffix(f.What, ".") {
				t.Errorf("%s: finding without advice or full stop: %+v", test.name, f)
			}
		}
		if !seen {
			t.Errorf("%s: want %s %q, found %+v", test.name, test.severity, test.says, found)
		}
		if CanStart(found) == (test.severity == Broken) {
			t.Errorf("%s: CanStart is %v", test.name, CanStart(found))
		}
	}
}

func TestDefaultsAreWhatTheTagsSay(t *testing.T) {
	compareDefaults(t, reflect.TypeFor[Config](), reflect.ValueOf(Defaults()), "")
}

func compareDefaults(t *testing.T, kind reflect.Type, values reflect.Value, prefix string) {
	for i := range kind.NumField() {
		field, value := kind.Field(i), values.Field(i)
		if field.Type.Kind() == reflect.Struct {
			compareDefaults(t, field.Type, value, field.Name+".")
			continue
		}
		tag, got := field.Tag.Get("default"), fmt.Sprint(value.Interface())
		if value.IsZero() {
			got = ""
		}
		if tag != got {
			t.Errorf("%s%s: the tag says %q, Defaults %q", prefix, field.Name, tag, got)
		}
		if field.Name != "Demo" && (field.Tag.Get("help") == "" || field.Tag.Get("env") == "" || field.Tag.Get("name") == "") {
			t.Errorf("%s%s has no name, help or variable", prefix, field.Name)
		}
	}
}

func TestASecretIsNeverPrinted(t *testing.T) {
	c := good()
	c.DatabaseURL = "postgres://u:s3cret@db/x"
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "password", c.SMTP.Password)
	for _, printed := range []string{fmt.Sprintf("%v %+v %#v %s", c, c, c, c.SMTP.Password), string(text), log.String()} {
		if strings.Contains(printed, "s3cret") {
			t.Error(printed)
		}
	}
	if c.SMTP.Password.Reveal() != "s3cret" {
		t.Error("Reveal must give the secret")
	}
}
