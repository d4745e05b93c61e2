package record

import (
	"context"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/platform/i18n"
)

// PersonInvited says that somebody was sent an invitation to the portal.
type PersonInvited struct {
	Person   access.PersonID
	Name     string
	Customer string
	Modules  string // access.ModuleSet as text
	Again    bool
	Ends     time.Time
}

// InvitationOpened says that the invited person went on from the invitation's first page.
type InvitationOpened struct {
	Person access.PersonID
	Name   string
}

// InvitationAccepted says that the invited person is in.
type InvitationAccepted struct {
	Person access.PersonID
	Name   string
}

// InvitationRevoked says that an invitation was ended before it was accepted.
type InvitationRevoked struct {
	Person   access.PersonID
	Name     string
	Customer string
	Reason   string
}

// About names the event and its subject.
func (e PersonInvited) About() (string, event.Subject) {
	return "person.invited", event.Subject{Kind: "person", ID: string(e.Person), Customer: e.Customer}
}

// About names the event and its subject.
func (e InvitationOpened) About() (string, event.Subject) {
	return "person.invitation_opened", aboutPerson(e.Person)
}

// About names the event and its subject.
func (e InvitationAccepted) About() (string, event.Subject) {
	return "person.invitation_accepted", aboutPerson(e.Person)
}

// About names the event and its subject.
func (e InvitationRevoked) About() (string, event.Subject) {
	return "person.invitation_revoked", event.Subject{Kind: "person", ID: string(e.Person), Customer: e.Customer}
}

// inviteEvents declares what invitations record.
func inviteEvents() []event.Kind {
	return []event.Kind{
		{Name: "person.invited", Visibility: event.OfficeOnly, Icon: "send", Notice: "the person, by the invitation", Sentence: invitedSentence},
		{Name: "person.invitation_opened", Visibility: event.OfficeOnly, Icon: "mail-open", Notice: "nobody by mail, because the office sees it on the customer",
			Sentence: func(ctx context.Context, r event.Recorded) string {
				return i18n.T(ctx, "{person} opened the invitation.", "person", named(r))
			}},
		{Name: "person.invitation_accepted", Visibility: event.OfficeOnly, Icon: "user-check", Notice: "nobody by mail, because the office sees it on the customer",
			Sentence: func(ctx context.Context, r event.Recorded) string {
				return i18n.T(ctx, "{person} accepted the invitation and is in the portal.", "person", named(r))
			}},
		{Name: "person.invitation_revoked", Visibility: event.OfficeOnly, Icon: "unlink", Notice: "nobody, because whoever revokes it has a reason to do it quietly",
			Sentence: func(ctx context.Context, r event.Recorded) string {
				return i18n.T(ctx, "{name} revoked the invitation of {person}.", "name", r.ActorName, "person", named(r))
			}},
	}
}

func invitedSentence(ctx context.Context, r event.Recorded) string {
	var e PersonInvited
	if r.Read(&e) == nil && e.Again {
		return i18n.T(ctx, "{name} sent {person} the invitation again.", "name", r.ActorName, "person", e.Name)
	}
	return i18n.T(ctx, "{name} invited {person} to the portal.", "name", r.ActorName, "person", named(r))
}
