package clock_test

import (
	"testing"
	"time"

	"lintel/internal/platform/clock"
)

func TestAZoneIsReadOnceAndAWrongOneIsNone(t *testing.T) {
	first, err := clock.Zone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := clock.Zone("Europe/Berlin"); again != first {
		t.Error("the zone was read twice")
	}
	if _, err := clock.Zone("Europe/Atlantis"); err == nil {
		t.Error("Atlantis has a time zone")
	}
	if zone := clock.ZoneOrUTC("Europe/Atlantis"); zone != time.UTC {
		t.Errorf("a wrong name is %s", zone)
	}
	if zone := clock.ZoneOrUTC("Europe/Berlin"); zone != first {
		t.Errorf("a right name is %s", zone)
	}
}
