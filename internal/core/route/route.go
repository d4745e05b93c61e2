// Package route is the table of all URLs: each with its method, its pattern and the rule
// that guards it. The mux, the golden list, the authorisation matrix and the
// documentation are all made from this one table.
package route

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"unicode/utf8"

	"lintel/internal/core/access"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/logging"
	"lintel/internal/platform/web"
)

// Request is what a handler gets: the HTTP request, who asks, and in which firm's portal.
type Request struct {
	*http.Request
	Actor        access.Actor        // zero on public routes
	Organisation access.Organisation // zero on routes without {org}
	Browser      Browser
	writer       http.ResponseWriter
	isPage       func(path string) bool
}

// Browser is where a request comes from, for evidence and for throttling.
type Browser struct {
	Address string // IP address
	Agent   string // User-Agent, cut to 300 characters
}

// Form reads the posted form.
func (r *Request) Form() (*web.Form, error) { return r.FormOf(web.OrdinarySize) }

// FormOf reads a posted form that may be larger than others.
func (r *Request) FormOf(size web.FormSize) (*web.Form, error) {
	return web.ReadForm(r.writer, r.Request, size)
}

// Stream gives the writer to handlers that answer piece by piece (uploads, live events).
func (r *Request) Stream() http.ResponseWriter { return r.writer }

// Handler answers a request. A fault becomes the fitting page or JSON, any other error a
// 500 that shows nothing but the request's id.
type Handler func(*Request) (web.Reply, error)

// Route is one line of the table.
type Route struct {
	Method  string
	Pattern string
	Rule    access.Rule
	handler Handler
	raw     http.Handler
}

// Table collects the routes while the program is put together.
type Table struct {
	routes []Route
}

// Get adds a page. GET and HEAD never change anything (H02).
func (t *Table) Get(pattern string, rule access.Rule, h Handler) {
	t.add(http.MethodGet, pattern, rule, h)
}

// Post adds an act.
func (t *Table) Post(pattern string, rule access.Rule, h Handler) {
	t.add(http.MethodPost, pattern, rule, h)
}

// Method adds a route with another method: the uploads use PATCH, HEAD and DELETE.
func (t *Table) Method(method, pattern string, rule access.Rule, h Handler) {
	t.add(method, pattern, rule, h)
}

// Mount adds a GET that a ready-made handler answers by itself: static files.
func (t *Table) Mount(pattern string, rule access.Rule, h http.Handler) {
	t.add(http.MethodGet, pattern, rule, nil)
	t.routes[len(t.routes)-1].raw = h
}

func (t *Table) add(method, pattern string, rule access.Rule, h Handler) {
	if rule.Zero() {
		panic("route " + method + " " + pattern + " has no rule")
	}
	if err := faceFits(pattern, rule); err != nil {
		panic(err.Error())
	}
	t.routes = append(t.routes, Route{Method: method, Pattern: pattern, Rule: rule, handler: h})
}

// faceFits keeps every face in its part of the URL space.
func faceFits(pattern string, rule access.Rule) error {
	prefix := map[access.Face]string{access.OfficeFace: "/{org}/office", access.CustomerFace: "/{org}/home",
		access.DeskFace: "/{org}/desk", access.FieldFace: "/{org}/field", access.APIFace: "/api/v1/", access.EitherFace: "/{org}/"}[rule.Face()]
	if prefix != "" && !strings.HasPrefix(pattern, prefix) {
		return fmt.Errorf("route %s has the rule %q but lies outside %s", pattern, rule, prefix)
	}
	return nil
}

// Routes lists the table by pattern and method.
func (t *Table) Routes() []Route {
	out := append([]Route(nil), t.routes...)
	sort.Slice(out, func(i, j int) bool {
		if out[i].Pattern != out[j].Pattern {
			return out[i].Pattern < out[j].Pattern
		}
		return out[i].Method < out[j].Method
	})
	return out
}

// Golden is the table as text: method, pattern and rule of every URL.
func (t *Table) Golden() string {
	var b strings.Builder
	for _, r := range t.Routes() {
		fmt.Fprintf(&b, "%-6s %-70s %s\n", r.Method, r.Pattern, r.Rule)
	}
	return b.String()
}

// Edge is what the table needs from the rest of the program.
type Edge struct {
	// Authenticate finds the organisation named in the path and who the browser's cookies
	// belong to there. An unknown organisation is NotFound; nobody signed in is a zero Actor.
	Authenticate func(ctx context.Context, r *http.Request, slug string) (access.Actor, access.Organisation, error)
	// Token finds whose API token a request to /api/ carries; Unauthenticated without one.
	Token func(ctx context.Context, r *Request) (access.Actor, access.Organisation, error)
	// Reader puts language, time zone and the like into the context of the page.
	Reader func(ctx context.Context, r *Request) context.Context
	// Trouble renders a fault as a page; JSON callers get problem+json.
	Trouble func(r *Request, f *fault.Fault, status int) web.Reply
	// SignIn is where somebody is sent who has to sign in first.
	SignIn  func(r *Request) string
	Address func(r *http.Request) string
	Log     *slog.Logger
	isPage  func(path string) bool
}

// Handler makes the mux. Addresses that begin with an organisation and those that begin
// with a word of Lintel's own are kept apart: an organisation cannot be called "static".
func (t *Table) Handler(edge Edge) http.Handler {
	own, organisations := http.NewServeMux(), http.NewServeMux()
	edge.isPage = func(path string) bool { return hasPage(organisations, path) }
	nothing := edge.serve(Route{Rule: access.Anyone("answers that nothing is here"), handler: nothingHere})
	own.Handle("/", nothing)
	organisations.Handle("/", nothing)
	for _, r := range t.routes {
		handler := r.raw
		if handler == nil {
			handler = edge.serve(r)
		}
		if strings.HasPrefix(r.Pattern, "/{org}/") || r.Pattern == "/{org}" {
			organisations.Handle(r.Method+" "+r.Pattern, handler)
			continue
		}
		own.Handle(r.Method+" "+r.Pattern, handler)
	}
	reserved := map[string]bool{"": true}
	for _, word := range t.Reserved() {
		reserved[word] = true
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/"); reserved[first] {
			own.ServeHTTP(w, r)
			return
		}
		organisations.ServeHTTP(w, r)
	})
}

// Reserved lists the first words of Lintel's own addresses, which no organisation may take.
func (t *Table) Reserved() []string {
	seen := map[string]bool{}
	var words []string
	for _, r := range t.routes {
		first, _, _ := strings.Cut(strings.TrimPrefix(r.Pattern, "/"), "/")
		if first == "" || strings.HasPrefix(first, "{") || seen[first] {
			continue
		}
		seen[first] = true
		words = append(words, first)
	}
	sort.Strings(words)
	return words
}

func nothingHere(*Request) (web.Reply, error) {
	return web.Reply{}, fault.New(fault.NotFound, "There is nothing at this address.")
}

func (e Edge) serve(line Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, raw *http.Request) {
		agent := raw.UserAgent()
		r := &Request{Request: raw, writer: w, isPage: e.isPage, Browser: Browser{Address: e.Address(raw), Agent: agent[:min(len(agent), 300)]}}
		reply, err := e.answer(line, r)
		if err != nil {
			reply = e.refusal(r, err)
		}
		if err := reply.Send(r.Context(), w, r.Request); err != nil && r.Context().Err() == nil { // else the browser has gone on
			e.Log.ErrorContext(r.Context(), "send reply", "route", line.Pattern, "error", err)
			http.Error(w, "Something went wrong on our side. Please try again.", http.StatusInternalServerError)
		}
	})
}

func (e Edge) answer(line Route, r *Request) (web.Reply, error) {
	if !storable(r.URL.Path) {
		return nothingHere(r)
	}
	cleanQuery(r.URL)
	if slug := r.PathValue("org"); slug != "" {
		actor, organisation, err := e.Authenticate(r.Context(), r.Request, slug)
		if err != nil {
			return web.Reply{}, err
		}
		r.Actor, r.Organisation = actor, organisation
	}
	if line.Rule.Face() == access.APIFace {
		actor, organisation, err := e.Token(r.Context(), r)
		if err != nil {
			return web.Reply{}, err
		}
		r.Actor, r.Organisation = actor, organisation
	}
	ctx := logging.With(r.Context(), logging.Who{Organisation: string(r.Actor.Org()), Person: string(r.Actor.Person())})
	r.Request = r.WithContext(e.Reader(ctx, r))
	if line.Rule.NeedsActor() && r.Actor.Zero() {
		return web.Reply{}, fault.New(fault.Unauthenticated, "Please sign in.")
	}
	if r.Actor.Bare() && !line.Rule.Admits(r.Actor) {
		return web.Redirect("/" + r.Organisation.Slug + "/profile/factors"), nil
	}
	if !line.Rule.Admits(r.Actor) {
		e.Log.WarnContext(r.Context(), "refused", "security", true, "route", line.Pattern, "kind", r.Actor.Kind())
		return web.Reply{}, wrongFace(line.Rule, r.Actor)
	}
	return line.handler(r)
}

// storable reports whether a database could hold the text: an address with anything else names nothing.
func storable(text string) bool { return utf8.ValidString(text) && !strings.ContainsRune(text, 0) }

// cleanQuery takes out of what stands behind the question mark what no database could hold.
func cleanQuery(address *url.URL) {
	query := address.Query()
	dirty := false
	for _, values := range query {
		for i, value := range values {
			if !storable(value) {
				values[i], dirty = strings.ReplaceAll(strings.ToValidUTF8(value, ""), "\x00", ""), true
			}
		}
	}
	if dirty {
		address.RawQuery = query.Encode()
	}
}

// wrongFace answers 404 to somebody of another face, who need not know what is there, and
// 403 to those of the right face without the permission.
func wrongFace(rule access.Rule, actor access.Actor) *fault.Fault {
	if rule.MeantFor(actor) {
		return fault.New(fault.Denied, "You do not have the right to do this.")
	}
	return fault.New(fault.NotFound, "There is nothing at this address.")
}

var statuses = map[fault.Kind]int{
	fault.Invalid: http.StatusUnprocessableEntity, fault.NotFound: http.StatusNotFound, fault.Denied: http.StatusForbidden,
	fault.Unauthenticated: http.StatusUnauthorized, fault.Conflict: http.StatusConflict, fault.Precondition: http.StatusPreconditionRequired,
	fault.TooLarge: http.StatusRequestEntityTooLarge, fault.TooMany: http.StatusTooManyRequests, fault.Unavailable: http.StatusServiceUnavailable,
	fault.NoSpace: http.StatusInsufficientStorage,
}

// statusGone is how logs and metrics name a request whose browser did not wait for the answer.
const statusGone = 499

// Status is the HTTP status of a kind of fault.
func Status(kind fault.Kind) int { return statuses[kind] }

func (e Edge) refusal(r *Request, err error) web.Reply {
	f := fault.As(err)
	if f == nil {
		if errors.Is(err, context.Canceled) && r.Context().Err() != nil { // the browser has gone on: nobody reads the answer
			return web.Reply{Status: statusGone}
		}
		e.Log.ErrorContext(r.Context(), "request failed", "path", r.Pattern, "error", err)
		return e.render(r, fault.New("internal", "Something went wrong on our side. Nothing was lost. Please try again."), http.StatusInternalServerError)
	}
	if f.Kind == fault.Unauthenticated && !wantsJSON(r) {
		return signInFirst(r, e.SignIn(r))
	}
	return e.render(r, f, Status(f.Kind))
}

// comeBack is how many seconds whoever asks too much is told to wait.
const comeBack = "60"

func (e Edge) render(r *Request, f *fault.Fault, status int) web.Reply {
	reply := web.Reply{}
	if wantsJSON(r) {
		reply = problem(r, f, status)
	} else {
		reply = e.Trouble(r, f, status).WithStatus(status)
	}
	if status == http.StatusTooManyRequests {
		reply = reply.WithHeader("Retry-After", comeBack)
	}
	return reply
}

func wantsJSON(r *Request) bool {
	return strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.Header.Get("Accept"), "application/json")
}

// problem is RFC 9457.
func problem(r *Request, f *fault.Fault, status int) web.Reply {
	type field struct {
		Name    string `json:"name"`
		Message string `json:"message"`
	}
	body := struct {
		Title   string  `json:"title"`
		Status  int     `json:"status"`
		Request string  `json:"request"`
		Fields  []field `json:"fields,omitempty"`
	}{f.English(), status, logging.RequestID(r.Context()), nil}
	for _, x := range f.Fields {
		body.Fields = append(body.Fields, field{x.Name, x.English()})
	}
	reply := web.Data(body).WithStatus(status).WithHeader("Content-Type", "application/problem+json")
	if status == http.StatusUnauthorized {
		reply = reply.WithHeader("WWW-Authenticate", "Bearer")
	}
	return reply
}
