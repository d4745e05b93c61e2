package notify

import (
	"testing"
	"time"
)

func TestChoicesComeBackAsTheyWereStoredAndUnknownOnesAreLeftOut(t *testing.T) {
	stored := Choices{Messages: {Portal, Email}, Files: {}}.String()
	if stored != "messages:portal+email,files:" {
		t.Errorf("stored as %q", stored)
	}
	read := ParseChoices(stored + ",parrots:email,messages-x,schedule:drum+push")
	if !read.Wants(Messages, Email) || read.Wants(Messages, Push) || read.Wants(Files, Portal) || !read.Wants(Schedule, Push) || len(read) != 3 {
		t.Errorf("read as %v", read)
	}
}

func TestWhatAPersonHasNotChosenFollowsTheDefaults(t *testing.T) {
	firm := Choices{Files: {Portal}}.Over(everyWay())
	own := Choices{Messages: {Push}}.Over(firm)
	for _, c := range []struct {
		a    Activity
		m    Method
		want bool
	}{{Messages, Push, true}, {Messages, Email, false}, {Files, Portal, true}, {Files, Email, false}, {Schedule, Email, true}} {
		if own.Wants(c.a, c.m) != c.want {
			t.Errorf("%s by %s: %v", c.a, c.m, !c.want)
		}
	}
	if less := own.without(Email, Schedule); less.Wants(Schedule, Email) || !less.Wants(Schedule, Push) || !own.Wants(Schedule, Email) {
		t.Error("taking one way away took another, or changed the choices it began with")
	}
}

func TestMailWaitsForTheBurstTheDigestAndTheEndOfTheQuietHours(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) time.Time {
		moment, err := time.ParseInLocation("2006-01-02 15:04", text, berlin)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	night := Settings{QuietFrom: 22 * 60, QuietUntil: 6*60 + 30}
	noon := Settings{QuietFrom: 12 * 60, QuietUntil: 13 * 60}
	for _, c := range []struct {
		what      string
		settings  Settings
		activity  Activity
		now, want string
	}{
		{"at once", Settings{}, Messages, "2026-11-23 10:00", "2026-11-23 10:02"},
		{"before midnight", night, Messages, "2026-11-23 23:10", "2026-11-24 06:30"},
		{"after midnight", night, Messages, "2026-11-24 01:10", "2026-11-24 06:30"},
		{"just before the quiet hours", night, Messages, "2026-11-23 21:59", "2026-11-24 06:30"},
		{"after them", night, Messages, "2026-11-24 06:30", "2026-11-24 06:32"},
		{"at noon", noon, Messages, "2026-11-24 12:30", "2026-11-24 13:00"},
		{"daily, after seven", Settings{Rhythm: Daily}, Files, "2026-11-23 10:00", "2026-11-24 07:00"},
		{"daily, before seven", Settings{Rhythm: Daily}, Files, "2026-11-23 06:00", "2026-11-23 07:00"},
		{"daily, at seven", Settings{Rhythm: Daily}, Files, "2026-11-23 07:00", "2026-11-24 07:00"},
		{"weekly, a Monday evening", Settings{Rhythm: Weekly}, Files, "2026-11-23 20:00", "2026-11-30 07:00"},
		{"weekly, a Sunday", Settings{Rhythm: Weekly}, Files, "2026-11-29 20:00", "2026-11-30 07:00"},
		{"daily over the change to summer time", Settings{Rhythm: Daily}, Files, "2027-03-27 20:00", "2027-03-28 07:00"},
		{"what waits for an answer does not wait for a digest", Settings{Rhythm: Weekly}, Documents, "2026-11-23 10:00", "2026-11-23 10:02"},
		{"a name with an @ neither", Settings{Rhythm: Daily}, Mentions, "2026-11-23 10:00", "2026-11-23 10:02"},
		{"a digest inside quiet hours", Settings{Rhythm: Daily, QuietFrom: 20 * 60, QuietUntil: 8 * 60}, Files, "2026-11-23 10:00", "2026-11-24 08:00"},
	} {
		if got := c.settings.mailDue(at(c.now), berlin, c.activity, 2*time.Minute); !got.Equal(at(c.want)) {
			t.Errorf("%s: due %s, want %s", c.what, got.In(berlin).Format("2006-01-02 15:04"), c.want)
		}
	}
	if _, quiet := night.quietEnd(at("2026-11-23 12:00"), berlin); quiet {
		t.Error("noon is quiet")
	}
}
