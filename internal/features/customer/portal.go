package customer

import (
	"fmt"
	"slices"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/platform/fault"
)

// Portal is how far a contact has come into the portal.
type Portal struct {
	State   PortalState
	When    time.Time // of the state; zero when it has none
	EndsAt  time.Time // of the newest link, for Invited and Opened
	Present bool      // the contact can see something, or will when they come
}

// PortalState is a word of the customer's page.
type PortalState string

// The states, in the order of a contact's way.
const (
	NotInvited PortalState = ""
	Invited    PortalState = "invited"
	Opened     PortalState = "opened" // went on from the mail, by any link
	Active     PortalState = "active" // has come in with an account, or was seen lately
	CameBack   PortalState = "bounced"
	Expired    PortalState = "expired" // the invitation ran out
	Revoked    PortalState = "revoked"
)

// portalOf puts a contact's state together from the mail that came back, the membership,
// the invitation and the links. A bounce that is newer than everything else wins.
func portalOf(k Contact, member bool, lastSeen time.Time, links []identity.Link, invitation identity.Invitation, now time.Time) Portal {
	p := Portal{Present: member}
	for i := len(links) - 1; i >= 0; i-- {
		p.State, p.When, p.EndsAt = Invited, links[i].MadeAt, links[i].EndsAt
	}
	if invitation.SentAt.After(p.When) {
		p.State, p.When, p.EndsAt = invitedState(invitation, now), invitation.SentAt, invitation.EndsAt
		if p.State == Opened {
			p.When = invitation.OpenedAt
		}
	}
	for _, l := range links {
		if l.EnteredAt.After(p.When) || p.State == Invited && !l.EnteredAt.IsZero() {
			p.State, p.When = Opened, l.EnteredAt
		}
	}
	if seen := latest(lastSeen, invitation.JoinedAt); !seen.IsZero() {
		p.State, p.When = Active, seen
	}
	if !member {
		p.State, p.When = endedState(p), latest(p.When, invitation.EndedAt)
	}
	if k.Bounced() && k.BouncedAt.After(p.When) {
		p.State, p.When = CameBack, k.BouncedAt
	}
	return p
}

func invitedState(i identity.Invitation, now time.Time) PortalState {
	switch {
	case !i.EndedAt.IsZero():
		return Revoked
	case !i.EndsAt.After(now):
		return Expired
	case !i.OpenedAt.IsZero():
		return Opened
	}
	return Invited
}

// endedState is the state of somebody who is no member any more.
func endedState(p Portal) PortalState {
	if p.State == NotInvited {
		return NotInvited
	}
	return Revoked
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Portals tells for each contact of a customer how far they have come, and which personal
// links still work, the newest first. The office's transactions only.
func Portals(tx *guard.Tx, customer string, contacts []Contact) (portals map[string]Portal, links []Link, err error) {
	portals = map[string]Portal{}
	invitations, err := identity.InvitationsOf(tx, customer)
	if err != nil {
		return nil, nil, fmt.Errorf("load invitations: %w", err)
	}
	for _, k := range contacts {
		if k.Person == "" {
			portals[k.ID] = portalOf(k, false, time.Time{}, nil, identity.Invitation{}, tx.Now())
			continue
		}
		own, err := identity.LinksOfPerson(tx, k.Person)
		if err != nil {
			return nil, nil, fmt.Errorf("load links: %w", err)
		}
		member, err := identity.MemberAs(tx, k.Person, access.Customer)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, nil, fmt.Errorf("load membership: %w", err)
		}
		portals[k.ID] = portalOf(k, err == nil, member.LastSeen, own, newest(invitations, k.Person), tx.Now())
		for _, l := range own {
			if l.Live(tx.Now()) {
				links = append(links, Link{Link: l})
			}
		}
	}
	slices.SortStableFunc(links, func(a, b Link) int { return b.MadeAt.Compare(a.MadeAt) })
	return portals, links, nameLinks(tx, links)
}

// newest is the person's newest invitation, or the zero one.
func newest(invitations []identity.Invitation, person access.PersonID) identity.Invitation {
	for _, i := range invitations {
		if i.Person == person {
			return i
		}
	}
	return identity.Invitation{}
}
