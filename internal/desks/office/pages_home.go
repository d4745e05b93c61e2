package officedesk

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/customer"
	"lintel/internal/features/document"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/message"
	"lintel/internal/features/notify"
	"lintel/internal/features/organisation"
	"lintel/internal/features/project"
	"lintel/internal/features/signing"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// Pages are the office's home and its parts of a project's page.
type Pages struct {
	desk  *Desk
	frame *organisation.Frame
}

// NewPages makes the pages.
func NewPages(desk *Desk, frame *organisation.Frame) *Pages { return &Pages{desk, frame} }

// Routes adds the address of the home.
func (p *Pages) Routes(t *route.Table) {
	t.Get("/{org}/office", access.OfficeWith(access.HomeRead), p.home)
}

type homeView struct {
	slug, name                     string
	home                           Home
	customers, projects, proposals bool // the person may write them
}

func (v homeView) path(more string) string { return "/" + v.slug + "/office" + more }

func (v homeView) inbox() string { return notify.Path(v.slug, access.Staff) }

// isNew reports that the firm has not come as far as a first proposal.
func (v homeView) isNew() bool { return !v.home.Steps.Proposal }

func (p *Pages) home(r *route.Request) (web.Reply, error) {
	home, err := p.desk.Home(r.Context(), r.Actor, zone(r))
	if err != nil {
		return web.Reply{}, err
	}
	view := homeView{slug: r.Organisation.Slug, name: r.Actor.FirstName(), home: home, customers: r.Actor.May(access.CustomersWrite),
		projects: r.Actor.May(access.ProjectsWrite), proposals: r.Actor.May(access.ProposalsWrite)}
	return p.frame.Office(r, organisation.PageInfo{Title: i18n.T(r.Context(), "Home"), Current: "home"}, homePage(view)), nil
}

// ProjectAgreements are the signed agreements of a project; a project.Slot.
func (p *Pages) ProjectAgreements(r *route.Request, of project.Line) (templ.Component, error) {
	if !r.Actor.May(access.ProposalsRead) {
		return nil, nil
	}
	list, err := p.desk.Agreements(r.Context(), r.Actor, of)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return agreementsCard(r.Organisation.Slug, list), nil
}

func zone(r *route.Request) *time.Location {
	if r.Organisation.Zone == nil {
		return time.UTC
	}
	return r.Organisation.Zone
}

// greeting is "Good morning, Jon" by the reader's clock.
func greeting(ctx context.Context, name string) string {
	reader := i18n.ReaderOf(ctx)
	switch hour := reader.Now.In(reader.Zone).Hour(); {
	case hour < 12:
		return i18n.T(ctx, "Good morning, {name}", "name", name)
	case hour < 18:
		return i18n.T(ctx, "Good afternoon, {name}", "name", name)
	}
	return i18n.T(ctx, "Good evening, {name}", "name", name)
}

// summary counts everything on the page that somebody waits for: needs, requests, and
// conversations in which a customer has written last.
func summary(ctx context.Context, v homeView) string {
	switch count := len(v.home.Needs) + len(v.home.More) + len(v.home.Requests) + len(v.home.Waiting); {
	case v.home.Fuller:
		return i18n.T(ctx, "{n} things need you, or more.", "n", count)
	case count > 0:
		return i18n.N(ctx, count, "{n} thing needs you.", "{n} things need you.")
	case v.isNew():
		return i18n.T(ctx, "Three steps to the first signature.")
	}
	return i18n.T(ctx, "Nothing needs you right now.")
}

// needCard is a need in words, with the way to where it is done.
func needCard(ctx context.Context, slug string, n Need, first bool) ui.NeedProps {
	card := ui.NeedProps{First: first, Title: n.Title}
	card.Action = ui.ButtonProps{Label: i18n.T(ctx, "Open proposal"), URL: document.OfficePath(slug, n.Document)}
	after := i18n.Relative(ctx, n.At)
	switch n.Kind {
	case ChangesRequested:
		card.Icon, card.Badge = "reply", ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "Changes requested"), Tone: ui.ToneWarn})
	case Bounced:
		card.Icon, card.Badge = "mail-x", ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "Came back"), Tone: ui.ToneBad})
		card.Title = i18n.T(ctx, "{name} cannot be reached", "name", n.Who)
		card.Text = i18n.T(ctx, "Mail to {email} came back.", "email", n.Email) + " " + n.Title
		card.Action = ui.ButtonProps{Label: i18n.T(ctx, "Correct the address"), URL: customer.URL(slug, n.Customer) + "/contacts/" + n.Contact}
		return card
	case Expiring:
		card.Icon, after, card.Badge = "clock", opened(ctx, n.ViewedAt), lastDay(ctx, n.ValidUntil)
	case Declined:
		card.Icon, card.Badge = "circle-x", ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "Declined"), Tone: ui.ToneBad})
	case Expired:
		card.Icon, after, card.Badge = "clock", i18n.DayShort(ctx, n.ValidUntil), ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "Expired"), Tone: ui.ToneWarn})
	case Approved:
		card.Icon, after, card.Badge = "file-check", i18n.T(ctx, "the project is still among the pending ones"), ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "Signed"), Tone: ui.ToneOK})
		card.Action = ui.ButtonProps{Label: i18n.T(ctx, "Open project"), URL: project.OfficeURL(slug, n.Project)}
	case Draft:
		card.Icon, after, card.Badge = "file-text", i18n.Relative(ctx, n.UpdatedAt), ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "Draft")})
		card.Action.Label = i18n.T(ctx, "Finish the draft")
		if card.Title == "" {
			card.Title = i18n.T(ctx, "Without a title")
		}
	}
	card.Text = n.Number + " · " + n.Who + " · " + after
	return card
}

func opened(ctx context.Context, at time.Time) string {
	if at.IsZero() {
		return i18n.T(ctx, "not opened yet")
	}
	return i18n.T(ctx, "opened {when}", "when", i18n.Relative(ctx, at))
}

// lastDay says when a proposal ends; red when that is tomorrow or sooner.
func lastDay(ctx context.Context, day string) templ.Component {
	until, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return nil
	}
	reader := i18n.ReaderOf(ctx)
	switch now := reader.Now.In(reader.Zone); day {
	case now.Format(time.DateOnly):
		return ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "Ends today"), Tone: ui.ToneBad})
	case now.AddDate(0, 0, 1).Format(time.DateOnly):
		return ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "Ends tomorrow"), Tone: ui.ToneBad})
	}
	return ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "Ends {date}", "date", i18n.DayShort(ctx, until.Format(time.DateOnly))), Tone: ui.ToneWarn})
}

func stateBadge(ctx context.Context, s proposal.State) templ.Component {
	tones := map[proposal.State]ui.Tone{proposal.Draft: ui.ToneWarn, proposal.ChangesRequested: ui.ToneWarn, proposal.Expired: ui.ToneWarn,
		proposal.Approved: ui.ToneOK, proposal.Declined: ui.ToneBad, proposal.Void: ui.ToneBad, proposal.Sent: ui.ToneInfo}
	return ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, s.Words()), Tone: tones[s]})
}

// waitingURL is the conversation that waits, on the page of what it is about.
func waitingURL(slug string, w message.Waiting) string {
	if w.Thread.Kind == "proposal" {
		return document.OfficePath(slug, w.Thread.ID) + "#message-" + w.Message
	}
	return project.OfficeURL(slug, w.Project) + "#message-" + w.Message
}

func signedRow(ctx context.Context, slug string, s signing.Signature) ui.SignedRowProps {
	row := ui.SignedRowProps{Title: s.Number + " " + s.Title, Line: s.Name + " · " + i18n.DateShort(ctx, s.SignedAt) + " · " + i18n.Money(ctx, s.Total), URL: document.OfficePath(slug, s.Document)}
	if s.Sealed() {
		row.DownloadURL, row.DownloadLabel = "/"+slug+"/files/"+s.SealedFile, i18n.T(ctx, "Download {title}", "title", s.Title)
	}
	return row
}
