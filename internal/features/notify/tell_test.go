package notify

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/outbox"
)

const kitchen = "/hartwell-sons/office/projects/kitchen"

func (w *inboxes) save(person string, settings Settings) {
	w.Helper()
	if err := w.service.Save(w.Context(), w.actors[person], settings); err != nil {
		w.Fatal(err)
	}
}

func (w *inboxes) unread(person string) int {
	w.Helper()
	count, err := w.service.Unread(w.Context(), w.actors[person])
	if err != nil {
		w.Fatal(err)
	}
	return count
}

func subjects(w *inboxes, person string) (list []string) {
	for _, m := range w.mails(person) {
		list = append(list, m.Subject)
	}
	return list
}

func TestABurstAboutOneThingIsOneMailAndAnEventIsToldOnce(t *testing.T) {
	onBoth(t, func(w *inboxes) {
		letter := outbox.Letter{Thread: "project:kitchen", Quote: "It fits.", QuoteBy: "Maria"}
		for i, words := range []string{"Maria wrote on Kitchen", "Maria added a photo", "Maria wrote on Kitchen again"} {
			w.tellOf(Telling{Person: "jon", Event: fmt.Sprint("e", i), Activity: Messages, Title: words, URL: kitchen, Project: "kitchen", Letter: letter})
			w.pass(30 * time.Second)
		}
		w.tellOf(Telling{Person: "jon", Event: "e1", Activity: Mentions, Title: "Once more", URL: kitchen, Project: "kitchen"})
		w.tellOf(Telling{Person: "jon", Event: "e9", Activity: Messages, Title: "Maria wrote on Loft", URL: kitchen, Project: "loft"})
		if early := w.mails("jon"); len(early) != 0 {
			w.Fatalf("%d mails left before the burst was over", len(early))
		}
		w.pass(30 * time.Second)
		list := w.mails("jon")
		if len(list) != 1 || list[0].Subject != "3 new things in Kitchen" {
			w.Fatalf("one burst became %d mails: %v", len(list), list)
		}
		for _, words := range []string{"Maria wrote on Kitchen", "Maria added a photo", "Maria wrote on Kitchen again", "“It fits.”", "https://portal.example" + kitchen} {
			if !strings.Contains(list[0].Text, words) {
				w.Errorf("the mail misses %q:\n%s", words, list[0].Text)
			}
		}
		if strings.Contains(list[0].Text, "Loft") || strings.Contains(list[0].Text, "Once more") {
			w.Error("the mail tells of another project, or of one event twice")
		}
		w.pass(2 * time.Minute)
		if got := subjects(w, "jon"); !slices.Equal(got, []string{"Maria wrote on Loft"}) {
			w.Errorf("afterwards: %v", got)
		}
		if w.unread("jon") != 4 {
			w.Errorf("%d lines in the inbox, want 4", w.unread("jon"))
		}
		w.pass(time.Hour)
		if more := w.mails("jon"); len(more) != 0 {
			w.Errorf("%d mails more", len(more))
		}
	})
}

func TestWhoHasReadItMeanwhileGetsNoMail(t *testing.T) {
	onBoth(t, func(w *inboxes) {
		w.tell("jon", "e1", "One.", kitchen)
		w.tell("jon", "e2", "Two.", kitchen)
		if _, err := w.service.Open(w.Context(), w.actors["jon"], w.newest("jon").ID); err != nil {
			w.Fatal(err)
		}
		w.pass(3 * time.Minute)
		if list := w.mails("jon"); len(list) != 1 {
			w.Errorf("%d mails of the one that is unread, want 1", len(list))
		}
		w.tell("jon", "e3", "Three.", kitchen)
		if err := w.service.ReadAll(w.Context(), w.actors["jon"]); err != nil {
			w.Fatal(err)
		}
		w.pass(3 * time.Minute)
		if list := w.mails("jon"); len(list) != 0 {
			w.Errorf("%d mails of what was read, want none", len(list))
		}
	})
}

func TestAGermanReaderGetsGermanWordsAndHerOwnHours(t *testing.T) {
	onBoth(t, func(w *inboxes) {
		w.save("eve", Settings{QuietFrom: 22 * 60, QuietUntil: 7 * 60})
		w.clock.Advance(time.Date(2026, 11, 23, 21, 30, 0, 0, time.UTC).Sub(w.clock.Now())) // half past ten in the evening in Berlin
		w.tell("eve", "e1", "Maria hat geschrieben", kitchen)
		w.tell("jon", "e1", "Maria wrote", kitchen)
		w.pass(3 * time.Minute)
		if w.unread("eve") != 1 || len(w.mails("eve")) != 0 {
			w.Error("in her quiet hours Eve misses the notice, or gets mail")
		}
		if len(w.mails("jon")) != 1 {
			w.Error("Jon, who has no quiet hours, got no mail")
		}
		w.clock.Advance(time.Date(2026, 11, 24, 5, 59, 0, 0, time.UTC).Sub(w.clock.Now()))
		w.drain()
		if len(w.mails("eve")) != 0 {
			w.Error("a mail left before her quiet hours ended")
		}
		w.pass(time.Minute)
		list := w.mails("eve")
		if len(list) != 1 || !strings.Contains(list[0].Text, "Im Portal öffnen") || !strings.Contains(list[0].Text, "Sie erhalten") {
			w.Errorf("at seven in the morning in Berlin: %v", list)
		}
	})
}

func TestADigestHoldsWhatCanWaitAndNothingElse(t *testing.T) {
	onBoth(t, func(w *inboxes) {
		w.save("eve", Settings{Rhythm: Daily})
		w.save("jon", Settings{Rhythm: Weekly})
		for _, person := range []string{"eve", "jon"} {
			w.tellOf(Telling{Person: access.PersonID(person), Event: "e1", Activity: Files, Title: "Three photos of Kitchen", Project: "kitchen"},
				Telling{Person: access.PersonID(person), Event: "e2", Activity: Schedule, Title: "Loft begins on Monday", Project: "loft"},
				Telling{Person: access.PersonID(person), Event: "e3", Activity: Documents, Title: "Maria asks for changes", Project: "kitchen"})
		}
		w.pass(3 * time.Minute)
		for _, person := range []string{"eve", "jon"} {
			if got := subjects(w, person); !slices.Equal(got, []string{"Maria asks for changes"}) {
				w.Errorf("%s at once: %v", person, got)
			}
		}
		w.clock.Advance(time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC).Sub(w.clock.Now()))
		w.drain()
		list := w.mails("eve")
		if len(list) != 1 || !strings.Contains(list[0].Text, "Three photos of Kitchen") || !strings.Contains(list[0].Text, "Loft begins on Monday") || list[0].Subject != "2 Neuigkeiten von Hartwell & Sons" {
			w.Errorf("Eve's digest at seven in Berlin: %v", list)
		}
		if len(w.mails("jon")) != 0 {
			w.Error("Jon's week is not over")
		}
		w.clock.Advance(time.Date(2026, 11, 30, 7, 0, 0, 0, time.UTC).Sub(w.clock.Now()))
		w.drain()
		if list := w.mails("jon"); len(list) != 1 {
			w.Errorf("Jon's digest on Monday: %d mails", len(list))
		}
	})
}

func TestJT39EachChoosesForThemselvesAndTheDefaultsHoldOtherwise(t *testing.T) {
	onBoth(t, func(w *inboxes) {
		w.grant("maria", "", "*")
		own := Choices{Messages: {Portal}, Files: {Email}, Schedule: {}}
		w.save("jon", Settings{Own: true, Choices: own})
		for i, a := range []Activity{Messages, Files, Schedule, Projects} {
			event := fmt.Sprint("e", i)
			w.happen(event, "kitchen", "kitchen")
			w.tellOf(Telling{Person: "jon", Event: event, Activity: a, Title: string(a), Project: "kitchen" + event}, Telling{Person: "maria", Event: event, Activity: a, Title: string(a)})
		}
		w.pass(3 * time.Minute)
		if got := slices.Sorted(slices.Values(subjects(w, "jon"))); !slices.Equal(got, []string{"files", "projects"}) {
			w.Errorf("mailed to Jon: %v", got)
		}
		var lines []string
		list, err := w.service.Inbox(w.Context(), w.actors["jon"])
		if err != nil {
			w.Fatal(err)
		}
		for _, n := range list {
			lines = append(lines, n.Title)
		}
		if slices.Sort(lines); !slices.Equal(lines, []string{"messages", "projects"}) || w.unread("jon") != 2 {
			w.Errorf("in Jon's inbox: %v", lines)
		}
		if got := len(w.mails("maria")); got != 4 {
			w.Errorf("Maria, who chose nothing, got %d mails, want 4", got)
		}
		// The firm's defaults hold for customers who have not chosen; Jon's choice rests while "Use defaults" is on.
		if err := w.service.SaveDefaults(w.Context(), w.actors["jon"], map[access.Kind]Choices{access.Customer: {Files: {Portal}}, access.Staff: {Files: {}}}); err != nil {
			w.Fatal(err)
		}
		w.save("jon", Settings{})
		w.happen("e7", "kitchen", "kitchen")
		for _, person := range []string{"jon", "maria"} {
			w.tellOf(Telling{Person: access.PersonID(person), Event: "e7", Activity: Files, Title: "A photo"})
		}
		w.pass(3 * time.Minute)
		if len(w.mails("maria"))+len(w.mails("jon")) != 0 || w.unread("maria") != 5 || w.unread("jon") != 2 {
			w.Errorf("the defaults do not hold: Maria has %d unread, Jon %d", w.unread("maria"), w.unread("jon"))
		}
		w.save("jon", Settings{Own: true, Choices: own})
		p, err := w.service.Preferences(w.Context(), w.actors["jon"])
		if err != nil || !p.Choices.Wants(Files, Email) || p.Choices.Wants(Schedule, Email) {
			w.Errorf("Jon's own choices: %v, %v", p.Choices, err)
		}
		if err := w.service.SaveDefaults(w.Context(), w.actors["eve"], nil); err == nil {
			w.Error("a colleague without settings:write changed the defaults")
		}
	})
}

func TestAMutedProjectIsSilentForWhoMutedItOnly(t *testing.T) {
	onBoth(t, func(w *inboxes) {
		w.grant("maria", "kitchen", "*")
		w.grant("otto", "kitchen", "*")
		w.happen("e1", "kitchen", "kitchen")
		if err := w.service.Mute(w.Context(), w.actors["maria"], "kitchen", true); err != nil {
			w.Fatal(err)
		}
		if err := w.service.Mute(w.Context(), w.actors["maria"], "loft", true); err == nil {
			w.Error("Maria muted a project that she cannot see")
		}
		for _, person := range []string{"maria", "otto", "jon"} {
			w.tellOf(Telling{Person: access.PersonID(person), Event: "e1", Activity: Messages, Title: "Eve wrote", Project: "kitchen"})
		}
		w.pass(3 * time.Minute)
		if len(w.mails("maria")) != 0 || w.unread("maria") != 0 {
			w.Error("a muted project speaks")
		}
		if list, err := w.service.Inbox(w.Context(), w.actors["maria"]); err != nil || len(list) != 1 {
			w.Errorf("the inbox of who muted it has %d lines, %v; want 1", len(list), err)
		}
		if len(w.mails("otto")) != 1 || len(w.mails("jon")) != 1 {
			w.Error("others miss the news of a project that somebody muted")
		}
		if err := w.service.Mute(w.Context(), w.actors["maria"], "kitchen", false); err != nil {
			w.Fatal(err)
		}
		w.happen("e2", "kitchen", "kitchen")
		w.tellOf(Telling{Person: "maria", Event: "e2", Activity: Messages, Title: "Eve wrote", Project: "kitchen"})
		w.pass(3 * time.Minute)
		if len(w.mails("maria")) != 1 {
			w.Error("the project stays silent after it was unmuted")
		}
	})
}

func TestCP22WhatWasTakenAwayMeanwhileIsNotMailed(t *testing.T) {
	onBoth(t, func(w *inboxes) {
		w.grant("maria", "kitchen", "messages")
		w.happen("e1", "kitchen", "kitchen")
		w.tellOf(Telling{Person: "maria", Event: "e1", Activity: Messages, Title: "Eve wrote", Project: "kitchen"})
		w.exec(`update grants set revoked_at = 1 where person = 'maria'`)
		w.pass(3 * time.Minute)
		if list := w.mails("maria"); len(list) != 0 {
			w.Errorf("%d mails of what Maria may not read any more", len(list))
		}
		w.exec(`update memberships set state = 'removed' where person = 'jon'`)
		w.tell("jon", "e2", "For nobody", kitchen)
		w.pass(3 * time.Minute)
		if len(w.mails("jon")) != 0 {
			w.Error("who has left is mailed")
		}
	})
}

func TestS2AfterADayWithoutAMailServerEverythingIsSentOnce(t *testing.T) {
	onBoth(t, func(w *inboxes) {
		w.grant("otto", "", "*")
		w.post.set(errAway)
		for i := range 12 {
			event := fmt.Sprint("e", i)
			w.happen(event, "kitchen", "kitchen")
			w.tellOf(Telling{Person: "jon", Event: event, Activity: Messages, Title: fmt.Sprint("Number ", i), Project: "kitchen"},
				Telling{Person: "otto", Event: event, Activity: Files, Title: fmt.Sprint("Nummer ", i), Project: "kitchen"})
			w.pass(2 * time.Hour)
		}
		if len(w.post.taken) != 0 {
			w.Fatal("a server that was away took mail")
		}
		w.post.set(nil)
		for range 6 {
			w.pass(10 * time.Minute)
		}
		for person, words := range map[string]string{"jon": "Number ", "otto": "Nummer "} {
			var got, want []string
			got = subjects(w, person)
			for i := range 12 {
				want = append(want, fmt.Sprint(words, i))
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				w.Errorf("%s got %v", person, got)
			}
		}
		w.pass(48 * time.Hour)
		if len(w.post.taken) != 0 {
			w.Errorf("%d mails came a second time", len(w.post.taken))
		}
	})
}

func TestAnAddressThatGaveMailBackGetsNoneThatIsNotNeeded(t *testing.T) {
	onBoth(t, func(w *inboxes) {
		w.exec(`insert into suppressed_addresses (org, folded, why, since) values ('ORG', 'jon@example.com', 'complained', 0)`)
		w.tell("jon", "e1", "One.", kitchen)
		w.tell("eve", "e1", "Eins.", kitchen)
		w.pass(3 * time.Minute)
		if len(w.mails("jon")) != 0 || w.unread("jon") != 1 || len(w.mails("eve")) != 1 {
			w.Error("who complained is mailed, misses the notice, or others miss theirs")
		}
	})
}

func TestWhoIsToldOfAProject(t *testing.T) {
	onBoth(t, func(w *inboxes) {
		w.grant("maria", "kitchen", "files")
		w.grant("otto", "", "*")
		system := access.NewSystem(w.actors["jon"].Org(), "a test")
		ask := func(project string, module access.Module) (list []access.PersonID) {
			if err := w.store.View(w.Context(), system, access.SystemWork, func(tx *guard.Tx) (err error) {
				list, err = CustomersOf(tx, "c", project, module)
				return err
			}); err != nil {
				w.Fatal(err)
			}
			return list
		}
		for _, c := range []struct {
			project string
			module  access.Module
			want    []access.PersonID
		}{{"kitchen", access.Files, []access.PersonID{"maria", "otto"}}, {"kitchen", access.Messages, []access.PersonID{"otto"}}, {"loft", access.Files, []access.PersonID{"otto"}}} {
			if got := ask(c.project, c.module); !slices.Equal(got, c.want) {
				w.Errorf("%s of %s: %v, want %v", c.module, c.project, got, c.want)
			}
		}
		w.exec(`update organisations set modules = 'projects,messages'`)
		if got := ask("kitchen", access.Files); len(got) != 0 {
			w.Errorf("a module that is off reaches %v", got)
		}
		office := func(lead access.PersonID) (list []access.PersonID) {
			if err := w.store.View(w.Context(), system, access.SystemWork, func(tx *guard.Tx) (err error) {
				list, err = OfficeOf(tx, lead)
				return err
			}); err != nil {
				w.Fatal(err)
			}
			return list
		}
		if got := office("eve"); !slices.Equal(got, []access.PersonID{"eve"}) {
			w.Errorf("a project that Eve leads tells %v", got)
		}
		if got := office("gone"); !slices.Equal(got, []access.PersonID{"jon"}) {
			w.Errorf("a project whose lead has left tells %v", got)
		}
	})
}
