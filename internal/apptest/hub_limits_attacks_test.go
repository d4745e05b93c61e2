package apptest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"lintel/internal/core/route"
)

// Whatever stands in an address or a form, nothing breaks: what nobody can type is a refusal and never a failure of ours, on
// either database.
func TestNoAddressAndNoFormBreaksTheProgram(t *testing.T) {
	underAttack(t, func(x *attacked) {
		x.under("addresses", strangeAddresses)
		x.under("questions", strangeQuestions)
		x.under("forms", strangeForms)
	})
}

// strange are values that no page of ours makes.
var strange = []string{"\x00", "\xff\xfe", strings.Repeat("a", 6000), "9999999999", "-1", "\r\nSet-Cookie: x=1"}

func (x *attacked) clientOf(r route.Route) *Client {
	if strings.Contains(r.Pattern, "/home/") {
		return x.una
	}
	return x.office
}

func strangeAddresses(x *attacked) {
	for _, r := range x.App.Table.Routes() {
		found := parameter.FindAllStringSubmatch(r.Pattern, -1)
		for _, one := range found {
			if strings.HasPrefix(r.Pattern, "/api/") || one[1] == "path" {
				continue
			}
			for _, value := range strange[:4] {
				filled := lineOf(r)
				path := parameter.ReplaceAllStringFunc(r.Pattern, func(text string) string {
					name := parameter.FindStringSubmatch(text)[1]
					switch {
					case text == one[0]:
						return url.PathEscape(value)
					case name == "org":
						return "alder"
					case suppliers[name] == nil:
						return "x"
					}
					return url.PathEscape(suppliers[name](x.a.Things, filled.Pattern))
				})
				got := x.clientOf(r).Do(r.Method, strings.TrimSuffix(path, "{$}"), "application/x-www-form-urlencoded", nil)
				x.refused(got.Status < 500, "%s %s with %s = %.20q: %d", r.Method, r.Pattern, one[1], value, got.Status)
			}
		}
	}
}

// asks are the names of all that stands behind a question mark.
var asks = strings.Fields("after archived before choose colour contact customer days file find folder for from group in month name next org place q scope sent show since sort stage state topic v version view kind on day week page choose")

// views are those of the pages that have several.
func views(r route.Route) []string {
	if strings.HasSuffix(r.Pattern, "schedule") || strings.HasSuffix(r.Pattern, "files") {
		return []string{"list", "month", "photos", "bin"}
	}
	return []string{"x"}
}

func strangeQuestions(x *attacked) {
	for _, r := range x.App.Table.Routes() {
		if r.Method != http.MethodGet || strings.HasPrefix(r.Pattern, "/api/") {
			continue
		}
		path := lineOf(r).path("alder", x.a.Things, x.a.Things)
		for _, value := range strange {
			q := url.Values{}
			for _, name := range asks {
				q.Set(name, value)
			}
			for _, view := range views(r) {
				q.Set("view", view)
				got := ask(x.clientOf(r), strings.SplitN(path, "?", 2)[0]+"?"+q.Encode(), "HX-Request", "true")
				x.refused(got.Status < 500, "%s?…=%.20q (view %.10s): %d", path, value, view, got.Status)
			}
		}
	}
}

// fields are the names of all fields of forms.
var fields = strings.Fields(`act address after along answer back before body bucket by caption day device done email ends file folder from id inside kind label lead limit mention modules name next notes note on on_site parent
	person phone place place_id project property read reason remove revision rhythm row scope series shared silent stage starts state step temperature text title to until up_to username version wanted weather website zone follows
	who progress own customer description quiet_from quiet_until photo`)

func strangeForms(x *attacked) {
	var posts []route.Route
	for _, r := range x.App.Table.Routes() {
		out := []string{"/api/", "sign-out", "/sessions", "/looking", "/people/", "/staff", "/access/", "/contractors", "/tokens"} // these end who attacks
		if r.Method == http.MethodPost && !slices.ContainsFunc(out, func(part string) bool { return strings.Contains(r.Pattern, part) }) {
			posts = append(posts, r)
		}
	}
	slices.SortStableFunc(posts, func(a, b route.Route) int { // what puts things away comes last
		last := func(r route.Route) int {
			if strings.Contains(r.Pattern, "remove") || strings.Contains(r.Pattern, "archive") {
				return 1
			}
			return 0
		}
		return last(a) - last(b)
	})
	for _, r := range posts {
		for _, value := range strange {
			form := url.Values{}
			for _, name := range fields {
				form.Set(name, value)
			}
			if len(value) > 8 && value[0] == '9' { // a number that is none, in a form that is otherwise right
				form.Set("day", "2026-10-02")
				form.Set("name", "Something")
				form.Set("starts", "2026-10-05")
				form.Set("ends", "2026-10-06")
				form.Set("kind", "task")
				form.Del("follows")
				form.Del("temperature")
				form.Del("weather")
				form.Del("progress")
			}
			got := x.clientOf(r).Post(lineOf(r).path("alder", x.a.Things, x.a.Things), form)
			x.refused(got.Status < 500, "POST %s with %.20q in every field: %d", r.Pattern, value, got.Status)
			if strings.Contains(strings.Join(got.Header.Values("Set-Cookie"), " "), "x=1") || strings.Contains(got.Location, "\n") || strings.HasPrefix(got.Location, "//") {
				x.t.Errorf("%s leads to %q and sets %q", r.Pattern, got.Location, got.Header.Values("Set-Cookie"))
			}
		}
	}
}
