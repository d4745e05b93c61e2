package identity

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"lintel/internal/core/guard"
	"lintel/internal/platform/secret"
)

// limit lets burst through at once and one more every step. In any hour it lets through
// at most burst + hour/step.
type limit struct {
	burst int
	step  time.Duration
}

// The limits (security.md B10, B12).
var (
	mailsToAddress       = limit{3, 24 * time.Minute}             // at most 5 in any hour
	mailsFromNetwork     = limit{10, 6*time.Minute + time.Second} // at most 19 in any hour
	passwordsOfAccount   = limit{10, 2 * time.Minute}
	passwordsInOwnWindow = limit{10, time.Minute} // in a browser that is confirmed for the account
	passwordsFromNetwork = limit{30, 20 * time.Second}
)

// turn is one throttle to pass.
type turn struct {
	limit limit
	mark  string
}

// forAddress marks a throttle by an address without writing the address down.
func forAddress(l limit, what, folded string) turn {
	return turn{l, what + " " + secret.Hash(folded)[:32]}
}

func forNetwork(l limit, what, address string) turn { return turn{l, what + " " + network(address)} }

// network is the part of an address that one customer of a provider has: a whole IPv4
// address, the first 64 bits of IPv6.
func network(address string) string {
	parsed, err := netip.ParseAddr(address)
	if err != nil {
		return "unknown"
	}
	if parsed = parsed.Unmap(); parsed.Is4() {
		return parsed.String()
	}
	prefix, err := parsed.WithZone("").Prefix(64)
	if err != nil {
		return "unknown"
	}
	return prefix.String()
}

// take passes all throttles, or tells that one is closed. Turns taken before stay taken.
func take(tx *guard.AcrossTx, turns ...turn) (bool, error) {
	for _, t := range turns {
		step := t.limit.step.Microseconds()
		latest := tx.Now().Add(time.Duration(t.limit.burst-1) * t.limit.step)
		changed, err := tx.Exec(takeTurn, guard.Args{"mark": t.mark, "first": tx.Now().Add(t.limit.step), "step": step, "latest": latest})
		if err != nil || changed == 0 {
			return false, err
		}
	}
	return true, nil
}

// allowed is take in a transaction of its own.
func (s *Service) allowed(ctx context.Context, reason string, turns ...turn) (ok bool, err error) {
	err = s.store.AcrossChange(ctx, reason, func(tx *guard.AcrossTx) error {
		ok, err = take(tx, turns...)
		return err
	})
	return ok, err
}

// front stops floods in memory, before they reach the database.
type front struct {
	mu     sync.Mutex
	minute time.Time
	counts map[string]int
}

const (
	frontPerMinute = 120
	frontNetworks  = 50_000 // memory bound; beyond it the minute starts anew
)

func (f *front) allows(address string, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.counts == nil || now.Sub(f.minute) >= time.Minute || now.Before(f.minute) || len(f.counts) > frontNetworks {
		f.minute, f.counts = now, map[string]int{}
	}
	from := network(address)
	f.counts[from]++
	return f.counts[from] <= frontPerMinute
}
