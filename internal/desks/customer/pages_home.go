package customerdesk

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/document"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/notify"
	"lintel/internal/features/organisation"
	"lintel/internal/features/project"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// Pages are the customer's home and its lists.
type Pages struct {
	desk  *Desk
	frame *organisation.Frame
	// picture is the address of a file's preview.
	picture func(slug, file string) string
	needs   []NeedSource
	// Actions stand beside the greeting: "Initiate Project". May stay nil, and give nil.
	Actions func(r *route.Request) templ.Component
}

// NeedSource gives more of what waits for the customer, from a feature that the desk does not
// know: tasks to tick, invoices to pay.
type NeedSource func(r *route.Request) ([]ui.NeedProps, error)

// NewPages makes the pages.
func NewPages(desk *Desk, frame *organisation.Frame, picture func(slug, file string) string, needs ...NeedSource) *Pages {
	return &Pages{desk: desk, frame: frame, picture: picture, needs: needs}
}

// Routes adds the addresses of the home.
func (p *Pages) Routes(t *route.Table) {
	read := access.CustomerWith(access.ProposalsRead)
	t.Get("/{org}/home", access.CustomerWith(access.HomeRead), p.home)
	t.Get("/{org}/home/proposals", read, p.proposals)
	t.Get("/{org}/home/agreements", read, p.agreements)
}

type homeView struct {
	slug, name string
	home       Home
	more       []ui.NeedProps // what waits beside proposals
	documents  bool           // the person has proposals and agreements
	picture    func(slug, file string) string
	actions    templ.Component // or nil
}

func (v homeView) path(more string) string { return "/" + v.slug + "/home" + more }

func (v homeView) inbox() string { return notify.Path(v.slug, access.Customer) }

// waiting is how many things wait for the person.
func (v homeView) waiting() int { return len(v.home.Needs) + len(v.more) }

func (v homeView) empty() bool {
	return v.waiting() == 0 && v.home.Proposals == 0 && len(v.home.Projects) == 0 && len(v.home.Agreements) == 0 && len(v.home.Notices) == 0
}

func (p *Pages) home(r *route.Request) (web.Reply, error) {
	only, err := p.desk.OnlyProject(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	if only != "" {
		return web.Redirect(project.CustomerURL(r.Organisation.Slug, only)), nil
	}
	home, err := p.desk.Home(r.Context(), r.Actor, zone(r))
	if err != nil {
		return web.Reply{}, err
	}
	view := homeView{slug: r.Organisation.Slug, name: r.Actor.FirstName(), home: home, documents: r.Actor.May(access.ProposalsRead), picture: p.picture}
	if p.Actions != nil {
		view.actions = p.Actions(r)
	}
	for _, source := range p.needs {
		more, err := source(r)
		if err != nil {
			return web.Reply{}, err
		}
		view.more = append(view.more, more...)
	}
	return p.frame.Customer(r, organisation.PageInfo{Title: i18n.T(r.Context(), "Home"), Current: "home"}, homePage(view)), nil
}

func (p *Pages) proposals(r *route.Request) (web.Reply, error) {
	list, err := p.desk.Proposals(r.Context(), r.Actor, "", zone(r))
	if err != nil {
		return web.Reply{}, err
	}
	return p.frame.Customer(r, organisation.PageInfo{Title: i18n.T(r.Context(), "Proposals"), Current: "proposals"}, proposalsPage(r.Organisation.Slug, list)), nil
}

func (p *Pages) agreements(r *route.Request) (web.Reply, error) {
	list, err := p.desk.Agreements(r.Context(), r.Actor, "")
	if err != nil {
		return web.Reply{}, err
	}
	return p.frame.Customer(r, organisation.PageInfo{Title: i18n.T(r.Context(), "Signed Agreements"), Current: "agreements"}, agreementsPage(r.Organisation.Slug, list)), nil
}

// ProjectNeeds is what waits for the customer's signature in a project; a project.NeedSlot.
func (p *Pages) ProjectNeeds(r *route.Request, of project.Line) ([]ui.NeedProps, error) {
	if !r.Actor.May(access.ProposalsRead) {
		return nil, nil
	}
	list, err := p.desk.Proposals(r.Context(), r.Actor, of.ID, zone(r))
	return toSign(r.Context(), r.Organisation.Slug, waiting(list)), err
}

// ProjectProposals are the sent proposals of a project; a project.Slot.
func (p *Pages) ProjectProposals(r *route.Request, of project.Line) (templ.Component, error) {
	if !r.Actor.May(access.ProposalsRead) {
		return nil, nil
	}
	list, err := p.desk.Proposals(r.Context(), r.Actor, of.ID, zone(r))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return proposalsCard(r.Organisation.Slug, list), nil
}

// ProjectAgreements are the Signed Agreements of a project; a project.Slot.
func (p *Pages) ProjectAgreements(r *route.Request, of project.Line) (templ.Component, error) {
	if !r.Actor.May(access.ProposalsRead) {
		return nil, nil
	}
	list, err := p.desk.Agreements(r.Context(), r.Actor, of.ID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return agreementsCard(r.Organisation.Slug, list, ""), nil
}

func zone(r *route.Request) *time.Location {
	if r.Organisation.Zone == nil {
		return time.UTC
	}
	return r.Organisation.Zone
}

// greeting is "Good morning, Maria" by the reader's clock.
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

// summary says under the greeting how much waits.
func summary(ctx context.Context, v homeView) string {
	switch {
	case v.waiting() == 0:
		return i18n.T(ctx, "Nothing waits for you.")
	case len(v.more) == 0:
		return i18n.N(ctx, v.waiting(), "{n} document waits for your signature.", "{n} documents wait for your signature.")
	}
	return i18n.N(ctx, v.waiting(), "{n} thing needs you.", "{n} things need you.")
}

// deadline says by when a proposal must be signed; red when that is tomorrow or sooner.
func deadline(ctx context.Context, p Proposal) templ.Component {
	until, err := time.Parse(time.DateOnly, p.ValidUntil)
	if err != nil {
		return nil
	}
	reader := i18n.ReaderOf(ctx)
	today, _ := time.Parse(time.DateOnly, reader.Now.In(reader.Zone).Format(time.DateOnly))
	switch days := int(until.Sub(today).Hours() / 24); {
	case days == 0:
		return ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "By today"), Tone: ui.ToneBad})
	case days == 1:
		return ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "By tomorrow"), Tone: ui.ToneBad})
	case days <= 7:
		return ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "By {date}", "date", i18n.DayShort(ctx, p.ValidUntil)), Tone: ui.ToneWarn})
	}
	return ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "By {date}", "date", i18n.DayShort(ctx, p.ValidUntil))})
}

// until is the last valid day as the end of a line.
func until(ctx context.Context, p Proposal) string {
	if p.ValidUntil == "" {
		return ""
	}
	return " · " + i18n.T(ctx, "Valid until {date}", "date", i18n.Day(ctx, p.ValidUntil))
}

// stateBadge is where a proposal stands, in the customer's words.
func stateBadge(ctx context.Context, p Proposal) templ.Component {
	switch {
	case p.ForSigning():
		return ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "Waits for you"), Tone: ui.ToneWarn})
	case p.Past:
		return ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "Expired")})
	case p.Pending:
		return ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "New version on its way"), Tone: ui.ToneInfo})
	}
	switch p.State {
	case proposal.Approved:
		return ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "Signed"), Tone: ui.ToneOK})
	case proposal.Sent:
		return ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "To read"), Tone: ui.ToneInfo})
	case proposal.ChangesRequested:
		return ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "Changes requested"), Tone: ui.ToneInfo})
	}
	return ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, p.State.Words())})
}

func agreementLine(ctx context.Context, a Agreement) string {
	return i18n.DateShort(ctx, a.SignedAt) + " · " + i18n.Money(ctx, a.Total)
}

// signedRow is a line of Signed Agreements (JB-09). Until the PDF is sealed, moments after
// the signing, there is nothing to download.
func signedRow(ctx context.Context, slug string, a Agreement) ui.SignedRowProps {
	row := ui.SignedRowProps{Title: a.Title, Line: agreementLine(ctx, a), URL: document.CustomerPath(slug, a.Document)}
	if a.File != "" {
		row.DownloadURL, row.DownloadLabel = "/"+slug+"/files/"+a.File, i18n.T(ctx, "Download {title}", "title", a.Title)
	}
	return row
}

// listedRow is signedRow with everything that the whole list has room for.
func listedRow(ctx context.Context, slug string, a Agreement) ui.SignedRowProps {
	row := signedRow(ctx, slug, a)
	row.Line = i18n.T(ctx, "{number}, version {version}, signed by {name}", "number", a.Number, "version", a.Version, "name", a.Signer) + " · " + row.Line
	if a.File == "" {
		row.Line += " · " + i18n.T(ctx, "The sealed copy is being made.")
	}
	return row
}
