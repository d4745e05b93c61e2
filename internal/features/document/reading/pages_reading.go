package reading

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/document"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/file"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/features/signing"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/money"
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
	t.Post(one+"/choices", answer, p.choices)
	t.Post(one+"/terms", answer, p.terms)
	t.Post(one+"/review", answer, p.review)
	t.Get(one+"/sign", answer, p.signForm)
	t.Post(one+"/approve", answer, p.approve)
	t.Get(one+"/signed", read, p.signed)
	t.Get(one+"/decline", answer, p.declineForm)
	t.Post(one+"/decline", answer, p.decline)
	t.Get(one+"/changes", answer, p.changesForm)
	t.Post(one+"/changes", answer, p.askForChanges)
}

func (p *Pages) open(r *route.Request) (web.Reply, error) {
	version, _ := web.Whole(r.URL.Query().Get("version")) // anything else is the newest
	return p.show(r, version, "")
}

// show writes the proposal; problem says why something just asked for was not done.
func (p *Pages) show(r *route.Request, version int, problem string) (web.Reply, error) {
	reading, conversation, err := p.service.ReadWith(r, version, p.around.Conversation)
	if err != nil {
		return web.Reply{}, err
	}
	view := p.viewOf(r, reading)
	view.problem, view.conversation = problem, conversation
	return p.frame.Document(r, p.info(r, view), readingPage(view)), nil
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
	reading, err := p.saveForm(r)
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid {
		reply, err := p.show(r, 0, i18n.T(r.Context(), "These choices could not be kept. Please look at them again."))
		return reply.WithStatus(http.StatusUnprocessableEntity), err
	}
	if err != nil {
		return web.Reply{}, err
	}
	view := p.viewOf(r, reading)
	if r.Header.Get("X-Autosave") != "" {
		return web.Page(savedChoices(view)), nil
	}
	return web.Redirect(view.path() + "#sum"), nil
}

// saveForm reads the form of choices and keeps it.
func (p *Pages) saveForm(r *route.Request) (document.Reading, error) {
	form, err := r.Form()
	if err != nil {
		return document.Reading{}, err
	}
	version, _ := web.Whole(form.Line("version"))
	before, err := p.service.Read(r.Context(), r.Actor, r.PathValue("document"), version)
	if err != nil || !before.Answerable() {
		return before, err
	}
	progress, err := readProgress(r, form, before)
	if err != nil {
		return before, err
	}
	return p.service.SaveProgress(r.Context(), r.Actor, r.PathValue("document"), before.Version.Number, progress)
}

// readProgress takes what the form says over what was saved before.
func readProgress(r *route.Request, form *web.Form, before document.Reading) (document.Progress, error) {
	progress := document.Progress{Choices: proposal.Choices{Selected: map[string]bool{}, Quantities: map[string]money.Decimal{}}, Terms: slices.Clone(before.Progress.Terms)}
	for _, group := range before.Version.Content.Groups {
		for _, line := range group.Lines {
			if group.Kind == proposal.Option && form.Line("group."+group.ID) == "1" {
				progress.Choices.Selected[line.ID] = slices.Contains(form.All("option."+group.ID), line.ID)
			} else if chosen, said := before.Progress.Choices.Selected[line.ID]; said {
				progress.Choices.Selected[line.ID] = chosen
			}
			if err := readQuantity(r, form, line, &progress); err != nil {
				return progress, err
			}
		}
	}
	for _, term := range before.Version.Content.Terms {
		// Without script the hidden field stays empty, and a button of its own says that it was read.
		read := slices.Contains(form.All("term."+term.ID), "1") || slices.Contains(form.All("read"), term.ID)
		if read && !slices.Contains(progress.Terms, term.ID) {
			progress.Terms = append(progress.Terms, term.ID)
		}
	}
	return progress, nil
}

func readQuantity(r *route.Request, form *web.Form, line proposal.CustomerLine, progress *document.Progress) error {
	text := form.Line("quantity." + line.ID)
	if text == "" || line.QuantityEditable == nil {
		return nil
	}
	quantity, err := money.ParseDecimal(text, money.PointNotation) // the number field of a browser
	if err != nil {
		if quantity, err = money.ParseDecimal(text, i18n.Notation(r.Context())); err != nil {
			return fault.ForField("quantity."+line.ID, "Please enter a number.")
		}
	}
	progress.Choices.Quantities[line.ID] = quantity
	return nil
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
	reading, err := p.saveForm(r)
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid {
		reply, err := p.show(r, 0, i18n.T(r.Context(), "These choices could not be kept. Please look at them again."))
		return reply.WithStatus(http.StatusUnprocessableEntity), err
	}
	if err != nil {
		return web.Reply{}, err
	}
	next := p.viewOf(r, reading).path() + "/sign"
	if reading.Answerable() && reading.NeedsCode {
		return p.around.AskForCode(r, next)
	}
	return web.Redirect(next), nil
}

// signingView is the last look before Approve.
type signingView struct {
	readingView
	consent signing.Consent
	signer  string
	typed   string
	errors  []ui.ErrorProps
}

func (v signingView) problemOf(field string) string {
	for _, e := range v.errors {
		if e.Field == field {
			return e.Text
		}
	}
	return ""
}

func (p *Pages) signForm(r *route.Request) (web.Reply, error) {
	view, err := p.view(r, 0)
	if err != nil {
		return web.Reply{}, err
	}
	switch {
	case view.Signature != nil:
		return web.Redirect(view.path() + "/signed"), nil
	case !view.Answerable():
		return web.Redirect(view.path()), nil
	case view.NeedsCode:
		return web.Redirect(identity.ConfirmURL(r.Organisation.Slug, view.path()+"/sign")), nil
	}
	return p.signingSheet(r, signingView{readingView: view}), nil
}

func (p *Pages) signingSheet(r *route.Request, v signingView) web.Reply {
	v.consent, v.signer = signing.CurrentConsent(i18n.ReaderOf(r.Context()).Language), r.Actor.Name()
	return p.frame.Document(r, p.info(r, v.readingView), signingPage(v))
}

// approve signs. Everything that can go wrong leads back to a page that says what to do.
func (p *Pages) approve(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	wanted := r.PathValue("document")
	approval, err := readApproval(r, form, wanted)
	if err != nil {
		return web.Reply{}, err
	}
	_, err = p.service.Approve(r.Context(), r.Actor, approval)
	path := document.CustomerPath(r.Organisation.Slug, wanted)
	f := fault.As(err)
	switch {
	case err == nil:
		return web.Redirect(path + "/signed"), nil
	case f == identity.CodeNeeded:
		return p.around.AskForCode(r, path+"/sign")
	case f != nil && f.Kind == fault.Conflict:
		reply, err := p.show(r, 0, i18n.T(r.Context(), f.Message))
		return reply.WithStatus(http.StatusConflict), err
	case f != nil && (f.Kind == fault.Invalid || f.Kind == fault.Precondition):
		return p.signAgain(r, form, f)
	}
	return web.Reply{}, err
}

func readApproval(r *route.Request, form *web.Form, wanted string) (document.Approval, error) {
	a := document.Approval{Document: wanted, ShownSHA256: form.Line("shown"), Method: signing.Drawn, Drawn: form.Raw("signature_image"), Typed: form.Line("signature_name"), Browser: r.Browser}
	if form.Line("signature_kind") == "type" {
		a.Method = signing.Typed
	}
	if form.Checked("consent") {
		a.ConsentVersion = form.Line("consent_version")
	}
	unreadable := fault.New(fault.Invalid, "The form could not be read. Please open the proposal again.")
	var err error
	if a.Version, err = web.Whole(form.Line("version")); err != nil {
		return a, unreadable
	}
	if a.Total.Minor, err = strconv.ParseInt(form.Line("total"), 10, 64); err != nil {
		return a, unreadable
	}
	if json.Unmarshal([]byte(form.Raw("choices")), &a.Progress.Choices) != nil || json.Unmarshal([]byte(form.Raw("terms")), &a.Progress.Terms) != nil {
		return a, unreadable
	}
	return a, nil
}

// signAgain shows the sheet again with what was wrong and what was typed.
func (p *Pages) signAgain(r *route.Request, form *web.Form, f *fault.Fault) (web.Reply, error) {
	view, err := p.view(r, 0)
	if err != nil {
		return web.Reply{}, err
	}
	v := signingView{readingView: view, typed: form.Line("signature_name")}
	for _, field := range f.Fields {
		v.errors = append(v.errors, ui.ErrorProps{Field: field.Name, Text: i18n.T(r.Context(), field.Message)})
	}
	if len(v.errors) == 0 {
		v.errors = []ui.ErrorProps{{Field: "consent", Text: i18n.T(r.Context(), f.Message)}}
	}
	return p.signingSheet(r, v).WithStatus(route.Status(f.Kind)), nil
}
