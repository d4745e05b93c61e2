package proposal

import (
	"testing"
	"time"

	"lintel/internal/platform/fault"
)

func TestEveryVerbInEveryState(t *testing.T) {
	// One row per verb, one column per state in the order of States; "" is refused.
	const refused = State("")
	table := map[Verb][8]State{
		//               draft    sent              changes requested approved  declined  expired  void     superseded
		Edit:           {Draft, refused, refused, refused, refused, refused, refused, refused},
		Send:           {Sent, refused, refused, refused, refused, refused, refused, refused},
		View:           {refused, Sent, ChangesRequested, Approved, Declined, Expired, Void, Superseded},
		RequestChanges: {refused, ChangesRequested, refused, refused, refused, refused, refused, refused},
		Approve:        {refused, Approved, refused, refused, refused, refused, refused, refused},
		Decline:        {refused, Declined, refused, refused, refused, refused, refused, refused},
		Expire:         {refused, Expired, refused, refused, refused, refused, refused, refused},
		Revise:         {refused, Superseded, ChangesRequested, Approved, Declined, Expired, refused, refused},
		Supersede:      {refused, Superseded, Superseded, Approved, Superseded, Superseded, refused, Superseded},
		Cancel:         {Void, Void, Void, refused, Void, Void, refused, refused},
	}
	if len(table) != len(Verbs()) {
		t.Fatal("the table does not have every verb")
	}
	for verb, row := range table {
		for i, state := range States() {
			got, err := state.After(verb)
			if row[i] == refused {
				if !fault.Is(err, fault.Conflict) || got != state || state.Allows(verb) || fault.As(err).Message == "This cannot be done now." {
					t.Errorf("%s in %s gives %s, %v; want a Conflict with its own sentence", verb, state, got, err)
				}
				continue
			}
			if err != nil || got != row[i] || !state.Allows(verb) {
				t.Errorf("%s in %s gives %s, %v; want %s", verb, state, got, err, row[i])
			}
		}
	}
	if _, err := State("").After(Send); !fault.Is(err, fault.Conflict) {
		t.Error("a state that is none must refuse everything")
	}
}

func TestOnlyASentVersionCanBeAnswered(t *testing.T) {
	for _, state := range States() {
		if state.IsOpen() != state.Allows(Approve) || state.Words() == "" {
			t.Errorf("%s: IsOpen %v, Allows(Approve) %v, Words %q", state, state.IsOpen(), state.Allows(Approve), state.Words())
		}
	}
}

func TestAProposalIsValidUntilTheEndOfItsLastDayWhereTheFirmIs(t *testing.T) {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	night := time.Date(2026, 12, 19, 3, 0, 0, 0, time.UTC) // 22:00 on the 18th in New York
	if IsPast("2026-12-18", night, newYork) {
		t.Error("the day is not over in New York")
	}
	if !IsPast("2026-12-18", night, time.UTC) || !IsPast("2026-12-18", night.Add(2*time.Hour), newYork) {
		t.Error("the day is over")
	}
	if IsPast("", night, time.UTC) {
		t.Error("without a last day a document stays valid")
	}
}
