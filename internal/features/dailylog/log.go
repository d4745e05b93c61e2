package dailylog

import (
	"time"

	"lintel/internal/core/access"
	"lintel/internal/features/file"
	"lintel/internal/platform/fault"
)

// Weather is what the sky was like, chosen by hand.
type Weather string

// The weathers; empty is unsaid.
const (
	Sun    Weather = "sun"
	Mixed  Weather = "mixed"
	Cloud  Weather = "cloud"
	Rain   Weather = "rain"
	Storm  Weather = "storm"
	Snow   Weather = "snow"
	Fog    Weather = "fog"
	Wind   Weather = "wind"
	Unsaid Weather = ""
)

// weathers lists them in the order in which a form offers them, with their icons.
var weathers = []struct {
	weather Weather
	icon    string
}{{Sun, "sun"}, {Mixed, "cloud-sun"}, {Cloud, "cloud"}, {Rain, "cloud-rain"}, {Storm, "cloud-lightning"}, {Snow, "snowflake"}, {Fog, "cloud-fog"}, {Wind, "wind"}}

// Log is what was written down of one day.
type Log struct {
	ID          string
	Project     string
	Customer    string
	Day         string // "2026-05-03"
	Weather     Weather
	Temperature string // as typed: "4" or "-2", in degrees Celsius; empty: unsaid
	OnSite      string // who was there
	Notes       string
	SharedAt    time.Time // zero: internal
	Author      access.PersonID
	AuthorName  string
	Revision    int
	UpdatedAt   time.Time
	Photos      []Photo
}

// Shared reports whether the customer reads it.
func (l Log) Shared() bool { return !l.SharedAt.IsZero() }

// Photo is a file of a log.
type Photo struct {
	file.File
	Shared bool // goes along when the log is shared
}

// Files are the log's photos as files.
func (l Log) Files() []file.File {
	list := make([]file.File, len(l.Photos))
	for i, p := range l.Photos {
		list[i] = p.File
	}
	return list
}

// Going counts the photos that go along when the log is shared.
func (l Log) Going() (n int) {
	for _, p := range l.Photos {
		if p.Shared {
			n++
		}
	}
	return n
}

// Empty reports whether there is nothing to read in it.
func (l Log) Empty() bool {
	return l.Notes == "" && l.OnSite == "" && l.Weather == Unsaid && l.Temperature == "" && len(l.Photos) == 0
}

// Details are what the office fills in.
type Details struct {
	Day         string
	Weather     Weather
	Temperature string
	OnSite      string
	Notes       string
}

// Details is the log as its form shows it.
func (l Log) Details() Details { return Details{l.Day, l.Weather, l.Temperature, l.OnSite, l.Notes} }

func (d Details) check() error {
	var problems fault.Problems
	if t, err := time.Parse(time.DateOnly, d.Day); err != nil || t.Year() < 2000 || t.Year() > 2199 {
		problems.Add("day", "Enter the day that this is about.")
	}
	if !d.Weather.known() {
		problems.Add("weather", "Choose one of the weathers.")
	}
	if !temperature(d.Temperature) {
		problems.Add("temperature", "Enter whole degrees, such as 4 or -2.")
	}
	return problems.Err()
}

func (w Weather) known() bool {
	for _, one := range weathers {
		if one.weather == w {
			return true
		}
	}
	return w == Unsaid
}

// temperature takes one or two digits with a sign, or nothing.
func temperature(text string) bool {
	if text == "" {
		return true
	}
	if text[0] == '-' {
		text = text[1:]
	}
	if len(text) < 1 || len(text) > 2 {
		return false
	}
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
