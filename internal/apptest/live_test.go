package apptest

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
)

// SY-12: what one side writes is told to the other's open page at once, and to nobody else's.
func TestAnOpenPageHearsOfWhatTheOtherSideWrites(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, birch := p.Twins()
		topic := "proposal:" + alder.A.Things.Proposal
		one, two := p.As(alder.A.One).Follow("alder", "", topic), p.As(alder.B.One).Follow("alder", "", topic)
		owner, stranger := p.As(alder.Staff[access.Owner]).Follow("alder", "", topic), p.As(birch.Staff[access.Owner]).Follow("birch", "", topic)
		began := time.Now()
		alder.A.remark(alder.A.Things.Proposal, "Can we start on Monday?", false)
		if !one.Hears(topic) || !owner.Hears(topic) {
			t.Error("an open page does not hear of a message")
		}
		t.Logf("written and told in %v", time.Since(began))
		if !two.Quiet() || !stranger.Quiet() {
			t.Error("another customer, or another firm, hears of it")
		}
		alder.A.remark(alder.A.Things.Proposal, "Watch the margin", true)
		if !owner.Hears(topic) {
			t.Error("the office does not hear of an internal note")
		}
		if !one.Quiet() {
			t.Error("the customer hears that there is an internal note")
		}
	})
}

// A page that was cut off is told what it has missed, and a page of a time that nobody remembers is told to ask for everything.
func TestAPageThatComesBackHearsWhatItHasMissed(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	topic := "proposal:" + alder.A.Things.Proposal
	one := p.As(alder.A.One)
	first := one.Follow("alder", "", topic)
	first.Close()
	alder.A.remark(alder.A.Things.Proposal, "Missed", false)
	again := one.Follow("alder", first.mark, topic)
	if len(again.Missed) != 1 || !strings.Contains(again.Missed[0], topic) {
		t.Errorf("what was missed is told as %v", again.Missed)
	}
	if fresh := one.Follow("alder", again.mark, topic); len(fresh.Missed) > 0 {
		t.Errorf("what was told already is told again: %v", fresh.Missed)
	}
	for _, mark := range []string{"another-7", "nonsense", "0-0"} {
		if came := one.Follow("alder", mark, topic); len(came.Missed) != 1 || came.Missed[0] != "*" {
			t.Errorf("with the mark %q a page is told %v", mark, came.Missed)
		}
	}
}

// A11: who was just removed hears nothing more, and their stream ends within a second.
func TestA11TheStreamsOfWhoWasRemovedEnd(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m, owner := alder.A, p.As(alder.Staff[access.Owner])
		topic := "proposal:" + m.Things.Proposal
		one, two := p.As(m.One).Follow("alder", "", topic), p.As(m.Two).Follow("alder", "", topic)
		began := time.Now()
		owner.Post(m.accessURL()+"/"+m.Things.Contact+"/end", url.Values{"reason": {"sold the house"}, "confirm": {"Confirm"}})
		select {
		case <-one.Ended:
			t.Logf("the stream ended %v after the click", time.Since(began))
		case <-time.After(patience):
			t.Fatal("the stream of a removed person goes on")
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("it took %v", took)
		}
		m.remark(m.Things.Proposal, "News after the end", false)
		if !two.Hears(topic) {
			t.Error("the other contact does not hear any more")
		}
		for news := range one.News {
			if news != "end" {
				t.Errorf("after the end they were told of %s", news)
			}
		}
		if after := p.As(m.Two).Follow("alder", "", topic); after.Status != http.StatusOK {
			t.Errorf("the other contact cannot follow any more: %d", after.Status)
		}
	})
}

// H08: no page of another site listens with somebody's cookies, and no key stands in the address.
func TestH08NoOtherSiteListens(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	one := p.As(alder.A.One)
	for name, header := range map[string]http.Header{
		"a foreign origin":          {"Origin": {"https://evil.example"}},
		"an origin that is nothing": {"Origin": {"null"}},
		"a cross-site fetch":        {"Sec-Fetch-Site": {"cross-site"}},
		"a sister site":             {"Sec-Fetch-Site": {"same-site"}},
	} {
		one.Header = header
		if stream := one.Follow("alder", ""); stream.Status != http.StatusUnauthorized {
			t.Errorf("%s: %d", name, stream.Status)
		}
	}
	one.Header = http.Header{"Origin": {BaseURL}, "Sec-Fetch-Site": {"same-origin"}}
	if stream := one.Follow("alder", ""); stream.Status != http.StatusOK {
		t.Errorf("the portal's own page: %d", stream.Status)
	}
	for _, path := range []string{"/alder/live", "/alder/live?token=" + strings.Repeat("a", 43)} {
		if answer := p.Browser().Get(path); answer.Status == http.StatusOK {
			t.Errorf("%s answers somebody without cookies", path)
		}
	}
}
