package web

import (
	"net/netip"
	"testing"
	"time"
)

func TestOneCustomerOfAProviderIsOneNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"203.0.113.7":          "203.0.113.7",
		"::ffff:203.0.113.7":   "203.0.113.7",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
		"2001:db8:1:2::9":      "2001:db8:1:2::/64",
		"fe80::1%eth0":         "fe80::/64",
		"":                     "unknown",
		"203.0.113":            "unknown",
	} {
		if got := Network(address); got != want {
			t.Errorf("%q is of network %q, want %q", address, got, want)
		}
	}
}

func TestANetworkThatComesTooOftenWaitsForTheNextMinuteAndOthersDoNot(t *testing.T) {
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	var turns PerMinute
	for i, step := range []struct {
		after   time.Duration
		address string
		allowed bool
	}{
		{0, "203.0.113.7", true},
		{time.Second, "203.0.113.7", true},
		{time.Second, "203.0.113.7", false},
		{time.Second, "203.0.113.8", true},
		{58 * time.Second, "203.0.113.7", true}, // the next minute
		{-time.Hour, "203.0.113.7", true},       // a clock that was set back does not lock anybody out
	} {
		now = now.Add(step.after)
		if got := turns.Allows(step.address, now, 2); got != step.allowed {
			t.Errorf("step %d: allowed %v, want %v", i, got, step.allowed)
		}
	}
}

func TestManyNetworksDoNotFillTheMemory(t *testing.T) {
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	var turns PerMinute
	for i := range rememberedNetworks + 10 {
		turns.Allows(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}).String(), now, 1)
		if len(turns.counts) > rememberedNetworks+1 {
			t.Fatalf("%d networks are remembered", len(turns.counts))
		}
	}
}
