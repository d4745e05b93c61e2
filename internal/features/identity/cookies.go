package identity

import (
	"net/http"
	"time"

	"lintel/internal/platform/secret"
)

// The cookies, without the prefix that binds them to the host.
const (
	sessionCookie = "lintel"
	browserCookie = "lintel-browser"
	linkCookie    = "lintel-link" // a token on its way from the URL to the POST
	tryCookie     = "lintel-try"  // only shows that the browser keeps cookies
)

const (
	keepCookie = 400 * 24 * time.Hour // the longest that browsers allow; the server decides when a session ends
	keepToken  = time.Hour
)

// cookies makes and reads Lintel's cookies. With https their names start with __Host-,
// which no other host and no unencrypted page can set (B16).
type cookies struct{ secure bool }

func (c cookies) name(short string) string {
	if c.secure {
		return "__Host-" + short
	}
	return short
}

// value is the token in a cookie, or empty for anything that is none.
func (c cookies) value(r *http.Request, short string) string {
	cookie, err := r.Cookie(c.name(short))
	if err != nil || len(cookie.Value) != secret.TokenLength {
		return ""
	}
	return cookie.Value
}

// kept reports whether the browser brought any cookie of Lintel's ways in: then it keeps cookies.
func (c cookies) kept(r *http.Request) bool {
	for _, short := range []string{tryCookie, browserCookie, sessionCookie, linkCookie} {
		if _, err := r.Cookie(c.name(short)); err == nil {
			return true
		}
	}
	return false
}

func (c cookies) set(short, value string, keep time.Duration) *http.Cookie {
	return &http.Cookie{Name: c.name(short), Value: value, Path: "/", MaxAge: int(keep.Seconds()), HttpOnly: true, Secure: c.secure, SameSite: http.SameSiteLaxMode}
}

func (c cookies) clear(short string) *http.Cookie {
	return &http.Cookie{Name: c.name(short), Path: "/", MaxAge: -1, HttpOnly: true, Secure: c.secure, SameSite: http.SameSiteLaxMode}
}
