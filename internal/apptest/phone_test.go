package apptest

import (
	"bytes"
	"encoding/json"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/features/organisation"
)

// JT-12: each firm's portal is an app of its own: a manifest with its name, its own part of
// the site, and icons that are what the manifest says.
func TestJT12EachFirmsPortalIsAnAppOfItsOwn(t *testing.T) {
	p := Start(t, SQLite)
	p.Twins()
	anybody := p.Browser()
	names := map[string]string{}
	for _, slug := range []string{"alder", "birch"} {
		answer := anybody.Get("/" + slug + "/manifest.webmanifest")
		if answer.Status != http.StatusOK || answer.Header.Get("Content-Type") != "application/manifest+json" {
			t.Fatalf("manifest of %s: %d %s", slug, answer.Status, answer.Header.Get("Content-Type"))
		}
		var m struct {
			Name, Scope, ID, Display string
			StartURL                 string `json:"start_url"`
			Icons                    []struct{ Src, Sizes, Purpose string }
		}
		if err := json.Unmarshal([]byte(answer.Body), &m); err != nil {
			t.Fatal(err)
		}
		if m.Scope != "/"+slug+"/" || m.ID != m.Scope || m.StartURL != m.Scope || m.Display != "standalone" {
			t.Errorf("%s: %+v", slug, m)
		}
		names[m.Name+" "+m.Icons[0].Src] = slug
		for _, icon := range m.Icons {
			drawn := anybody.Get(icon.Src)
			picture, err := png.DecodeConfig(bytes.NewReader([]byte(drawn.Body)))
			if side, _, _ := strings.Cut(icon.Sizes, "x"); err != nil || strings.Contains(drawn.Header.Get("Cache-Control"), "immutable") == false || side != itoa(picture.Width) || picture.Width != picture.Height {
				t.Errorf("%s: %v, %d × %d, %s", icon.Src, err, picture.Width, picture.Height, drawn.Header.Get("Cache-Control"))
			}
		}
	}
	if len(names) != 2 {
		t.Errorf("two firms share a name or an icon: %v", names)
	}
	for _, path := range []string{"/nobody/manifest.webmanifest", "/nobody/worker.js", "/nobody/offline", "/alder/icon/17.png", "/alder/icon/..%2Flogo.png"} {
		if answer := anybody.Get(path); answer.Status != http.StatusNotFound {
			t.Errorf("%s: %d", path, answer.Status)
		}
	}
}

func itoa(n int) string { text, _ := json.Marshal(n); return string(text) }

// What a phone keeps of a person's pages is told by the server, page by page: whose it is, and
// whether a copy may stay. Ways in, secrets and what somebody else looks at never stay.
func TestPagesSayWhoseTheyAreAndWhetherTheyMayBeKept(t *testing.T) {
	p := Start(t, SQLite)
	alder, birch := p.Twins()
	ann, una := p.As(alder.A.One), p.As(birch.A.One)
	owner := p.As(alder.Staff[access.Owner])
	mark := func(c *Client, path string) (reader string, keep bool) {
		t.Helper()
		answer := c.Visit(path)
		if answer.Status != http.StatusOK {
			t.Fatalf("%s: %d", path, answer.Status)
		}
		reader, rest, _ := strings.Cut(answer.Header.Get(organisation.ReaderHeader), " ")
		return reader, rest == "keep"
	}
	annsMark, kept := mark(ann, "/alder/home/projects")
	if annsMark == "" || !kept {
		t.Errorf("a project list: %q %v", annsMark, kept)
	}
	if again, _ := mark(ann, "/alder/home/inbox"); again != annsMark {
		t.Error("one person has two marks")
	}
	unas, _ := mark(una, "/birch/home/projects")
	owners, kept := mark(owner, "/alder/office/projects")
	if unas == annsMark || owners == annsMark || !kept {
		t.Errorf("marks: %q %q %q, kept %v", annsMark, unas, owners, kept)
	}
	for _, path := range []string{"/alder/profile", "/alder/profile/sessions", "/alder/profile/factors", "/alder/office/settings"} {
		if reader, kept := mark(owner, path); reader != owners || kept {
			t.Errorf("%s: %q, kept %v", path, reader, kept)
		}
	}
	if reader, kept := mark(p.Browser(), "/sign-in"); reader != "" || kept {
		t.Error("the sign-in page belongs to somebody, or stays")
	}
}

// Nobody is inside on the sign-in page: it tells the browser to forget what it kept, and
// signing out empties the browser whatever its scripts do.
func TestSigningOutLeavesNothingOnThePhone(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	ann := p.As(alder.A.One)
	if page := ann.Visit("/alder/home/projects"); strings.Contains(page.Body, "data-forget") || !strings.Contains(page.Body, `data-app="/alder/"`) {
		t.Error("a page of somebody makes the browser forget, or has no app")
	}
	out := ann.Post("/sign-out", nil)
	if got := out.Header.Get("Clear-Site-Data"); got != `"storage"` {
		t.Errorf("signing out clears %q", got)
	}
	if page := ann.Visit("/sign-in"); !strings.Contains(page.Body, "data-forget") || strings.Contains(page.Body, "data-app") {
		t.Error("the sign-in page keeps what the last person saw")
	}
	if page := ann.Visit("/alder/offline"); strings.Contains(page.Body, "data-forget") || strings.Contains(page.Body, "data-reader") {
		t.Error("the page without a signal belongs to somebody, or forgets")
	}
}

// JT-13: whoever came by a link alone is told to set a password before the app.
func TestJT13APasswordComesBeforeTheApp(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	const first = "First a password or a passkey"
	if page := p.As(alder.A.One).Visit("/alder/profile/app"); page.Status != http.StatusOK || !strings.Contains(page.Body, first) {
		t.Errorf("somebody without a password: %d", page.Status)
	}
	owner := p.As(alder.Staff[access.Owner])
	if page := owner.Visit("/alder/profile"); !strings.Contains(page.Body, `href="/alder/profile/app"`) {
		t.Error("the profile does not lead to the app")
	}
}

// The worker serves its firm alone: it lies in the firm's folder and asks for no more.
func TestTheWorkerServesItsFirmAlone(t *testing.T) {
	p := Start(t, SQLite)
	p.Twins()
	answer := p.Browser().Get("/alder/worker.js")
	if answer.Status != http.StatusOK || !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/javascript") || answer.Header.Get("Service-Worker-Allowed") != "" {
		t.Fatalf("worker: %d %v", answer.Status, answer.Header)
	}
	if !strings.HasPrefix(answer.Body, `self.task={"scope":"/alder/"`) || strings.Contains(answer.Body, "birch") {
		t.Errorf("the worker's task: %.200s", answer.Body)
	}
}
