package reading

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"lintel/internal/features/document"
	"lintel/internal/features/document/comparison"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/file"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/markup"
	"lintel/internal/platform/money"
	"lintel/internal/ui"
)

// choicesForm is the id of the form that carries choices and opened terms.
const choicesForm = "choices"

// readingView is the customer's page of a proposal, ready to be written.
type readingView struct {
	document.Reading
	slug         string
	now          time.Time
	markup       *markup.Writer
	conversation templ.Component
	preview      bool // shown to the office: nothing can be pressed
	refused      refused
}

func (v readingView) path() string { return document.CustomerPath(v.slug, v.Version.Document.ID) }

// locked reports that choices can no longer be made.
func (v readingView) locked() bool { return v.preview || !v.Answerable() }

func (v readingView) eyebrow(ctx context.Context) string {
	return i18n.T(ctx, "Proposal for {customer}", "customer", v.Version.Document.CustomerName)
}

func (v readingView) hero(ctx context.Context) ui.HeroProps {
	content := v.Version.Content
	p := ui.HeroProps{Eyebrow: v.eyebrow(ctx), Title: content.Title, Place: v.Version.Document.Place, TotalLabel: v.totalLabel(ctx),
		Total: i18n.Money(ctx, v.Totals.Total), TotalLine: v.taxLine(ctx), ContactName: v.Contact.Name, ContactLine: v.contactLine(ctx),
		ContactPhone: v.Contact.Phone, PhoneLabel: i18n.T(ctx, "Call {name}", "name", v.Contact.Name), Badge: v.stateBadge(ctx)}
	if cover, ok := v.Files[content.Cover]; ok && cover.HasPreview {
		p.PictureURL, p.PictureText = cover.PreviewURL(v.slug), i18n.T(ctx, "Picture of {title}", "title", content.Title)
	}
	if content.ValidUntil != "" {
		p.Facts = append(p.Facts, ui.Fact{Label: i18n.T(ctx, "Valid until"), Value: i18n.Day(ctx, content.ValidUntil), Line: v.daysLeft(ctx)})
	}
	if !v.Totals.Deposit.IsZero() {
		p.Facts = append(p.Facts, ui.Fact{Label: i18n.T(ctx, "Due when you sign"), Value: i18n.Money(ctx, v.Totals.Deposit), Line: i18n.T(ctx, "{percent} deposit", "percent", i18n.Percent(ctx, content.Deposit))})
	}
	return p
}

func (v readingView) contactLine(ctx context.Context) string {
	if v.Contact.Title == "" {
		return i18n.T(ctx, "Your contact")
	}
	return i18n.T(ctx, "{title}, your contact", "title", v.Contact.Title)
}

// taxLine says how much of the total is tax.
func (v readingView) taxLine(ctx context.Context) string {
	if v.Totals.Tax.IsZero() {
		return ""
	}
	return i18n.T(ctx, "{tax} of {amount} included", "tax", v.Settings.TaxName, "amount", i18n.Money(ctx, v.Totals.Tax))
}

func (v readingView) daysLeft(ctx context.Context) string {
	until, err := time.ParseInLocation(time.DateOnly, v.Version.Content.ValidUntil, v.Settings.Location())
	if err != nil || !v.Answerable() {
		return ""
	}
	days := int(until.AddDate(0, 0, 1).Sub(v.now).Hours() / 24)
	if days <= 0 {
		return i18n.T(ctx, "Today is the last day")
	}
	return i18n.N(ctx, days, "{n} day left", "{n} days left")
}

func (v readingView) stateBadge(ctx context.Context) templ.Component {
	state, tone := v.Version.State, ui.ToneInfo
	switch {
	case v.Signature != nil:
		return ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "Signed"), Tone: ui.ToneOK})
	case v.Answerable():
		return ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "Waiting for you"), Tone: ui.ToneWarn})
	case state == proposal.Sent && v.Past, state == proposal.Expired:
		return ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "No longer valid"), Tone: ui.ToneWarn})
	case state == proposal.Declined || state == proposal.Void:
		tone = ui.ToneBad
	}
	return ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, state.Words()), Tone: tone})
}

// notice is what stands above everything when the proposal cannot simply be signed.
func (v readingView) notice(ctx context.Context) *ui.NoteProps {
	newest := i18n.T(ctx, "Version {version} has replaced this one.", "version", v.Version.Document.SentVersion)
	switch state := v.Version.State; {
	case v.refused.Problem != "" && v.Signature == nil:
		return &ui.NoteProps{Tone: ui.ToneBad, Icon: "triangle-alert", Title: i18n.T(ctx, v.refused.Problem), Text: i18n.T(ctx, "Nothing was signed.")}
	case v.firstWrong() != "":
		return &ui.NoteProps{Tone: ui.ToneBad, Icon: "triangle-alert", Title: i18n.T(ctx, "Not everything could be kept. Please look at what is marked."), Text: i18n.T(ctx, "All other choices are kept. Nothing was signed.")}
	case v.Signature != nil:
		return &ui.NoteProps{Tone: ui.ToneOK, Icon: "file-check", Title: i18n.T(ctx, "Signed by {name}", "name", v.Signature.Name), Text: i18n.DateTime(ctx, v.Signature.SignedAt)}
	case !v.Newest:
		return &ui.NoteProps{Tone: ui.ToneWarn, Icon: "history", Title: newest, Text: i18n.T(ctx, "You are reading an older version. It stays here, but cannot be signed.")}
	case v.Pending || state == proposal.ChangesRequested:
		return &ui.NoteProps{Tone: ui.ToneInfo, Icon: "pen-line", Title: i18n.T(ctx, "{firm} is preparing a new version.", "firm", v.Settings.Name), Text: i18n.T(ctx, "You will get an e-mail when it is ready.")}
	case state == proposal.Declined:
		return &ui.NoteProps{Tone: ui.ToneBad, Icon: "circle-x", Title: i18n.T(ctx, "This proposal was declined."), Text: v.Version.Reason}
	case state == proposal.Void:
		return &ui.NoteProps{Tone: ui.ToneBad, Icon: "ban", Title: i18n.T(ctx, "{firm} has withdrawn this proposal.", "firm", v.Settings.Name)}
	case v.Past || state == proposal.Expired:
		return &ui.NoteProps{Tone: ui.ToneWarn, Icon: "clock", Title: i18n.T(ctx, "This proposal is no longer valid."), Text: i18n.T(ctx, "Ask for a new one below: your contact reads it at once.")}
	case !v.Signs && !v.preview:
		return &ui.NoteProps{Tone: ui.ToneInfo, Icon: "eye", Title: i18n.T(ctx, "This is your copy to read."), Text: i18n.T(ctx, "{names} can sign it.", "names", document.OneOf(ctx, v.Signers))}
	}
	return nil
}

// diff lists what changed since the version before.
func (v readingView) diff(ctx context.Context) ui.DiffProps {
	before, err := v.Before.Content.Totals(proposal.Choices{})
	after, err2 := v.Version.Content.Totals(proposal.Choices{})
	p := ui.DiffProps{Title: i18n.N(ctx, len(v.Changes), "Version {version}: {n} change since version {before}", "Version {version}: {n} changes since version {before}", "version", v.Version.Number, "before", v.Before.Number),
		Line: i18n.T(ctx, "Sent {date}", "date", i18n.DateFull(ctx, v.Version.SentAt)), Changes: comparison.Lines(ctx, v.Changes), Closed: v.Signature != nil}
	if v.Version.ChangeNote != "" {
		p.Line = v.Version.ChangeNote
	}
	if effect, err3 := after.Total.Sub(before.Total); err == nil && err2 == nil && err3 == nil {
		p.BeforeAfter = i18n.T(ctx, "Total {before} before, {after} now", "before", i18n.Money(ctx, before.Total), "after", i18n.Money(ctx, after.Total))
		p.Effect = i18n.MoneySigned(ctx, effect)
	}
	return p
}

// changed names the lines that this version added or changed, for a mark beside them.
func (v readingView) changed(ctx context.Context, line string) templ.Component {
	for _, change := range v.Changes {
		if change.ID != line {
			continue
		}
		if change.Kind == proposal.Added {
			return ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "New in version {version}", "version", v.Version.Number), Tone: ui.ToneOK, Plain: true})
		}
		return ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, "Changed in version {version}", "version", v.Version.Number), Tone: ui.ToneInfo, Plain: true})
	}
	return nil
}

// groupSum is empty while nothing of an optional group is chosen.
func (v readingView) groupSum(ctx context.Context, i int) string {
	if v.Totals.Groups[i].Kind == proposal.Option && v.Totals.Groups[i].Subtotal.IsZero() {
		return ""
	}
	return i18n.Money(ctx, v.Totals.Groups[i].Subtotal)
}

func (v readingView) item(ctx context.Context, line proposal.CustomerLine) ui.ItemProps {
	sum := v.Totals.Lines[line.ID]
	p := ui.ItemProps{Name: line.Name, Text: document.LineText(ctx, line), Sum: i18n.Money(ctx, sum), Quantity: v.quantityWords(ctx, line), Badge: v.changed(ctx, line.ID), Pictures: v.picturesOf(line)}
	return p
}

func (v readingView) quantityWords(ctx context.Context, line proposal.CustomerLine) string {
	switch {
	case line.Kind != proposal.Item && !line.Percent.IsZero():
		return i18n.Percent(ctx, line.Percent)
	case line.Kind != proposal.Item:
		return ""
	}
	quantity := v.Progress.Choices.QuantityOf(line)
	switch one := quantity.Compare(money.Whole(1)) == 0; {
	case one && line.Unit == "":
		return ""
	case one: // its price is the sum, which stands beside it
		return document.HowMany(ctx, quantity, line.Unit)
	}
	return i18n.T(ctx, "{quantity} {unit} × {price}", "quantity", i18n.Number(ctx, quantity), "unit", line.Unit, "price", i18n.Money(ctx, money.New(line.UnitPrice, v.Version.Content.Currency)))
}

func (v readingView) picturesOf(line proposal.CustomerLine) (shown []ui.Picture) {
	for _, ref := range line.Photos {
		if f, ok := v.Files[ref.FileID]; ok {
			if picture, ok := file.Picture(v.slug, f); ok {
				shown = append(shown, picture)
			}
		}
	}
	return shown
}

// option is a picture card: what choosing this line costs more or less than what the
// office has put in.
func (v readingView) option(ctx context.Context, group proposal.CustomerGroup, line proposal.CustomerLine) ui.OptionCardProps {
	p := ui.OptionCardProps{Name: "option." + group.ID, Value: line.ID, Title: line.Name, Line: line.Description, Effect: v.effect(ctx, group, line),
		Selected: v.ticked(group, line), Many: !group.IsSingle(), Locked: v.locked()}
	if pictures := v.picturesOf(line); len(pictures) > 0 {
		p.PictureURL, p.PictureText = pictures[0].ThumbURL, pictures[0].Text
	}
	return p
}

// effect compares the whole total with this line to the total with what the office preset.
func (v readingView) effect(ctx context.Context, group proposal.CustomerGroup, line proposal.CustomerLine) string {
	if group.IsSingle() && line.Selected {
		return i18n.T(ctx, "Included")
	}
	by, err := v.Version.Content.Effect(group, line, v.Progress.Choices.Quantities)
	if err != nil {
		return ""
	}
	return i18n.MoneySigned(ctx, by)
}

func (v readingView) choiceHint(ctx context.Context, group proposal.CustomerGroup) string {
	switch {
	case group.IsSingle() && group.IsRequired():
		return i18n.T(ctx, "Please choose one. You can change it until you sign.")
	case group.IsSingle():
		return i18n.T(ctx, "Choose one, or leave it out. You can change it until you sign.")
	case group.Min > 0 && group.Max > 0:
		return i18n.T(ctx, "Please choose {min} to {max}. You can change it until you sign.", "min", group.Min, "max", group.Max)
	case group.Min > 0:
		return i18n.N(ctx, group.Min, "Please choose at least one. You can change it until you sign.", "Please choose at least {n}. You can change it until you sign.")
	case group.Max > 0:
		return i18n.T(ctx, "Choose up to {max}. You can change it until you sign.", "max", group.Max)
	}
	return i18n.T(ctx, "Choose what you like. You can change it until you sign.")
}

func (v readingView) noneChosen(group proposal.CustomerGroup) bool {
	return group.Chosen(v.Progress.Choices) == 0
}

// lines are the sums of the card at the side.
func (v readingView) lines(ctx context.Context) (lines []ui.Line) {
	for i, group := range v.Totals.Groups {
		if group.Kind != proposal.Discounts && !group.Subtotal.IsZero() {
			lines = append(lines, ui.Line{Label: v.chosenIn(ctx, v.Version.Content.Groups[i]), Amount: i18n.Money(ctx, group.Subtotal)})
		}
	}
	for _, discount := range v.Totals.Discounts {
		lines = append(lines, ui.Line{Label: discount.Name, Amount: i18n.Money(ctx, discount.Amount)})
	}
	included := v.Version.Content.Pricing == proposal.TaxIncluded
	if !included {
		lines = append(lines, v.taxes(ctx, i18n.Mark("{tax} {percent}"))...)
	}
	lines = append(lines, ui.Line{Label: i18n.T(ctx, "Total"), Amount: i18n.Money(ctx, v.Totals.Total), Total: true})
	if included {
		lines = append(lines, v.taxes(ctx, i18n.Mark("{tax} {percent}, included"))...)
	}
	return lines
}

// chosenIn names a group and, of a choice, what was chosen: two by name, more by their number.
func (v readingView) chosenIn(ctx context.Context, group proposal.CustomerGroup) string {
	if group.Kind != proposal.Option {
		return group.Name
	}
	switch names := group.NamesOf(v.Progress.Choices); len(names) {
	case 0:
		return group.Name
	case 1, 2:
		return i18n.T(ctx, "{name}: {what}", "name", group.Name, "what", strings.Join(names, ", "))
	default:
		return i18n.T(ctx, "{name}: {n} chosen", "name", group.Name, "n", len(names))
	}
}

func (v readingView) taxes(ctx context.Context, words string) (lines []ui.Line) {
	for _, tax := range v.Totals.Taxes {
		label := i18n.T(ctx, words, "tax", v.Settings.TaxName, "percent", i18n.Percent(ctx, tax.Percent))
		lines = append(lines, ui.Line{Label: label, Amount: i18n.Money(ctx, tax.Tax)})
	}
	return lines
}

// todo says what is done and what is missing before one can sign.
func (v readingView) todo(ctx context.Context) (items []ui.TodoItem) {
	missing := map[string]bool{}
	for _, m := range v.Missing {
		missing[m.ID] = true
	}
	for _, group := range v.Version.Content.Groups {
		if !group.IsRequired() {
			continue
		}
		if missing[group.ID] {
			items = append(items, ui.TodoItem{Text: i18n.T(ctx, "Choose in “{name}”", "name", group.Name)})
			continue
		}
		items = append(items, ui.TodoItem{Text: v.chosenIn(ctx, group), Done: true})
	}
	total, opened := len(v.Version.Content.Terms), 0
	for _, term := range v.Version.Content.Terms {
		if !missing[term.ID] {
			opened++
		}
	}
	allOpened := i18n.N(ctx, total, "The terms opened", "All {n} terms opened")
	switch {
	case total == 0:
	case opened == total:
		items = append(items, ui.TodoItem{Text: allOpened, Done: true})
	default:
		items = append(items, ui.TodoItem{Text: i18n.T(ctx, "Terms: {opened} of {n} opened", "opened", opened, "n", total), Key: "terms", DoneText: allOpened,
			CountText: i18n.T(ctx, "Terms: {opened} of {n} opened", "opened", "#", "n", total)})
	}
	return items
}

// gaps are the choices and terms that are missing, a line each, for the line that says what
// stops the signature.
func (v readingView) gaps(ctx context.Context) string {
	lines := make([]string, 0, len(v.Missing))
	for _, m := range v.Missing {
		if m.Kind == proposal.MissingChoice {
			lines = append(lines, i18n.T(ctx, "a choice in “{name}”", "name", m.Name))
		} else {
			lines = append(lines, i18n.T(ctx, "open “{term}”", "term", m.Name))
		}
	}
	return strings.Join(lines, "\n")
}

func (v readingView) totalsCard(ctx context.Context) ui.TotalsProps {
	p := ui.TotalsProps{ID: "sum", Title: i18n.T(ctx, "Your total"), Lines: v.lines(ctx)}
	switch {
	case v.Answerable():
		p.Todo, p.Action = v.todo(ctx), v.signButton(ctx)
		p.Note = i18n.T(ctx, "You can ask for changes or decline in the next step.")
		if v.Version.Content.ValidUntil != "" {
			p.Note = i18n.T(ctx, "Valid until {date}. You can ask for changes or decline in the next step.", "date", i18n.Day(ctx, v.Version.Content.ValidUntil))
		}
	case v.Signature != nil && v.Signature.Sealed():
		p.Action = &ui.ButtonProps{Label: i18n.T(ctx, "Signed PDF"), Icon: "download", URL: file.File{ID: v.Signature.SealedFile}.URL(v.slug)}
	case !v.Newest:
		p.Action = &ui.ButtonProps{Label: i18n.T(ctx, "Open version {version}", "version", v.Version.Document.SentVersion), Icon: "history", Kind: ui.Primary, URL: v.path()}
	}
	return p
}

// signButton sends the choices along, so that nothing chosen in the last second is lost.
func (v readingView) signButton(ctx context.Context) *ui.ButtonProps {
	if v.preview {
		return &ui.ButtonProps{Label: i18n.T(ctx, "Review & sign"), Icon: "pen-line", Kind: ui.Primary, Plain: true, Disabled: true}
	}
	return &ui.ButtonProps{Label: i18n.T(ctx, "Review & sign"), Icon: "pen-line", Kind: ui.Primary, Form: choicesForm, Attrs: templ.Attributes{"formaction": v.path() + "/review"}}
}

func (v readingView) bar(ctx context.Context) ui.ButtonProps {
	if action := v.totalsCard(ctx).Action; action != nil {
		return *action
	}
	return ui.ButtonProps{Label: i18n.T(ctx, "Ask a question"), Icon: "message-square", URL: "#talk"}
}

// attached splits the proposal's files into pictures for the gallery and the rest.
func (v readingView) attached() (shown []ui.Picture, rest []file.File) {
	var files []file.File
	for _, ref := range v.Version.Content.Attachments {
		if f, ok := v.Files[ref.FileID]; ok {
			files = append(files, f)
		}
	}
	return file.Pictures(v.slug, files)
}

func (v readingView) openedTerm(term string) bool {
	return v.Progress.Opened()[term] || v.Signature != nil
}

// hidden are the fields that say what the person saw when pressing Approve.
func (v readingView) hidden() [][2]string {
	choices, _ := json.Marshal(v.Progress.Choices) // maps of text, booleans and decimals always can be written
	terms, _ := json.Marshal(v.Progress.Terms)
	return [][2]string{{"version", strconv.Itoa(v.Version.Number)}, {"shown", v.Version.SHA256}, {"total", strconv.FormatInt(v.Totals.Total.Minor, 10)},
		{"choices", string(choices)}, {"terms", string(terms)}}
}

// fromContact is above what the contact wrote; nothing where nobody is named.
func (v readingView) fromContact(ctx context.Context) string {
	first, _, _ := strings.Cut(strings.TrimSpace(v.Contact.Name), " ")
	if first == "" {
		return ""
	}
	return i18n.T(ctx, "From {name}", "name", first)
}

// totalLabel promises a choice only where there is one.
func (v readingView) totalLabel(ctx context.Context) string {
	for _, group := range v.Version.Content.Groups {
		if group.Kind == proposal.Option || slices.ContainsFunc(group.Lines, func(l proposal.CustomerLine) bool { return l.QuantityEditable != nil }) {
			return i18n.T(ctx, "Total with your choices")
		}
	}
	return i18n.T(ctx, "Total")
}
