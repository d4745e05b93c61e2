package signing

import (
	"context"
	"sync"
	"time"

	"lintel/internal/platform/fault"
	"lintel/internal/platform/web"
)

const (
	checksPerMinute = 20 // of one network
	checksAtOnce    = 2  // each may hold a whole document in memory
	arrivingAtOnce  = 4  // of one network: slow uploads take a place on disk, not in the room
	arrivingOfAll   = 64
	longestWait     = 20 * time.Second
)

// turnstile keeps the public page from using up the server: so many checks a minute from
// one network, so many at once from all.
type turnstile struct {
	room  chan struct{}
	turns web.PerMinute

	mu       sync.Mutex
	arriving map[string]int // uploads under way by network
	underway int
}

func newTurnstile() *turnstile {
	return &turnstile{room: make(chan struct{}, checksAtOnce), arriving: map[string]int{}}
}

// arrive counts a check and lets its file come in, however slowly; gone must be called
// afterwards. TooMany when the network has had its turns of this minute, or brings too many
// files at once.
func (t *turnstile) arrive(address string, now time.Time) (gone func(), err error) {
	if !t.turns.Allows(address, now, checksPerMinute) {
		return nil, fault.New(fault.TooMany, "You have checked many documents in a short time.")
	}
	from := web.Network(address)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.arriving[from] >= arrivingAtOnce || t.underway >= arrivingOfAll {
		return nil, fault.New(fault.TooMany, "Other documents are being checked right now.")
	}
	t.arriving[from]++
	t.underway++
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.underway--
		if t.arriving[from]--; t.arriving[from] == 0 {
			delete(t.arriving, from)
		}
	}, nil
}

// enter waits for room in memory for a file that has arrived; leave must be called
// afterwards. Unavailable when nobody leaves.
func (t *turnstile) enter(ctx context.Context) (leave func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, longestWait)
	defer cancel()
	select {
	case t.room <- struct{}{}:
		return func() { <-t.room }, nil
	case <-ctx.Done():
		return nil, fault.New(fault.Unavailable, "Other documents are being checked right now.")
	}
}
