package portalaccess

import (
	"net/http"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// Pages are the pages of portal access, on all faces.
type Pages struct {
	service *Service
	people  *identity.Service
	frame   *organisation.Frame
}

// NewPages makes the pages.
func NewPages(service *Service, people *identity.Service, frame *organisation.Frame) *Pages {
	frame.AddSettingsTabs(organisation.SettingsTab{Key: "modules", Label: i18n.Mark("Portal modules"), Permission: access.SettingsRead})
	return &Pages{service, people, frame}
}

// Routes adds the addresses.
func (p *Pages) Routes(t *route.Table) {
	p.joinRoutes(t)
	p.officeRoutes(t)
	p.userRoutes(t)
	t.Get("/{org}/office/settings/modules", access.OfficeWith(access.SettingsRead), p.modules)
	t.Post("/{org}/office/settings/modules", access.OfficeWith(access.SettingsWrite), p.saveModules)
}

// joinRoutes are the way in by an invitation. A GET changes nothing, however often a mail
// scanner comes by.
func (p *Pages) joinRoutes(t *route.Table) {
	holder := access.LinkHolder("holds the token of an invitation; shows a masked address, and only the POST uses it up")
	t.Get("/join/to/{token}", holder, p.people.TakeToken("/join"))
	t.Get("/join", holder, p.people.HoldingToken(p.invitation))
	t.Post("/join", holder, p.people.Limited(p.openInvitation))
	t.Get("/join/account", holder, p.account)
	t.Post("/join/account", holder, p.people.Limited(p.join))
}

// joinView is the form behind an invitation, with what was typed.
type joinView struct {
	identity.Joining
	details identity.JoinDetails
	fields  map[string]string
}

// joining loads whom the browser's invitation is for; shown is false when the answer is the
// one page for links that open nothing.
func (p *Pages) joining(r *route.Request) (v joinView, gone web.Reply, shown bool, err error) {
	v.Joining, err = p.people.Joining(r.Context(), p.people.TokenOf(r))
	if fault.Is(err, fault.NotFound) {
		return v, p.gone(r), false, nil
	}
	if err != nil {
		return v, gone, false, err
	}
	p.people.ShowAt(r, v.Organisation, v.Language)
	return v, gone, true, nil
}

func (p *Pages) gone(r *route.Request) web.Reply {
	return p.gate(r, organisation.GateInfo{Title: i18n.T(r.Context(), "This invitation does not work any more"), Icon: "unlink"}, goneCard()).WithStatus(http.StatusNotFound)
}

func (p *Pages) gate(r *route.Request, info organisation.GateInfo, card templ.Component) web.Reply {
	return p.frame.Gate(r, info, card).WithHeader("Cache-Control", "no-store")
}

// invitation says who invites whom, and has one button.
func (p *Pages) invitation(r *route.Request) (web.Reply, error) {
	v, gone, shown, err := p.joining(r)
	if !shown {
		return gone, err
	}
	ctx := r.Context()
	return p.gate(r, organisation.GateInfo{Title: i18n.T(ctx, "You are invited"), ShowName: v.Organisation.Name,
		Foot: ui.IconLine("shield-check", i18n.T(ctx, "Your personal invitation. Works until {date}.", "date", v.Ends))}, invitationCard(v)), nil
}

func (p *Pages) openInvitation(r *route.Request) (web.Reply, error) {
	err := p.people.OpenInvitation(r.Context(), p.people.TokenOf(r))
	if fault.Is(err, fault.NotFound) {
		return p.gone(r), nil
	}
	return web.Redirect("/join/account"), err
}

// account asks for name, username and password, or leads to the account that is there.
func (p *Pages) account(r *route.Request) (web.Reply, error) {
	v, gone, shown, err := p.joining(r)
	if !shown {
		return gone, err
	}
	v.details = identity.JoinDetails{Name: v.Name, Email: v.Email}
	return p.accountPage(r, v), nil
}

func (p *Pages) accountPage(r *route.Request, v joinView) web.Reply {
	title := i18n.T(r.Context(), "Make your account")
	if v.Account {
		title = i18n.T(r.Context(), "You have an account already")
	}
	return p.gate(r, organisation.GateInfo{Title: title, ShowName: v.Organisation.Name}, accountCard(v, title))
}

func (p *Pages) join(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	v, gone, shown, err := p.joining(r)
	if !shown {
		return gone, err
	}
	v.details = identity.JoinDetails{Name: form.Line("name"), Username: form.Line("username"), Email: form.Line("email"), Password: form.Raw("password")}
	if err = form.Err(); err == nil {
		var entered identity.Entered
		entered, err = p.people.Join(r.Context(), p.people.TokenOf(r), v.details, p.people.VisitOf(r))
		if err == nil {
			return p.admit(r, entered, v), nil
		}
	}
	if fault.Is(err, fault.NotFound) {
		return p.gone(r), nil
	}
	problems, ok := organisation.ProblemsOf(r.Context(), err)
	if !ok {
		return web.Reply{}, err
	}
	v.fields = problems
	return p.accountPage(r, v).WithStatus(http.StatusUnprocessableEntity), nil
}

// admit hands the browser its cookies; somebody with an account signs in as always.
func (p *Pages) admit(r *route.Request, entered identity.Entered, v joinView) web.Reply {
	if entered.Session == "" {
		return p.frame.Say(web.Redirect(entered.To), i18n.T(r.Context(), "{firm} is in your account now. Sign in to go on.", "firm", v.Organisation.Name))
	}
	return p.frame.Say(p.people.Admit(entered), i18n.T(r.Context(), "Welcome, {name}.", "name", v.details.Name))
}
