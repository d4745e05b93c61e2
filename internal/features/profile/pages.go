package profile

import (
	"errors"
	"net/http"
	"slices"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
)

// Door is a page about the person that another feature has.
type Door struct {
	Icon, Title, Text string // English, translated when shown
	URL               func(slug string) string
	Shown             func(access.Actor) bool
}

// Pages are the profile.
type Pages struct {
	identity *identity.Service
	frame    *organisation.Frame
	doors    []Door
}

// NewPages makes the profile. doors stand at its end.
func NewPages(people *identity.Service, frame *organisation.Frame, doors ...Door) *Pages {
	return &Pages{identity: people, frame: frame, doors: doors}
}

// URL is the actor's profile.
func URL(slug string) string { return "/" + slug + "/profile" }

// Routes adds the pages.
func (p *Pages) Routes(t *route.Table) {
	own := access.EitherWith(access.ProfileWrite)
	t.Get("/{org}/profile", own, p.profile)
	t.Post("/{org}/profile", own, p.save)
	t.Post("/{org}/profile/password/code", own, p.identity.Limited(p.sendPasswordCode))
	t.Post("/{org}/profile/password", own, p.identity.Limited(p.changePassword))
	t.Post("/{org}/profile/email/code", own, p.identity.Limited(p.sendEmailCode))
	t.Post("/{org}/profile/email", own, p.identity.Limited(p.changeEmail))
}

// view is the profile as it is shown: typed values over stored ones when something is wrong.
type view struct {
	slug      string
	firm      access.Organisation
	account   identity.Account
	form      identity.AccountDetails
	problems  organisation.Problems
	kind      access.Kind
	confirmed bool // may change things in this browser

	masked       string // the address that a code for a password goes to
	passwordCode bool   // a code for a new password was sent
	newEmail     string // the address that is wanted
	emailCode    bool   // a code was sent to it
	doors        []Door
}

// byLink reports that the person enters by their link alone and has no password (CT-30).
func (v view) byLink() bool { return v.kind == access.Technician }

// named reports that others say what the person is called.
func (v view) named() bool { return identity.NamedByOthers(v.kind) }

func (p *Pages) profile(r *route.Request) (web.Reply, error) { return p.page(r, view{}, http.StatusOK) }

func (p *Pages) page(r *route.Request, v view, status int) (web.Reply, error) {
	account, err := p.identity.Account(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	if v.account = account; v.problems == nil || v.form.Name == "" && v.problems["name"] == "" {
		v.form = account.AccountDetails
	}
	if !v.passwordCode {
		if v.passwordCode, err = p.identity.PasswordCodeWaits(r.Context(), r.Actor, p.identity.VisitOf(r)); err != nil {
			return web.Reply{}, err
		}
	}
	v.firm, v.slug, v.kind, v.confirmed, v.masked = r.Organisation, r.Organisation.Slug, r.Actor.Kind(), r.Actor.Confirmed(), identity.Mask(r.Actor.Email())
	for _, door := range p.doors {
		if door.Shown == nil || door.Shown(r.Actor) {
			v.doors = append(v.doors, door)
		}
	}
	return p.frame.Portal(r, organisation.PageInfo{Title: i18n.T(r.Context(), "Your profile"), Current: "profile"}, profilePage(v)).WithStatus(status), nil
}

// fields reads a form that may hold these fields and no others: whoever adds one tries to
// change what the page does not show (B24).
func fields(r *route.Request, known ...string) (*web.Form, error) {
	form, err := r.Form()
	if err != nil {
		return nil, err
	}
	var problems fault.Problems
	for name := range form.Values {
		if !slices.Contains(known, name) {
			problems.Add(name, "This form has no such field.")
		}
	}
	return form, problems.Err()
}

// answer shows a problem in the form that caused it, asks for a code where one is wanted, or
// goes back to the page with a sentence.
func (p *Pages) answer(r *route.Request, v view, err error, said string) (web.Reply, error) {
	switch problems, ok := organisation.ProblemsOf(r.Context(), err); {
	case errors.Is(err, identity.CodeNeeded):
		return p.identity.AskForFreshProof(r, URL(r.Organisation.Slug))
	case ok:
		v.problems = problems
		return p.page(r, v, http.StatusUnprocessableEntity)
	case err != nil:
		return web.Reply{}, err
	}
	return p.frame.Say(web.Redirect(URL(r.Organisation.Slug)), said), nil
}

func (p *Pages) save(r *route.Request) (web.Reply, error) {
	form, err := fields(r, "name", "username", "phone", "language", "zone")
	if form == nil {
		return web.Reply{}, err
	}
	v := view{form: identity.AccountDetails{Name: form.Line("name"), Username: form.Line("username"), Phone: form.Line("phone"),
		Language: form.Line("language"), Zone: form.Line("zone")}}
	if err == nil {
		err = form.Err()
	}
	if err == nil {
		err = p.identity.SaveAccount(r.Context(), r.Actor, v.form)
	}
	if err == nil {
		p.identity.ShowAt(r, r.Organisation, v.form.Language) // what is said of it is read in the new language
	}
	return p.answer(r, v, err, i18n.T(r.Context(), "Saved."))
}

func (p *Pages) sendPasswordCode(r *route.Request) (web.Reply, error) {
	if _, err := fields(r); err != nil {
		return web.Reply{}, err
	}
	visit, remember := p.identity.VisitWithBrowser(r)
	if err := p.identity.SendPasswordCode(r.Context(), r.Actor, visit); err != nil {
		return web.Reply{}, err
	}
	return remember(web.Redirect(URL(r.Organisation.Slug) + "#password-card")), nil
}

func (p *Pages) changePassword(r *route.Request) (web.Reply, error) {
	form, err := fields(r, "code", "password", "username")
	if form == nil {
		return web.Reply{}, err
	}
	if err == nil {
		err = p.identity.ChangePassword(r.Context(), r.Actor, form.Raw("password"), form.Line("code"), p.identity.VisitOf(r))
	}
	return p.answer(r, view{passwordCode: true}, err, i18n.T(r.Context(), "Your password was set."))
}

func (p *Pages) sendEmailCode(r *route.Request) (web.Reply, error) {
	form, err := fields(r, "email")
	if form == nil {
		return web.Reply{}, err
	}
	v := view{newEmail: form.Line("email")}
	visit, remember := p.identity.VisitWithBrowser(r)
	if err == nil {
		err = p.identity.SendEmailCode(r.Context(), r.Actor, v.newEmail, visit)
	}
	if err != nil {
		return p.answer(r, v, err, "")
	}
	v.emailCode = true
	reply, err := p.page(r, v, http.StatusOK)
	return remember(reply), err
}

func (p *Pages) changeEmail(r *route.Request) (web.Reply, error) {
	form, err := fields(r, "email", "code")
	if form == nil {
		return web.Reply{}, err
	}
	v := view{newEmail: form.Line("email"), emailCode: true}
	if err == nil {
		err = p.identity.ChangeEmail(r.Context(), r.Actor, v.newEmail, form.Line("code"), p.identity.VisitOf(r))
	}
	return p.answer(r, v, err, i18n.T(r.Context(), "Your e-mail address was changed."))
}

// passwordProblem is what is wrong in the password's form, not in the one for the address,
// which has a code too.
func (v view) passwordProblem(field string) string {
	if v.emailCode {
		return ""
	}
	return v.problems[field]
}
