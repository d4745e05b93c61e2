package apptest

import (
	"net/url"
	"reflect"
	"regexp"
	"strings"

	"lintel/internal/core/route"
	"lintel/internal/platform/id"
	"lintel/internal/platform/secret"
)

var parameter = regexp.MustCompile(`\{([a-z]+)(\.\.\.)?\}`)

// suppliers give the value of each path parameter out of somebody's things. A route with a
// parameter that is not here fails the matrix.
var suppliers = map[string]func(t Things, pattern string) string{
	"customer": func(t Things, _ string) string { return t.Customer },
	"contact":  func(t Things, _ string) string { return t.Contact },
	"property": func(t Things, _ string) string { return t.Property },

	"contractor": func(t Things, _ string) string { return t.Contractor },
	"place":      func(t Things, _ string) string { return t.Place },
	"technician": func(t Things, _ string) string { return t.Technician },
	"project":    func(t Things, _ string) string { return t.Project },
	"request":    func(t Things, _ string) string { return t.Request },
	"task":       func(t Things, _ string) string { return t.Task },
	"log":        func(t Things, _ string) string { return t.Log },
	"folder":     func(t Things, _ string) string { return t.Folder },
	"pair":       func(t Things, _ string) string { return t.Pair },
	"photo":      func(t Things, _ string) string { return t.Photo },
	"feed":       func(Things, string) string { return secret.Token() + ".ics" },
	"proposal":   proposalOf, "document": proposalOf,
	"agreement": func(t Things, _ string) string { return t.Signature },
	"signature": func(t Things, _ string) string { return t.Signature },
	"thread":    func(t Things, _ string) string { return t.Proposal },
	"message":   func(t Things, _ string) string { return t.Message },
	"link":      func(t Things, _ string) string { return t.Link },
	"upload":    func(t Things, _ string) string { return t.Upload },
	"notice": func(t Things, pattern string) string {
		if strings.Contains(pattern, "/office/") {
			return t.NoticeOfOwner
		}
		return t.NoticeOfOne
	},
	"file": func(t Things, pattern string) string {
		if strings.Contains(pattern, "/import/") {
			return t.Import
		}
		return t.File
	},
	"stage":     func(t Things, _ string) string { return t.Stage },
	"colleague": func(t Things, _ string) string { return t.Colleague },
	"letter":    func(t Things, _ string) string { return t.Letter },
	"number":    func(Things, string) string { return "1" },
	"role":      func(t Things, _ string) string { return t.Role },
	"key":       func(t Things, _ string) string { return t.Key },
	"terms":     func(t Things, _ string) string { return t.Terms },
	"kind":      func(Things, string) string { return "proposal" },
	"version":   func(Things, string) string { return "1" },
	"firm":      func(Things, string) string { return "alder" },
	"tab":       func(Things, string) string { return "proposals" },
	"token":     func(Things, string) string { return secret.Token() },
	"step":      func(Things, string) string { return id.New() },
	"path":      func(Things, string) string { return "nothing.css" },
	"picture":   func(Things, string) string { return "192.png" },
}

// proposalOf gives the draft to those routes that work on one.
func proposalOf(t Things, pattern string) string {
	if strings.Contains(pattern, "/import") || strings.HasSuffix(pattern, "/send") {
		return t.Draft
	}
	return t.Proposal
}

// Parameters whose objects belong to one family, and to a firm.
var (
	ofFamily = words("customer contact property project proposal document agreement signature thread message link upload file notice contractor place technician request task log photo folder pair")
	ofFirm   = words("stage terms colleague role key letter")
)

func words(text string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(text) {
		set[word] = true
	}
	return set
}

// line is a route with what the matrix needs to know of it.
type line struct {
	route.Route
	family, firm []string // its parameters
	unknown      []string
}

func lineOf(r route.Route) line {
	l := line{Route: r}
	for _, found := range parameter.FindAllStringSubmatch(r.Pattern, -1) {
		name := found[1]
		switch {
		case name == "org":
		case suppliers[name] == nil:
			l.unknown = append(l.unknown, name)
		case ofFamily[name]:
			l.family = append(l.family, name)
		case ofFirm[name]:
			l.firm = append(l.firm, name)
		}
	}
	return l
}

// path fills the pattern. The first parameter of a family comes from the first things, all
// others from the second; they are the same but in mixed cells.
func (l line) path(slug string, first, rest Things) string {
	taken := false
	path := parameter.ReplaceAllStringFunc(l.Pattern, func(text string) string {
		name := parameter.FindStringSubmatch(text)[1]
		if name == "org" {
			return slug
		}
		from := rest
		if ofFamily[name] && !taken {
			from, taken = first, true
		}
		return url.PathEscape(suppliers[name](from, l.Pattern))
	})
	path = strings.TrimSuffix(path, "{$}")
	if query := queries[l.Method+" "+l.Pattern]; query != nil {
		path += "?" + query(rest).Encode()
	}
	return path
}

// queries are the routes whose thing stands behind the question mark.
var queries = map[string]func(t Things) url.Values{
	"POST /{org}/uploads":              func(t Things) url.Values { return url.Values{"kind": {"composer"}, "on": {"proposal:" + t.Proposal}} },
	"GET /{org}/office/properties/new": func(t Things) url.Values { return url.Values{"customer": {t.Customer}} },
}

// inForms are the routes whose thing stands in the form: one's own sessions and browsers.
// The matrix sends ids that do not exist.
var inForms = words("/{org}/profile/sessions/end /{org}/profile/browsers/forget")

// hasObject reports whether the route is about a thing, in its path or query.
func (l line) hasObject() bool {
	return len(l.family)+len(l.firm) > 0 || l.queried()
}

func (l line) queried() bool { return queries[l.Method+" "+l.Pattern] != nil }

// nothing are things that do not exist.
func nothing() Things {
	var t Things
	fields := reflect.ValueOf(&t).Elem()
	for i := range fields.NumField() {
		fields.Field(i).SetString(id.New())
	}
	return t
}

// filledIn is a form with something sensible in every field that any form has, so that
// what stops a request is who asks and not what is missing.
func filledIn(t Things) url.Values {
	return url.Values{"name": {"Someone"}, "title": {"Something"}, "text": {"A word"}, "body": {"A word"}, "reason": {"Because"}, "email": {"someone@elsewhere.example"},
		"role": {"member"}, "stage": {t.Stage}, "project": {t.Project}, "customer": {t.Customer}, "contact": {t.Contact}, "property": {t.Property}, "property_line1": {"1 Long Lane"},
		"line1": {"1 Long Lane"}, "contact_name": {"Someone"}, "contact_email": {"someone@elsewhere.example"}, "colour": {"#224466"}, "bucket": {"pending"}, "lead": {""},
		"signs": {"1"}, "version": {"1"}, "revision": {"1"}, "note": {"A word"}, "file": {t.File}, "cover": {t.File}, "code": {"000000"}, "session": {id.New()}, "browser": {id.New()},
		"archived": {"1"}, "method": {"typed"}, "signature_kind": {"typed"}, "signature_name": {"Someone"}, "choice": {"1"}, "contractor": {""},
		"permission": {"projects:read"}, "scope": {"projects:read"}, "days": {"30"}, "confirm": {"Confirm"}, "modules": {"projects", "documents"}}
}
