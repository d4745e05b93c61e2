package writing

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"lintel/internal/core/route"
	"lintel/internal/features/document"
	"lintel/internal/features/document/estimate"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/file"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/money"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// importView is an import before it is done.
type importView struct {
	slug    string
	state   document.Import
	taxText string // what Y means, as typed
	fixed   map[int]map[estimate.Field]string
	problem string
}

// uploadEstimate takes the file and leads to its preview. What is no estimate is said where
// another file can be chosen, and nothing is kept. Either is a page of its own, so that a
// reload sends nothing again.
func (p *Pages) uploadEstimate(r *route.Request) (web.Reply, error) {
	name, content, err := readUpload(r)
	var kept string
	if err == nil {
		kept, err = p.service.KeepEstimate(r.Context(), r.Actor, r.PathValue("document"), name, content)
	}
	upload := document.OfficePath(r.Organisation.Slug, r.PathValue("document")) + "/import"
	if refusal := fault.As(err); refusal != nil && (refusal.Kind == fault.Invalid || refusal.Kind == fault.TooLarge) {
		return web.Redirect(upload).WithCookie(p.refusal(upload, i18n.T(r.Context(), refusal.Message, refusal.Values...))), nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Redirect(upload + "/" + kept).WithCookie(p.refusal(upload, "")), nil
}

const refusalCookie = "lintel-import"

// refusal keeps why a file was not taken for the page that asks for another; "" forgets it.
func (p *Pages) refusal(path, sentence string) *http.Cookie {
	const minutes = 10
	cookie := &http.Cookie{Name: refusalCookie, Value: base64.RawURLEncoding.EncodeToString([]byte(sentence)), Path: path, MaxAge: minutes * 60,
		HttpOnly: true, Secure: p.frame.Secure, SameSite: http.SameSiteLaxMode}
	if sentence == "" {
		cookie.MaxAge = -1
	}
	return cookie
}

// readUpload reads the one file of the form. It is larger than a form may be, so that it is
// not read by ReadForm. A file that is too large is read to its end: a browser that still
// sends does not read an answer.
func readUpload(r *route.Request) (name string, content []byte, err error) {
	const patience = 256 << 20
	r.Body = io.NopCloser(io.LimitReader(r.Body, patience))
	parts, err := r.MultipartReader()
	if err != nil {
		return "", nil, fault.Wrap(fault.Invalid, "Choose a file first.", err)
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return "", nil, fault.New(fault.Invalid, "Choose a file first.")
		}
		if err != nil {
			return "", nil, fault.Wrap(fault.Invalid, "The file did not arrive whole. Please try again.", err)
		}
		if part.FormName() != "estimate" || part.FileName() == "" {
			continue
		}
		content, err := io.ReadAll(io.LimitReader(part, estimate.MaxBytes+1))
		if err == nil && len(content) > estimate.MaxBytes {
			size := int64(len(content))
			if rest, err := io.Copy(io.Discard, r.Body); err == nil {
				size = max(size+rest, r.ContentLength)
			}
			return "", nil, fault.New(fault.TooLarge, "This file has {size}, and an import takes up to {most}. Please split it.").
				With("size", file.SizeText(r.Context(), size), "most", file.SizeText(r.Context(), estimate.MaxBytes))
		}
		if err != nil {
			return "", nil, fault.Wrap(fault.Invalid, "The file did not arrive whole. Please try again.", err)
		}
		return part.FileName(), content, nil
	}
}

// chooseEstimate asks for a file, and says why the last one was not taken.
func (p *Pages) chooseEstimate(r *route.Request) (web.Reply, error) {
	desk, err := p.service.Desk(r.Context(), r.Actor, r.PathValue("document"), 0)
	if err != nil {
		return web.Reply{}, err
	}
	if desk.Version.State != proposal.Draft {
		return p.back(r, ""), nil
	}
	problem := ""
	if cookie, err := r.Cookie(refusalCookie); err == nil {
		text, _ := base64.RawURLEncoding.DecodeString(cookie.Value)
		problem = strings.ToValidUTF8(string(text), "")
	}
	return p.frame.Office(r, importInfo(r, desk.Document), importAgain(document.OfficePath(r.Organisation.Slug, desk.Document.ID), problem)), nil
}

func importInfo(r *route.Request, d document.Document) organisation.PageInfo {
	slug := r.Organisation.Slug
	return organisation.PageInfo{Title: i18n.T(r.Context(), "Import from CSV"), Current: navKey, Rail: true,
		Breadcrumbs: append(crumbs(r.Context(), slug, d), ui.Crumb{Label: d.Number, URL: document.OfficePath(slug, d.ID)})}
}

// previewImport shows what the headers suggest, or what was decided.
func (p *Pages) previewImport(r *route.Request) (web.Reply, error) {
	return p.showImport(r, r.URL.Query())
}

// longestAddress is how long an address can be on its way through proxies.
const longestAddress = 6_000

// applyImport imports, or leads to the preview with what was decided so far: its address has
// the decisions, so that it can be loaded again.
func (p *Pages) applyImport(r *route.Request) (web.Reply, error) {
	form, err := r.FormOf(draftSize)
	if err != nil {
		return web.Reply{}, err
	}
	choices, typedTax, wrong := p.choices(r, form.Values, form.Raw("act") == "suggested")
	decided := decisions(choices, typedTax)
	again := web.Redirect(document.OfficePath(r.Organisation.Slug, r.PathValue("document")) + "/import/" + r.PathValue("file") + "?" + decided.Encode())
	if len(again.Location) > longestAddress {
		again = web.Reply{}
	}
	if wrong == nil && form.Raw("act") == "import" {
		imported, err := p.service.ImportLines(r.Context(), r.Actor, r.PathValue("document"), r.PathValue("file"), choices)
		switch refusal := fault.As(err); {
		case err == nil:
			return p.frame.Say(p.back(r, ""), i18n.N(r.Context(), imported, "{n} line imported.", "{n} lines imported.")), nil
		case fault.Is(err, fault.NotFound):
			return p.importGone(r, err)
		case refusal == nil || refusal.Kind != fault.Invalid && refusal.Kind != fault.Conflict:
			return web.Reply{}, err
		case again.Location != "":
			again = p.frame.Say(again, i18n.T(r.Context(), refusal.Message, refusal.Values...))
		}
	}
	if again.Location != "" {
		return again, nil
	}
	return p.showImport(r, decided)
}

// importGone leads back to the proposal when its file is not kept any more: it was imported,
// or another took its place. A proposal that is not there stays NotFound.
func (p *Pages) importGone(r *route.Request, gone error) (web.Reply, error) {
	if _, err := p.service.Desk(r.Context(), r.Actor, r.PathValue("document"), 0); err != nil {
		return web.Reply{}, gone
	}
	return p.frame.Say(p.back(r, ""), i18n.T(r.Context(), "This file is not here any more: it was imported, or another one was chosen.")), nil
}

// decisions are choices as an address carries them.
func decisions(choices document.ImportChoices, tax string) url.Values {
	values := url.Values{}
	if len(choices.Mapping) > 0 {
		columns := make([]string, len(choices.Mapping))
		for i, field := range choices.Mapping {
			columns[i] = string(field)
		}
		values.Set("columns", strings.Join(columns, ","))
	}
	if tax != "" {
		values.Set("tax", tax)
	}
	for row, fields := range choices.Options.Corrections {
		for field, value := range fields {
			values.Set(fixName(row, field), value)
		}
	}
	return values
}

// showImport shows what an import would do.
func (p *Pages) showImport(r *route.Request, values url.Values) (web.Reply, error) {
	ctx, v := r.Context(), importView{slug: r.Organisation.Slug}
	choices, taxText, wrong := p.choices(r, values, false)
	state, err := p.service.PreviewImport(ctx, r.Actor, r.PathValue("document"), r.PathValue("file"), choices)
	if fault.Is(err, fault.NotFound) {
		return p.importGone(r, err)
	}
	if err != nil {
		return web.Reply{}, err
	}
	v.state, v.taxText, v.fixed = state, taxText, choices.Options.Corrections
	if v.taxText == "" {
		v.taxText = i18n.Percent(ctx, choices.Options.TaxWhenYes)
	}
	if refusal := fault.As(cmp.Or(wrong, state.Problem, state.TooMuch)); refusal != nil {
		v.problem = i18n.T(ctx, refusal.Message, refusal.Values...)
	}
	return p.frame.Office(r, importInfo(r, state.Document), importPage(v)), nil
}

// choices reads what was decided: where columns go, what Y means, which rows were put right.
// A field counts when it says something else than when it was shown, or when suggestions are
// taken: a suggestion that nobody took changes nothing.
func (p *Pages) choices(r *route.Request, values url.Values, suggested bool) (document.ImportChoices, string, error) {
	settings, err := p.service.Settings(r.Context(), r.Actor)
	if err != nil {
		return document.ImportChoices{}, "", err
	}
	choices := document.ImportChoices{Options: estimate.Options{Corrections: map[int]map[estimate.Field]string{}}, Unnamed: i18n.T(r.Context(), "Imported")}
	if columns := values.Get("columns"); columns != "" {
		for field := range strings.SplitSeq(columns, ",") {
			choices.Mapping = append(choices.Mapping, estimate.Field(field))
		}
	}
	for _, column := range numbersOf(values, "column.", "") {
		choices.Mapping = append(choices.Mapping, estimate.Field(values.Get("column."+strconv.Itoa(column))))
	}
	for name := range values {
		rest, found := strings.CutPrefix(name, "fix.")
		row, field, cut := strings.Cut(rest, ".")
		number, err := strconv.Atoi(row)
		value := oneLine(values, name)
		was, shown := oneLine(values, "was."+rest), values.Has("was."+rest)
		if !found || !cut || err != nil || shown && value == was && !(suggested && value != "") {
			continue
		}
		if choices.Options.Corrections[number] == nil {
			choices.Options.Corrections[number] = map[estimate.Field]string{}
		}
		choices.Options.Corrections[number][estimate.Field(field)] = value
	}
	choices.Options.TaxWhenYes, _ = money.ParsePercent(settings.TaxPercent, money.PointNotation) // 0 when the firm has none
	typed := oneLine(values, "tax")
	if typed == "" {
		return choices, "", nil
	}
	rate, err := money.ParsePercent(typed, i18n.Notation(r.Context()))
	if err != nil || rate.IsNegative() || rate.Compare(money.Whole(100)) > 0 {
		return choices, typed, fault.New(fault.Invalid, "The tax is a percentage from 0 to 100.")
	}
	choices.Options.TaxWhenYes = rate
	return choices, typed, nil
}

func (v importView) path(more string) string {
	return document.OfficePath(v.slug, v.state.Document.ID) + more
}

func (v importView) action() string { return v.path("/import/" + v.state.File.ID) }

// fileLine says what was found: "estimate.csv · 6 KB · comma, with byte-order mark".
func (v importView) fileLine(ctx context.Context) string {
	e, delimiter := v.state.Estimate, i18n.T(ctx, "comma")
	switch e.Delimiter {
	case ';':
		delimiter = i18n.T(ctx, "semicolon")
	case '\t':
		delimiter = i18n.T(ctx, "tab")
	}
	if e.ByteOrderMark {
		delimiter = i18n.T(ctx, "{delimiter}, with byte-order mark", "delimiter", delimiter)
	}
	parts := []string{v.state.File.Name, file.SizeText(ctx, v.state.File.Size), delimiter}
	if e.Encoding != "UTF-8" {
		parts = append(parts, e.Encoding)
	}
	return strings.Join(parts, " · ")
}

func (v importView) figures(ctx context.Context) []ui.Figure {
	p := v.state.Preview
	ready := []string{i18n.N(ctx, p.Items, "{n} line", "{n} lines")}
	if p.Percents > 0 {
		ready = append(ready, i18n.N(ctx, p.Percents, "{n} percent", "{n} percents"))
	}
	if p.Discounts > 0 {
		ready = append(ready, i18n.N(ctx, p.Discounts, "{n} discount", "{n} discounts"))
	}
	text := i18n.T(ctx, "ready: {what}", "what", strings.Join(ready, ", "))
	if v.state.TooMuch != nil {
		text = i18n.T(ctx, "too many for this proposal: {what}", "what", strings.Join(ready, ", "))
	}
	return []ui.Figure{
		{Number: i18n.Count(ctx, p.Ready()), Text: text, Bad: v.state.TooMuch != nil},
		{Number: i18n.Count(ctx, len(p.Problems)), Text: i18n.N(ctx, len(p.Problems), "row needs you", "rows need you"), Bad: len(p.Problems) > 0},
		{Number: i18n.Count(ctx, len(p.LeftOut)), Text: v.leftOut(ctx)},
	}
}

// leftOut names the reasons, each once: "left out: a blank row and a subtotal".
func (v importView) leftOut(ctx context.Context) string {
	var reasons []string
	for _, row := range v.state.Preview.LeftOut {
		if words := i18n.T(ctx, row.Why.Words()); !slices.Contains(reasons, words) {
			reasons = append(reasons, words)
		}
	}
	switch len(reasons) {
	case 0:
		return i18n.T(ctx, "left out")
	case 1:
		return i18n.T(ctx, "left out: {what}", "what", reasons[0])
	}
	last := len(reasons) - 1
	return i18n.T(ctx, "left out: {what} and {last}", "what", strings.Join(reasons[:last], ", "), "last", reasons[last])
}

func (v importView) columns(ctx context.Context) []ui.MappingColumn {
	columns := make([]ui.MappingColumn, 0, len(v.state.Estimate.Columns))
	for i, c := range v.state.Estimate.Columns {
		title := cmp.Or(c.Header, i18n.T(ctx, "Column {number}", "number", i+1))
		column := ui.MappingColumn{Title: title, Sample: c.Sample, Name: "column." + strconv.Itoa(i), Label: i18n.T(ctx, "{column} goes to", "column", title)}
		for _, field := range estimate.Fields() {
			column.Options = append(column.Options, ui.Option{Value: string(field), Label: v.fieldWords(ctx, field), Selected: v.state.Mapping[i] == field})
		}
		columns = append(columns, column)
	}
	return columns
}

// fieldWords names where a column can go.
func (v importView) fieldWords(ctx context.Context, field estimate.Field) string {
	switch field {
	case estimate.ToGroup:
		return i18n.T(ctx, "Group")
	case estimate.ToName:
		return i18n.T(ctx, "Name")
	case estimate.ToDescription:
		return i18n.T(ctx, "Description")
	case estimate.ToQuantity:
		return i18n.T(ctx, "Quantity")
	case estimate.ToUnit:
		return i18n.T(ctx, "Unit")
	case estimate.ToCost:
		return i18n.T(ctx, "Unit cost (office only)")
	case estimate.ToMarkup:
		return i18n.T(ctx, "Markup on the cost, %")
	case estimate.ToPrice:
		return i18n.T(ctx, "Unit price")
	case estimate.ToTax:
		return i18n.T(ctx, "Tax: Y is {rate}, N is {none}", "rate", i18n.Percent(ctx, v.state.Options.TaxWhenYes), "none", i18n.Percent(ctx, money.Decimal{}))
	case estimate.ToNote:
		return i18n.T(ctx, "Note for the office")
	}
	return i18n.T(ctx, "Do not import")
}

// asked are the rows that are shown to be put right. Whoever has more has most likely chosen
// a wrong column.
func (v importView) asked() []estimate.RowProblem {
	const most = 100
	return v.state.Preview.Problems[:min(len(v.state.Preview.Problems), most)]
}

// notes are what else there is to know about the file.
func (v importView) notes(ctx context.Context) []string {
	var notes []string
	if more := len(v.state.Preview.Problems) - len(v.asked()); more > 0 {
		notes = append(notes, i18n.N(ctx, more, "{n} more row cannot be read either. Is a column chosen wrongly?", "{n} more rows cannot be read either. Is a column chosen wrongly?"))
	}
	for _, header := range v.state.Estimate.Doubles() {
		notes = append(notes, i18n.T(ctx, "More than one column is called “{name}”: look below at where each goes.", "name", header))
	}
	return notes
}

// badRows are the rows that need a person, each with all the fields that are wrong, so that
// it can be put right in one go.
func (v importView) badRows(ctx context.Context) []ui.BadRow {
	rows := make([]ui.BadRow, 0, len(v.asked()))
	for _, p := range v.asked() {
		row := ui.BadRow{Row: i18n.T(ctx, "Row {number}", "number", p.Row), Title: p.Name, Reason: problemText(ctx, p)}
		if p.Name == "" {
			row.Title = strings.TrimSpace(i18n.T(ctx, "(no name)") + " " + p.Fields[0].Suggestion)
		}
		for _, field := range wrongFields(p) {
			row.Fields = append(row.Fields, v.badField(ctx, p, field))
		}
		rows = append(rows, row)
	}
	return rows
}

func (v importView) badField(ctx context.Context, p estimate.RowProblem, field estimate.ProblemField) ui.BadField {
	value := field.Suggestion
	if typed, corrected := v.fixed[p.Row][field.Field]; corrected {
		value = typed
	}
	f := ui.BadField{Name: fixName(p.Row, field.Field), Value: value,
		Label: v.fieldWords(ctx, field.Field), Spoken: i18n.T(ctx, "{field} for {row}", "field", v.fieldWords(ctx, field.Field), "row", cmp.Or(p.Name, i18n.T(ctx, "row {number}", "number", p.Row)))}
	if field.Suggestion == "" && (field.Field == estimate.ToPrice || field.Field == estimate.ToCost) {
		f.Placeholder = i18n.T(ctx, "e.g. {amount}", "amount", i18n.MoneyPlain(ctx, money.New(1250, "EUR")))
	}
	return f
}

// suggested is what stands in the fields before anybody types: it alone corrects nothing.
func (v importView) suggested() [][2]string {
	var pairs [][2]string
	for _, p := range v.asked() {
		for _, field := range wrongFields(p) {
			pairs = append(pairs, [2]string{"was." + strings.TrimPrefix(fixName(p.Row, field.Field), "fix."), field.Suggestion})
		}
	}
	return pairs
}

// wrongFields are the fields of a row to put right, each once: one cell can be wrong in two
// ways.
func wrongFields(p estimate.RowProblem) []estimate.ProblemField {
	var fields []estimate.ProblemField
	for _, field := range p.Fields {
		if !slices.ContainsFunc(fields, func(other estimate.ProblemField) bool { return other.Field == field.Field }) {
			fields = append(fields, field)
		}
	}
	return fields
}

func fixName(row int, field estimate.Field) string {
	return "fix." + strconv.Itoa(row) + "." + string(field)
}

// problemText says in the reader's language what is wrong with a row.
func problemText(ctx context.Context, p estimate.RowProblem) string {
	texts := make([]string, len(p.Sentences))
	for i, s := range p.Sentences {
		texts[i] = i18n.T(ctx, s.English, s.Values...)
	}
	return strings.Join(texts, " ")
}

// hidden are the decisions that the other form on the page does not show. A correction that
// is still wrong is not among those of the rows: it is asked for again.
func (v importView) hidden(ofRows bool) [][2]string {
	asked := map[string]bool{}
	for _, p := range v.asked() {
		for _, field := range p.Fields {
			asked[fixName(p.Row, field.Field)] = ofRows
		}
	}
	var pairs [][2]string
	for _, row := range slices.Sorted(maps.Keys(v.fixed)) {
		for _, field := range slices.Sorted(maps.Keys(v.fixed[row])) {
			if name := fixName(row, field); !asked[name] {
				pairs = append(pairs, [2]string{name, v.fixed[row][field]})
			}
		}
	}
	if ofRows {
		for i, field := range v.state.Mapping {
			pairs = append(pairs, [2]string{"column." + strconv.Itoa(i), string(field)})
		}
		pairs = append(pairs, [2]string{"tax", v.taxText})
	}
	return pairs
}

// suggestions tells whether a row that needs a person has a value ready.
func (v importView) suggestions() bool {
	return slices.ContainsFunc(v.asked(), func(p estimate.RowProblem) bool { return p.Fields[0].Suggestion != "" })
}

func (v importView) importLabel(ctx context.Context) string {
	ready := i18n.Count(ctx, v.state.Preview.Ready())
	if v.problem != "" {
		return i18n.T(ctx, "Import")
	}
	if left := len(v.state.Preview.Problems); left > 0 {
		return i18n.T(ctx, "Import {ready}, leave out {left}", "ready", ready, "left", i18n.Count(ctx, left))
	}
	return i18n.T(ctx, "Import {ready}", "ready", ready)
}
