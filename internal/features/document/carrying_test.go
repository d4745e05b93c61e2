package document_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"lintel/internal/features/document/proposal"
	"lintel/internal/features/signing"
)

// chooses posts the form as Maria's page shows it, with the quartz, a lamp and 50 m² of plaster.
func (s *signRoom) chooses() {
	s.Helper()
	form := s.form(s.get("maria", s.home("")), "choices")
	form["option.g5"], form["option.g6"] = []string{"e3"}, []string{"f2"}
	form.Set("quantity.a3", "50")
	s.follow(s.home("/choices"), form)
}

func (s *signRoom) ticked(page string) (options []string, quantity string) {
	s.Helper()
	form := s.form(page, "choices")
	return slices.Concat(form["option.g5"], form["option.g6"]), form.Get("quantity.a3")
}

func TestChoicesStandInTheNextVersion(t *testing.T) {
	inChoosersRoom(t, func(s *signRoom) {
		s.chooses()
		s.next(func(c *proposal.Content) { c.Groups[0].Lines[0].UnitPrice += 10_000 })
		page := s.get("maria", s.home(""))
		if options, quantity := s.ticked(page); !slices.Equal(options, []string{"e3", "f2"}) || quantity != "50" {
			t.Errorf("chosen are %v and %s", options, quantity)
		}
		if !strings.Contains(page, "Your choices from version 2 are kept.") {
			t.Error("the page does not say that they are kept")
		}
		if older := s.get("maria", s.home("?version=2")); strings.Contains(older, "are kept.") {
			t.Error("the older version speaks of the newest")
		}
		s.actors["tom"] = s.tom
		if strings.Contains(s.get("tom", s.home("")), "are kept.") {
			t.Error("Tom, who has a copy, is told of Maria's choices")
		}

		// Reading the terms is no choice; choosing is one.
		s.post("maria", s.home("/terms"), url.Values{"term.t1": {"1"}})
		page = s.get("maria", s.home(""))
		if options, quantity := s.ticked(page); !slices.Equal(options, []string{"e3", "f2"}) || quantity != "50" || !strings.Contains(page, "are kept.") || !slices.Equal(s.chosen().Terms, []string{"t1"}) {
			t.Errorf("after a term was opened chosen are %v and %s, opened %v", options, quantity, s.chosen().Terms)
		}
		form := s.form(page, "choices")
		form["option.g5"] = []string{"e1"}
		s.follow(s.home("/choices"), form)
		page = s.get("maria", s.home(""))
		if options, _ := s.ticked(page); !slices.Equal(options, []string{"e1", "f2"}) || strings.Contains(page, "are kept.") {
			t.Errorf("after a choice chosen are %v", options)
		}
	})
}

func TestAChoiceThatCannotStandIsSaidPlainly(t *testing.T) {
	inChoosersRoom(t, func(s *signRoom) {
		s.chooses()
		s.next(func(c *proposal.Content) {
			c.Groups[0].Lines[2].UnitPrice = 5_000
			c.Groups[4].Lines = c.Groups[4].Lines[:2]
			c.Groups[5].Lines[1].UnitPrice = 50_000
		})
		page := s.get("maria", s.home(""))
		for _, want := range []string{"Something that you chose has changed", "“Plaster and make good” now costs €50.00 per m². Please choose again.",
			"Your choice “Quartz, Calacatta” is no longer offered.", "“Lamp f2” now costs €500.00. Please choose again."} {
			if !strings.Contains(page, want) {
				t.Errorf("the page does not say %q", want)
			}
		}
		if options, quantity := s.ticked(page); len(options) != 0 || quantity != "46" || !strings.Contains(page, "Choose in “Worktop”") {
			t.Errorf("chosen are %v and %s", options, quantity)
		}
		if !strings.Contains(s.get("maria", s.home("")), "Something that you chose has changed") {
			t.Error("loaded again, the page does not say it any more")
		}
		form := s.form(page, "choices")
		form["option.g5"] = []string{"e1"}
		s.follow(s.home("/choices"), form)
		if strings.Contains(s.get("maria", s.home("")), "Something that you chose has changed") {
			t.Error("after a choice the page still says it")
		}
	})
}

// Two versions later the choices of the version in which one chose last stand, not those of an older one.
func TestChoicesStandOverSeveralVersions(t *testing.T) {
	inChoosersRoom(t, func(s *signRoom) {
		s.chooses()
		s.next(func(c *proposal.Content) { c.Groups[0].Lines[0].UnitPrice += 10_000 })
		s.post("maria", s.home("/terms"), url.Values{"term.t1": {"1"}})
		s.next(func(c *proposal.Content) { c.Groups[0].Lines[0].UnitPrice += 10_000 })
		if options, quantity := s.ticked(s.get("maria", s.home(""))); !slices.Equal(options, []string{"e3", "f2"}) || quantity != "50" {
			t.Errorf("chosen are %v and %s", options, quantity)
		}
	})
}

// What is carried over is signed as it is shown, and not with what another version offers.
func TestWhatWasCarriedOverIsSignedAsItIsShown(t *testing.T) {
	inChoosersRoom(t, func(s *signRoom) {
		s.chooses()
		s.next(func(c *proposal.Content) { c.Groups[5].Lines[1].UnitPrice = 50_000 })
		s.post("maria", s.home("/terms"), url.Values{"term.t1": {"1"}, "term.t2": {"1"}})
		shown, err := s.service.Read(s.Context(), s.maria, s.document, 0)
		s.must(err)
		if shown.Carried == nil || shown.Carried.From != 2 {
			t.Fatalf("carried over is %+v", shown.Carried)
		}
		form := s.form(s.get("maria", s.home("/sign")), "sign-form")
		form.Set("signature_kind", "type")
		form.Set("signature_name", "Maria Ruiz")
		form.Set("consent", "1")
		form.Set("consent_version", signing.CurrentConsent("en").Version)

		greedy := url.Values{}
		for name, values := range form {
			greedy[name] = values
		}
		greedy.Set("choices", `{"selected":{"e2":false,"e3":true,"f2":true},"quantities":{"a3":"50"}}`) // the lamp at its old price
		if answer := s.post("maria", s.home("/approve"), greedy); answer.Code != http.StatusSeeOther || answer.Header().Get("Location") == s.home("/signed") {
			t.Fatalf("other choices than were shown: %d to %s", answer.Code, answer.Header().Get("Location"))
		}
		s.unsigned()
		if answer := s.post("maria", s.home("/approve"), form); answer.Header().Get("Location") != s.home("/signed") {
			t.Fatalf("%d to %s", answer.Code, answer.Header().Get("Location"))
		}
		w, err := s.service.Workshop(s.Context(), s.actors["jon"], s.document, 3)
		s.must(err)
		signed := w.Signatures[0]
		agreement := proposal.Agreement{DocumentID: s.document, Version: 3, Content: shown.Version.Content, Choices: shown.Progress.Choices, Total: shown.Totals.Total}
		if signed.ContentSHA256 != proposal.SHA256(agreement.Bytes()) || signed.Total != shown.Totals.Total {
			t.Errorf("signed is %s, %s; shown was %s", signed.ContentSHA256, signed.Total, shown.Totals.Total)
		}
		after, err := s.service.Read(s.Context(), s.maria, s.document, 0)
		s.must(err)
		if after.Carried != nil || !after.Progress.Choices.Selected["e3"] || after.Progress.Choices.Selected["f2"] {
			t.Errorf("after signing chosen are %+v, carried %+v", after.Progress.Choices, after.Carried)
		}
	})
}

// Nobody's choices but one's own are carried over.
func TestTheChoicesOfSomebodyElseAreNotCarriedOver(t *testing.T) {
	inChoosersRoom(t, func(s *signRoom) {
		s.chooses()
		s.must(s.service.Revise(s.Context(), s.actors["jon"], s.document))
		s.must(s.service.SetRecipient(s.Context(), s.actors["jon"], s.document, s.office.tom, true))
		s.must(s.service.Send(s.Context(), s.actors["jon"], s.document, s.desk().Version.Revision, ""))
		r, err := s.service.Read(s.Context(), s.tom, s.document, 0)
		s.must(err)
		if r.Carried != nil || r.Progress.Choices.Says() {
			t.Errorf("Tom is shown %+v", r.Progress)
		}
	})
}
