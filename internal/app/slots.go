package app

import (
	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
	customerdesk "lintel/internal/desks/customer"
	officedesk "lintel/internal/desks/office"
	"lintel/internal/features/document"
	"lintel/internal/features/document/writing"
	"lintel/internal/features/feed"
	"lintel/internal/features/message"
	"lintel/internal/features/notify"
	"lintel/internal/features/oversight"
	"lintel/internal/features/portalaccess"
	"lintel/internal/features/project"
	"lintel/internal/platform/i18n"
)

// projectSlots are what other features show on the pages of a project.
func (a *App) projectSlots(activity *feed.Pages, home *customerdesk.Pages, office *officedesk.Pages, portal *portalaccess.Pages, readers *oversight.Pages, notices *notify.Pages) project.Slots {
	return project.Slots{
		OfficeTabs: []project.Tab{
			{Key: "proposals", Label: i18n.Mark("Proposals"), Content: a.officeProposals},
			{Key: "activity", Label: i18n.Mark("Activity"), Content: projectActivity(activity.Whole)},
		},
		OfficeCards: []project.Slot{projectActivity(activity.Dashboard)},
		OfficeSide:  []project.Slot{office.ProjectAgreements, portal.ProjectCard, readers.ProjectCard, projectActivity(notices.MuteCard)},

		CustomerNeeds: []project.NeedSlot{home.ProjectNeeds},
		CustomerCards: []project.Slot{projectActivity(activity.Dashboard), home.ProjectProposals},
		CustomerSide:  []project.Slot{home.ProjectAgreements, projectActivity(notices.MuteCard)},
	}
}

// projectActivity makes a slot of a part of the Activity Feed.
func projectActivity(part func(*route.Request, string) (templ.Component, error)) project.Slot {
	return func(r *route.Request, of project.Line) (templ.Component, error) { return part(r, of.ID) }
}

// officeProposals is a project's Proposals tab in the office.
func (a *App) officeProposals(r *route.Request, of project.Line) (templ.Component, error) {
	var list []document.Document
	err := a.Store.View(r.Context(), r.Actor, access.ProposalsRead, func(tx *guard.Tx) (err error) {
		list, err = document.OfProject(tx, of.ID)
		return err
	})
	return writing.ProposalCards(r.Organisation.Slug, of.ID, list, r.Actor.May(access.ProposalsWrite)), err
}

// conversation is the thread on a proposal, with its composer; nothing for those who may
// not read any.
func (a *App) conversation(r *route.Request, d document.Document) (templ.Component, error) {
	if !r.Actor.May(access.MessagesRead) {
		return nil, nil
	}
	props, err := a.Messages.Props(r, "proposal", d.ID)
	if err != nil {
		return nil, err
	}
	return message.Conversation(props), nil
}

// conversationIn is conversation in the transaction that reads the proposal.
func (a *App) conversationIn(tx *guard.Tx, r *route.Request, t message.Thread) (templ.Component, error) {
	if !r.Actor.May(access.MessagesRead) {
		return nil, nil
	}
	props, err := a.Messages.PropsIn(tx, r, t)
	if err != nil {
		return nil, err
	}
	return message.Conversation(props), nil
}
