package identity_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"lintel/internal/features/identity"
	"lintel/internal/platform/db/dbtest"
)

// BenchmarkAuthenticate is the share that every page pays for knowing who asks.
func BenchmarkAuthenticate(b *testing.B) {
	w := newWorld(b, dbtest.SQLite(b))
	entered, err := w.service.Enter(context.Background(), w.proposalLink(), identity.Visit{})
	if err != nil {
		b.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/hartwell/home", nil)
	r.AddCookie(&http.Cookie{Name: "__Host-lintel", Value: entered.Session})
	r.AddCookie(&http.Cookie{Name: "__Host-lintel-browser", Value: entered.Browser})
	b.ReportAllocs()
	for b.Loop() {
		if actor, _, err := w.service.Authenticate(context.Background(), r, "hartwell"); err != nil || actor.Zero() {
			b.Fatal(actor, err)
		}
	}
}
