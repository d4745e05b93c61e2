package reading

import (
	"context"
	"net/http"
	"strconv"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/document"
	"lintel/internal/features/file"
	"lintel/internal/features/project"
	"lintel/internal/features/signing"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// refusalView is the page of a no, or of a wish for changes.
type refusalView struct {
	readingView
	action, title, line, label, button string
	kind                               ui.ButtonKind
	typed, problem                     string
}

func (p *Pages) declineForm(r *route.Request) (web.Reply, error) {
	reply, err := p.refusalForm(r, "/decline", refusedBefore(r))
	return p.saidOnce(r, reply), err
}

func (p *Pages) changesForm(r *route.Request) (web.Reply, error) {
	reply, err := p.refusalForm(r, "/changes", refusedBefore(r))
	return p.saidOnce(r, reply), err
}

func (p *Pages) refusalForm(r *route.Request, verb string, f refused) (web.Reply, error) {
	view, err := p.view(r, 0)
	if err != nil {
		return web.Reply{}, err
	}
	if !view.Answerable() {
		return web.Redirect(view.path()), nil
	}
	ctx := r.Context()
	v := refusalView{readingView: view, action: view.path() + verb, typed: f.first("reason"), problem: i18n.T(ctx, f.Problem), kind: ui.Primary,
		title: i18n.T(ctx, "Ask for changes"), line: i18n.T(ctx, "{firm} gets your words at once and sends you a new version. Nothing is signed.", "firm", view.Settings.Name),
		label: i18n.T(ctx, "What should be different?"), button: i18n.T(ctx, "Send")}
	if verb == "/decline" {
		v.title, v.line = i18n.T(ctx, "Decline this proposal"), i18n.T(ctx, "{firm} is told at once. You can still read the proposal afterwards.", "firm", view.Settings.Name)
		v.label, v.button, v.kind = i18n.T(ctx, "Why? A few words help us do better."), i18n.T(ctx, "Decline"), ui.Danger
	}
	return p.frame.Document(r, p.info(r, view), refusalPage(v)), nil
}

func (p *Pages) decline(r *route.Request) (web.Reply, error) {
	return p.refuse(r, "/decline", p.service.Decline, i18n.T(r.Context(), "You have declined the proposal."))
}

func (p *Pages) askForChanges(r *route.Request) (web.Reply, error) {
	return p.refuse(r, "/changes", p.service.AskForChanges, i18n.T(r.Context(), "Thank you. Your wishes are on their way."))
}

type refusing func(ctx context.Context, actor access.Actor, refusal document.Refusal) error

func (p *Pages) refuse(r *route.Request, verb string, do refusing, done string) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	version, _ := web.Whole(form.Line("version"))
	wanted := r.PathValue("document")
	err = do(r.Context(), r.Actor, document.Refusal{Document: wanted, Version: version, ShownSHA256: form.Line("shown"), Reason: form.Text("reason")})
	f := fault.As(err)
	path := document.CustomerPath(r.Organisation.Slug, wanted)
	switch {
	case err == nil:
		return p.frame.Say(web.Redirect(path), done), nil
	case f != nil && f.Kind == fault.Invalid && len(f.Fields) > 0:
		again := refused{Status: http.StatusUnprocessableEntity, Problem: f.Fields[0].Message, Typed: map[string][]string{"reason": {form.Text("reason")}}}
		return p.answerRefused(r, path+verb, again, func(f refused) (web.Reply, error) { return p.refusalForm(r, verb, f) })
	case f != nil && f.Kind == fault.Conflict:
		return p.answerRefused(r, path, refused{Status: http.StatusConflict, Problem: f.Message}, p.showNewest(r))
	}
	return web.Reply{}, err
}

// signedView is the thank-you page.
type signedView struct {
	readingView
	firstName string
	all       []signing.Signature
	project   string // address of the project, for those who see it
	own       bool   // whoever looks has signed it, not somebody beside them
}

func (p *Pages) signed(r *route.Request) (web.Reply, error) {
	view, err := p.view(r, 0)
	if err != nil {
		return web.Reply{}, err
	}
	if view.Signature == nil {
		return web.Redirect(view.path()), nil
	}
	_, agreements, err := p.service.Shown(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	v := signedView{readingView: view, firstName: r.Actor.FirstName(), all: agreements, own: view.Signature.Person == r.Actor.Person()}
	if seen, err := p.service.ProjectSeen(r.Context(), r.Actor, view.Version.Document.Project); err != nil {
		return web.Reply{}, err
	} else if seen {
		v.project = project.CustomerURL(v.slug, view.Version.Document.Project)
	}
	reply := p.frame.Document(r, p.info(r, view), signedPage(v))
	if !view.Signature.Sealed() { // the browser looks again by itself
		reply = reply.WithHeader("Refresh", "3")
	}
	return reply, nil
}

func (v signedView) thanks(ctx context.Context) ui.ThankYouProps {
	signature := *v.Signature
	p := ui.ThankYouProps{Title: i18n.T(ctx, "Thank you, {name}. It is signed.", "name", v.firstName), NextTitle: i18n.T(ctx, "What happens next"),
		Line: i18n.T(ctx, "{firm} has been told. A copy is on its way to your e-mail.", "firm", v.Settings.Name), CheckURL: "/verify", CheckLabel: i18n.T(ctx, "Check document"),
		PDF:  ui.PDFProps{Name: i18n.T(ctx, "{title}, signed.pdf", "title", signature.Title), Line: i18n.T(ctx, "Signed on {date}", "date", i18n.DateTime(ctx, signature.SignedAt)), Sealed: signature.Sealed()},
		Next: v.next(ctx)}
	if !v.own {
		p.Title, p.Line = i18n.T(ctx, "{name} has signed it.", "name", signature.Name), i18n.T(ctx, "One signature is enough: nothing more is needed from you.")
	}
	if signature.Sealed() {
		p.DownloadURL, p.DownloadLabel = file.File{ID: signature.SealedFile}.URL(v.slug), i18n.T(ctx, "Download")
		p.PDF.Line = i18n.T(ctx, "Sealed on {date}", "date", i18n.DateTime(ctx, signature.SealedAt))
		p.PDF.Fingerprint = i18n.T(ctx, "Fingerprint {hash}", "hash", shortHash(signature.SealedSHA256))
	}
	return p
}

func (v signedView) next(ctx context.Context) (lines []ui.Line) {
	if !v.Totals.Deposit.IsZero() {
		lines = append(lines, ui.Line{Label: i18n.T(ctx, "First:"), Amount: i18n.T(ctx, "the deposit of {amount}; the invoice comes separately", "amount", i18n.Money(ctx, v.Totals.Deposit))})
	}
	contact := v.Contact.Name
	if contact == "" {
		contact = v.Settings.Name
	}
	return append(lines, ui.Line{Label: i18n.T(ctx, "Soon:"), Amount: i18n.T(ctx, "{name} gets in touch to fix the dates", "name", contact)},
		ui.Line{Label: i18n.T(ctx, "Any time:"), Amount: i18n.T(ctx, "the proposal, your questions and the signed copy stay here")})
}

func (v signedView) agreements(ctx context.Context) (rows []ui.SignedRowProps) {
	for _, s := range v.all {
		rows = append(rows, AgreementRow(ctx, v.slug, s))
	}
	return rows
}

// AgreementRow is one line of Signed Agreements (JB-09).
func AgreementRow(ctx context.Context, slug string, s signing.Signature) ui.SignedRowProps {
	row := ui.SignedRowProps{Title: s.Title, URL: document.CustomerPath(slug, s.Document) + "?version=" + strconv.Itoa(s.Version),
		Line: i18n.T(ctx, "{number}, version {version} · {date} · {total}", "number", s.Number, "version", s.Version, "date", i18n.DateShort(ctx, s.SignedAt), "total", i18n.Money(ctx, s.Total))}
	if s.Sealed() {
		row.DownloadURL, row.DownloadLabel = file.File{ID: s.SealedFile}.URL(slug), i18n.T(ctx, "Download {title}", "title", s.Title)
	}
	return row
}

// shortHash is enough of a hash for a person to compare.
func shortHash(hash string) string {
	if len(hash) < 16 {
		return hash
	}
	return hash[:4] + " " + hash[4:8] + " … " + hash[len(hash)-8:len(hash)-4] + " " + hash[len(hash)-4:]
}
