package writing

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/document"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/document/reading"
	"lintel/internal/features/file"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/features/outbox"
	"lintel/internal/features/signing"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// reviewView is the last look before sending: who gets it, what the mail says, what is
// still missing.
type reviewView struct {
	editorView
	letter     outbox.Letter
	changeNote string
	ready      bool
	revision   string
}

// review is the step between the editor and the mail.
func (p *Pages) review(r *route.Request) (web.Reply, error) {
	return p.reviewPage(r, nil, "")
}

func (p *Pages) reviewPage(r *route.Request, refused error, changeNote string) (web.Reply, error) {
	ctx := r.Context()
	desk, err := p.service.Desk(ctx, r.Actor, r.PathValue("document"), 0)
	if err != nil {
		return web.Reply{}, err
	}
	if desk.Version.State != proposal.Draft {
		return web.Redirect(document.OfficePath(r.Organisation.Slug, desk.Document.ID)), nil
	}
	v := reviewView{editorView: newEditor(r, desk), changeNote: changeNote, revision: strconv.Itoa(desk.Version.Revision)}
	missing := refused
	if missing == nil {
		missing = p.service.Unready(desk)
	}
	if refusal := fault.As(missing); refusal != nil {
		v.message, v.problems, v.status = i18n.T(ctx, refusal.Message), problemsOf(ctx, missing, v.form), http.StatusOK
		if refused != nil {
			v.status = route.Status(refusal.Kind)
		}
	}
	v.ready = missing == nil
	v.letter = p.service.Letter(ctx, desk)
	info := organisation.PageInfo{Title: i18n.T(ctx, "Send the proposal"), Current: navKey, Breadcrumbs: append(crumbs(ctx, v.slug, desk.Document),
		ui.Crumb{Label: desk.Document.Number, URL: v.path("")})}
	return p.frame.Office(r, info, reviewPage(v)).WithStatus(v.status), nil
}

// send freezes the draft and queues the mails.
func (p *Pages) send(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	note := form.Text("changeNote")
	revision, err := web.Whole(form.Raw("revision"))
	if err != nil {
		return p.review(r)
	}
	if err = form.Err(); err == nil {
		err = p.service.Send(r.Context(), r.Actor, r.PathValue("document"), revision, note)
	}
	if refusal := fault.As(err); refusal != nil && (refusal.Kind == fault.Invalid || refusal.Kind == fault.Conflict) {
		return p.reviewPage(r, err, note)
	}
	if err != nil {
		return web.Reply{}, err
	}
	return p.frame.Say(p.back(r, ""), i18n.T(r.Context(), "Sent. Each recipient gets one e-mail.")), nil
}

// back leads to the proposal's page.
func (p *Pages) back(r *route.Request, anchor string) web.Reply {
	return web.Redirect(document.OfficePath(r.Organisation.Slug, r.PathValue("document")) + anchor)
}

// resend mails one recipient again.
func (p *Pages) resend(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	if err := p.service.Resend(r.Context(), r.Actor, r.PathValue("document"), form.Line("contact")); err != nil {
		return web.Reply{}, err
	}
	return p.frame.Say(p.back(r, "#recipients"), i18n.T(r.Context(), "Sent again, with a new link.")), nil
}

// revise begins the next version.
func (p *Pages) revise(r *route.Request) (web.Reply, error) {
	if err := p.service.Revise(r.Context(), r.Actor, r.PathValue("document")); err != nil {
		return web.Reply{}, err
	}
	return p.frame.Say(p.back(r, ""), i18n.T(r.Context(), "This is the next version. Nobody sees it before you send it.")), nil
}

// withdraw takes the proposal back.
func (p *Pages) withdraw(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	reason := form.Text("reason")
	if err := form.Err(); err != nil {
		return web.Reply{}, err
	}
	if err := p.service.Void(r.Context(), r.Actor, r.PathValue("document"), reason); err != nil {
		return web.Reply{}, err
	}
	return p.frame.Say(p.back(r, ""), i18n.T(r.Context(), "The proposal is withdrawn.")), nil
}

// revokeLink ends a personal link.
func (p *Pages) revokeLink(r *route.Request) (web.Reply, error) {
	if err := p.service.RevokeLink(r.Context(), r.Actor, r.PathValue("document"), r.PathValue("link")); err != nil {
		return web.Reply{}, err
	}
	return p.frame.Say(p.back(r, "#links"), i18n.T(r.Context(), "The link no longer works.")), nil
}

// shownView is a version as its customer reads it.
type shownView struct {
	slug     string
	number   string
	document document.Document
	content  proposal.CustomerContent
	signed   bool
	choices  proposal.Choices // what was signed; before that the office's presets
	totals   proposal.Totals
	taxName  string
	files    map[string]file.File
	changes  []proposal.Change
	before   document.Version
	version  document.Version
}

// shown puts together how a version looks to its customer. A draft looks as it would when it
// was sent now.
func shown(slug string, desk document.Desk) (shownView, error) {
	v := shownView{slug: slug, number: desk.Document.Number, document: desk.Document, content: desk.Version.Content.ForCustomer(), taxName: desk.Settings.TaxName,
		files: map[string]file.File{}, version: desk.Version}
	for _, f := range desk.Files {
		v.files[f.ID] = f
	}
	if err := v.addChoices(desk); err != nil {
		return v, err
	}
	var err error
	if v.totals, err = v.content.Totals(v.choices); err != nil {
		return v, err
	}
	for _, version := range desk.Versions { // newest first
		if version.Number < desk.Version.Number && len(version.Shown) > 0 {
			v.before = version
			v.changes, err = proposal.Difference(version.Content.ForCustomer(), v.content)
			return v, err
		}
	}
	return v, nil
}

// addChoices takes what the customer chose from the signature under this version.
func (v *shownView) addChoices(desk document.Desk) error {
	for _, signature := range desk.Signatures {
		if signature.Version == desk.Version.Number {
			v.signed = true
			return json.Unmarshal(signature.Choices, &v.choices)
		}
	}
	return nil
}

// preview is the newest version as the customer sees it: the customer's own page, with
// nothing to press.
func (p *Pages) preview(r *route.Request) (web.Reply, error) {
	ctx := r.Context()
	desk, err := p.service.Desk(ctx, r.Actor, r.PathValue("document"), 0)
	if err != nil {
		return web.Reply{}, err
	}
	v, err := shown(r.Organisation.Slug, desk)
	if err != nil {
		return web.Reply{}, err
	}
	line := i18n.T(ctx, "Proposal {number}", "number", v.number)
	banner := ui.Banner(ui.BannerProps{Icon: "eye", Title: i18n.T(ctx, "This is a preview"), Text: i18n.T(ctx, "This is how the customer sees it. Nothing here can be pressed or signed."),
		Action: ui.Button(ui.ButtonProps{Label: i18n.T(ctx, "Back to the proposal"), Icon: "arrow-left", URL: document.OfficePath(v.slug, desk.Document.ID)})})
	page := reading.Preview(p.service, v.slug, v.reading(desk))
	return p.frame.Document(r, organisation.DocumentInfo{Title: line, Line: line, Banner: banner}, page), nil
}

// reading is the version as if it had been sent and were read by somebody who signs.
func (v shownView) reading(desk document.Desk) document.Reading {
	version := document.ShownVersion{Document: desk.Document, Number: v.version.Number, State: v.version.State, Content: v.content, Bytes: v.content.Bytes(), SentAt: v.version.SentAt, ChangeNote: v.version.ChangeNote,
		AnsweredAt: v.version.AnsweredAt, Reason: v.version.Reason}
	if version.State == proposal.Draft {
		version.State = proposal.Sent
	}
	r := document.Reading{Version: version, Changes: v.changes, Totals: v.totals, Files: v.files, Settings: desk.Settings, Contact: desk.People[desk.Document.Owner], Newest: true, Signs: true}
	if v.before.Number > 0 {
		r.Before = &document.ShownVersion{Document: desk.Document, Number: v.before.Number, State: v.before.State, Content: v.before.Content.ForCustomer(), SentAt: v.before.SentAt}
	}
	for _, recipient := range desk.Recipients {
		if recipient.Signs {
			r.Signers = append(r.Signers, recipient.Name)
		}
	}
	return r
}

// version is an older version, or the draft, with what changed since the one before.
func (p *Pages) version(r *route.Request) (web.Reply, error) {
	ctx := r.Context()
	number, err := web.Whole(r.PathValue("version"))
	if err != nil || number < 1 {
		return web.Reply{}, fault.New(fault.NotFound, "This version was not found.")
	}
	desk, err := p.service.Desk(ctx, r.Actor, r.PathValue("document"), number)
	if err != nil {
		return web.Reply{}, err
	}
	v, err := shown(r.Organisation.Slug, desk)
	if err != nil {
		return web.Reply{}, err
	}
	title := i18n.T(ctx, "{number}, version {version}", "number", v.number, "version", number)
	info := organisation.PageInfo{Title: title, Current: navKey, Breadcrumbs: append(crumbs(ctx, v.slug, desk.Document), ui.Crumb{Label: v.number, URL: document.OfficePath(v.slug, desk.Document.ID)})}
	return p.frame.Office(r, info, versionPage(v, p.service.Markup())), nil
}

// sentView is what the office sees of a version that went out.
type sentView struct {
	shownView
	desk         document.Desk
	now          time.Time
	conversation templ.Component
	readers      templ.Component
	maySend      bool
	mayWrite     bool
	mayRevoke    bool
	editor       editorView // for the figures with costs
}

func (p *Pages) sentPage(r *route.Request, desk document.Desk) (web.Reply, error) {
	ctx := r.Context()
	base, err := shown(r.Organisation.Slug, desk)
	if err != nil {
		return web.Reply{}, err
	}
	v := sentView{shownView: base, desk: desk, now: p.service.Now(), editor: newEditor(r, desk), maySend: r.Actor.May(access.ProposalsSend),
		mayWrite: r.Actor.May(access.ProposalsWrite), mayRevoke: r.Actor.May(access.LinksManage)}
	if p.around.Conversation != nil {
		if v.conversation, err = p.around.Conversation(r, desk.Document); err != nil {
			return web.Reply{}, err
		}
	}
	if p.around.Readers != nil {
		if v.readers, err = p.around.Readers(r, desk.Document); err != nil {
			return web.Reply{}, err
		}
	}
	info := organisation.PageInfo{Title: i18n.T(ctx, "Proposal {number}", "number", desk.Document.Number), Current: navKey, Breadcrumbs: crumbs(ctx, v.slug, desk.Document)}
	return p.frame.Office(r, info, sentPage(v, p.service.Markup())), nil
}

func (v sentView) path(more string) string { return document.OfficePath(v.slug, v.document.ID) + more }

func (v sentView) headline() string {
	parts := []string{v.document.Title, v.document.ProjectName, v.document.CustomerName}
	return strings.Join(slices.Compact(parts), " · ")
}

// signature is the one under the version shown.
func (v sentView) signature() *signing.Signature {
	at := slices.IndexFunc(v.desk.Signatures, func(s signing.Signature) bool { return s.Version == v.version.Number })
	if at < 0 {
		return nil
	}
	return &v.desk.Signatures[at]
}

// liveLinks are the links that still open something.
func (v sentView) liveLinks() []identity.Link {
	var live []identity.Link
	for _, l := range v.desk.Links {
		if l.Live(v.now) {
			live = append(live, l)
		}
	}
	return live
}

// reviseText says what the next version does to the signature.
func (v sentView) reviseText(ctx context.Context) string {
	switch v.version.State {
	case proposal.Sent:
		return i18n.T(ctx, "The customer can no longer sign version {version}: the awaited signature ends now. Version {version} stays readable. Nobody is told before you send the next one.", "version", v.version.Number)
	case proposal.Approved:
		return i18n.T(ctx, "The signature stays with version {version}. The next one needs a signature of its own.", "version", v.version.Number)
	}
	return i18n.T(ctx, "You go on from the text of version {version}, which stays readable. The next one needs a signature of its own.", "version", v.version.Number)
}

// recipientState says how far a recipient has come.
func (v sentView) recipientState(ctx context.Context, r document.Recipient) templ.Component {
	switch {
	case r.Bounced:
		return ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "E-mail came back"), Tone: ui.ToneBad})
	case r.Viewed == v.version.Number:
		return ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "Opened {when}", "when", i18n.Relative(ctx, r.ViewedAt)), Tone: ui.ToneOK})
	case r.Mailed == v.version.Number:
		return ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "Not opened yet")})
	}
	return ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "Not sent")})
}

// mailLine says when a mail left, or why not.
func mailLine(ctx context.Context, m outbox.Sent) string {
	switch {
	case !m.BouncedAt.IsZero():
		return i18n.T(ctx, "Came back {when}", "when", i18n.DateTime(ctx, m.BouncedAt))
	case !m.SentAt.IsZero():
		return i18n.T(ctx, "Sent {when}", "when", i18n.DateTime(ctx, m.SentAt))
	}
	return i18n.T(ctx, "Waiting since {when}", "when", i18n.DateTime(ctx, m.QueuedAt))
}
