package apptest

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/features/search"
	"lintel/internal/platform/db"
)

// finds is what somebody finds, as "kind id", of all kinds and as far as a page goes.
func (p *Portal) finds(actor access.Actor, text string) (list []string) {
	p.t.Helper()
	found, err := p.App.Search.Find(context.Background(), actor, text)
	p.must(err)
	for _, g := range found.Groups {
		page, err := p.App.Search.FindKind(context.Background(), actor, text, g.Kind, search.Cursor{})
		p.must(err)
		for _, r := range page.Groups[0].Results {
			list = append(list, g.Kind+" "+r.ID)
		}
	}
	return list
}

func (m *Family) one() access.Actor {
	return m.firm.portal.As(m.One).Actor(m.firm.Slug, "/"+m.firm.Slug+"/home")
}

func TestEverybodyFindsTheirOwnThings(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		things := alder.A.Things
		own := []string{"project " + things.Project, "proposal " + things.Proposal, "proposal " + things.Approved, "message " + things.Message, "file " + things.File, "request " + things.Request, "dailylog " + things.Log}
		found := p.finds(alder.A.one(), alder.A.Canary)
		for _, want := range append([]string{"plan " + things.Task}, own...) {
			if !slices.Contains(found, want) {
				t.Errorf("a customer does not find %s among %v", want, found)
			}
		}
		for _, not := range []string{"proposal " + things.Draft, "file " + things.OfficeFile} {
			if slices.Contains(found, not) {
				t.Errorf("a customer finds %s", not)
			}
		}
		found = p.finds(alder.Owner, alder.A.Canary)
		for _, want := range append(own, "proposal "+things.Draft, "customer "+things.Customer, "contact "+things.Contact, "property "+things.Property, "contractor "+things.Contractor, "task "+things.Task) {
			if !slices.Contains(found, want) {
				t.Errorf("the office does not find %s among %v", want, found)
			}
		}
		if found := p.finds(alder.Owner, alder.Office); len(found) < 3 {
			t.Errorf("of its own notes and files the office finds %v", found)
		}
	})
}

// A08: in the whole program, no word leads anybody to what is not theirs, on the page, below the field, in a count.
func TestA08TheSearchShowsNothingOfOthers(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, birch := p.Twins()
		for _, c := range []struct {
			who   string
			face  string
			as    *Client
			words []string
		}{
			{"a customer", "/alder/home", p.As(alder.A.One), []string{alder.B.Canary, alder.Office, birch.A.Canary, birch.Canary, "7131719", "71317", "margin", "between us"}},
			{"the office of another firm", "/birch/office", p.As(birch.Staff[access.Owner]), []string{alder.A.Canary, alder.Office, alder.Canary}},
			{"the office", "/alder/office", p.As(alder.Staff[access.Owner]), []string{"7131719", "71317.19"}}, // costs stand in no index
		} {
			for _, word := range c.words {
				for _, path := range []string{"/search?q=", "/search/suggestions?q=", "/search?in=message&q=", "/search?in=file&q="} {
					answer := c.as.Get(c.face + path + url.QueryEscape(word))
					if answer.Status != http.StatusOK || strings.Contains(answer.Body, `class="rows"`) || strings.Contains(answer.Body, `role="listbox"`) || strings.Contains(answer.Body, "<mark>") {
						t.Errorf("%s finds something by %s%q: %d", c.who, path, word, answer.Status)
					}
				}
			}
		}
		for path, mark := range map[string]string{"/search?q=": `class="rows"`, "/search/suggestions?q=": `role="listbox"`} { // what the marks above would look like
			if answer := p.As(alder.A.One).Get("/alder/home" + path + alder.A.Canary); !strings.Contains(answer.Body, mark) || !strings.Contains(answer.Body, "<mark>") {
				t.Errorf("%s of one's own shows no %s", path, mark)
			}
		}
		if answer := p.As(alder.A.One).Get("/alder/home/search?in=customer&q=" + alder.A.Canary); answer.Status != http.StatusNotFound {
			t.Errorf("a customer asks for a kind of the office: %d", answer.Status)
		}
		for path, person := range map[string]*Client{"/alder/office/search?q=a": p.As(alder.A.One), "/alder/home/search?q=a": p.As(birch.A.One), "/birch/home/search?q=a": p.As(alder.A.One), "/alder/home/search?q=x": p.Browser()} {
			if answer := person.Get(path); answer.Status == http.StatusOK {
				t.Errorf("%s answers somebody who has no business there", path)
			}
		}
	})
}

// What changes is found, or not found any more, at once; and before the index has followed nobody is shown what is gone.
func TestTheSearchFollowsWhatHappens(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m, ctx := alder.A, context.Background()
		things, one := m.Things, m.one()
		steps := []struct {
			what string
			do   func() error
			gone string
		}{
			{"a message is taken back", func() error { return p.App.Messages.Remove(ctx, one, things.Message) }, "message " + things.Message},
			{"a file is taken back from the customer", func() error { return p.App.Filing.Withdraw(ctx, alder.Owner, things.File) }, "file " + things.File},
			{"a project is archived", func() error { return p.App.Projects.Archive(ctx, alder.Owner, things.Project, true) }, "project " + things.Project},
		}
		for _, s := range steps {
			if !slices.Contains(p.finds(one, m.Canary), s.gone) {
				t.Fatalf("before %s, it is not found", s.what)
			}
			p.must(s.do())
			if slices.Contains(p.finds(one, m.Canary), s.gone) {
				t.Errorf("when %s, it is still found until the index has followed", s.what)
			}
			p.RunJobs()
			if slices.Contains(p.finds(one, m.Canary), s.gone) {
				t.Errorf("when %s, it is still found", s.what)
			}
		}
		p.must(p.App.Projects.Archive(ctx, alder.Owner, things.Project, false))
		p.RunJobs()
		if !slices.Contains(p.finds(one, m.Canary), "project "+things.Project) {
			t.Error("a project that came back is not found")
		}
	})
}

// Who holds a link to one document finds that document.
func TestALinkToOneItemFindsThatItemOnly(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m := alder.A
		actor := access.NewActor(access.Identity{Org: alder.Org, Person: m.one().Person(), Kind: access.Customer, Modules: access.EveryModule, Proof: access.HoldsLink, Item: m.Things.Proposal})
		for _, found := range p.finds(actor, m.Canary) {
			if found != "proposal "+m.Things.Proposal && !strings.HasPrefix(found, "message ") && !strings.HasPrefix(found, "file ") {
				t.Errorf("finds %s", found)
			}
		}
		if found := p.finds(actor, m.Canary); !slices.Contains(found, "proposal "+m.Things.Proposal) {
			t.Errorf("does not find the item among %v", found)
		}
	})
}

// An installation that had no search before finds everything after its first start.
func TestWhatWasThereBeforeTheSearchIsFoundAfterItsFirstRound(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		before := p.finds(alder.Owner, alder.A.Canary)
		p.must(p.App.Database.Write(context.Background(), "*", func(tx *db.Tx) error {
			return tx.Script("delete from search_words; delete from search_entries; delete from search_rounds; delete from timetable")
		}))
		if found := p.finds(alder.Owner, alder.A.Canary); len(found) > 0 {
			t.Fatalf("the index is empty and finds %v", found)
		}
		p.Clock.Advance(time.Second)
		p.RunJobs()
		after := p.finds(alder.Owner, alder.A.Canary)
		slices.Sort(before)
		slices.Sort(after)
		if len(before) < 10 || !slices.Equal(before, after) {
			t.Errorf("before %v, after %v", before, after)
		}
	})
}
