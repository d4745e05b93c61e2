package writing

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/customer"
	"lintel/internal/features/document"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/file"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/money"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

const draftID = "draft" // of the editor's form

// draftSize is what the form of the longest proposal takes: some twenty fields of each line,
// and its texts as a browser writes them, where one character can be nine.
var draftSize = web.FormSize{Bytes: 4 * proposal.MaxBytes, Fields: 20*proposal.MaxLines + 10_000}

// editorView is everything that the editor shows: what is stored, and what was typed.
type editorView struct {
	slug     string
	desk     document.Desk
	form     draftForm
	typed    map[string]lineForm // by id, as the browser sent them
	content  proposal.Content    //  what the form means; what is stored when it has wrong numbers
	totals   proposal.OfficeTotals
	problems map[string]string // by field, as problemsOf sorts them
	message  string            // why nothing was saved
	conflict int               // the newest revision, when somebody else saved
	checks   bool              // what is missing before it can be sent stays marked until it is there
	maySend  bool
	status   int
}

// newEditor shows the stored draft.
func newEditor(r *route.Request, desk document.Desk) editorView {
	v := editorView{slug: r.Organisation.Slug, desk: desk, content: desk.Version.Content, totals: desk.Totals, maySend: r.Actor.May(access.ProposalsSend), status: http.StatusOK,
		form: formOf(r.Context(), desk.Version.Content, desk.Version.Revision, desk.SeesCosts)}
	v.form.NewTax = desk.Settings.TaxPercent
	return v
}

// markMissing marks what a draft still needs before it can be sent.
func (p *Pages) markMissing(r *route.Request, v *editorView) {
	v.checks = true
	if missing := p.service.Unready(v.desk); missing != nil {
		v.message, v.problems = i18n.T(r.Context(), "This is still missing"), problemsOf(r.Context(), missing, v.form)
	}
}

func (p *Pages) editor(r *route.Request, v editorView) web.Reply {
	d := v.desk.Document
	info := organisation.PageInfo{Title: i18n.T(r.Context(), "Proposal {number}", "number", d.Number), Current: navKey, Rail: true, Dock: true, Breadcrumbs: crumbs(r.Context(), v.slug, d)}
	return p.frame.Office(r, info, editorPage(v)).WithStatus(v.status)
}

// save takes the whole form. With X-Autosave it answers the parts of the page that changed;
// otherwise it does what the pressed button says, after saving.
func (p *Pages) save(r *route.Request) (web.Reply, error) {
	posted, err := p.posted(r)
	if err != nil {
		return web.Reply{}, err
	}
	desk, err := p.service.Desk(r.Context(), r.Actor, r.PathValue("document"), 0)
	if err != nil {
		return web.Reply{}, err
	}
	v := newEditor(r, desk)
	before := v
	stored := v.form
	v.form = readDraftForm(posted.Values)
	v.form.NewTax = stored.NewTax
	v.typed = v.form.byID()
	v.form.complete(stored)
	automatic := r.Header.Get("X-Autosave") != ""
	button, at := posted.Raw("act"), ""
	if !automatic {
		button, at = v.press(button, posted.Raw("remove_file"))
	}
	if err := cmp.Or(p.store(r, &v), posted.Err()); err != nil {
		return p.notSaved(r, before, v, automatic, err)
	}
	if automatic {
		if posted.Raw("missing") != "" {
			p.markMissing(r, &v)
		}
		return web.Page(savedParts(before, v, posted.Raw("pictures"))), nil
	}
	return p.afterSave(r, v, posted, button, at)
}

// posted reads the editor's form, with the files that a browser without script sends along.
func (p *Pages) posted(r *route.Request) (*web.Form, error) {
	if p.around.Form == nil {
		return r.FormOf(draftSize)
	}
	return p.around.Form(r, draftSize, func(*web.Form) (string, string) { return "proposal", r.PathValue("document") })
}

// press changes the form as its buttons do. What is left of the button is done after saving.
func (v *editorView) press(button, removed string) (rest, at string) {
	if removed != "" {
		v.form.Attachments = slices.DeleteFunc(v.form.Attachments, func(id string) bool { return id == removed })
		return "", "files"
	}
	if newest, found := strings.CutPrefix(button, "overwrite:"); found {
		v.form.Revision = newest
		return "", ""
	}
	var templates []proposal.Term
	for _, t := range v.desk.Templates {
		templates = append(templates, proposal.Term{ID: t.ID, Title: t.Title, Body: t.Body})
	}
	if where, known := v.form.act(button, templates); known {
		return "", where
	}
	return button, ""
}

// store saves the form and fills v with what is then stored.
func (p *Pages) store(r *route.Request, v *editorView) error {
	content, err := v.form.content(r.Context(), v.desk.Version.Content)
	if err != nil {
		return err
	}
	revision, err := web.Whole(v.form.Revision)
	if err != nil {
		return fault.New(fault.Invalid, "The form does not say which draft it belongs to. Please load the page again.")
	}
	saved, err := p.service.SaveDraft(r.Context(), r.Actor, v.desk.Document.ID, revision, content)
	if err != nil {
		return err
	}
	if !v.desk.SeesCosts {
		saved.Content = saved.Content.WithoutCosts()
	}
	v.desk.Version, v.content = saved, saved.Content
	v.desk.Document.Title, v.desk.Document.UpdatedAt, v.desk.Document.Total = saved.Content.Title, saved.UpdatedAt, saved.Total
	tax := v.form.NewTax
	v.form = formOf(r.Context(), saved.Content, saved.Revision, v.desk.SeesCosts)
	v.form.NewTax = tax
	v.totals, err = saved.Content.Totals(proposal.Choices{})
	return err
}

// notSaved shows the form as it was typed, with what stands in the way.
func (p *Pages) notSaved(r *route.Request, before, v editorView, automatic bool, err error) (web.Reply, error) {
	refusal := fault.As(err)
	if refusal == nil || refusal.Kind != fault.Invalid && refusal.Kind != fault.Conflict {
		return web.Reply{}, err
	}
	v.message, v.problems, v.status = i18n.T(r.Context(), refusal.Message), problemsOf(r.Context(), err, v.form), route.Status(refusal.Kind)
	if refusal.Kind == fault.Conflict {
		if v.desk.Version.State == proposal.Draft {
			v.conflict = v.desk.Version.Revision
		}
	}
	if automatic {
		return web.Page(refusedParts(before, v)).WithStatus(v.status), nil
	}
	return p.editor(r, v), nil
}

// unsaved tells whether the form shows what was typed and refused.
func (v editorView) unsaved() bool { return v.status != http.StatusOK }

func (v editorView) savedText(ctx context.Context) string {
	if v.unsaved() {
		return i18n.T(ctx, "Not saved")
	}
	return i18n.T(ctx, "Saved {time}", "time", i18n.Time(ctx, v.desk.Version.UpdatedAt))
}

// afterSave does what a button asks for besides saving.
func (p *Pages) afterSave(r *route.Request, v editorView, posted *web.Form, button, at string) (web.Reply, error) {
	page := document.OfficePath(v.slug, v.desk.Document.ID)
	verb, what, _ := strings.Cut(button, ":")
	switch verb {
	case "send":
		if missing := fault.As(p.service.Unready(v.desk)); missing != nil {
			return web.Redirect(page + "?missing=1"), nil
		}
		return web.Redirect(page + "/send"), nil
	case "preview":
		return web.Redirect(page + "/preview"), nil
	case "remove-recipient":
		if err := p.service.RemoveRecipient(r.Context(), r.Actor, v.desk.Document.ID, what); err != nil {
			return web.Reply{}, err
		}
		at = "recipients"
	case "recipients":
		if err := p.setRecipients(r, v, posted); err != nil {
			return web.Reply{}, err
		}
		at = "recipients"
	}
	if at != "" {
		return web.Redirect(page + "#" + v.anchor(at)), nil
	}
	return p.frame.Say(web.Redirect(page), i18n.T(r.Context(), "Saved.")), nil
}

// anchor is the element of a line, group or term by its id, or a part of the page by its name.
func (v editorView) anchor(at string) string {
	g, l := v.form.find(at)
	switch {
	case l >= 0:
		return "line-" + at + "-errors"
	case g >= 0:
		return "group-" + at + "-sum"
	case slices.ContainsFunc(v.form.Terms, func(t proposal.Term) bool { return t.ID == at }):
		return "term-" + at
	}
	return at
}

// setRecipients takes from the sheet of contacts who signs and who gets a copy. A contact of
// somebody else is Invalid (A07).
func (p *Pages) setRecipients(r *route.Request, v editorView, posted *web.Form) error {
	edited := v.desk.Document.ID
	for name := range posted.Values {
		contact, found := strings.CutPrefix(name, "recipient.")
		if !found {
			continue
		}
		var err error
		switch posted.Raw(name) {
		case "signs", "copy":
			err = p.service.SetRecipient(r.Context(), r.Actor, edited, contact, posted.Raw(name) == "signs")
		default:
			err = p.service.RemoveRecipient(r.Context(), r.Actor, edited, contact)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (v editorView) path(more string) string {
	return document.OfficePath(v.slug, v.desk.Document.ID) + more
}

func (v editorView) amount(ctx context.Context, a money.Amount) string { return i18n.Money(ctx, a) }

// headline is what the line under the number says: the project, the customer, and what
// became of the version before.
func (v editorView) headline(ctx context.Context) string {
	d := v.desk.Document
	parts := []string{d.ProjectName, d.CustomerName}
	for _, version := range v.desk.Versions {
		if version.Number == v.desk.Version.Number-1 {
			parts = append(parts, versionFate(ctx, version))
		}
	}
	return strings.Join(parts, " · ")
}

// versionFate says what became of a sent version.
func versionFate(ctx context.Context, v document.Version) string {
	when := v.SentAt
	if !v.AnsweredAt.IsZero() {
		when = v.AnsweredAt
	}
	day := i18n.DateShort(ctx, when)
	switch v.State {
	case proposal.Approved:
		return i18n.T(ctx, "version {version} approved on {date}", "version", v.Number, "date", day)
	case proposal.Declined:
		return i18n.T(ctx, "version {version} declined on {date}", "version", v.Number, "date", day)
	case proposal.ChangesRequested:
		return i18n.T(ctx, "changes to version {version} asked for on {date}", "version", v.Number, "date", day)
	}
	return i18n.T(ctx, "version {version} sent on {date}", "version", v.Number, "date", day)
}

func (v editorView) countsText(ctx context.Context) string {
	lines, groups, discounts := v.content.Counts()
	parts := []string{i18n.N(ctx, lines, "{n} line", "{n} lines"), i18n.N(ctx, groups, "{n} group", "{n} groups")}
	if discounts > 0 {
		parts = append(parts, i18n.N(ctx, discounts, "{n} discount", "{n} discounts"))
	}
	return strings.Join(parts, ", ")
}

// lineEditor describes the table.
func (v editorView) lineEditor(ctx context.Context) ui.LineEditorProps {
	return ui.LineEditorProps{ID: "lines", Sheet: "more-", Caption: i18n.T(ctx, "Line items"), NoCost: !v.desk.SeesCosts, DefaultTax: v.form.NewTax, Words: ui.LineWords{
		Name: i18n.T(ctx, "Name and description"), Description: i18n.T(ctx, "Description"), Quantity: i18n.T(ctx, "Qty"), Unit: i18n.T(ctx, "Unit"),
		Price: i18n.T(ctx, "Unit price"), Tax: i18n.T(ctx, "Tax %"), Cost: i18n.T(ctx, "Unit cost"), CostHidden: i18n.T(ctx, "Cost, hidden"),
		Total: i18n.T(ctx, "Total, {currency}", "currency", currencySign(ctx, v.content.Currency)), Move: i18n.T(ctx, "Move"), Actions: i18n.T(ctx, "Actions for"), More: i18n.T(ctx, "More about this line"),
		GroupName: i18n.T(ctx, "Name of the group"), NewLine: i18n.T(ctx, "New line"), AddLine: i18n.T(ctx, "Add a line, or paste rows"), UnitPlaceholder: i18n.T(ctx, "unit")}}
}

// currencySign is what the reader's language puts beside an amount: "€".
func currencySign(ctx context.Context, currency string) string {
	sign := strings.TrimFunc(i18n.Money(ctx, money.Zero(currency)), func(c rune) bool { return c >= '0' && c <= '9' || strings.ContainsRune("., \u00a0\u202f", c) })
	return cmp.Or(sign, currency)
}

// rows gives a group's lines as the table shows them; first is the number of lines before.
func (v editorView) rows(ctx context.Context, group, first int) []ui.LineRowProps {
	g := v.form.Groups[group]
	rows := make([]ui.LineRowProps, 0, len(g.Lines))
	for i, l := range g.Lines {
		row := ui.LineRowProps{ID: l.ID, Group: g.ID, Index: first + i, Name: l.Name, Description: l.Description, Quantity: l.Quantity, Unit: l.Unit, Price: l.Price, Tax: l.Tax,
			Total: v.lineTotal(ctx, l.ID), Tags: lineMore(v, g, l, len(v.lineProblems(group, i)) > 0), Errors: v.lineProblems(group, i)}
		if v.desk.SeesCosts {
			row.Cost = l.Cost
		}
		rows = append(rows, row)
	}
	return rows
}

func (v editorView) lineProblems(group, line int) map[string]string {
	problems := map[string]string{}
	for _, cell := range []string{"name", "description", "quantity", "unit", "price", "tax", "cost"} {
		if text := v.problems[proposal.FieldName(group, line, cell)]; text != "" {
			problems[cell] = text
		}
	}
	return problems
}

// lineTotal is what a line adds; of an option that is not chosen, what it would add.
func (v editorView) lineTotal(ctx context.Context, wanted string) string {
	if amount, counts := v.totals.Lines[wanted]; counts {
		return i18n.MoneyPlain(ctx, amount)
	}
	for _, g := range v.content.Groups {
		for _, l := range g.Lines {
			if l.ID == wanted {
				if amount, err := money.New(l.UnitPrice, v.content.Currency).Times(l.Quantity); err == nil {
					return i18n.MoneyPlain(ctx, amount)
				}
			}
		}
	}
	return ""
}

// groupProps is a group's head and foot.
func (v editorView) groupProps(ctx context.Context, index int) ui.LineGroupProps {
	g := v.form.Groups[index]
	props := ui.LineGroupProps{ID: g.ID, Name: g.Name, Index: index, Kind: g.Kind, Tag: groupMore(v, g), SubtotalLabel: subtotalLabel(ctx, g),
		Error: v.groupProblem(index)}
	props.Subtotal, props.CostSubtotal = v.groupSums(ctx, g.ID)
	return props
}

func subtotalLabel(ctx context.Context, g groupForm) string {
	switch {
	case g.Kind == string(proposal.Option) && g.Max != "":
		return i18n.T(ctx, "Subtotal of the dearest choice")
	case g.Kind == string(proposal.Option):
		return i18n.T(ctx, "Subtotal if all are chosen")
	case g.Name == "":
		return i18n.T(ctx, "Subtotal")
	}
	return i18n.T(ctx, "{group} subtotal", "group", g.Name)
}

func (v editorView) groupSums(ctx context.Context, wanted string) (sum, cost string) {
	for _, g := range v.totals.Groups {
		if g.ID != wanted {
			continue
		}
		sum = i18n.MoneyPlain(ctx, g.Subtotal)
		if g.Kind == proposal.Option {
			sum = i18n.MoneyPlain(ctx, g.IfAllChosen)
		}
		if amount, known := v.totals.GroupCosts[wanted]; known && v.desk.SeesCosts && g.Kind != proposal.Discounts {
			cost = i18n.MoneyPlain(ctx, amount)
		}
	}
	return sum, cost
}

// sums are the lines of the summary.
func (v editorView) sums(ctx context.Context) []ui.Line {
	return append(sumLines(ctx, v.content.Pricing, v.totals.Totals, v.desk.Settings.TaxName),
		ui.Line{Label: i18n.T(ctx, "Options, if all chosen"), Amount: "+ " + i18n.Money(ctx, v.totals.IfAllChosen), Small: true})
}

// sumLines writes subtotal, discounts, taxes and the total.
func sumLines(ctx context.Context, pricing proposal.Pricing, totals proposal.Totals, taxName string) []ui.Line {
	lines := []ui.Line{{Label: i18n.T(ctx, "Subtotal"), Amount: i18n.Money(ctx, totals.Subtotal)}}
	for _, discount := range totals.Discounts {
		lines = append(lines, ui.Line{Label: cmp.Or(discount.Name, i18n.T(ctx, "Discount")), Amount: i18n.Money(ctx, discount.Amount)})
	}
	for _, tax := range totals.Taxes {
		label := cmp.Or(taxName, i18n.T(ctx, "Tax")) + " " + i18n.Percent(ctx, tax.Percent)
		if pricing == proposal.TaxIncluded {
			label = i18n.T(ctx, "{tax}, included", "tax", label)
		}
		lines = append(lines, ui.Line{Label: label, Amount: i18n.Money(ctx, tax.Tax)})
	}
	return append(lines, ui.Line{Label: i18n.T(ctx, "Total"), Amount: i18n.Money(ctx, totals.Total), Total: true})
}

// margin is the office's private box, or nil for those who may not see costs.
func (v editorView) margin(ctx context.Context) templ.Component {
	if !v.desk.SeesCosts {
		return nil
	}
	share := 1 - float64(v.totals.MarginPercent.Scaled())/float64(money.Whole(100).Scaled())
	cost := money.FromScaled(money.Whole(100).Scaled() - v.totals.MarginPercent.Scaled())
	lines := []ui.Line{{Label: i18n.T(ctx, "Cost"), Amount: i18n.Money(ctx, v.totals.Cost)},
		{Label: i18n.T(ctx, "Margin"), Amount: i18n.Money(ctx, v.totals.Margin) + " · " + i18n.Percent(ctx, tenths(v.totals.MarginPercent))}}
	if v.totals.CostUnknown > 0 {
		lines = append(lines, ui.Line{Label: i18n.N(ctx, v.totals.CostUnknown, "{n} line has no cost yet", "{n} lines have no cost yet"), Small: true})
	}
	return ui.MarginBox(ui.MarginProps{ID: "sum-margin", Title: i18n.T(ctx, "Office only"), Badge: v.floorBadge(ctx), Share: share, Lines: lines,
		Label: i18n.T(ctx, "Cost {cost}, margin {margin}", "cost", i18n.Percent(ctx, tenths(cost)), "margin", i18n.Percent(ctx, tenths(v.totals.MarginPercent)))})
}

// tenths rounds a percentage to one decimal.
func tenths(percent money.Decimal) money.Decimal {
	scaled, half := percent.Scaled(), int64(500)
	if scaled < 0 {
		half = -half
	}
	return money.FromScaled((scaled + half) / 1000 * 1000)
}

// floorBadge warns when the margin is below what the firm wants.
func (v editorView) floorBadge(ctx context.Context) templ.Component {
	floor, err := money.ParsePercent(v.desk.Settings.MarginFloor, money.PointNotation)
	if err != nil || v.totals.Total.Minor == 0 || v.totals.MarginPercent.Compare(floor) >= 0 {
		return nil
	}
	return ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "Below the {floor} floor", "floor", i18n.Percent(ctx, floor)), Tone: ui.ToneWarn})
}

// pictures are the proposal's files that can be a cover or stand beside a line.
func (v editorView) pictures() []file.File {
	var list []file.File
	for _, f := range v.desk.Files {
		if f.IsPhoto() {
			list = append(list, f)
		}
	}
	return list
}

// attachments are the files that the form lists, as they are stored.
func (v editorView) attachments() []file.File {
	var list []file.File
	for _, wanted := range v.form.Attachments {
		for _, f := range v.desk.Files {
			if f.ID == wanted {
				list = append(list, f)
			}
		}
	}
	return list
}

// recipientOf tells what a contact gets: "signs", "copy" or nothing.
func (v editorView) recipientOf(contact customer.Contact) string {
	for _, r := range v.desk.Recipients {
		if r.Contact == contact.ID {
			if r.Signs {
				return "signs"
			}
			return "copy"
		}
	}
	return ""
}

// namesOf joins first names.
func namesOf(recipients []document.Recipient) string {
	names := make([]string, 0, len(recipients))
	for _, r := range recipients {
		names = append(names, r.FirstName())
	}
	return strings.Join(names, ", ")
}
