package apptest

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/calendar"
	"lintel/internal/features/identity"
	"lintel/internal/features/schedule"
)

var feedAddress = regexp.MustCompile(`https://portal\.example(/calendar/[^"\s<]+\.ics)`)

func (p planned) feed(c *Client, form url.Values) string {
	p.t.Helper()
	got := c.Post(calendar.Path(p.firm.Slug), form)
	found := feedAddress.FindStringSubmatch(got.Body)
	if found == nil {
		p.t.Fatalf("making a feed answers %d without an address", got.Status)
	}
	return found[1]
}

// component is a part of an iCalendar file, read strictly: RFC 5545, 3.1 and 3.3.11.
type component map[string]string

func readCalendar(t *testing.T, text string) (events []component) {
	t.Helper()
	if !strings.HasPrefix(text, "BEGIN:VCALENDAR\r\n") || !strings.HasSuffix(text, "END:VCALENDAR\r\n") {
		t.Fatalf("this is no calendar: %q", text)
	}
	for _, line := range strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n\x00") {
			t.Errorf("a line has %d bytes, or an end within: %q", len(line), line)
		}
	}
	var open component
	for _, line := range strings.Split(strings.ReplaceAll(text, "\r\n ", ""), "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		switch {
		case line == "BEGIN:VEVENT":
			open = component{}
		case line == "END:VEVENT":
			events, open = append(events, open), nil
		case open != nil:
			if open[name] != "" {
				t.Errorf("%s stands twice in one entry", name)
			}
			open[name] = strings.NewReplacer(`\n`, "\n", `\,`, ",", `\;`, ";", `\\`, `\`).Replace(value)
		}
	}
	for _, e := range events {
		for _, needed := range []string{"UID", "DTSTAMP", "SEQUENCE", "DTSTART;VALUE=DATE", "DTEND;VALUE=DATE", "SUMMARY"} {
			if e[needed] == "" {
				t.Errorf("an entry has no %s: %v", needed, e)
			}
		}
	}
	return events
}

func find(events []component, summary string) component {
	for _, e := range events {
		if strings.Contains(e["SUMMARY"], summary) {
			return e
		}
	}
	return nil
}

// A10, A11, A13, B21, F05, H08: a calendar feed reads what its person sees now, and nothing
// else opens with its address.
func TestACalendarFeedReadsWhatItsPersonSees(t *testing.T) {
	onPlans(t, func(t *testing.T, p planned) {
		p.add(url.Values{"name": {"Xtiles, and a very long name that has to be folded because it is längér than one line"}, "starts": {"2026-10-03"}, "ends": {"2026-10-06"}, "own": {"1"}, "note": {"First\r\nEND:VEVENT\r\nATTENDEE:mailto:eve@evil.example"}})
		p.publish()
		p.add(url.Values{"name": {"Xsecret"}, "starts": {"2026-10-20"}})
		address := p.feed(p.una, nil)
		stranger := p.Browser()
		got := stranger.Get(address)
		if got.Status != http.StatusOK || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/calendar") {
			t.Fatalf("the feed answers %d %s", got.Status, got.Header.Get("Content-Type"))
		}
		events := readCalendar(t, got.Body)
		tiles := find(events, "Xtiles, and a very long name that has to be folded because it is längér than one line")
		if tiles == nil || tiles["DTSTART;VALUE=DATE"] != "20261003" || tiles["DTEND;VALUE=DATE"] != "20261007" || !strings.HasPrefix(tiles["SUMMARY"], "For you to do: ") {
			t.Errorf("the task reads %v", tiles)
		}
		if tiles["DESCRIPTION"] != "First\nEND:VEVENT\nATTENDEE:mailto:eve@evil.example" || tiles["ATTENDEE"] != "" {
			t.Errorf("F05: a note makes lines of its own: %v", tiles)
		}
		if find(events, "Xsecret") != nil || find(events, p.firm.B.Canary) != nil {
			t.Error("the feed holds what is not published, or another customer's")
		}
		for _, path := range []string{"/" + p.firm.Slug + "/home", "/api/v1/projects", address + "/more", strings.TrimSuffix(address, ".ics")} {
			if got := stranger.Get(path); got.Status == http.StatusOK {
				t.Errorf("B21: %s opens beside the feed", path)
			}
		}
		token := strings.TrimSuffix(strings.TrimPrefix(address, "/calendar/"), ".ics")
		stranger.Header.Set("Authorization", "Bearer "+token)
		if got := stranger.Get("/api/v1/projects"); got.Status != http.StatusUnauthorized {
			t.Errorf("H08: the feed's key opens the API: %d", got.Status)
		}
		if strings.Contains(p.Log(), token) {
			t.Error("the key stands in the log")
		}
		second := p.feed(p.una, nil)
		if stranger.Get(address).Status != http.StatusNotFound || stranger.Get(second).Status != http.StatusOK {
			t.Error("a new address does not end the one before")
		}
		p.firm.change(func(tx *guard.Tx) error {
			member, err := identity.CustomerByAddress(tx, p.firm.A.One.Email)
			if err != nil {
				return err
			}
			return identity.SetModules(tx, member.Person, identity.Scope{Customer: p.firm.A.Things.Customer}, access.NewModuleSet(access.Projects, access.Users), "the test takes the schedule away")
		})
		if got := stranger.Get(second); got.Status != http.StatusOK || find(readCalendar(t, got.Body), "Xtiles") != nil {
			t.Errorf("A13: without the module the feed answers %d and still has the task", got.Status)
		}
	})
}

func TestACalendarFeedCanBeEnded(t *testing.T) {
	onPlans(t, func(t *testing.T, p planned) {
		address := p.feed(p.una, nil)
		if got := p.una.Post(calendar.Path(p.firm.Slug)+"/revoke", nil); got.Status != http.StatusSeeOther {
			t.Fatalf("ending the feed answers %d", got.Status)
		}
		if got := p.Browser().Get(address); got.Status != http.StatusNotFound {
			t.Errorf("an ended feed answers %d", got.Status)
		}
		third := p.feed(p.una, nil)
		p.firm.change(func(tx *guard.Tx) error {
			member, err := identity.CustomerByAddress(tx, p.firm.A.One.Email)
			if err != nil {
				return err
			}
			return identity.RemoveMember(tx, member.Person, access.Customer)
		})
		if got := p.Browser().Get(third); got.Status == http.StatusOK && len(readCalendar(t, got.Body)) > 0 {
			t.Error("A10: somebody who was removed still reads entries")
		}
		if got := p.Browser().Get("/calendar/guessed.ics"); got.Status != http.StatusNotFound {
			t.Errorf("a guessed address answers %d", got.Status)
		}
	})
}

// The office chooses between what names a colleague and everything.
func TestTheOfficesFeedHoldsMineOrEverything(t *testing.T) {
	onPlans(t, func(t *testing.T, p planned) {
		colleague := p.firm.Staff[access.Member]
		client := p.As(colleague)
		person := client.Actor(p.firm.Slug, "/"+p.firm.Slug+"/office")
		p.add(url.Values{"name": {"Xmine"}, "starts": {"2026-10-05"}, "who": {person.Name()}})
		p.add(url.Values{"name": {"Xothers"}, "starts": {"2026-10-06"}, "who": {"Crew"}})
		p.publish()
		mine := readCalendar(t, p.Browser().Get(p.feed(client, url.Values{"scope": {"mine"}})).Body)
		if find(mine, "Xmine") == nil || find(mine, "Xothers") != nil {
			t.Errorf("mine holds %v", mine)
		}
		all := readCalendar(t, p.Browser().Get(p.feed(client, url.Values{"scope": {"all"}})).Body)
		if find(all, "Xmine") == nil || find(all, "Xothers") == nil {
			t.Errorf("everything holds %v", all)
		}
		p.must(p.App.Schedules.Withdraw(context.Background(), p.firm.Owner, p.project))
		if rest := readCalendar(t, p.Browser().Get(p.feed(client, url.Values{"scope": {"all"}})).Body); find(rest, "Xmine") != nil {
			t.Error("a schedule that was hidden again stands in the feed")
		}
		var tasks []schedule.Task
		p.firm.change(func(tx *guard.Tx) (err error) { tasks, err = schedule.OwnTasks(tx); return err })
		if len(tasks) != 0 {
			t.Error("the system has tasks of its own")
		}
	})
}
