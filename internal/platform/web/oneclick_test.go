package web

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// What comes from another site is refused everywhere (H01), but for the one click at the end of a mail.
func TestOnlyTheOneClickMayComeFromAnotherSite(t *testing.T) {
	handler := Outer{BaseURL: &url.URL{Scheme: "https", Host: "portal.example"}, Log: slog.New(slog.DiscardHandler)}.Wrap(
		http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	for path, want := range map[string]int{"/u/abc": http.StatusNoContent, "/u/abc/more": http.StatusForbidden, "/u": http.StatusForbidden,
		"/hartwell/profile/notifications": http.StatusForbidden, "/l": http.StatusForbidden} {
		r := httptest.NewRequest(http.MethodPost, "https://portal.example"+path, strings.NewReader("List-Unsubscribe=One-Click"))
		r.Header.Set("Origin", "https://mail.example")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, r)
		if answer.Code != want {
			t.Errorf("POST %s: %d, want %d", path, answer.Code, want)
		}
	}
}
