package customer

import (
	"slices"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/features/identity"
	"lintel/internal/platform/fault"
)

func TestAContactsStateIsTheLatestThingThatIsKnown(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 11, n, 9, 0, 0, 0, time.UTC) }
	sent := identity.Link{MadeAt: day(2), EndsAt: day(30)}
	entered := identity.Link{MadeAt: day(2), EndsAt: day(30), EnteredAt: day(4), EnteredFor: 1}
	later := identity.Link{MadeAt: day(6), EndsAt: day(30)}
	none, invited := identity.Invitation{}, identity.Invitation{SentAt: day(7), EndsAt: day(21)}
	opened, expired, revoked, joined := invited, identity.Invitation{SentAt: day(1), EndsAt: day(9)}, invited, invited
	opened.OpenedAt, revoked.EndedAt, joined.JoinedAt = day(9), day(9), day(9)
	cases := []struct {
		name     string
		contact  Contact
		lastSeen time.Time
		links    []identity.Link // the newest first
		invited  identity.Invitation
		want     PortalState
		when     time.Time
	}{
		{"nothing was sent", Contact{}, time.Time{}, nil, none, NotInvited, time.Time{}},
		{"a link was sent", Contact{Person: "m"}, time.Time{}, []identity.Link{sent}, none, Invited, day(2)},
		{"two links were sent", Contact{Person: "m"}, time.Time{}, []identity.Link{later, sent}, none, Invited, day(6)},
		{"the link was opened", Contact{Person: "m"}, time.Time{}, []identity.Link{entered}, none, Opened, day(4)},
		{"an older link was opened", Contact{Person: "m"}, time.Time{}, []identity.Link{later, entered}, none, Opened, day(4)},
		{"seen in the portal", Contact{Person: "m"}, day(8), []identity.Link{entered}, none, Active, day(8)},
		{"the mail came back", Contact{Person: "m", BouncedAt: day(3)}, time.Time{}, []identity.Link{sent}, none, CameBack, day(3)},
		{"an invitation was sent", Contact{Person: "m"}, time.Time{}, nil, invited, Invited, day(7)},
		{"an invitation was opened", Contact{Person: "m"}, time.Time{}, nil, opened, Opened, day(9)},
		{"an invitation ran out", Contact{Person: "m"}, time.Time{}, nil, expired, Expired, day(1)},
		{"an invitation was revoked", Contact{Person: "m"}, time.Time{}, nil, revoked, Revoked, day(7)},
		{"an invitation was accepted a moment ago", Contact{Person: "m"}, time.Time{}, nil, joined, Active, day(9)},
		{"an old bounce, seen since", Contact{Person: "m", BouncedAt: day(3)}, day(8), []identity.Link{entered}, none, Active, day(8)},
	}
	for _, c := range cases {
		if got := portalOf(c.contact, true, c.lastSeen, c.links, c.invited, day(10)); got.State != c.want || !got.When.Equal(c.when) {
			t.Errorf("%s: %q at %v, want %q at %v", c.name, got.State, got.When, c.want, c.when)
		}
	}
}

func TestWhoIsNoMemberAnyMoreHasNoAccess(t *testing.T) {
	seen := time.Date(2026, 11, 8, 9, 0, 0, 0, time.UTC)
	if got := portalOf(Contact{Person: "m"}, false, seen, nil, identity.Invitation{}, seen); got.State != Revoked || got.Present {
		t.Errorf("somebody whose access ended is %q, present %v", got.State, got.Present)
	}
}

func TestContactsAndCustomersNeedANameAndAFullAddress(t *testing.T) {
	for email, good := range map[string]bool{"": true, "maria@ruiz.example": true, "maria@ruiz": false, "maria@": false, "Maria <maria@ruiz.example>": false,
		"a@b.example, c@d.example": false, "maria@ruiz.example\r\nBcc: x@y.example": false} {
		err := ContactDetails{Name: "Maria", Email: email}.check()
		if (err == nil) != good {
			t.Errorf("%q answers %v", email, err)
		}
	}
	if f := fault.As(Details{}.check()); f == nil || f.Fields[0].Name != "name" {
		t.Errorf("a customer without a name answers %v", f)
	}
	if f := fault.As(ContactDetails{}.check()); f == nil || f.Fields[0].Name != "contact_name" {
		t.Errorf("a contact without a name answers %v", f)
	}
}

func TestLinksOfOnePersonToOneThingStandTogetherUnderTheNewest(t *testing.T) {
	link := func(id, person, item string) Link {
		return Link{Link: identity.Link{ID: id, Person: access.PersonID(person), Purpose: identity.ForDocument, ItemKind: "proposal", Item: item}, Number: "P-1", Title: "Kitchen"}
	}
	list := bundles([]Link{link("5", "maria", "p"), link("4", "tomas", "p"), link("3", "maria", "p"), link("2", "maria", "q"), link("1", "maria", "p")})
	var got []string
	for _, b := range list {
		ids := b.newest.ID
		for _, l := range b.older {
			ids += " " + l.ID
		}
		got = append(got, ids)
	}
	if want := []string{"5 3 1", "4", "2"}; !slices.Equal(got, want) {
		t.Errorf("the rows are %q, want %q", got, want)
	}
	if title := linkTitle(t.Context(), list[0].newest); title != "Proposal P-1, Kitchen" {
		t.Errorf("the first is called %q", title)
	}
}
