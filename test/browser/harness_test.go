package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; form-action 'self'"

const goodPage = `<!doctype html><html lang="en"><head><title>Sign here</title><link rel="stylesheet" href="/page.css">
<script src="/page.js" defer></script><link rel="icon" href="data:,"></head><body><main><h1>Sign here</h1>
<form method="post"><label for="n">Your name</label><input id="n" name="name" autocomplete="name">
<button type="submit">Approve</button></form><div id="pad"></div><p id="seen" role="status"></p><p id="net" role="status"></p>
<p>%s</p></main></body></html>`

const badPage = `<!doctype html><html lang="en"><head><title>Broken</title><link rel="icon" href="data:,"></head><body><main>
<h1>Broken</h1><input id="nameless"><script>document.title = 'inline'</script></main></body></html>`

const pageScript = `const pad = document.getElementById('pad'), kinds = {};
pad.addEventListener('pointermove', e => { if (e.buttons || e.pointerType === 'touch') kinds[e.pointerType] = (kinds[e.pointerType] || 0) + 1;
  document.getElementById('seen').textContent = Object.keys(kinds).sort().join(' '); });
for (const kind of ['online', 'offline']) addEventListener(kind, () => document.getElementById('net').textContent = 'now ' + kind);`

const pageStyle = `body { background: #fff; color: #111 } #pad { touch-action: none; width: 300px; height: 120px; border: 1px solid #555 }
button, input { font: inherit; min-height: 44px }
@media (prefers-color-scheme: dark) { body { background: #111; color: #eee } }`

// site is a page as Lintel's are: under a strict policy, with a form that works without JavaScript.
func site(t *testing.T) string {
	mux := http.NewServeMux()
	page := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", policy)
			fmt.Fprint(w, body)
		}
	}
	file := func(kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", kind)
			fmt.Fprint(w, body)
		}
	}
	mux.HandleFunc("GET /{$}", page(fmt.Sprintf(goodPage, "Nothing is signed yet.")))
	mux.HandleFunc("POST /{$}", func(w http.ResponseWriter, r *http.Request) {
		page(fmt.Sprintf(goodPage, "Thank you, "+r.PostFormValue("name")))(w, r)
	})
	mux.HandleFunc("GET /broken", page(badPage))
	mux.HandleFunc("GET /page.js", file("text/javascript", pageScript))
	mux.HandleFunc("GET /page.css", file("text/css", pageStyle))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
}

func TestAPersonReadsFillsInAndSends(t *testing.T) {
	for name, options := range map[string]Options{
		"with JavaScript":    {},
		"without JavaScript": {WithoutJavaScript: true},
		"in the dark":        {Dark: true, Locale: "de-DE", Timezone: "Europe/Berlin"},
	} {
		for _, device := range []Device{Phone, Desktop} {
			t.Run(fmt.Sprint(name, device), func(t *testing.T) {
				p := chromium.NewPerson(t, device, options)
				p.Open(site(t))
				p.Sees("Nothing is signed yet.")
				p.Fill("Your name", "Maria Ruiz")
				p.Click(p.Button("Approve"))
				p.Sees("Thank you, Maria Ruiz")
			})
		}
	}
}

func TestASignatureIsDrawnWithMouseFingerAndPen(t *testing.T) {
	p := chromium.NewPerson(t, Phone, Options{})
	p.Open(site(t))
	p.DrawSignature("#pad", Mouse)
	p.Sees("mouse")
	p.DrawSignature("#pad", Pen)
	p.Sees("mouse pen")
	p.DrawSignature("#pad", Finger)
	p.Sees("mouse pen touch")
}

func TestTheNetworkCanBeCut(t *testing.T) {
	p := chromium.NewPerson(t, Phone, Options{})
	p.Open(site(t))
	p.Offline(true)
	p.Sees("now offline")
	p.Offline(false)
	p.Sees("now online")
}

func TestTrafficOfAFirstViewIsCounted(t *testing.T) {
	p := chromium.NewPerson(t, Desktop, Options{})
	traffic := p.Count()
	p.Open(site(t))
	if got := traffic.Requests(); got != 3 {
		t.Errorf("requests = %d, want the page, its style and its script", got)
	}
	bodies := len(fmt.Sprintf(goodPage, "Nothing is signed yet.")) + len(pageScript) + len(pageStyle)
	if got := traffic.Bytes(); got < bodies || got > bodies+1500 {
		t.Errorf("bytes = %d, want %d and the headers", got, bodies)
	}
}

func TestAxeFindsNothingOnAGoodPage(t *testing.T) {
	p := chromium.NewPerson(t, Desktop, Options{})
	p.Open(site(t))
	p.AxeEverywhere()
}

func TestABrokenPageIsNoticed(t *testing.T) {
	p := chromium.NewPerson(t, Desktop, Options{})
	p.Open(site(t) + "/broken")
	found := p.violations()
	if len(found) == 0 || found[0].ID != "label" || !strings.Contains(found[0].String(), "#nameless") {
		t.Errorf("axe found %v, want the input without a label, by its selector", found)
	}
	if seen := strings.Join(p.Problems(), "\n"); !strings.Contains(seen, "script-src") {
		t.Errorf("problems = %q, want the refused inline script", seen)
	}
	p.Tolerate("script-src")
	if seen := p.Problems(); len(seen) != 0 {
		t.Errorf("problems = %q after they were tolerated", seen)
	}
}

func TestPicturesAreTakenInEveryLook(t *testing.T) {
	t.Setenv("LINTEL_SHOTS", "1")
	p := chromium.NewPerson(t, Desktop, Options{})
	p.Open(site(t))
	p.Shoot("harness")
	for _, l := range looks {
		path := filepath.Join(p.shots(), "harness-"+l.name+".png")
		if _, err := os.Stat(path); err != nil {
			t.Errorf("no picture: %v", err)
		}
		_ = os.Remove(path)
	}
}
