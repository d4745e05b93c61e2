package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/caddyserver/certmagic"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"lintel/internal/platform/clock"
	"lintel/internal/platform/config"
)

type serverTLS = tls.Config

// encryption is how the portal's connections are encrypted.
type encryption struct {
	config   *serverTLS                      // nil: a proxy in front does it
	redirect http.Handler                    // not nil: what port 80 answers
	begin    func(ctx context.Context) error // called when the listeners are open
	close    func()
}

// prepareTLS reads the mode that the settings name.
func prepareTLS(ctx context.Context, c config.Config, clk clock.Clock, log *slog.Logger) (*encryption, error) {
	nothing := &encryption{begin: func(context.Context) error { return nil }, close: func() {}}
	switch c.TLS.Mode {
	case "files":
		files := &certificateFiles{certificate: c.TLS.CertFile, key: c.TLS.KeyFile, clock: clk, log: log}
		if _, err := files.current(); err != nil {
			return nil, err
		}
		nothing.config = withProtocols(&tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return files.current() }})
		return nothing, nil
	case "auto":
		return fetchedCertificates(c, certmagic.ACMEIssuer{CA: certmagic.LetsEncryptProductionCA}, log)
	}
	return nothing, nil
}

func withProtocols(c *tls.Config) *tls.Config {
	c.MinVersion = tls.VersionTLS12
	c.NextProtos = append([]string{"h2", "http/1.1"}, c.NextProtos...)
	return c
}

// certificateFiles are a certificate and its key that another program renews: a new pair
// is taken up within a minute, without a restart.
type certificateFiles struct {
	certificate, key string
	clock            clock.Clock
	log              *slog.Logger

	mu      sync.Mutex
	pair    *tls.Certificate
	written time.Time // newest change of the two files when they were read
	looked  time.Time
}

// current is the certificate to show. A pair that cannot be read leaves the old one in use.
func (f *certificateFiles) current() (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.clock.Now()
	if f.pair != nil && now.Sub(f.looked) < time.Minute {
		return f.pair, nil
	}
	f.looked = now
	if err := f.read(); err != nil {
		if f.pair == nil {
			return nil, err
		}
		f.log.Error("the new certificate cannot be used; the old one stays", "error", err)
	}
	return f.pair, nil
}

func (f *certificateFiles) read() error {
	var written time.Time
	for _, name := range []string{f.certificate, f.key} {
		info, err := os.Stat(name)
		if err != nil {
			return fmt.Errorf("read the certificate: %w", err)
		}
		if info.ModTime().After(written) {
			written = info.ModTime()
		}
	}
	if f.pair != nil && written.Equal(f.written) {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(f.certificate, f.key)
	if err != nil {
		return fmt.Errorf("read the certificate: %w", err)
	}
	f.pair, f.written = &pair, written
	return nil
}

// fetchedCertificates gets and renews the certificate of the portal's host name by ACME
// (RFC 8555), proving the name on port 443 (TLS-ALPN-01) or 80 (HTTP-01). Only that name
// is ever asked for. Keys lie in the data folder.
func fetchedCertificates(c config.Config, template certmagic.ACMEIssuer, log *slog.Logger) (*encryption, error) {
	base, err := url.Parse(c.BaseURL)
	if err != nil || base.Hostname() == "" {
		return nil, errors.New("automatic TLS needs the address of the portal")
	}
	lines := zap.New(zapLines{log.Handler()})
	var manager *certmagic.Config
	cache := certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return manager, nil },
		Logger:           lines,
	})
	manager = certmagic.New(cache, certmagic.Config{
		Storage: &certmagic.FileStorage{Path: filepath.Join(c.DataDir, "certificates")},
		Logger:  lines,
	})
	template.Email, template.Agreed, template.Logger = c.TLS.Email, true, lines
	issuer := certmagic.NewACMEIssuer(manager, template)
	manager.Issuers = []certmagic.Issuer{issuer}
	return &encryption{
		config:   withProtocols(manager.TLSConfig()),
		redirect: issuer.HTTPChallengeHandler(toHTTPS(base)),
		begin: func(ctx context.Context) error {
			if err := manager.ManageAsync(ctx, []string{base.Hostname()}); err != nil {
				return fmt.Errorf("fetch a certificate: %w", err)
			}
			return nil
		},
		close: cache.Stop,
	}, nil
}

// toHTTPS sends readers to the same page by https. The host is the configured one,
// whatever the request says. A form must not be sent again: it has travelled readable.
func toHTTPS(base *url.URL) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(w, "Please use https.", http.StatusForbidden)
			return
		}
		target := url.URL{Scheme: "https", Host: base.Host, Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery}
		http.Redirect(w, r, target.String(), http.StatusMovedPermanently)
	})
}

// zapLines hands certmagic's log lines to ours, so that a certificate that cannot be had
// is found where everything else is.
type zapLines struct{ to slog.Handler }

// Enabled implements zapcore.LevelEnabler.
func (z zapLines) Enabled(level zapcore.Level) bool {
	return z.to.Enabled(context.Background(), slogLevel(level))
}

// With implements zapcore.Core.
func (z zapLines) With(fields []zapcore.Field) zapcore.Core {
	return zapLines{z.to.WithAttrs(attributes(fields))}
}

// Check implements zapcore.Core.
func (z zapLines) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if z.Enabled(entry.Level) {
		return checked.AddCore(entry, z)
	}
	return checked
}

// Write implements zapcore.Core.
func (z zapLines) Write(entry zapcore.Entry, fields []zapcore.Field) error {
	record := slog.NewRecord(entry.Time, slogLevel(entry.Level), "certificate: "+entry.Message, 0)
	record.AddAttrs(attributes(fields)...)
	return z.to.Handle(context.Background(), record)
}

// Sync implements zapcore.Core.
func (zapLines) Sync() error { return nil }

func attributes(fields []zapcore.Field) []slog.Attr {
	encoder := zapcore.NewMapObjectEncoder()
	for _, field := range fields {
		field.AddTo(encoder)
	}
	out := make([]slog.Attr, 0, len(encoder.Fields))
	for name, value := range encoder.Fields {
		out = append(out, slog.String(name, fmt.Sprint(value)))
	}
	return out
}

func slogLevel(level zapcore.Level) slog.Level {
	switch {
	case level <= zapcore.DebugLevel:
		return slog.LevelDebug
	case level == zapcore.InfoLevel:
		return slog.LevelInfo
	case level == zapcore.WarnLevel:
		return slog.LevelWarn
	}
	return slog.LevelError
}
