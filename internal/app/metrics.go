package app

import (
	"context"
	"net/http"
	"net/http/pprof"
	"slices"
	"strconv"
	"strings"
	"time"

	"lintel/internal/core/route"
	"lintel/internal/platform/mail"
	"lintel/internal/platform/metrics"
	"lintel/internal/platform/web"
)

// Metrics counts what the program does, for Prometheus. No label ever holds anything of an
// organisation or a person: routes are counted by their pattern, never by their path.
type Metrics struct {
	figures  metrics.Set
	requests *metrics.Counter
	duration *metrics.Histogram
	mails    *metrics.Counter
}

// NewMetrics makes the counters. version is the program's.
func NewMetrics(version string) *Metrics {
	m := &Metrics{}
	m.requests = m.figures.Counter("lintel_http_requests_total", "Requests answered, by route pattern and status.", "route", "status")
	m.duration = m.figures.Histogram("lintel_http_request_duration_seconds", "Time from a request's header to the end of its answer, by route pattern.",
		[]float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}, "route")
	m.mails = m.figures.Counter("lintel_mails_total", "Attempts to hand a mail to the mail server: sent, later (will be tried again) or refused.", "outcome")
	for _, outcome := range []string{mailSent, mailLater, mailRefused} {
		m.mails.Add(0, outcome)
	}
	m.figures.Gauge("lintel_build_info", "Always 1; the label says which version this is.", func() []metrics.Sample {
		return []metrics.Sample{{Value: 1, Labels: []string{"version", version}}}
	})
	m.figures.Process()
	return m
}

// CountRequests wraps the program's handler so that every answer is counted.
func (m *Metrics) CountRequests(a *App) http.Handler {
	patterns := patternsOf(a.Table)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := a.Clock.Now()
		status := &statusWriter{ResponseWriter: w}
		defer func() {
			pattern := patterns(r)
			m.requests.Add(1, pattern, strconv.Itoa(status.code()))
			m.duration.Observe(a.Clock.Now().Sub(began).Seconds(), pattern)
		}()
		a.Handler.ServeHTTP(status, r)
	})
}

// patternsOf finds the pattern of a request in muxes of the same patterns as the
// program's. The program's own are out of sight: between them and here requests are
// copied, and some are refused before they get there.
func patternsOf(table *route.Table) func(*http.Request) string {
	own, organisations := http.NewServeMux(), http.NewServeMux()
	for _, line := range table.Routes() {
		mux := own
		if strings.HasPrefix(line.Pattern, "/{org}") {
			mux = organisations
		}
		mux.Handle(line.Method+" "+line.Pattern, http.NotFoundHandler())
	}
	reserved := table.Reserved()
	return func(r *http.Request) string {
		first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		mux := organisations
		if first == "" || slices.Contains(reserved, first) {
			mux = own
		}
		_, pattern := mux.Handler(r)
		if _, path, found := strings.Cut(pattern, " "); found {
			return path
		}
		return "none"
	}
}

// statusWriter notes the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) code() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Flush sends what is buffered, for live pages.
func (w *statusWriter) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// The outcomes of an attempt to send a mail.
const (
	mailSent    = "sent"
	mailLater   = "later"
	mailRefused = "refused"
)

// CountMail wraps the way out of mails so that every attempt is counted.
func (m *Metrics) CountMail(sender mail.Sender) mail.Sender { return countedMail{sender, m.mails} }

type countedMail struct {
	mail.Sender
	mails *metrics.Counter
}

// Send implements mail.Sender.
func (c countedMail) Send(ctx context.Context, envelopeFrom, to string, raw []byte) error {
	err := c.Sender.Send(ctx, envelopeFrom, to, raw)
	outcome := mailSent
	switch {
	case mail.IsPermanent(err):
		outcome = mailRefused
	case err != nil:
		outcome = mailLater
	}
	c.mails.Add(1, outcome)
	return err
}

// Handler answers on the metrics listener, which is never the public one: figures, the
// state of health, and Go's profiles.
func (m *Metrics) Handler(a *App) http.Handler {
	m.figures.Total("lintel_refused_total", "Attempts that a lock of the data stopped: a missing right, or a statement that the actor may not run.",
		func() []metrics.Sample { return metrics.One(float64(a.Store.Refused())) })
	m.figures.Gauge("lintel_jobs", "Jobs in the queue by state: ready (waiting), running, dead (given up).", func() []metrics.Sample { return jobCounts(a) })
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", &m.figures)
	table := &route.Table{}
	a.operationRoutes(table)
	mux.Handle("GET /", table.Handler(a.edge(web.Outer{})))
	// Not pprof.Cmdline: flags can hold passwords.
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", http.NotFound)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

// jobCounts counts the queue when it is asked; without an answer there is no figure.
func jobCounts(a *App) (list []metrics.Sample) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	counts, err := a.Jobs.Counts(ctx)
	if err != nil {
		return nil
	}
	for _, state := range []string{"ready", "running", "dead"} {
		list = append(list, metrics.Sample{Value: float64(counts[state]), Labels: []string{"state", state}})
	}
	return list
}
