package entering

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strings"

	"lintel/internal/core/route"
	"lintel/internal/features/identity"
	"lintel/internal/features/identity/throttle"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
)

// signInView is what the sign-in card shows and keeps.
type signInView struct {
	email, slug, next string
	service           string // of the firm's own, or empty
	passkeys          bool
	unsent            bool // comes from a form that was refused because nobody was signed in
	cookieless        bool // the browser has just been signed in, and has forgotten it
	fields            map[string]string
	whole             string
}

// inLookOf shows a sign-in page in the look of the portal that it was opened from.
func (p *Pages) inLookOf(r *route.Request, slug string) string {
	if slug == "" {
		return ""
	}
	o, err := p.service.OrganisationAt(r.Context(), slug)
	if err != nil {
		return ""
	}
	p.service.ShowAt(r, o, "")
	return o.Slug
}

func (p *Pages) signInForm(r *route.Request) (web.Reply, error) {
	query := r.URL.Query()
	view := signInView{next: identity.LocalPath(query.Get("next")), unsent: query.Has("unsent"), cookieless: !p.service.KeepsCookies(r) && cameFromHere(r)}
	view.slug = p.inLookOf(r, query.Get("org"))
	return p.signInCard(r, view), nil
}

// cameFromHere reports whether somebody was led from the sign-in page to itself: they were let in, and the next page knew
// nothing of it.
func cameFromHere(r *route.Request) bool {
	from, err := url.Parse(r.Referer())
	return err == nil && from.Host == r.Host && from.Path == "/sign-in"
}

func (p *Pages) signInCard(r *route.Request, view signInView) web.Reply {
	view.service, view.passkeys = p.service.OtherWays(r.Context(), view.slug)
	name := i18n.T(r.Context(), "Customer portal")
	if r.Organisation.Name != "" {
		name = r.Organisation.Name + " · " + name
	}
	return p.gate(r, organisation.GateInfo{Title: i18n.T(r.Context(), "Sign in"), ShowName: name}, signInCard(view))
}

func (p *Pages) signIn(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	view := signInView{email: form.Line("email"), next: identity.LocalPath(form.Line("next"))}
	view.slug = p.inLookOf(r, form.Line("org"))
	if view.fields = notFilledIn(r, form); len(view.fields) > 0 {
		return p.signInCard(r, view).WithStatus(http.StatusUnprocessableEntity), nil
	}
	visit := p.service.VisitOf(r)
	visit.Next = view.next
	entered, err := p.service.SignIn(r.Context(), view.email, form.Raw("password"), visit)
	if answerable(err) {
		view.fields, view.whole = problems(r, err)
		reply := p.signInCard(r, view).WithStatus(statusOf(err))
		if fault.Is(err, fault.TooMany) {
			reply = reply.WithHeader("Retry-After", web.RetryAfter(throttle.PasswordsOfAccount.Step))
		}
		return reply, nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	return p.service.Admit(entered), nil
}

// notFilledIn says what is missing, and spends no try on it.
func notFilledIn(r *route.Request, form *web.Form) map[string]string {
	missing := map[string]string{}
	if form.Line("email") == "" {
		missing["email"] = i18n.T(r.Context(), "Please enter your e-mail address or your username.")
	}
	if form.Raw("password") == "" {
		missing["password"] = i18n.T(r.Context(), "Please enter your password.")
	}
	return missing
}

func (p *Pages) signOut(r *route.Request) (web.Reply, error) {
	if err := p.service.SignOut(r.Context(), p.service.VisitOf(r).Session); err != nil {
		return web.Reply{}, err
	}
	// What this browser kept of anybody's pages, and the worker that takes notifications, go whatever its scripts do.
	reply := web.Redirect("/sign-in").WithHeader("Clear-Site-Data", `"storage"`)
	return p.service.Leave(p.frame.Say(reply, i18n.T(r.Context(), "You are signed out."))), nil
}

// askView is the card on which a mail with a one-time link is asked for.
type askView struct {
	password    bool // for a new password, else to sign in
	email, slug string
	next        string // path to go to afterwards
	problem     string
}

func (v askView) purpose() string {
	if v.password {
		return "password"
	}
	return "link"
}

func (p *Pages) askForm(r *route.Request) (web.Reply, error) {
	query := r.URL.Query()
	view := askView{password: query.Get("for") == "password", email: query.Get("email"), next: identity.LocalPath(query.Get("next"))}
	view.slug = p.inLookOf(r, query.Get("org"))
	return p.askCard(r, view), nil
}

func (p *Pages) askCard(r *route.Request, view askView) web.Reply {
	title := i18n.T(r.Context(), "E-mail me a one-time link")
	if view.password {
		title = i18n.T(r.Context(), "Create or reset your password")
	}
	return p.gate(r, organisation.GateInfo{Title: title, Icon: "mail"}, askCard(view, title))
}

func (p *Pages) ask(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	view := askView{password: form.Line("for") == "password", email: form.Line("email"), next: identity.LocalPath(form.Line("next"))}
	view.slug = p.inLookOf(r, form.Line("org"))
	visit, answer := p.service.VisitWithBrowser(r)
	visit.Next = view.next
	if view.password {
		err = p.service.AskReset(r.Context(), view.email, view.slug, visit)
	} else {
		err = p.service.AskSignInLink(r.Context(), view.email, view.slug, visit)
	}
	if answerable(err) {
		fields, whole := problems(r, err)
		view.problem = cmp.Or(fields["email"], whole)
		return p.askCard(r, view).WithStatus(statusOf(err)), nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	return answer(web.Redirect("/sign-in/asked?" + url.Values{"for": {"once"}, "org": {view.slug}}.Encode())), nil
}

// asked says the same to everybody who asked for a mail (B09).
func (p *Pages) asked(r *route.Request) (web.Reply, error) {
	p.inLookOf(r, r.URL.Query().Get("org"))
	return p.gate(r, organisation.GateInfo{Title: i18n.T(r.Context(), "Look into your mailbox"), Icon: "mail"}, askedCard(r.URL.Query().Get("for") == "link")), nil
}

func (p *Pages) choose(r *route.Request) (web.Reply, error) {
	places, err := p.service.Places(r.Context(), p.service.VisitOf(r).Session)
	if err != nil {
		return web.Reply{}, err
	}
	return p.gate(r, organisation.GateInfo{Title: i18n.T(r.Context(), "Where do you want to go?"), Icon: "door-open"}, chooseCard(places)), nil
}

// onceView is the card behind a one-time link.
type onceView struct {
	identity.Once
	action   string // where its form posts to
	next     string // path to go to afterwards
	shown    shownLink
	password bool // asks for a new password
	fields   map[string]string
	whole    string
}

func (p *Pages) signInLink(r *route.Request) (web.Reply, error) {
	page, err := p.service.SignInPage(r.Context(), p.token(r), p.service.VisitOf(r))
	return p.oncePage(r, page, err, onceView{action: "/sign-in/link"}, http.StatusOK)
}

func (p *Pages) passwordForm(r *route.Request) (web.Reply, error) {
	page, err := p.service.PasswordPage(r.Context(), p.token(r), p.service.VisitOf(r))
	return p.oncePage(r, page, err, onceView{action: "/sign-in/reset", password: true}, http.StatusOK)
}

func (p *Pages) oncePage(r *route.Request, page identity.Once, err error, view onceView, status int) (web.Reply, error) {
	if fault.Is(err, fault.NotFound) {
		return p.gone(r), nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	if page.SignIn != "" {
		return web.Redirect(page.SignIn), nil
	}
	p.service.ShowAt(r, page.Organisation, page.Language)
	view.shown = p.shown(r)
	view.Once, view.next = page, cmp.Or(view.next, identity.LocalPath(r.URL.Query().Get("next")))
	view.CodeSent = page.CodeSent || r.URL.Query().Get("sent") != "" || view.fields["code"] != ""
	title := i18n.T(r.Context(), "Sign in")
	if view.password {
		title = i18n.T(r.Context(), "Choose a password")
	}
	return p.gate(r, organisation.GateInfo{Title: title}, onceCard(view, title)).WithStatus(status), nil
}

func (p *Pages) followSignInLink(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	if p.forAnother(r, form) {
		return web.Redirect("/sign-in/link?newer=1"), nil
	}
	visit := p.service.VisitOf(r)
	visit.Next = identity.LocalPath(form.Line("next"))
	entered, err := p.service.FollowSignInLink(r.Context(), p.token(r), form.Line("code"), visit)
	return p.afterOnce(r, entered, err, visit, onceView{action: "/sign-in/link", next: visit.Next})
}

func (p *Pages) setPassword(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	if p.forAnother(r, form) {
		return web.Redirect("/sign-in/reset?newer=1"), nil
	}
	visit := p.service.VisitOf(r)
	visit.Next = identity.LocalPath(form.Line("next"))
	entered, err := p.service.SetPasswordByLink(r.Context(), p.token(r), form.Raw("password"), form.Line("code"), visit)
	return p.afterOnce(r, entered, err, visit, onceView{action: "/sign-in/reset", password: true, next: visit.Next})
}

// afterOnce lets the person in, or shows the card again with what is wrong.
func (p *Pages) afterOnce(r *route.Request, entered identity.Entered, err error, visit identity.Visit, view onceView) (web.Reply, error) {
	switch {
	case err == nil:
		return p.service.Admit(entered), nil
	case fault.Is(err, fault.NotFound):
		return p.gone(r), nil
	case !answerable(err):
		return web.Reply{}, err
	}
	view.fields, view.whole = problems(r, err)
	again := p.service.SignInPage
	if view.password {
		again = p.service.PasswordPage
	}
	page, pageErr := again(r.Context(), p.token(r), visit)
	return p.oncePage(r, page, pageErr, view, statusOf(err))
}

// sendOnceCode mails the code that a browser needs which did not ask for the link.
func (p *Pages) sendOnceCode(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	visit, answer := p.service.VisitWithBrowser(r)
	err = p.service.SendOnceCode(r.Context(), p.token(r), visit)
	if fault.Is(err, fault.NotFound) {
		return p.gone(r), nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	page := "/sign-in/link"
	if form.Line("for") == "password" {
		page = "/sign-in/reset"
	}
	query := url.Values{"sent": {"1"}}
	if next := identity.LocalPath(form.Line("next")); next != "" {
		query.Set("next", next)
	}
	return answer(web.Redirect(page + "?" + query.Encode())), nil
}

// byLink says how somebody comes back whose page was no page of the office: by a link that needs no password. Empty for all others.
func (v signInView) byLink(ctx context.Context) string {
	page, _, _ := strings.Cut(strings.TrimPrefix(v.next, "/"+v.slug+"/"), "?")
	switch face, _, _ := strings.Cut(page, "/"); {
	case v.slug == "":
		return ""
	case face == "home":
		return i18n.T(ctx, "Do you come by a personal link? Open it in your e-mail once more: it needs no password.")
	case face == "field":
		return i18n.T(ctx, "Technicians have no password: open your link in its e-mail once more.")
	}
	return ""
}

// serviceURL begins a login at a firm's own sign-in service.
func serviceURL(slug, next string) string {
	address := "/sign-in/openid/at/" + url.PathEscape(slug)
	if next != "" {
		address += "?next=" + url.QueryEscape(next)
	}
	return address
}
