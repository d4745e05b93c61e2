package ui

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"
)

func get(t *testing.T, path string, header http.Header) *http.Response {
	t.Helper()
	request := httptest.NewRequest(http.MethodGet, path, nil)
	for name := range header {
		request.Header.Set(name, header.Get(name))
	}
	recorder := httptest.NewRecorder()
	Assets().ServeHTTP(recorder, request)
	return recorder.Result()
}

func TestEveryPageAssetIsServedForEver(t *testing.T) {
	types := map[string]string{
		"app.css": "text/css; charset=utf-8", "office.css": "text/css; charset=utf-8", "app.js": "text/javascript; charset=utf-8",
		"htmx.js": "text/javascript; charset=utf-8", "icons.svg": "image/svg+xml", "icon.svg": "image/svg+xml",
		"inter-latin.woff2": "font/woff2", "inter-latin-ext.woff2": "font/woff2",
	}
	for name, contentType := range types {
		answer := get(t, Asset(name), nil)
		if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != contentType {
			t.Errorf("%s: %d %s", name, answer.StatusCode, answer.Header.Get("Content-Type"))
		}
		if !strings.Contains(answer.Header.Get("Cache-Control"), "immutable") || answer.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s is not cached for ever or may be sniffed: %v", name, answer.Header)
		}
	}
}

func TestAssetsComeCompressedAsTheBrowserAsks(t *testing.T) {
	for accept, want := range map[string]string{
		"gzip, deflate, br, zstd": "br", "gzip": "gzip", "br": "br", "zstd": "", "": "", "identity": "", "gzip;q=0, zstd": "", "GZIP;q=0.5": "gzip", "br;q=0, gzip": "gzip",
	} {
		answer := get(t, Asset("app.css"), http.Header{"Accept-Encoding": {accept}})
		got := answer.Header.Get("Content-Encoding")
		if got != want {
			t.Errorf("Accept-Encoding %q is answered with %q, want %q", accept, got, want)
		}
		if answer.Header.Get("Vary") != "Accept-Encoding" {
			t.Error("a cache would mix up the variants")
		}
	}
}

func TestAReaderThatTakesNoEncodingGetsTheSameFile(t *testing.T) {
	plain, err := io.ReadAll(get(t, Asset("app.css"), nil).Body)
	if err != nil {
		t.Fatal(err)
	}
	packed, err := gzip.NewReader(get(t, Asset("app.css"), http.Header{"Accept-Encoding": {"gzip"}}).Body)
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := io.ReadAll(packed)
	if err != nil || !bytes.Equal(plain, unpacked) || !bytes.Contains(plain, []byte("@font-face")) {
		t.Errorf("%d bytes plain, %d unpacked, %v", len(plain), len(unpacked), err)
	}
}

func TestNothingElseIsServed(t *testing.T) {
	for _, path := range []string{"/static/", "/static/manifest.json", "/static/../assets.go", "/static/app.css", "/static/app.css.gz", "/other"} {
		if answer := get(t, path, nil); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, answer.StatusCode)
		}
	}
	recorder := httptest.NewRecorder()
	Assets().ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, Asset("app.css"), nil))
	if recorder.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST is answered with %d", recorder.Code)
	}
}

func TestAFileThatTheBrowserHasIsNotSentAgain(t *testing.T) {
	first := get(t, Asset("app.css"), nil)
	if second := get(t, Asset("app.css"), http.Header{"If-None-Match": {first.Header.Get("ETag")}}); second.StatusCode != http.StatusNotModified {
		t.Errorf("sent again: %d", second.StatusCode)
	}
}

// performance.md: a first view takes at most 80 KB on the wire, the office's with its own styles too, of which pages get 16 for HTML and theme.
func TestTheFirstViewIsSmall(t *testing.T) {
	const limit = 64 << 10
	total := 0
	for _, name := range []string{"app.css", "office.css", "app.js", "icons.svg", "icon.svg", "inter-latin.woff2"} {
		answer := get(t, Asset(name), http.Header{"Accept-Encoding": {"gzip"}})
		size := int(answer.ContentLength)
		t.Logf("%-18s %6d bytes", name, size)
		total += size
	}
	if total > limit {
		t.Errorf("the first view takes %d bytes without HTML, at most %d are allowed", total, limit)
	}
}

// A name in Icon("…") that no file has would draw nothing, silently.
func TestEveryIconThatPagesNameExists(t *testing.T) {
	named := regexp.MustCompile(`Icon(?:End)?(?:: |\(|Line\()"([a-z0-9-]+)"`)
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".templ" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, match := range named.FindAllSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join("icons", "lucide", string(match[1])+".svg")); err != nil {
				t.Errorf("%s names the icon %q; copy it from lucide-static into icons/lucide", path, match[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// All icons are one file that every first view fetches.
func TestEveryIconIsNamedSomewhere(t *testing.T) {
	files, err := filepath.Glob("icons/lucide/*.svg")
	if err != nil || len(files) == 0 {
		t.Fatal("found no icons", err)
	}
	unnamed := map[string]bool{}
	for _, file := range files {
		unnamed[strings.TrimSuffix(filepath.Base(file), ".svg")] = true
	}
	quoted := regexp.MustCompile("[\"'`#]([a-z0-9-]+)[\"'`]")
	err = filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		kind := filepath.Ext(path)
		if err != nil || entry.IsDir() || strings.HasSuffix(path, "_templ.go") || kind != ".templ" && kind != ".go" && kind != ".ts" {
			return err
		}
		text, err := os.ReadFile(path)
		for _, found := range quoted.FindAllSubmatch(text, -1) {
			delete(unnamed, string(found[1]))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range unnamed {
		t.Errorf("nothing names the icon %q: remove icons/lucide/%s.svg", name, name)
	}
}

// The policy allows no inline style, script or handler: one would be dead in every browser.
func TestComponentsNeedNoInlineCode(t *testing.T) {
	forbidden := regexp.MustCompile(`\sstyle=|\son[a-z]+=|\shx-on|srcdoc=|<script>|<style`)
	paths, err := filepath.Glob("*.templ")
	if err != nil || len(paths) == 0 {
		t.Fatal("found no components", err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if found := forbidden.Find(text); found != nil {
			t.Errorf("%s holds %q", path, found)
		}
	}
}

func draw(t *testing.T, ctx context.Context, component templ.Component) string {
	t.Helper()
	var out bytes.Buffer
	if err := component.Render(ctx, &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestWhatPeopleTypeIsEscapedEverywhere(t *testing.T) {
	evil := `"><script>alert(1)</script>`
	for name, component := range map[string]templ.Component{
		"input":   Input(FieldProps{ID: "a", Name: "a", Label: evil, Value: evil, Error: evil, Placeholder: evil}),
		"message": Message(MessageProps{Name: evil, Text: evil, When: evil}),
		"button":  Button(ButtonProps{Label: evil, Icon: evil, Name: evil, Value: evil}),
		"file":    FileRow(FileProps{Name: evil, Line: evil, URL: "/x"}),
		"line":    LineRow(LineEditorProps{}, LineRowProps{ID: evil, Name: evil, Errors: map[string]string{"price": evil}}),
		"text":    Text(evil),
		"toast":   Toast(ToneOK, evil),
	} {
		if html := draw(t, t.Context(), component); strings.Contains(html, "<script") {
			t.Errorf("%s lets a script through: %s", name, html)
		}
	}
	if html := draw(t, t.Context(), Button(ButtonProps{Label: "x", URL: "javascript:alert(1)"})); strings.Contains(html, "javascript:") {
		t.Errorf("a link runs a script: %s", html)
	}
}

func TestAnErrorIsTiedToItsFieldAndKeepsWhatWasTyped(t *testing.T) {
	html := draw(t, t.Context(), Input(FieldProps{ID: "email", Name: "email", Label: "E-mail", Value: "maria@", Hint: "h", Error: "Enter a full address"}))
	for _, want := range []string{`value="maria@"`, `aria-invalid="true"`, `aria-describedby="email-hint email-error"`, `id="email-error"`, `for="email"`} {
		if !strings.Contains(html, want) {
			t.Errorf("%s is missing in %s", want, html)
		}
	}
}

func TestComponentsSpeakTheReadersLanguage(t *testing.T) {
	ctx := WithWords(t.Context(), TranslateWords(func(english string) string { return "«" + english + "»" }))
	page := draw(t, ctx, Page(PageProps{Nav: []NavItem{{Label: "Start", Icon: "house", URL: "/"}}}))
	for _, want := range []string{"«Skip to content»", "«More»", "«Saving…»"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not translated", want)
		}
	}
	if strings.Contains(draw(t, t.Context(), Page(PageProps{})), "«") {
		t.Error("one reader's words reached another")
	}
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{"Maria Ruiz": "MR", "Jon": "J", "": "?", "Åsa Öberg-Lind": "ÅL", "Hartwell & Sons": "HS", "李 小龍": "李小"} {
		if got := initials(name); got != want {
			t.Errorf("initials of %q are %q, want %q", name, got, want)
		}
	}
}

func TestMoneyBarsStayInsideTheirBar(t *testing.T) {
	for _, parts := range [][]StackPart{{{Share: .29}, {Share: .23}, {Share: .48}}, {{Share: 1.4}, {Share: .2}}, {{Share: -1}, {Share: 1}}, {{Share: 0}}} {
		end := 0.0
		for _, rect := range stackRects(parts) {
			if rect.x < end || rect.width <= 0 || rect.x+rect.width > 1000 {
				t.Errorf("%v draws %+v", parts, rect)
			}
			end = rect.x + rect.width
		}
	}
}
