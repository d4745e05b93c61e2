package notify

import (
	"slices"
	"strings"
	"time"
)

// Method is a way on which a person is told.
type Method string

// The methods.
const (
	Portal Method = "portal"
	Email  Method = "email"
	Push   Method = "push"
)

// Methods lists them in the order in which pages show them.
var Methods = []Method{Portal, Email, Push}

// Choices says on which ways each activity is told. An activity that is not in it is told as whatever stands behind it
// says: the organisation's defaults behind a person's own choice, every way behind those.
type Choices map[Activity][]Method

// Wants reports whether an activity is told on a way.
func (c Choices) Wants(a Activity, m Method) bool { return slices.Contains(c[a], m) }

// Over gives c with what it does not name taken from what lies behind it.
func (c Choices) Over(behind Choices) Choices {
	out := Choices{}
	for _, a := range Activities {
		out[a] = behind[a]
		if own, chosen := c[a]; chosen {
			out[a] = own
		}
	}
	return out
}

// everyWay is what holds when nobody has chosen anything.
func everyWay() Choices {
	out := Choices{}
	for _, a := range Activities {
		out[a] = Methods
	}
	return out
}

// without gives c with one way taken away from activities.
func (c Choices) without(m Method, activities ...Activity) Choices {
	out := c.Over(Choices{})
	for _, a := range activities {
		out[a] = slices.DeleteFunc(slices.Clone(out[a]), func(other Method) bool { return other == m })
	}
	return out
}

// String is how choices are stored: "messages:portal+email,files:portal".
func (c Choices) String() string {
	var parts []string
	for _, a := range Activities {
		chosen, named := c[a]
		if !named {
			continue
		}
		var ways []string
		for _, m := range chosen {
			ways = append(ways, string(m))
		}
		parts = append(parts, string(a)+":"+strings.Join(ways, "+"))
	}
	return strings.Join(parts, ",")
}

// ParseChoices reads what String wrote; what it does not know it leaves out.
func ParseChoices(text string) Choices {
	out := Choices{}
	for part := range strings.SplitSeq(text, ",") {
		activity, ways, found := strings.Cut(part, ":")
		if !found || !slices.Contains(Activities, Activity(activity)) {
			continue
		}
		chosen := []Method{}
		for _, m := range Methods {
			if slices.Contains(strings.Split(ways, "+"), string(m)) {
				chosen = append(chosen, m)
			}
		}
		out[Activity(activity)] = chosen
	}
	return out
}

// Rhythm is how often a person wants mail.
type Rhythm string

// The rhythms.
const (
	AtOnce Rhythm = ""
	Daily  Rhythm = "daily"
	Weekly Rhythm = "weekly"
)

// Settings are what a person has chosen.
type Settings struct {
	Own     bool // the choices are their own; else the organisation's defaults hold
	Choices Choices
	Rhythm  Rhythm
	// QuietFrom and QuietUntil are minutes after midnight where the person is; equal: no quiet hours.
	QuietFrom, QuietUntil int
}

// digestHour is when a digest comes, where the person is.
const digestHour = 7

// waits reports whether an activity may wait for a digest. What asks for the person by name, or for an answer that a
// project's schedule hangs on (JT-41), does not.
func (a Activity) waits() bool { return a != Mentions && a != Documents && a != Access }

// quietEnd is when the quiet hours that now lies in end; false when it lies in none.
func (s Settings) quietEnd(now time.Time, zone *time.Location) (time.Time, bool) {
	local := now.In(zone)
	minute := local.Hour()*60 + local.Minute()
	end := func(days int) time.Time {
		return time.Date(local.Year(), local.Month(), local.Day()+days, s.QuietUntil/60, s.QuietUntil%60, 0, 0, zone)
	}
	switch {
	case s.QuietFrom == s.QuietUntil:
		return time.Time{}, false
	case s.QuietFrom < s.QuietUntil:
		return end(0), minute >= s.QuietFrom && minute < s.QuietUntil
	case minute >= s.QuietFrom:
		return end(1), true
	}
	return end(0), minute < s.QuietUntil
}

// mailDue is when a mail about an activity that happened now leaves: after the burst, with the next digest, and not in
// quiet hours.
func (s Settings) mailDue(now time.Time, zone *time.Location, a Activity, burst time.Duration) time.Time {
	due := now.Add(burst)
	if s.Rhythm != AtOnce && a.waits() {
		due = s.nextDigest(now, zone)
	}
	if end, quiet := s.quietEnd(due, zone); quiet {
		return end
	}
	return due
}

func (s Settings) nextDigest(now time.Time, zone *time.Location) time.Time {
	local := now.In(zone)
	for day := 0; ; day++ {
		at := time.Date(local.Year(), local.Month(), local.Day()+day, digestHour, 0, 0, 0, zone)
		if at.After(now) && (s.Rhythm == Daily || at.Weekday() == time.Monday) {
			return at
		}
	}
}
