package apptest

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"lintel/internal/core/access"
)

// listed is a page of the API.
type listed struct {
	Items []map[string]any
	Next  string
}

// pageOf asks for a page of a list.
func (c *Client) pageOf(path string) (page listed) {
	c.portal.t.Helper()
	answer := c.Get(path)
	if answer.Status != http.StatusOK {
		c.portal.t.Fatalf("%s answers %d %s", path, answer.Status, answer.Body)
	}
	c.portal.must(json.Unmarshal([]byte(answer.Body), &page))
	return page
}

// walk reads a list to its end and counts how often each thing stands in it.
func (c *Client) walk(path string) (seen map[string]int, pages int) {
	seen = map[string]int{}
	glue := "?"
	if strings.Contains(path, "?") {
		glue = "&"
	}
	for after := ""; ; pages++ {
		page := c.pageOf(path + glue + "after=" + after)
		for _, item := range page.Items {
			seen[item["id"].(string)]++
		}
		if after = page.Next; after == "" {
			return seen, pages + 1
		}
		if pages == 20 {
			c.portal.t.Fatalf("%s has no end", path)
		}
	}
}

// fields is one thing as the API answers it.
func (a Answer) fields(t *testing.T) (values map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.Body), &values); err != nil {
		t.Fatalf("%d %s: %v", a.Status, a.Body, err)
	}
	return values
}

// says compares some fields of an answer.
func (a Answer) says(t *testing.T, status int, want map[string]any) {
	t.Helper()
	got := a.fields(t)
	if a.Status != status {
		t.Errorf("%s answers %d, want %d: %s", a.Path, a.Status, status, a.Body)
	}
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s says %s = %v, want %v", a.Path, name, got[name], value)
		}
	}
}

// refusal is a request that the API refuses, and changes nothing by it.
type refusal struct {
	why, path, body string
	status          int
}

// refuses sends what is to be refused.
func (c *Client) refuses(t *testing.T, list []refusal) {
	t.Helper()
	before := c.portal.State("sessions", "api_tokens")
	for _, r := range list {
		answer := c.Do(http.MethodPost, r.path, "application/json", []byte(r.body))
		if answer.Status != r.status || !strings.HasPrefix(answer.Header.Get("Content-Type"), "application/problem+json") {
			t.Errorf("%s: %s answers %d %s, want %d", r.why, r.path, answer.Status, answer.Body, r.status)
		}
	}
	if changed := Changed(before, c.portal.State("sessions", "api_tokens")); len(changed) > 0 {
		t.Errorf("what was refused changed %v", changed)
	}
}

// A program reads what customers ask for, by state and to the end of a long list.
func TestAProgramReadsWhatCustomersAskFor(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		c, m := p.bearer(alder.token(access.ProjectsRead)), alder.A
		form := asking("A window")
		photo := m.photo(t, p.As(m.One), form)
		form.Set("customer", m.Things.Customer)
		made := m.asks(t, p.As(m.One), form)
		one := c.Get("/api/v1/requests/" + made)
		one.says(t, http.StatusOK, map[string]any{"id": made, "state": "submitted", "title": "A window", "place": "8 Orchard Row", "wanted": "Before Easter", "customer": m.Things.Customer,
			"customer_name": "Family " + m.Canary, "person_name": m.One.Name, "project": "", "answered_at": nil})
		if !strings.Contains(one.Body, `"files":[{"id":"`+photo+`","name":"window.png","media_type":"image/png"`) {
			t.Errorf("the photo is not there: %s", one.Body)
		}
		p.must(p.App.Requests.Decline(t.Context(), alder.Owner, made, "Not this year."))
		for range 53 {
			m.ask(m.Things, "Another wish")
		}
		for query, want := range map[string]int{"": 56, "?state=submitted": 55, "?state=declined": 1, "?state=accepted": 0, "?state=none": 0} {
			seen, pages := c.walk("/api/v1/requests" + query)
			if len(seen) != want || pages != 1+want/51 {
				t.Errorf("%q lists %d requests on %d pages, want %d", query, len(seen), pages, want)
			}
			for id, times := range seen {
				if times != 1 {
					t.Errorf("%s stands in the list %d times", id, times)
				}
			}
		}
	})
}

// A program answers a request once: as a project or with a reason, as a colleague does on the page.
func TestAProgramAnswersARequestOnce(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, birch := p.Twins()
		m := alder.A
		c := p.bearer(alder.token(access.ProjectsRead, access.ProjectsWrite))
		writer := p.bearer(alder.token(access.ProjectsWrite))
		at := func(request, verb string) string { return "/api/v1/requests/" + request + "/" + verb }
		wanted, unwanted := m.ask(m.Things, "A window"), m.ask(m.Things, "A moat")

		c.Header.Set("Idempotency-Key", "accept")
		made := c.send(at(wanted, "accept"), map[string]any{"name": "A window", "property": m.Things.Property})
		made.says(t, http.StatusCreated, map[string]any{"name": "A window", "customer": m.Things.Customer, "property": m.Things.Property})
		project := made.fields(t)["id"].(string)
		again := c.send(at(wanted, "accept"), map[string]any{"name": "A window", "property": m.Things.Property})
		again.says(t, http.StatusCreated, map[string]any{"id": project})
		if location := "/api/v1/projects/" + project; again.Location != location || made.Location != location {
			t.Errorf("the project is at %q, and asked again at %q", made.Location, again.Location)
		}
		c.Get("/api/v1/requests/"+wanted).says(t, http.StatusOK, map[string]any{"state": "accepted", "project": project})

		c.Header.Set("Idempotency-Key", "decline")
		for range 2 {
			c.send(at(unwanted, "decline"), map[string]any{"reason": "No moats."}).says(t, http.StatusOK, map[string]any{"id": unwanted, "state": "declined", "reason": "No moats."})
		}
		c.Header.Del("Idempotency-Key")
		for _, verb := range []string{"accept", "decline"} {
			if late := c.send(at(unwanted, verb), map[string]any{map[string]string{"accept": "name", "decline": "reason"}[verb]: "Late"}); late.Status != http.StatusConflict {
				t.Errorf("%s after the answer answers %d %s", verb, late.Status, late.Body)
			}
		}
		p.RunJobs()
		if mails := p.Mails(m.One.Email); !strings.Contains(mails[len(mails)-1].Text, "No moats.") && !strings.Contains(mails[len(mails)-2].Text, "No moats.") {
			t.Error("whoever asked has not read why it was declined")
		}

		blind := m.ask(m.Things, "A door")
		if answer := writer.send(at(blind, "decline"), map[string]any{"reason": "No doors."}); answer.Status != http.StatusNoContent || answer.Body != "" {
			t.Errorf("who may write and not read is answered %d %s", answer.Status, answer.Body)
		}
		open := m.ask(m.Things, "A roof")
		p.RunJobs()
		c.refuses(t, []refusal{
			{"a project without a name", at(open, "accept"), `{}`, http.StatusUnprocessableEntity},
			{"another customer's property", at(open, "accept"), `{"name":"X","property":"` + alder.B.Things.Property + `"}`, http.StatusUnprocessableEntity},
			{"another firm's stage", at(open, "accept"), `{"name":"X","stage":"` + birch.stage + `"}`, http.StatusUnprocessableEntity},
			{"a field that there is not", at(open, "accept"), `{"name":"X","customer":"` + alder.B.Things.Customer + `"}`, http.StatusUnprocessableEntity},
			{"no reason", at(open, "decline"), `{"reason":" "}`, http.StatusUnprocessableEntity},
			{"a reason that is a list", at(open, "decline"), `{"reason":["X"]}`, http.StatusUnprocessableEntity},
			{"what is no JSON", at(open, "decline"), `reason`, http.StatusUnprocessableEntity},
			{"another firm's request", at(birch.A.Things.Request, "decline"), `{"reason":"X"}`, http.StatusNotFound},
			{"asking for work by a token", "/api/v1/requests", `{"title":"X","description":"X"}`, http.StatusNotFound},
		})
		if answer := p.bearer(alder.token(access.ProjectsRead)).send(at(open, "decline"), map[string]any{"reason": "X"}); answer.Status != http.StatusForbidden {
			t.Errorf("who may only read is answered %d", answer.Status)
		}
	})
}
