package web

import (
	"net/netip"
	"sync"
	"time"
)

// Network is the part of an address that one customer of a provider has: a whole IPv4
// address, the first 64 bits of IPv6. What is no address is one network, "unknown".
func Network(address string) string {
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

// rememberedNetworks bounds the memory of a PerMinute; beyond it the minute starts anew.
const rememberedNetworks = 50_000

// PerMinute lets each network through so many times a minute. It counts in memory, so that a
// flood costs nothing but this. Its zero value is ready.
type PerMinute struct {
	mu     sync.Mutex
	minute time.Time
	counts map[string]int
}

// Allows counts one more request from an address, and reports whether its network may go on.
func (p *PerMinute) Allows(address string, now time.Time, most int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.counts == nil || now.Sub(p.minute) >= time.Minute || now.Before(p.minute) || len(p.counts) > rememberedNetworks {
		p.minute, p.counts = now, map[string]int{}
	}
	from := Network(address)
	p.counts[from]++
	return p.counts[from] <= most
}
