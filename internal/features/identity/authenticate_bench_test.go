package identity

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"lintel/internal/platform/db/dbtest"
)

// BenchmarkAuthenticate is the share that every page pays for knowing who asks.
func BenchmarkAuthenticate(b *testing.B) {
	w := newWorld(b, dbtest.SQLite(b))
	entered, err := w.service.Enter(context.Background(), w.proposalLink(), Visit{})
	if err != nil {
		b.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/hartwell/home", nil)
	r.AddCookie(w.service.cookies.set(sessionCookie, entered.Session, keepCookie))
	r.AddCookie(w.service.cookies.set(browserCookie, entered.Browser, keepCookie))
	b.ReportAllocs()
	for b.Loop() {
		if actor, _, err := w.service.Authenticate(context.Background(), r, "hartwell"); err != nil || actor.Zero() {
			b.Fatal(actor, err)
		}
	}
}
