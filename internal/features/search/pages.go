package search

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
)

// Frame puts the page around content; value is what stands in the search field.
type Frame func(r *route.Request, title, value string, content templ.Component) web.Reply

// Pages are the results, for the office and for customers, and the list below the field.
type Pages struct {
	service *Service
	frame   Frame
}

// NewPages makes the pages.
func NewPages(service *Service, frame Frame) *Pages { return &Pages{service, frame} }

// Routes adds the addresses.
func (p *Pages) Routes(t *route.Table) {
	office, home := access.OfficeWith(access.HomeRead), access.CustomerWith(access.HomeRead)
	t.Get("/{org}/office/search", office, p.results)
	t.Get("/{org}/office/search/suggestions", office, p.suggestions)
	t.Get("/{org}/home/search", home, p.results)
	t.Get("/{org}/home/search/suggestions", home, p.suggestions)
}

// Path is where an actor searches; empty for those who do not.
func Path(slug string, actor access.Actor) string {
	switch {
	case slug == "" || !actor.May(access.HomeRead):
		return ""
	case actor.Kind() == access.Staff:
		return "/" + slug + "/office/search"
	case actor.Kind() == access.Customer:
		return "/" + slug + "/home/search"
	}
	return ""
}

const longestTyped = 200

// typed is what somebody typed, in one line.
func typed(r *route.Request) string {
	clean := strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(r.URL.Query().Get("q"), ""))
	letters := []rune(strings.TrimSpace(clean))
	return string(letters[:min(len(letters), longestTyped)])
}

func (p *Pages) results(r *route.Request) (web.Reply, error) {
	v := p.view(r)
	kind := r.URL.Query().Get("in")
	if kind == "" {
		found, err := p.service.Find(r.Context(), r.Actor, v.text)
		if err != nil {
			return web.Reply{}, err
		}
		v.Found = found
		return p.frame(r, i18n.T(r.Context(), "Search"), v.text, resultsPage(v)), nil
	}
	found, err := p.service.FindKind(r.Context(), r.Actor, v.text, kind, ParseCursor(r.URL.Query().Get("after")))
	if err != nil {
		return web.Reply{}, err
	}
	v.Found, v.kind = found, kind
	return p.frame(r, i18n.T(r.Context(), "Search"), v.text, kindPage(v)), nil
}

func (p *Pages) suggestions(r *route.Request) (web.Reply, error) {
	v := p.view(r)
	found, err := p.service.Suggest(r.Context(), r.Actor, v.text)
	if err != nil {
		return web.Reply{}, err
	}
	v.Found = found
	return web.Page(suggestionList(v)), nil
}

// view is what the templates show.
type view struct {
	Found
	slug, path, text, kind string
	office                 bool
}

func (p *Pages) view(r *route.Request) view {
	slug := r.Organisation.Slug
	return view{slug: slug, path: Path(slug, r.Actor), text: typed(r), office: r.Actor.SeesWholeOrganisation()}
}

func (v view) address(more ...string) templ.SafeURL {
	values := url.Values{"q": {v.text}}
	for i := 0; i+1 < len(more); i += 2 {
		values.Set(more[i], more[i+1])
	}
	return templ.SafeURL(v.path + "?" + values.Encode())
}

func (v view) url(r Result) templ.SafeURL {
	if v.office {
		return templ.SafeURL("/" + v.slug + r.OfficeURL)
	}
	return templ.SafeURL("/" + v.slug + r.CustomerURL)
}

func (v view) spans(text string) []Span { return spansOf(text, v.words) }

// counted is how many there are, as far as they are counted.
func (g Group) counted() string {
	switch {
	case g.Next == "":
		return strconv.Itoa(len(g.Results))
	case g.Count >= mostCounted:
		return strconv.Itoa(mostCounted-1) + "+"
	case g.More:
		return strconv.Itoa(max(g.Count-1, len(g.Results))) + "+"
	}
	return strconv.Itoa(g.Count)
}

// all counts every result that is shown, for whoever hears the page.
func (f Found) all() (n int) {
	for _, g := range f.Groups {
		n += len(g.Results)
	}
	return n
}

func (v view) head(ctx context.Context) string {
	if v.text == "" {
		return i18n.T(ctx, "Search")
	}
	return i18n.T(ctx, "Results for “{text}”", "text", v.text)
}
