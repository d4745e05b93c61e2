// Command gallery shows every component with sample data on a loopback address, for looking at and for checking with
// axe: /proposal, /landing, /sign-in, /code, /thanks, /editor, /import, /project, /list, /parts. ?brand=HEX chooses a
// tenant's colour and ?theme=dark the theme; ?dir=rtl turns the page round; ?open=sign opens a dialog.
package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"

	"github.com/a-h/templ"

	"lintel/internal/ui"
)

// policy is the Content-Security-Policy of the product; the gallery must work under it.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; " +
	"manifest-src 'self'; worker-src 'self'; form-action 'self'; media-src 'self'; base-uri 'none'; frame-ancestors 'none'"

func main() {
	address := cmp.Or(os.Getenv("GALLERY_ADDR"), "127.0.0.1:0")
	listener, err := net.Listen("tcp", address)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("http://%s/proposal\n", listener.Addr())
	if err := http.Serve(listener, handler()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// look is what a reader of the gallery asked for in the address.
type look struct{ theme, brand, direction, open string }

func (l look) head(title string, face ui.Face) ui.HeadProps {
	return ui.HeadProps{Title: title, Language: "en", Direction: l.direction, ColorTheme: l.theme, ThemeURL: "/theme.css?brand=" + l.brand, Face: face}
}

// screens are the pages by path.
func screens() map[string]func(look) templ.Component {
	return map[string]func(look) templ.Component{
		"/proposal": proposalPage, "/landing": landingPage, "/sign-in": signInPage, "/code": codePage, "/thanks": thanksPage,
		"/editor": editorPage, "/import": importPage, "/project": projectPage, "/list": listPage, "/parts": partsPage,
	}
}

func handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/static/", ui.Assets())
	mux.HandleFunc("GET /theme.css", theme)
	mux.HandleFunc("GET /picture/{name}", picture)
	mux.HandleFunc("POST /save", save)
	uploads := newUploads()
	mux.Handle("/files/", uploads)
	for path, page := range screens() {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			q := r.URL.Query()
			l := look{theme: q.Get("theme"), brand: cmp.Or(q.Get("brand"), "0b7f56"), direction: q.Get("dir"), open: q.Get("open")}
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", policy)
			render(r.Context(), w, page(l))
		})
	}
	return mux
}

func render(ctx context.Context, w http.ResponseWriter, page templ.Component) {
	if err := page.Render(ctx, w); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

func theme(w http.ResponseWriter, r *http.Request) {
	css, err := ui.Theme(r.URL.Query().Get("brand"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	fmt.Fprint(w, css)
}

// save answers an autosave as the office does: one fragment with an id.
func save(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	render(r.Context(), w, savedLines(len(r.PostForm)))
}

// picture draws a little scene, so that the gallery needs no photos.
func picture(w http.ResponseWriter, r *http.Request) {
	colours := map[string][3]string{"kitchen": {"#cfe3d6", "#4f8f75", "#f2e7d5"}, "brick": {"#e5c3ae", "#b5664a", "#8f4b36"}, "oak": {"#ead3ae", "#c79a5d", "#a87a3f"}, "stone": {"#f2f2ee", "#c9cac4", "#8d938f"}}
	c, ok := colours[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 200"><rect width="320" height="200" fill="%s"/><rect y="96" width="320" height="104" fill="%s"/><rect x="24" y="118" width="80" height="60" rx="5" fill="%[3]s"/><rect x="120" y="118" width="80" height="60" rx="5" fill="%[3]s"/><rect x="216" y="118" width="80" height="60" rx="5" fill="%[3]s"/><rect x="96" y="22" width="128" height="60" rx="4" fill="#e8f2fa"/><circle cx="270" cy="44" r="20" fill="%[3]s"/></svg>`, c[0], c[1], c[2])
}
