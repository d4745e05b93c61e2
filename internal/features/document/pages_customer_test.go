package document_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"lintel/internal/features/document"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/signing"
	"lintel/internal/platform/money"
)

// inChoosersRoom is a sign room whose proposal lets Maria say how much is plastered, and choose two of three lamps.
func inChoosersRoom(t *testing.T, run func(s *signRoom)) {
	t.Helper()
	inOffice(t, func(o *office) {
		s := sendKitchen(o)
		o.actors["maria"], o.actors["tom ruiz"] = s.maria, s.tom
		s.next(func(c *proposal.Content) { *c = lamps(*c) })
		run(s)
	})
}

func lamps(c proposal.Content) proposal.Content {
	c.Groups[0].Lines[2].QuantityEditable = &proposal.QuantityRange{Min: money.Whole(20), Max: money.MustDecimal("60.5")}
	light := c.Groups[5].Lines[0]
	for _, id := range []string{"f2", "f3"} {
		more := light
		more.ID, more.Name = id, "Lamp "+id
		c.Groups[5].Lines = append(c.Groups[5].Lines, more)
	}
	c.Groups[5].Max = 2
	return c
}

// next sends the next version.
func (s *signRoom) next(rewrite func(*proposal.Content)) {
	s.Helper()
	s.must(s.service.Revise(s.Context(), s.actors["jon"], s.document))
	content := s.desk().Version.Content
	rewrite(&content)
	saved := s.save(content)
	s.must(s.service.Send(s.Context(), s.actors["jon"], s.document, saved.Revision, ""))
}

func (s *signRoom) home(more string) string {
	return document.CustomerPath("hartwell-sons", s.document) + more
}

// follow posts as Maria's browser does, and loads the page that it is led to with the cookies that came along.
func (s *signRoom) follow(address string, form url.Values) (*httptest.ResponseRecorder, string) {
	s.Helper()
	answer := s.post("maria", address, form)
	if answer.Code != http.StatusSeeOther {
		s.Fatalf("%s: %d %.300s", address, answer.Code, answer.Body)
	}
	var cookies []string
	for _, c := range answer.Result().Cookies() {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	to, _, _ := strings.Cut(answer.Header().Get("Location"), "#")
	page := s.do("maria", http.MethodGet, to, "", nil, "Cookie", strings.Join(cookies, "; "))
	if page.Code != http.StatusOK {
		s.Fatalf("%s: %d %.300s", to, page.Code, page.Body)
	}
	forgets := func(c *http.Cookie) bool { return c.Name == "refused" && c.MaxAge < 0 }
	if strings.Contains(strings.Join(cookies, ";"), "refused=") && !slices.ContainsFunc(page.Result().Cookies(), forgets) {
		s.Errorf("%s keeps what it said for another page", to)
	}
	return answer, page.Body.String()
}

func (s *signRoom) chosen() document.Progress {
	s.Helper()
	r, err := s.service.Read(s.Context(), s.maria, s.document, 0)
	s.must(err)
	return r.Progress
}

// element is one element of a page.
func (o *office) element(page, id string) *html.Node {
	o.Helper()
	root, err := html.Parse(strings.NewReader(page))
	o.must(err)
	found := find(root, func(n *html.Node) bool { return attribute(n, "id") == id })
	if found == nil {
		o.Fatalf("the page has no %q", id)
	}
	return found
}

func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(textOf(c))
	}
	return strings.TrimSpace(b.String())
}

func TestAQuantityOutsideItsLimitsIsSaidWhereItWasTyped(t *testing.T) {
	inChoosersRoom(t, func(s *signRoom) {
		for _, verb := range []string{"/choices", "/review"} {
			form := s.form(s.get("maria", s.home("")), "choices")
			form.Set("quantity.a3", "70")
			form["option.g5"], form["option.g6"] = []string{"e3"}, []string{"f1", "f3"}
			answer, page := s.follow(s.home(verb), form)
			if to := answer.Header().Get("Location"); to != s.home("") {
				t.Errorf("%s leads to %s", verb, to)
			}
			field, note := s.element(page, "quantity-a3"), s.element(page, "quantity-a3-note")
			if attribute(field, "value") != "70" || attribute(field, "aria-invalid") != "true" || attribute(field, "aria-describedby") != "quantity-a3-note" || !has(field, "autofocus") {
				t.Errorf("%s: the field is %v", verb, field.Attr)
			}
			if got := textOf(note); got != "Between 20 and 60.5 m²" || attribute(note, "role") != "alert" {
				t.Errorf("%s: at the field stands %q, %v", verb, got, note.Attr)
			}
			if kept := s.chosen().Choices; !kept.Selected["e3"] || kept.Selected["e2"] || !kept.Selected["f3"] || len(kept.Quantities) != 0 {
				t.Errorf("%s kept %+v", verb, kept)
			}
			if again := s.element(s.get("maria", s.home("")), "quantity-a3"); attribute(again, "value") != "46" || attribute(again, "aria-invalid") != "" {
				t.Errorf("%s: loaded again, the field is %v", verb, again.Attr)
			}
		}
	})
}

func TestAnEmptiedQuantityIsNoChoice(t *testing.T) {
	inChoosersRoom(t, func(s *signRoom) {
		form := s.form(s.get("maria", s.home("")), "choices")
		form.Set("quantity.a3", "25")
		s.follow(s.home("/choices"), form)
		for _, typed := range []string{"", "many", "-3"} {
			form.Set("quantity.a3", typed)
			if _, page := s.follow(s.home("/review"), form); attribute(s.element(page, "quantity-a3"), "aria-invalid") != "true" {
				t.Errorf("%q was taken", typed)
			}
			if got := s.chosen().Choices.Quantities["a3"].String(); got != "25" {
				t.Errorf("after %q the quantity is %s", typed, got)
			}
		}
	})
}

func TestMoreOptionsThanMayBeChosenAreSaidAtTheirGroup(t *testing.T) {
	inChoosersRoom(t, func(s *signRoom) {
		form := s.form(s.get("maria", s.home("")), "choices")
		form.Set("quantity.a3", "30")
		form["option.g6"] = []string{"f1", "f2", "f3"}
		_, page := s.follow(s.home("/review"), form)
		if note := s.element(page, "group-g6-note"); textOf(note) != "Choose up to 2. You can change it until you sign." || attribute(note, "role") != "alert" {
			t.Errorf("at the group stands %q, %v", textOf(note), note.Attr)
		}
		if ticked := s.form(page, "choices")["option.g6"]; !slices.Equal(ticked, form["option.g6"]) {
			t.Errorf("ticked are %v", ticked)
		}
		if kept := s.chosen().Choices; kept.Quantities["a3"].String() != "30" || kept.Selected["f1"] {
			t.Errorf("kept is %+v", kept)
		}
	})
}

// A script is answered with the parts of the page, and the field is marked in them.
func TestAQuantityOutsideItsLimitsIsSaidToTheScript(t *testing.T) {
	inChoosersRoom(t, func(s *signRoom) {
		form := s.form(s.get("maria", s.home("")), "choices")
		form.Set("quantity.a3", "70")
		answer := s.post("maria", s.home("/choices"), form, "X-Autosave", "1")
		if answer.Code != http.StatusUnprocessableEntity || len(answer.Result().Cookies()) > 0 {
			t.Fatalf("%d %v", answer.Code, answer.Result().Cookies())
		}
		note := s.element(answer.Body.String(), "quantity-a3-note")
		if textOf(note) != "Between 20 and 60.5 m²" || attribute(note, "role") != "alert" || attribute(note, "data-note") != "quantity-a3" {
			t.Errorf("%q, %v", textOf(note), note.Attr)
		}
		form.Set("quantity.a3", "60.5")
		answer = s.post("maria", s.home("/choices"), form, "X-Autosave", "1")
		if note := s.element(answer.Body.String(), "quantity-a3-note"); answer.Code != http.StatusOK || attribute(note, "role") != "" {
			t.Errorf("put right: %d %v", answer.Code, note.Attr)
		}
	})
}

// What answers a press is a redirect, so that nobody is asked whether to send a form twice. The addresses that are pressed lead
// to the page when they are opened.
func TestAfterARefusalThePageCanBeLoadedAgain(t *testing.T) {
	inChoosersRoom(t, func(s *signRoom) {
		for verb, leads := range map[string]string{"/choices": "", "/review": "", "/approve": "/sign"} {
			if answer := s.do("maria", http.MethodGet, s.home(verb), "", nil); answer.Code != http.StatusSeeOther || answer.Header().Get("Location") != s.home(leads) {
				t.Errorf("%s: %d, leads to %q", verb, answer.Code, answer.Header().Get("Location"))
			}
		}
		s.follow(s.home("/choices"), url.Values{"version": {"2"}, "read": {"t1", "t2"}})
		sign := s.form(s.get("maria", s.home("/sign")), "sign-form")
		sign.Set("signature_kind", "type")
		sign.Set("signature_name", "Maria Ruiz")
		answer, page := s.follow(s.home("/approve"), sign)
		if answer.Header().Get("Location") != s.home("/sign") || !strings.Contains(page, "Not signed yet") || !strings.Contains(page, `value="Maria Ruiz"`) {
			t.Errorf("without consent: to %s, %.200s", answer.Header().Get("Location"), page)
		}
		sign.Set("consent", "1")
		sign.Set("signature_name", "")
		if _, page = s.follow(s.home("/approve"), sign); !has(s.element(page, "consent"), "checked") || !strings.Contains(page, "Not signed yet") {
			t.Error("without a name the consent is not kept")
		}
		for _, verb := range []string{"/decline", "/changes"} {
			refusal := url.Values{"version": {"2"}, "shown": sign["shown"], "reason": {" "}}
			if answer, page := s.follow(s.home(verb), refusal); answer.Header().Get("Location") != s.home(verb) || attribute(s.element(page, "reason"), "aria-invalid") != "true" {
				t.Errorf("%s without a reason: to %s", verb, answer.Header().Get("Location"))
			}
			refusal.Set("reason", strings.Repeat("ü", 4001))
			if answer := s.post("maria", s.home(verb), refusal); answer.Code != http.StatusUnprocessableEntity || textOf(s.element(answer.Body.String(), "reason")) != refusal.Get("reason") {
				t.Errorf("%s with too long a reason: %d, and the text is lost", verb, answer.Code)
			}
		}
		s.unsigned()

		s.next(func(c *proposal.Content) { c.Groups[0].Lines[0].UnitPrice += 10_000 })
		sign.Set("signature_name", "Maria Ruiz")
		sign.Set("consent_version", signing.CurrentConsent("en").Version)
		answer, page = s.follow(s.home("/approve"), sign)
		if answer.Header().Get("Location") != s.home("") || !strings.Contains(page, "A newer version has replaced this one. Please look at what changed.") || !strings.Contains(page, "Version 3: 1 change since version 2") {
			t.Errorf("with a newer version: to %s", answer.Header().Get("Location"))
		}
		if again := s.get("maria", s.home("")); strings.Contains(again, "A newer version has replaced this one.") {
			t.Error("loaded again, the page still says that something was refused")
		}
		s.unsigned()
	})
}

func (s *signRoom) unsigned() {
	s.Helper()
	if signatures := s.desk().Signatures; len(signatures) != 0 {
		s.Errorf("there are %d signatures", len(signatures))
	}
}

// A cookie that somebody else has written says nothing and breaks nothing.
func TestARefusalThatCannotBeReadIsNone(t *testing.T) {
	inChoosersRoom(t, func(s *signRoom) {
		for _, value := range []string{"%%%", "bm90IEpTT04", "eyJ0eXBlZCI6eyJxdWFudGl0eS5hMyI6W119fQ", "eyJwcm9ibGVtIjoiPHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0PiJ9"} {
			page := s.do("maria", http.MethodGet, s.home(""), "", nil, "Cookie", "refused="+value)
			if page.Code != http.StatusOK || strings.Contains(page.Body.String(), "<script>alert") {
				t.Errorf("%s: %d", value, page.Code)
			}
		}
	})
}
