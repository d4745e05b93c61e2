package apptest

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/platform/db"
)

// B15: whoever reads a dump of the database or the log finds nothing that lets them in.
func TestB15NoLiveTokenOrCodeStandsInTheDatabaseOrTheLog(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		p.As(alder.Staff[access.Owner])
		maria := p.As(alder.A.One)
		maria.Post("/alder/confirm/send", nil)
		maria.Post("/alder/confirm", url.Values{"code": {"123456"}})
		p.Browser().Post("/sign-in/ask", url.Values{"email": {"owner@alder.example"}})
		p.RunJobs()
		secrets := liveSecrets(t, p)
		dump := p.Dump()
		for what, word := range secrets {
			pattern := regexp.MustCompile(`\b` + word + `\b`)
			for table, rows := range dump {
				for _, row := range rows {
					if strings.Contains(row, word) && pattern.MatchString(row) {
						t.Errorf("table %s holds %s", table, what)
					}
				}
			}
			if strings.Contains(p.Log(), word) && pattern.MatchString(p.Log()) {
				t.Errorf("the log holds %s", what)
			}
		}
		t.Logf("%d secrets looked for in %d tables and %d bytes of log", len(secrets), len(dump), len(p.Log()))
	})
}

var (
	tokenInMail = regexp.MustCompile(`/(?:l/to|sign-in/link|sign-in/reset)/([a-z0-9]+)`)
	codeAlone   = regexp.MustCompile(`(?m)^\s*(\d{3}) ?(\d{3})\s*$`)
)

// liveSecrets are all tokens and codes in mails, and all cookies, by what they are.
func liveSecrets(t *testing.T, p *Portal) map[string]string {
	secrets, codes := map[string]string{}, 0
	for _, m := range p.Mails("") {
		for _, found := range tokenInMail.FindAllStringSubmatch(m.Text, -1) {
			secrets["the link in “"+m.Subject+"” to "+DeliveredTo(m)+" "+found[1][:4]] = found[1]
		}
		for _, found := range codeAlone.FindAllStringSubmatch(m.Text, -1) {
			secrets["the code to "+DeliveredTo(m)] = found[1] + found[2]
			codes++
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.clients {
		for _, cookie := range c.cookies() {
			secrets["the cookie "+cookie.Name+" "+cookie.Value[:4]] = cookie.Value
		}
	}
	if len(secrets) < 10 || codes == 0 {
		t.Fatalf("only %d secrets, %d codes", len(secrets), codes)
	}
	return secrets
}

// H06: whatever is answered carries the headers that keep the page in its place.
func TestH06EveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	p := Start(t, SQLite)
	alder, birch := p.Twins()
	c := p.Browser()
	for _, path := range []string{"/", "/nothing/here", "/alder", "/alder/office", "/alder/logo.png", "/alder/theme.css", "/static/nothing.css", "/alder/files/x", "/%zz", "/l/to/x", "/l"} {
		if u, err := url.Parse(path); err == nil && u.Path != "" {
			c.Get(path)
		}
		c.Do(http.MethodDelete, "/alder", "", nil)
		c.Do("BREW", "/alder/office", "", nil)
	}
	c.Header.Set("Sec-Fetch-Site", "cross-site")
	if answer := c.Post("/sign-in", nil); answer.Status != http.StatusForbidden {
		t.Errorf("a form from another site is answered %d", answer.Status)
	}
	m := &matrix{Portal: p, t: t, counts: map[class]int{}, absent: map[string]int{}, alder: alder, birch: birch}
	owner := actor{name: "owner", client: p.As(alder.Staff[access.Owner]), slug: "alder", kind: access.Staff, role: access.Owner}
	for _, l := range m.lines() {
		if l.Method == http.MethodGet {
			for _, target := range targets(alder, birch) {
				m.ask(l, owner, target)
			}
		}
	}
	for _, bare := range p.Bare() {
		t.Error(bare)
	}
	t.Logf("%d answers looked at", p.Requests())
}

// H06, 500: an answer that fails inside carries them too, and says nothing of the inside.
func TestH06AFailureSaysNothingOfTheInside(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	owner := p.As(alder.Staff[access.Owner])
	p.must(p.App.Database.Write(context.Background(), "*", func(tx *db.Tx) error { return tx.Script("alter table projects rename to misplaced") }))
	failed := owner.Get("/alder/office/projects")
	if failed.Status < 500 {
		t.Fatalf("without its table the answer is %d", failed.Status)
	}
	for _, word := range []string{"sql", "misplaced", "no such table", "goroutine", ".go:", "panic"} {
		if strings.Contains(strings.ToLower(failed.Body), word) {
			t.Errorf("the failure says %q", word)
		}
	}
	if len(p.Bare()) > 0 {
		t.Error(p.Bare())
	}
}

// H09: nothing of the program's own is served.
func TestH09NothingOfTheInsideIsServed(t *testing.T) {
	p := Start(t, SQLite)
	c := p.Browser()
	for _, path := range []string{"/debug", "/debug/pprof/", "/debug/vars", "/metrics", "/.git/config", "/.git/HEAD", "/.env", "/lintel.db", "/lintel.key", "/files", "/data/lintel.db", "/backup.zip",
		"/static/app.js.map", "/static/app.css.map", "/static/../lintel.key", "/static/", "/dev/mail", "/server-status", "/wp-login.php", "/api", "/healthz/../metrics"} {
		if answer := c.Get(path); answer.Status != http.StatusNotFound && (answer.Status < 300 || answer.Status > 308) {
			t.Errorf("%s is answered %d", path, answer.Status)
		} else if answer.Location != "" && c.Visit(path).Status != http.StatusNotFound {
			t.Errorf("%s leads to %s", path, answer.Location)
		}
	}
}

// H03: a method in a header or field is nobody's method.
func TestH03MethodsInHeadersAndFieldsAreIgnored(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	owner := p.As(alder.Staff[access.Owner])
	before := p.State()
	for _, header := range []string{"X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"} {
		owner.Header.Set(header, http.MethodPost)
		owner.Get("/alder/office/customers/" + alder.A.Things.Customer + "/archive?_method=POST")
		owner.Get("/alder/office/projects/" + alder.A.Things.Project + "?_method=POST&name=Renamed")
	}
	if changed := Changed(before, p.State()); len(changed) > 0 {
		t.Error(changed)
	}
}
