package cli

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestMemoryIsGivenBackOnceWhenRequestsStop(t *testing.T) {
	q := &quietMemory{}
	handler := q.count(http.NotFoundHandler())
	ask := func() { handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)) }
	if q.isDue() {
		t.Error("due although nothing happened")
	}
	for range 2 {
		ask()
		if q.isDue() {
			t.Error("due while requests come")
		}
	}
	if !q.isDue() {
		t.Error("not due when requests have stopped")
	}
	if q.isDue() {
		t.Error("due a second time")
	}
}
