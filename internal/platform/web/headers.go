package web

import (
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"

	"github.com/klauspost/compress/gzhttp"

	"lintel/internal/platform/id"
	"lintel/internal/platform/logging"
)

// policy allows nothing inline and nothing from elsewhere; see docs/decisions for the why.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; " +
	"media-src 'self' blob:; manifest-src 'self'; worker-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Outer is what wraps every request of the program.
type Outer struct {
	BaseURL      *url.URL // the only source of absolute URLs and of the accepted Host
	TrustedProxy []netip.Prefix
	AnyHost      bool // loopback demo: also reached by other names
	Log          *slog.Logger
}

// Wrap adds the request id, the security headers, the check of Host and origin, a net for
// panics and compression.
func (o Outer) Wrap(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	_ = protection.AddTrustedOrigin(o.BaseURL.Scheme + "://" + o.BaseURL.Host)
	protection.AddInsecureBypassPattern("POST " + OneClick) // whoever has the token may use it up, from wherever; it asks for no cookie
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "This form was sent from another site.", http.StatusForbidden)
	}))
	// Level 3 takes two thirds of the time of the default for a twentieth more bytes.
	compress, err := gzhttp.NewWrapper(gzhttp.CompressionLevel(1), gzhttp.MinSize(1024), gzhttp.RandomJitter(32, 0, false), gzhttp.SuffixETag("-z"),
		gzhttp.ContentTypes([]string{"text/html", "text/css", "text/plain", "application/json", "image/svg+xml", "text/javascript"}))
	if err != nil {
		panic("compression: " + err.Error()) // the options are constants
	}
	return o.headers(o.guardPanics(o.checkHost(oneLength(protection.Handler(compress(next))))))
}

// OneClick is the address that takes the one click of RFC 8058 from mailbox providers, whose requests come from other sites
// and without cookies. The token in it is the whole proof.
const OneClick = "/u/{token}"

func (o Outer) headers(next http.Handler) http.Handler {
	secure := o.BaseURL.Scheme == "https"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Permissions-Policy", "camera=(self), geolocation=(self), microphone=(), payment=(self), publickey-credentials-get=(self)")
		if secure {
			h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		requestID := id.New()
		h.Set("X-Request-Id", requestID)
		next.ServeHTTP(w, r.WithContext(logging.With(r.Context(), logging.Who{Request: requestID})))
	})
}

// checkHost refuses requests for another host, so that nothing can be made to depend on a
// forged one (B13). Absolute URLs never come from it in any case.
func (o Outer) checkHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !o.AnyHost && !strings.EqualFold(r.Host, o.BaseURL.Host) && r.URL.Path != "/healthz" && r.URL.Path != "/readyz" {
			http.Error(w, "This server does not serve that host.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// oneLength refuses bodies in chunks over HTTP/1: browsers say how long their forms and
// uploads are, and a request that a proxy and this server could cut at different places
// (Content-Length beside Transfer-Encoding) is never read on (H05).
func oneLength(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor == 1 && len(r.TransferEncoding) > 0 {
			w.Header().Set("Connection", "close")
			http.Error(w, "Please send the length of the request instead of chunks.", http.StatusBadRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (o Outer) guardPanics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				o.Log.ErrorContext(r.Context(), "panic", "error", p, "stack", string(debug.Stack()))
				http.Error(w, "Something went wrong on our side. Please try again.", http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// ClientAddress is the address of the browser: the connection's, or what a trusted proxy
// says in front of it.
func (o Outer) ClientAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	address, err := netip.ParseAddr(host)
	if err != nil || !o.trusted(address) {
		return host
	}
	hops := strings.Split(r.Header.Get("X-Forwarded-For"), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			return host
		}
		host = hop.String()
		if !o.trusted(hop) {
			return host
		}
	}
	return host
}

func (o Outer) trusted(a netip.Addr) bool {
	for _, p := range o.TrustedProxy {
		if p.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}
