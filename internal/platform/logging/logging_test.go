package logging

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const token = "4k2h9q7w1e8r5t3y6u0i4o2p9a7s1d8f5g3h6j0" // as secret.Token makes them: 39 characters

func logged(format string, write func(*slog.Logger)) string {
	var out strings.Builder
	write(New(&out, format, "debug"))
	return out.String()
}

func TestB15NoSecretReachesTheLog(t *testing.T) {
	address, _ := url.Parse("https://portal.example.com/l/hunter2hunter2?x=1")
	tests := map[string]func(*slog.Logger){
		"a token by name":      func(l *slog.Logger) { l.Info("x", "token", "hunter2hunter2") },
		"a longer name":        func(l *slog.Logger) { l.Info("x", "smtpPassword", "hunter2hunter2", "Set-Cookie", "hunter2hunter2") },
		"a code that is int":   func(l *slog.Logger) { l.Info("x", "code", 739214) },
		"a key":                func(l *slog.Logger) { l.Info("x", slog.Any("key", []byte("hunter2hunter2"))) },
		"inside a group":       func(l *slog.Logger) { l.Info("x", slog.Group("mail", "link", "hunter2hunter2")) },
		"a group by name":      func(l *slog.Logger) { l.Info("x", slog.Group("cookie", "value", "hunter2hunter2")) },
		"a logger's group":     func(l *slog.Logger) { l.WithGroup("secret").Info("x", "value", "hunter2hunter2") },
		"a logger's attribute": func(l *slog.Logger) { l.With("authorization", "hunter2hunter2").Info("x") },
		"the message":          func(l *slog.Logger) { l.Info("GET /l/hunter2hunter2") },
		"a path":               func(l *slog.Logger) { l.Info("x", "path", "/l/hunter2hunter2/enter") },
		"a path in a firm":     func(l *slog.Logger) { l.Info("x", "path", "/acme/setup/hunter2hunter2") },
		"an address":           func(l *slog.Logger) { l.Info("x", "url", address) },
		"a query":              func(l *slog.Logger) { l.Info("x", "url", "https://h/p?a=1&token=hunter2hunter2&b=2") },
		"an error":             func(l *slog.Logger) { l.Error("x", "error", errors.New("Get \"https://h/l/hunter2hunter2\": refused")) },
		"a database address":   func(l *slog.Logger) { l.Error("x", "error", errors.New("dial postgres://lintel:hunter2hunter2@db/x")) },
		"a header":             func(l *slog.Logger) { l.Info("x", "h", http.Header{"X-Any": {"hunter2hunter2"}}) },
		"a structure":          func(l *slog.Logger) { l.Info("x", "v", struct{ Hidden string }{"hunter2hunter2"}) },
		"a pointer":            func(l *slog.Logger) { l.Info("x", "v", &struct{ Hidden string }{"hunter2hunter2"}) },
		"a map":                func(l *slog.Logger) { l.Info("x", "v", map[string]string{"a": "hunter2hunter2"}) },
		"bytes":                func(l *slog.Logger) { l.Info("x", "v", []byte("hunter2hunter2")) },
		"a bearer":             func(l *slog.Logger) { l.Info("x", "v", "Bearer hunter2hunter2") },
		"a header line":        func(l *slog.Logger) { l.Info("x", "v", "Cookie: hunter2hunter2") },
		"a bare token":         func(l *slog.Logger) { l.Info("looked up " + token) },
		"a token in a list":    func(l *slog.Logger) { l.Info("x", "v", []string{"a", token}) },
		"a value of its own":   func(l *slog.Logger) { l.Info("x", "v", groupValue{}) },
	}
	for name, write := range tests {
		for _, format := range []string{"json", "text"} {
			line := logged(format, write)
			for _, secret := range []string{"hunter2", "739214", token} {
				if strings.Contains(line, secret) {
					t.Errorf("%s (%s): %s", name, format, line)
				}
			}
		}
	}
}

type groupValue struct{}

func (groupValue) LogValue() slog.Value {
	return slog.GroupValue(slog.String("password", "hunter2hunter2"))
}

func TestWhatIsNoSecretIsWritten(t *testing.T) {
	line := logged("json", func(l *slog.Logger) {
		l.Warn("request done", "status", 409, "path", "/acme/office/proposals/01jdk3v8q7w1e8r5t3y6u0i4o2", "error", errors.New("conflict: taken"),
			"statuscode", 12, "sha256", strings.Repeat("ab", 32), "none", nil)
	})
	for _, want := range []string{`"level":"WARN"`, `"msg":"request done"`, `"status":409`, "/acme/office/proposals/01jdk3v8q7w1e8r5t3y6u0i4o2", "conflict: taken", `"statuscode":12`, strings.Repeat("ab", 32)} {
		if !strings.Contains(line, want) {
			t.Errorf("%s is missing in %s", want, line)
		}
	}
}

func TestEachLineSaysWhoseWorkItWas(t *testing.T) {
	ctx := With(context.Background(), Who{Request: "r1"})
	ctx = With(ctx, Who{Organisation: "o1", Person: "p1"})
	line := logged("json", func(l *slog.Logger) { l.InfoContext(ctx, "x"); l.With("a", 1).InfoContext(ctx, "y") })
	if strings.Count(line, `"request":"r1","organisation":"o1","person":"p1"`) != 2 {
		t.Error(line)
	}
	line = logged("json", func(l *slog.Logger) { l.InfoContext(ctx, "x", "organisation", "o2") })
	if strings.Contains(line, "o1") || !strings.Contains(line, `"organisation":"o2"`) {
		t.Errorf("a line that names an organisation itself says two: %s", line)
	}
	if RequestID(ctx) != "r1" || RequestID(context.Background()) != "" {
		t.Error("the request's id must be found again")
	}
	if line := logged("json", func(l *slog.Logger) { l.Info("x") }); strings.Contains(line, "request") {
		t.Error(line)
	}
}

func TestF05ALogLineCannotBeForged(t *testing.T) {
	for _, format := range []string{"json", "text"} {
		line := logged(format, func(l *slog.Logger) { l.Info("a\nlevel=ERROR msg=forged", "b", "c\r\nd") })
		if strings.Count(line, "\n") != 1 || strings.Contains(line, "\r") {
			t.Errorf("%q", line)
		}
	}
}

func TestTheLevelIsKept(t *testing.T) {
	var out strings.Builder
	New(&out, "json", "warn").Info("quiet")
	New(&out, "json", "nonsense").Debug("quiet")
	if out.Len() != 0 {
		t.Error(out.String())
	}
}
