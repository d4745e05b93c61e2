package route

import (
	"net/http"
	"net/url"
	"strings"

	"lintel/internal/platform/web"
)

// Page is the address to come back to after signing in: its own of a page; of a form or of a part of a page that of the page
// which it stood on, or else of the nearest page above it. Empty when there is none. It is a path of a portal and nothing else.
func (r *Request) Page() string {
	if r.Method == http.MethodGet && !r.byScript() {
		return r.URL.RequestURI()
	}
	if from := r.cameFrom(); from != "" {
		return from
	}
	for path := r.URL.Path; len(path) > 1; path = path[:strings.LastIndex(path, "/")] {
		if r.isPage(path) {
			return (&url.URL{Path: path}).EscapedPath()
		}
	}
	return ""
}

// cameFrom is the page that the browser names as the one it stood on, if it is one of ours that can be asked for again.
func (r *Request) cameFrom() string {
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host != r.Host || !r.isPage(from.Path) {
		return ""
	}
	return from.RequestURI()
}

// byScript reports whether a page's script asks, for which another page is no answer.
func (r *Request) byScript() bool {
	return r.Header.Get("HX-Request") == "true" || r.Header.Get("X-Requested-With") == "fetch"
}

// signInFirst sends a browser to the sign-in page. A script is told the address: htmx goes there, an editor that saves by itself stays
// where the text is and shows the way.
func signInFirst(r *Request, address string) web.Reply {
	if !r.byScript() {
		return web.Redirect(address)
	}
	reply := web.Reply{Status: http.StatusUnauthorized}.WithHeader("Lintel-Sign-In", address).WithHeader("Cache-Control", "no-store")
	if r.Header.Get("HX-Request") == "true" {
		reply = reply.WithHeader("HX-Redirect", address)
	}
	return reply
}

// hasPage reports whether a page answers a GET of the path.
func hasPage(mux *http.ServeMux, path string) bool {
	_, pattern := mux.Handler(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: path}})
	return strings.HasPrefix(pattern, http.MethodGet+" ")
}
