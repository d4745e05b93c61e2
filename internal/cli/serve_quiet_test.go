package cli

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestMemoryIsGivenBackOnceWhenRequestsStop(t *testing.T) {
	q := &quietMemory{}
	handler := q.count(http.NotFoundHandler())
	ask := func() { handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)) }
	if q.isDue(0) {
		t.Error("due although nothing happened")
	}
	for range 2 {
		ask()
		if q.isDue(0) {
			t.Error("due while requests come")
		}
	}
	if !q.isDue(0) {
		t.Error("not due when requests have stopped")
	}
	if q.isDue(0) {
		t.Error("due a second time")
	}
}

func TestMemoryIsGivenBackWhenJobsHaveEnded(t *testing.T) {
	q := &quietMemory{}
	for i, step := range []struct {
		worked time.Duration
		due    bool
	}{{5 * time.Millisecond, false}, {400 * time.Millisecond, false}, {800 * time.Millisecond, false}, {802 * time.Millisecond, true}, {804 * time.Millisecond, false}} {
		if q.isDue(step.worked) != step.due {
			t.Errorf("step %d, after %s of work: due is %v", i, step.worked, !step.due)
		}
	}
}
