package clock

import (
	"sync"
	"time"
)

// zones are the time zones that were asked for, by name. They never change while the program runs.
var zones sync.Map

// Zone is the time zone with an IANA name, as "Europe/Berlin". It is read once: to read it again for each page would cost as
// much as asking the database. "Local" and the empty name are no zones of a person or a firm; see time.LoadLocation.
func Zone(name string) (*time.Location, error) {
	if known, ok := zones.Load(name); ok {
		return known.(*time.Location), nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, err
	}
	zones.Store(name, zone)
	return zone, nil
}

// ZoneOrUTC is Zone where a wrong name must not stop the work.
func ZoneOrUTC(name string) *time.Location {
	if zone, err := Zone(name); err == nil {
		return zone
	}
	return time.UTC
}
