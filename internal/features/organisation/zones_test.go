package organisation

import (
	"slices"
	"testing"
	"time"

	"lintel/internal/ui"
)

func TestEveryOfferedTimeZoneIsOneAndTheOwnIsAlwaysAmongThem(t *testing.T) {
	for _, own := range []string{"", "Europe/London", "Antarctica/Troll"} {
		list := zoneOptions(t.Context(), own)
		seen := map[string]bool{}
		for _, option := range list {
			if _, err := time.LoadLocation(option.Value); err != nil || seen[option.Value] || option.Value == "" {
				t.Errorf("%q is no zone or stands there twice: %v", option.Value, err)
			}
			seen[option.Value] = true
		}
		if chosen := slices.IndexFunc(list, func(o ui.Option) bool { return o.Selected }); (chosen >= 0) != (own != "") || chosen >= 0 && list[chosen].Value != own {
			t.Errorf("of %d zones number %d is chosen for %q", len(list), chosen, own)
		}
	}
}
