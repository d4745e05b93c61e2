package apptest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/features/staff"
)

// bearer is a program with a token.
func (p *Portal) bearer(token string) *Client {
	c := p.Browser()
	c.Header.Set("Authorization", "Bearer "+token)
	return c
}

// send posts JSON.
func (c *Client) send(path string, body any) Answer {
	raw, err := json.Marshal(body)
	c.portal.must(err)
	return c.Do(http.MethodPost, path, "application/json", raw)
}

// bodies are what the addresses of the API that make something are sent.
func bodies(l line, t Things) map[string]string {
	return map[string]map[string]string{
		"/api/v1/customers":                                {"name": "By a program", "contact_name": "Pat", "contact_email": "pat@elsewhere.example"},
		"/api/v1/properties":                               {"customer": t.Customer, "property_line1": "1 Program Street"},
		"/api/v1/projects":                                 {"name": "By a program", "customer": t.Customer, "property": t.Property},
		"/api/v1/projects/{project}/stage":                 {"stage": t.Stage},
		"/api/v1/proposals/{proposal}/messages":            {"text": "From a program"},
		"/api/v1/projects/{project}/messages":              {"text": "From a program"},
		"/api/v1/projects/{project}/tasks/{task}/progress": {"progress": "100"},
		"/api/v1/requests/{request}/accept":                {"name": "By a program", "property": t.Property},
		"/api/v1/requests/{request}/decline":               {"reason": "By a program"},
	}[l.Pattern]
}

// object is what a program asks for.
type object struct {
	name   string
	things Things
	there  bool    // in the firm of the token
	family *Family // that asks once more for what can be answered once
}

// fresh is the thing with a request that nobody has answered, where one is to be answered.
func (o object) fresh(l line) Things {
	t := o.things
	if o.family != nil && l.Method == http.MethodPost && strings.Contains(l.Pattern, "{request}") {
		t.Request = o.family.ask(t, "Once more")
	}
	return t
}

// program is a token with what it may do.
type program struct {
	name   string
	client *Client
	may    access.PermissionSet
}

func programs(f *Firm) []program {
	list := []program{{"all scopes", f.portal.bearer(f.token(staff.Scopes...)), access.NewPermissionSet(staff.Scopes...)}}
	for _, scope := range staff.Scopes {
		list = append(list, program{string(scope), f.portal.bearer(f.token(scope)), access.NewPermissionSet(scope)})
	}
	return list
}

// fits compares an answer of the API with what the table says.
func (o object) fits(l line, may access.PermissionSet, status int) bool {
	permission, post := l.Rule.Permission(), l.Method == http.MethodPost
	switch {
	case permission != access.HomeRead && !may.Has(permission):
		return status == http.StatusForbidden
	case !o.there && l.hasObject():
		return status == http.StatusNotFound
	case !o.there && post && l.Pattern != "/api/v1/customers": // A07: ids of another firm in the body
		return status == http.StatusUnprocessableEntity
	case post && o.name == "archived":
		return status < 500
	}
	return status == http.StatusOK || status == http.StatusCreated || status == http.StatusNoContent
}

// I01: every scope × every address of the API × own, another family's, another firm's,
// archived and absent things. What the table says of a scope is what happens.
func TestI01EveryScopeOpensItsAddressesAndNoOther(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, birch := p.Twins()
		archived := alder.A.Make("")
		p.must(p.App.Customers.Archive(context.Background(), alder.Owner, archived.Customer, true))
		p.must(p.App.Projects.Archive(context.Background(), alder.Owner, archived.Project, true))
		objects := []object{{"A's", alder.A.Things, true, alder.A}, {"B's", alder.B.Things, true, alder.B}, {"archived", archived, true, nil}, {"the other firm's", birch.A.Things, false, nil}, {"absent", nothing(), false, nil}}
		all, cells, wrong := programs(alder), 0, 0
		for _, r := range p.App.Table.Routes() {
			l := lineOf(r)
			if l.Rule.Face() != access.APIFace {
				continue
			}
			if permission := l.Rule.Permission(); permission != access.HomeRead && !access.NewPermissionSet(staff.Scopes...).Has(permission) {
				t.Errorf("%s needs %s, which no token can be given", l.Pattern, permission)
			}
			for _, who := range all {
				for _, o := range objects {
					things := o.things
					if who.may.Has(l.Rule.Permission()) {
						things = o.fresh(l)
					}
					answer := who.ask(l, things)
					if cells++; !o.fits(l, who.may, answer.Status) {
						wrong++
						t.Errorf("%s %s with %s for %s: %d %s", l.Method, l.Pattern, who.name, o.name, answer.Status, answer.Body)
					}
					for _, secret := range []string{birch.Canary, birch.A.Canary, fmt.Sprint(birch.Cost), fmt.Sprint(alder.Cost)} {
						if strings.Contains(answer.Body, secret) && (secret != fmt.Sprint(alder.Cost) || !who.may.Has(access.CostsRead)) {
							t.Errorf("%s with %s shows %s", answer.Path, who.name, secret)
						}
					}
				}
			}
		}
		t.Logf("%d cells of the API checked, %d wrong", cells, wrong)
	})
}

func (w program) ask(l line, t Things) Answer {
	path := l.path("", t, t)
	if l.Method != http.MethodPost {
		return w.client.Get(path)
	}
	return w.client.send(path, bodies(l, t))
}

// A05: who sees no costs gets none, whoever made the token sees them or not.
func TestA05CostsAreInTheAPIWithTheirScopeAlone(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	path := "/api/v1/proposals/" + alder.A.Things.Proposal
	with := p.bearer(alder.token(access.ProposalsRead, access.CostsRead)).Get(path).Body
	without := p.bearer(alder.token(access.ProposalsRead)).Get(path).Body
	if cost := fmt.Sprint(alder.Cost); !strings.Contains(with, cost) || strings.Contains(without, cost) || strings.Contains(without, "margin") {
		t.Errorf("with the scope: %s\nwithout: %s", with, without)
	}
}

// I01: a key in the address is refused, and so are cookies without one.
func TestI01AKeyInTheAddressAndACookieAreNoWayIn(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	text := alder.token(access.ProjectsRead)
	owner := p.As(alder.Staff[access.Owner])
	for _, path := range []string{"/api/v1/projects?token=" + text, "/api/v1/projects?access_token=" + text, "/api/v1/projects?a=b&api_key=" + text} {
		for name, c := range map[string]*Client{"nobody": p.Browser(), "the owner's browser": owner, "with the header too": p.bearer(text)} {
			if answer := c.Get(path); answer.Status != http.StatusUnauthorized || strings.Contains(answer.Body, "items") {
				t.Errorf("%s: %d %s", name, answer.Status, answer.Body)
			}
		}
	}
	answer := owner.Get("/api/v1/projects")
	if answer.Status != http.StatusUnauthorized || answer.Header.Get("WWW-Authenticate") != "Bearer" || !strings.HasPrefix(answer.Header.Get("Content-Type"), "application/problem+json") {
		t.Errorf("a browser that is signed in: %d %v", answer.Status, answer.Header)
	}
	if strings.Contains(p.Log(), text) {
		t.Error("the token stands in the log")
	}
	for _, page := range []string{"/alder/office", "/alder/office/settings/people", "/alder/profile/sessions"} {
		if answer := p.bearer(text).Get(page); answer.Status == http.StatusOK {
			t.Errorf("a token opens %s", page)
		}
	}
}

// I02: a request with a key happens once; the key with another body is a conflict; the same
// key in another organisation, or of another token, has nothing to do with it.
func TestI02AnIdempotencyKeyMakesOneRecord(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, birch := p.Twins()
		ask := func(token, key, name string) (int, string) {
			c := p.bearer(token)
			c.Header.Set("Idempotency-Key", key)
			answer := c.send("/api/v1/customers", map[string]string{"name": name})
			var made struct{ ID string }
			_ = json.Unmarshal([]byte(answer.Body), &made) // a problem has no id
			return answer.Status, made.ID
		}
		both := []access.Permission{access.CustomersRead, access.CustomersWrite}
		one, other, foreign := alder.token(both...), alder.token(both...), birch.token(both...)
		status, first := ask(one, "k-1", "Ada")
		if again, id := ask(one, "k-1", "Ada"); status != http.StatusCreated || again != http.StatusCreated || id != first || first == "" {
			t.Errorf("twice gives %d %s and %d %s", status, first, again, id)
		}
		if status, _ := ask(one, "k-1", "Bea"); status != http.StatusConflict {
			t.Errorf("another body answers %d", status)
		}
		if _, id := ask(other, "k-1", "Ada"); id == first || id == "" {
			t.Error("another token's key is the same")
		}
		if status, id := ask(foreign, "k-1", "Bea"); status != http.StatusCreated || id == "" {
			t.Errorf("the key in another organisation answers %d", status)
		}
		if status, _ := ask(one, "k-2", ""); status != http.StatusUnprocessableEntity {
			t.Errorf("a refused request answers %d", status)
		}
		if status, id := ask(one, "k-2", "Cleo"); status != http.StatusCreated || id == "" {
			t.Errorf("the key of a refused request answers %d", status)
		}
		if status, _ := ask(one, "white space", "Dora"); status != http.StatusUnprocessableEntity {
			t.Errorf("a key with a space answers %d", status)
		}
		list := p.bearer(one).Get("/api/v1/customers?q=ada")
		if n := strings.Count(list.Body, `"name":"Ada"`); n != 2 {
			t.Errorf("there are %d Adas: %s", n, list.Body)
		}
	})
}

// Many at once with one key make one record and get the same answer.
func TestI02RequestsAtOnceWithOneKeyMakeOneRecord(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		token := alder.token(access.MessagesRead, access.MessagesWrite)
		answers := make(chan Answer)
		for range 8 {
			go func() {
				c := p.bearer(token)
				c.Header.Set("Idempotency-Key", "storm")
				answers <- c.send("/api/v1/proposals/"+alder.A.Things.Proposal+"/messages", map[string]any{"text": "Once only", "internal": true})
			}()
		}
		bodies := map[string]bool{}
		for range 8 {
			answer := <-answers
			if bodies[answer.Body] = true; answer.Status != http.StatusCreated {
				t.Errorf("%d %s", answer.Status, answer.Body)
			}
		}
		list := p.bearer(token).Get("/api/v1/proposals/" + alder.A.Things.Proposal + "/messages")
		if n := strings.Count(list.Body, "Once only"); n != 1 || len(bodies) != 1 {
			t.Errorf("%d messages, %d different answers", n, len(bodies))
		}
	})
}

// F08, B24: a body with fields that there are not, or of another shape, changes nothing.
func TestTheAPIRefusesWhatItDoesNotKnow(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	c := p.bearer(alder.token(access.CustomersRead, access.CustomersWrite))
	before := p.State()
	for _, body := range []string{`{"name":"X","org":"birch"}`, `{"name":"X","id":"1"}`, `{"name":["X"]}`, `{"name":{"$ne":""}}`, `[]`, `null`, `{"name":"X"} {"name":"Y"}`, `{"name":"a\u0000b"}`, `{`, ``} {
		if answer := c.Do(http.MethodPost, "/api/v1/customers", "application/json", []byte(body)); answer.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s answers %d %s", body, answer.Status, answer.Body)
		}
	}
	if answer := c.Do(http.MethodPost, "/api/v1/customers", "application/x-www-form-urlencoded", []byte("name=X")); answer.Status != http.StatusUnprocessableEntity {
		t.Errorf("a form answers %d", answer.Status)
	}
	if answer := c.Do(http.MethodPost, "/api/v1/customers", "application/json", []byte(`{"name":"`+strings.Repeat("x", 2<<20)+`"}`)); answer.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("2 MB answer %d", answer.Status)
	}
	if changed := Changed(before, p.State()); len(changed) > 0 {
		t.Errorf("changed: %v", changed)
	}
}

// A list is walked to its end by its cursor, each thing once.
func TestTheAPIWalksLongListsByCursor(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	c := p.bearer(alder.token(access.CustomersRead, access.CustomersWrite))
	for i := range 120 {
		if answer := c.send("/api/v1/customers", map[string]string{"name": fmt.Sprintf("Customer %03d", i)}); answer.Status != http.StatusCreated {
			t.Fatalf("%d %s", answer.Status, answer.Body)
		}
	}
	seen, after, pages := map[string]bool{}, "", 0
	for {
		var page struct {
			Items []struct{ ID string }
			Next  string
		}
		p.must(json.Unmarshal([]byte(c.Get("/api/v1/customers?after="+after).Body), &page))
		for _, item := range page.Items {
			if seen[item.ID] {
				t.Errorf("%s stands on two pages", item.ID)
			}
			seen[item.ID] = true
		}
		if pages++; page.Next == "" {
			break
		}
		after = page.Next
	}
	if len(seen) != 122 || pages != 3 {
		t.Errorf("%d customers on %d pages", len(seen), pages)
	}
}
