package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"lintel/internal/platform/clock"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/mail"
)

func ask(handler http.Handler, method, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(method, "https://portal.example"+path, nil))
	return w
}

func TestHealthSaysInOneWordWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		err    error
		reason string
	}{
		{nil, ""},
		{fault.New(fault.NoSpace, "There is no room left on the server."), "full"},
		{fmt.Errorf("write: %w", syscall.ENOSPC), "full"},
		{&fs.PathError{Op: "open", Path: "x", Err: syscall.EROFS}, "read-only"},
		{fault.Wrap(fault.Unavailable, "The database cannot be written just now.", errors.New("attempt to write a readonly database (8)")), "read-only"},
		{fault.New(fault.Unavailable, "The database cannot be reached just now."), "unreachable"},
	} {
		if got := reasonOf(c.err); got != c.reason {
			t.Errorf("%v is %q, not %q", c.err, got, c.reason)
		}
	}
}

func TestHealthIsAskedAgainAfterFiveSeconds(t *testing.T) {
	asked, broken := 0, error(nil)
	clk := clock.NewFake(time.Unix(1e9, 0))
	h := &health{clock: clk, patience: time.Minute, probe: func(context.Context) error { asked++; return broken }}
	for range 3 {
		if reason := h.problem(context.Background()); reason != "" {
			t.Errorf("healthy, but %q", reason)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times within five seconds", asked)
	}
	broken = syscall.ENOSPC
	clk.Advance(healthAge)
	if reason := h.problem(context.Background()); reason != "full" {
		t.Errorf("the disk is full, but health says %q", reason)
	}
	broken = nil
	clk.Advance(healthAge)
	if reason := h.problem(context.Background()); reason != "" {
		t.Errorf("it does not recover by itself: %q", reason)
	}
}

func TestHealthDoesNotHangWithTheDisk(t *testing.T) {
	var asked atomic.Int32
	release := make(chan struct{})
	h := &health{clock: clock.System(), patience: 10 * time.Millisecond, probe: func(context.Context) error { asked.Add(1); <-release; return nil }}
	for range 3 {
		if reason := h.problem(context.Background()); reason != "slow" {
			t.Errorf("the disk hangs, but health says %q", reason)
		}
	}
	if asked.Load() != 1 {
		t.Errorf("%d questions wait for the hanging disk", asked.Load())
	}
	h.mu.Lock()
	busy := h.busy
	h.mu.Unlock()
	close(release)
	<-busy
	if reason := h.problem(context.Background()); reason != "" {
		t.Errorf("the disk is back, but health says %q", reason)
	}
}

func TestHealthOfARunningPortal(t *testing.T) {
	a := start(t)
	handler := NewMetrics("1.2.3").Handler(a)
	for _, path := range []string{"/healthz", "/readyz"} {
		if w := ask(handler, "GET", path); w.Code != http.StatusOK || w.Body.String() != `{"status":"ok"}` {
			t.Errorf("%s answers %d %s", path, w.Code, w.Body)
		}
	}
	a.Close()
	if w := ask(NewMetrics("1.2.3").Handler(a), "GET", "/healthz"); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), `"reason"`) {
		t.Errorf("without a database it answers %d %s", w.Code, w.Body)
	}
}

// H09
func TestNothingInsideIsToBeHadFromThePublicListener(t *testing.T) {
	handler := NewMetrics("1.2.3").CountRequests(start(t))
	for _, path := range []string{"/debug", "/debug/pprof/", "/debug/pprof/heap", "/debug/vars", "/metrics", "/.git", "/.git/config", "/.env", "/lintel.db", "/lintel.key",
		"/data/lintel.db", "/backup", "/backup.zip", "/static/app.js.map", "/server-status"} {
		for _, method := range []string{"GET", "HEAD"} {
			if w := ask(handler, method, path); w.Code != http.StatusNotFound {
				t.Errorf("%s %s answers %d", method, path, w.Code)
			}
		}
	}
}

func TestABrowserFindsTheIconOfAPageThatNamesNone(t *testing.T) {
	handler := NewMetrics("1.2.3").CountRequests(start(t))
	where := ask(handler, "GET", "/favicon.ico")
	if icon := ask(handler, "GET", where.Header().Get("Location")); where.Code != http.StatusFound || icon.Code != http.StatusOK || icon.Header().Get("Content-Type") != "image/svg+xml" {
		t.Errorf("/favicon.ico answers %d, and what it leads to %d %s", where.Code, icon.Code, icon.Header().Get("Content-Type"))
	}
}

func TestMetricsCountByPatternAndTellNothingOfAnybody(t *testing.T) {
	a := start(t)
	metrics := NewMetrics("1.2.3")
	handler, inside := metrics.CountRequests(a), metrics.Handler(a)
	for _, path := range []string{"/secretfirm/office/settings", "/otherfirm/office/settings", "/secretfirm/nowhere/at/all", "/sign-in?email=maria@harbour.example", "/static/nothing.css"} {
		ask(handler, "GET", path)
	}
	w := ask(inside, "GET", "/metrics")
	text := w.Body.String()
	for _, line := range []string{
		`lintel_http_requests_total{route="/{org}/office/settings",status="404"} 2`,
		`lintel_http_requests_total{route="none",status="404"} 1`,
		`lintel_http_requests_total{route="/sign-in",status="200"} 1`,
		`lintel_http_requests_total{route="/static/{path...}",status="404"} 1`,
		`lintel_http_request_duration_seconds_count{route="/sign-in"} 1`,
		`lintel_jobs{state="dead"} 0`,
		`lintel_mails_total{outcome="sent"} 0`,
		`lintel_refused_total 0`,
		`version="1.2.3"`,
	} {
		if !strings.Contains(text, line) {
			t.Errorf("the figures miss %s", line)
		}
	}
	for _, private := range []string{"secretfirm", "otherfirm", "maria"} {
		if strings.Contains(text, private) {
			t.Errorf("the figures tell of %q", private)
		}
	}
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("promtool would complain: %v %v", problems, err)
	}
	if w := ask(inside, "GET", "/debug/pprof/cmdline"); w.Code != http.StatusNotFound {
		t.Errorf("the command line, which can hold passwords, answers %d", w.Code)
	}
}

type sender struct{ err error }

func (s sender) Send(context.Context, string, string, []byte) error { return s.err }
func (s sender) Check(context.Context) error                        { return nil }
func (s sender) Close() error                                       { return nil }

func TestMailsAreCountedByOutcome(t *testing.T) {
	metrics := NewMetrics("1.2.3")
	for _, outcome := range []error{nil, nil, &mail.Temporary{}, &mail.Permanent{}} {
		if got := metrics.CountMail(sender{outcome}).Send(context.Background(), "a@b.example", "c@d.example", nil); got != outcome {
			t.Errorf("the outcome %v became %v", outcome, got)
		}
	}
	text, err := io.ReadAll(ask(metrics.Handler(start(t)), "GET", "/metrics").Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{`lintel_mails_total{outcome="sent"} 2`, `lintel_mails_total{outcome="later"} 1`, `lintel_mails_total{outcome="refused"} 1`} {
		if !strings.Contains(string(text), line) {
			t.Errorf("the figures miss %s", line)
		}
	}
}
