package app

import (
	"context"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
	"lintel/internal/features/identity"
	"lintel/internal/features/message"
	"lintel/internal/features/project"
	"lintel/internal/features/request"
	"lintel/internal/platform/fault"
)

// buildRequests makes what customers ask for a part of the program.
func (a *App) buildRequests() {
	a.Requests = request.New(a.Store, a.Files, a.Inbox, request.Means{BaseURL: a.Config.BaseURL, Note: func(tx *guard.Tx, of, text string) error { return a.Messages.PostIn(tx, "project", of, text) }})
	a.Messages.Register("request", request.Conversation)
}

// followRequests lets the office hear of requests that come in.
func (a *App) followRequests() {
	a.Watch.Allow("requests", func(tx *guard.Tx, _ string) error {
		if tx.Actor().Kind() != access.Staff {
			return fault.New(fault.NotFound, "There is nothing to hear here.")
		}
		return tx.Require(access.ProjectsRead)
	})
}

// requestPages are the pages of requests, with the conversation on each.
func (a *App) requestPages() *request.Pages {
	return request.NewPages(a.Requests, a.frame, a.requestConversation)
}

func (a *App) requestSubscribers() []event.Subscriber {
	return append(a.Requests.Subscribers(), a.Projects.StageNews(a.Inbox))
}

// requestConversation is the card with the messages on a request; nothing for those who may not read any.
func (a *App) requestConversation(r *route.Request, of string) (templ.Component, error) {
	if !r.Actor.May(access.MessagesRead) {
		return nil, nil
	}
	props, err := a.Messages.Props(r, "request", of)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return message.Conversation(props), err
}

// withRequests adds to the pages of a project the requests that led to it, and the button to ask for more.
func (a *App) withRequests(slots project.Slots, pages *request.Pages) project.Slots {
	slots.OfficeSide = append(slots.OfficeSide, pages.OfficeCard)
	slots.CustomerSide = append(slots.CustomerSide, pages.CustomerCard, a.askForMore)
	slots.CustomerActions = initiate
	return slots
}

// initiate is the button that customers ask for work with, for those who may.
func initiate(r *route.Request) templ.Component {
	if !request.MayAsk(r) {
		return nil
	}
	return request.Initiate(r.Organisation.Slug)
}

// askForMore is the same on the page of the only project of somebody, who has no menu (JT-10).
func (a *App) askForMore(r *route.Request, _ project.Line) (templ.Component, error) {
	if !request.MayAsk(r) {
		return nil, nil
	}
	if seen, err := a.Projects.CountSeen(r.Context(), r.Actor); err != nil || !needsNoMenu(r.Actor, seen) {
		return nil, nil // the menu has it
	}
	return request.AskCard(r.Organisation.Slug), nil
}

// describeProject says what a link to a project opens, or to a request, which is a place of its own as a project is.
func (a *App) describeProject(ctx context.Context, firm access.Organisation, person access.PersonID, item string) (identity.LandingItem, error) {
	found, err := a.PortalAccess.Landing(ctx, firm, person, item)
	if fault.Is(err, fault.NotFound) {
		return a.Requests.Landing(ctx, firm, person, item)
	}
	return found, err
}
