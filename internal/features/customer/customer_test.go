package customer

import (
	"testing"
	"time"

	"lintel/internal/features/identity"
	"lintel/internal/platform/fault"
)

func TestAContactsStateIsTheLatestThingThatIsKnown(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 11, n, 9, 0, 0, 0, time.UTC) }
	sent := identity.Link{MadeAt: day(2), EndsAt: day(30)}
	entered := identity.Link{MadeAt: day(2), EndsAt: day(30), EnteredAt: day(4), EnteredFor: 1}
	later := identity.Link{MadeAt: day(6), EndsAt: day(30)}
	cases := []struct {
		name     string
		contact  Contact
		lastSeen time.Time
		links    []identity.Link // the newest first
		want     PortalState
		when     time.Time
	}{
		{"nothing was sent", Contact{}, time.Time{}, nil, NotInvited, time.Time{}},
		{"a link was sent", Contact{Person: "m"}, time.Time{}, []identity.Link{sent}, Invited, day(2)},
		{"two links were sent", Contact{Person: "m"}, time.Time{}, []identity.Link{later, sent}, Invited, day(6)},
		{"the link was opened", Contact{Person: "m"}, time.Time{}, []identity.Link{entered}, Opened, day(4)},
		{"an older link was opened", Contact{Person: "m"}, time.Time{}, []identity.Link{later, entered}, Opened, day(4)},
		{"seen in the portal", Contact{Person: "m"}, day(8), []identity.Link{entered}, Active, day(8)},
		{"the mail came back", Contact{Person: "m", BouncedAt: day(3)}, time.Time{}, []identity.Link{sent}, CameBack, day(3)},
		{"an old bounce, seen since", Contact{Person: "m", BouncedAt: day(3)}, day(8), []identity.Link{entered}, Active, day(8)},
	}
	for _, c := range cases {
		if got := portalOf(c.contact, c.lastSeen, c.links); got.State != c.want || !got.When.Equal(c.when) {
			t.Errorf("%s: %q at %v, want %q at %v", c.name, got.State, got.When, c.want, c.when)
		}
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
