package reading

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/document"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/file"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// Around is what the customer's pages need from the rest of the program.
type Around struct {
	Conversation document.Talk
	// AskForCode mails a code and answers with the page on which it is typed, which leads to
	// next.
	AskForCode func(r *route.Request, next string) (web.Reply, error)
}

// Pages are a customer's pages of proposals.
type Pages struct {
	service *document.Service
	frame   *organisation.Frame
	around  Around
}

// NewPages makes the customer's pages.
func NewPages(s *document.Service, frame *organisation.Frame, around Around) *Pages {
	return &Pages{service: s, frame: frame, around: around}
}

// Routes adds the customer's addresses of proposals.
func (p *Pages) Routes(t *route.Table) {
	read, answer := access.CustomerWith(access.ProposalsRead), access.CustomerWith(access.ProposalsAnswer)
	const one = "/{org}/home/proposals/{document}"
	t.Get(one, read, p.open)
	t.Post(one+"/viewed", read, p.viewed)
	t.Get(one+"/choices", answer, p.back)
	t.Post(one+"/choices", answer, p.choices)
	t.Post(one+"/terms", answer, p.terms)
	t.Get(one+"/review", answer, p.back)
	t.Post(one+"/review", answer, p.review)
	t.Get(one+"/sign", answer, p.signForm)
	t.Get(one+"/approve", answer, p.backToSign)
	t.Post(one+"/approve", answer, p.approve)
	t.Get(one+"/signed", read, p.signed)
	t.Get(one+"/decline", answer, p.declineForm)
	t.Post(one+"/decline", answer, p.decline)
	t.Get(one+"/changes", answer, p.changesForm)
	t.Post(one+"/changes", answer, p.askForChanges)
}

// open shows the proposal, with what was refused just now.
func (p *Pages) open(r *route.Request) (web.Reply, error) {
	version, _ := web.Whole(r.URL.Query().Get("version")) // anything else is the newest
	reply, err := p.show(r, version, refusedBefore(r))
	return p.saidOnce(r, reply), err
}

// back leads from an address that only takes what is sent to the page that sends it: a browser asks for it when it opens its
// tabs again, or when somebody has signed in again.
func (p *Pages) back(r *route.Request) (web.Reply, error) {
	view, err := p.view(r, 0)
	return web.Redirect(view.path()), err
}

func (p *Pages) backToSign(r *route.Request) (web.Reply, error) {
	view, err := p.view(r, 0)
	return web.Redirect(view.path() + "/sign"), err
}

// show writes the proposal, with why something just asked for was not done.
func (p *Pages) show(r *route.Request, version int, f refused) (web.Reply, error) {
	reading, conversation, err := p.service.ReadWith(r, version, p.around.Conversation)
	if err != nil {
		return web.Reply{}, err
	}
	view := p.viewOf(r, reading)
	view.refused, view.conversation = f, conversation
	return p.frame.Document(r, p.info(r, view), readingPage(view)), nil
}

// showNewest is show of the version that can be answered.
func (p *Pages) showNewest(r *route.Request) func(refused) (web.Reply, error) {
	return func(f refused) (web.Reply, error) { return p.show(r, 0, f) }
}

func (p *Pages) view(r *route.Request, version int) (readingView, error) {
	reading, err := p.service.Read(r.Context(), r.Actor, r.PathValue("document"), version)
	return p.viewOf(r, reading), err
}

func (p *Pages) viewOf(r *route.Request, reading document.Reading) readingView {
	return readingView{Reading: reading, slug: r.Organisation.Slug, now: p.service.Now(), markup: p.service.Markup()}
}

// Preview is the customer's own page of a version, with nothing to press.
func Preview(s *document.Service, slug string, r document.Reading) templ.Component {
	return readingPage(readingView{Reading: r, slug: slug, now: s.Now(), markup: s.Markup(), preview: true})
}

func (p *Pages) info(r *route.Request, v readingView) organisation.DocumentInfo {
	ctx := r.Context()
	actions := []templ.Component{ui.Button(ui.ButtonProps{Label: i18n.T(ctx, "Ask a question"), Icon: "message-square", URL: v.path() + "#talk", Class: "only-d"})}
	if v.Signature != nil && v.Signature.Sealed() {
		actions = append([]templ.Component{ui.Button(ui.ButtonProps{Label: "PDF", Icon: "download", URL: file.File{ID: v.Signature.SealedFile}.URL(v.slug), Class: "only-d"})}, actions...)
	}
	return organisation.DocumentInfo{Title: i18n.T(ctx, "{title} · Proposal", "title", v.Version.Content.Title), Line: i18n.T(ctx, "Proposal {number}", "number", v.Version.Document.Number),
		Actions: ui.Join(actions...)}
}

func (p *Pages) viewed(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	version, _ := web.Whole(form.Line("version"))
	return web.Empty(), p.service.Viewed(r.Context(), r.Actor, r.PathValue("document"), version)
}

// choices keeps what was chosen and opened. A script gets the changed parts of the page,
// a plain form the whole page.
func (p *Pages) choices(r *route.Request) (web.Reply, error) {
	reading, wrong, err := p.saveForm(r)
	if err != nil {
		return web.Reply{}, err
	}
	view := p.viewOf(r, reading)
	view.refused = wrong
	switch {
	case r.Header.Get("X-Autosave") != "":
		return web.Page(savedChoices(view)).WithStatus(wrong.Status), nil
	case wrong.Status != 0:
		return p.answerRefused(r, view.path(), wrong, p.showNewest(r))
	}
	return web.Redirect(view.path() + "#sum"), nil
}

// terms notes one opened term; the page sends it the moment it is opened.
func (p *Pages) terms(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	before, err := p.service.Read(r.Context(), r.Actor, r.PathValue("document"), 0)
	if err != nil || !before.Answerable() {
		return web.Empty(), err
	}
	progress := document.Progress{Choices: before.Progress.Choices, Terms: slices.Clone(before.Progress.Terms)}
	if before.Carried != nil { // who reads the terms has not chosen yet
		progress.Choices = proposal.Choices{}
	}
	for name := range form.Values {
		if term, is := strings.CutPrefix(name, "term."); is && !slices.Contains(progress.Terms, term) {
			progress.Terms = append(progress.Terms, term)
		}
	}
	_, err = p.service.SaveProgress(r.Context(), r.Actor, r.PathValue("document"), before.Version.Number, progress)
	return web.Empty(), err
}

// review keeps the choices and leads to the signature, by way of the code where this
// browser has not been confirmed.
func (p *Pages) review(r *route.Request) (web.Reply, error) {
	reading, wrong, err := p.saveForm(r)
	if err != nil {
		return web.Reply{}, err
	}
	path := p.viewOf(r, reading).path()
	switch {
	case wrong.Status != 0:
		return p.answerRefused(r, path, wrong, p.showNewest(r))
	case reading.Answerable() && reading.NeedsCode:
		return p.around.AskForCode(r, path+"/sign")
	}
	return web.Redirect(path + "/sign"), nil
}
