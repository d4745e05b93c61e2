package signing

import (
	"context"
	"testing"
	"time"

	"lintel/internal/platform/fault"
)

// SEC-2: senders that never come to an end hold places of their own network only, and none in
// the room where files are checked.
func TestSEC2SlowSendersKeepNobodyOut(t *testing.T) {
	stile, now := newTurnstile(), time.Date(2026, 10, 2, 16, 0, 0, 0, time.UTC)
	var slow []func()
	for range arrivingAtOnce {
		gone, err := stile.arrive("203.0.113.7", now)
		if err != nil {
			t.Fatal(err)
		}
		slow = append(slow, gone)
	}
	if _, err := stile.arrive("203.0.113.7", now); !fault.Is(err, fault.TooMany) {
		t.Errorf("one network brings more than its share: %v", err)
	}
	gone, err := stile.arrive("198.51.100.1", now)
	if err != nil {
		t.Fatalf("somebody else is kept out: %v", err)
	}
	leave, err := stile.enter(context.Background())
	if err != nil {
		t.Fatalf("what has arrived is not checked: %v", err)
	}
	leave()
	gone()
	slow[0]()
	if _, err := stile.arrive("203.0.113.7", now); err != nil {
		t.Errorf("after one has gone: %v", err)
	}
}
