package writing

import (
	"cmp"
	"context"
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

// uploadEstimate takes the file and leads to its preview. What is no estimate is said on
// the spot, and nothing is kept.
func (p *Pages) uploadEstimate(r *route.Request) (web.Reply, error) {
	name, content, err := readUpload(r)
	var kept string
	if err == nil {
		kept, err = p.service.KeepEstimate(r.Context(), r.Actor, r.PathValue("document"), name, content)
	}
	if refusal := fault.As(err); refusal != nil && (refusal.Kind == fault.Invalid || refusal.Kind == fault.TooLarge) {
		return p.importRefused(r, refusal)
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Redirect(document.OfficePath(r.Organisation.Slug, r.PathValue("document")) + "/import/" + kept), nil
}

// readUpload reads the one file of the form. It is larger than a form may be, so that it is
// not read by ReadForm.
func readUpload(r *route.Request) (name string, content []byte, err error) {
	const frame = 64 << 10 // what stands around the file in the request
	r.Body = http.MaxBytesReader(r.Stream(), r.Body, estimate.MaxBytes+frame)
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
			return "", nil, uploadFault(err)
		}
		if part.FormName() != "estimate" || part.FileName() == "" {
			continue
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return "", nil, uploadFault(err)
		}
		return part.FileName(), content, nil
	}
}

func uploadFault(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return fault.New(fault.TooLarge, "This file is larger than 5 MB.")
	}
	return fault.Wrap(fault.Invalid, "The file did not arrive whole. Please try again.", err)
}

// importRefused asks for another file.
func (p *Pages) importRefused(r *route.Request, refusal *fault.Fault) (web.Reply, error) {
	desk, err := p.service.Desk(r.Context(), r.Actor, r.PathValue("document"), 0)
	if err != nil {
		return web.Reply{}, err
	}
	page := importAgain(document.OfficePath(r.Organisation.Slug, desk.Document.ID), i18n.T(r.Context(), refusal.Message))
	return p.frame.Office(r, importInfo(r, desk.Document), page).WithStatus(route.Status(refusal.Kind)), nil
}

func importInfo(r *route.Request, d document.Document) organisation.PageInfo {
	slug := r.Organisation.Slug
	return organisation.PageInfo{Title: i18n.T(r.Context(), "Import from CSV"), Current: navKey, Rail: true,
		Breadcrumbs: append(crumbs(r.Context(), slug, d), ui.Crumb{Label: d.Number, URL: document.OfficePath(slug, d.ID)})}
}

// previewImport shows what the headers suggest.
func (p *Pages) previewImport(r *route.Request) (web.Reply, error) {
	return p.showImport(r, url.Values{}, false, nil)
}

// applyImport imports, or shows the preview with what was decided so far.
func (p *Pages) applyImport(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	if form.Raw("act") != "import" {
		return p.showImport(r, form.Values, form.Raw("act") == "suggested", nil)
	}
	choices, _, err := p.choices(r, form.Values, false)
	if err != nil {
		return p.showImport(r, form.Values, false, err)
	}
	imported, err := p.service.ImportLines(r.Context(), r.Actor, r.PathValue("document"), r.PathValue("file"), choices, i18n.T(r.Context(), "Imported"))
	if fault.Is(err, fault.Invalid) {
		return p.showImport(r, form.Values, false, err)
	}
	if err != nil {
		return web.Reply{}, err
	}
	return p.frame.Say(p.back(r, ""), i18n.N(r.Context(), imported, "{n} line imported.", "{n} lines imported.")), nil
}

// showImport shows what an import would do; refused is why it was not done.
func (p *Pages) showImport(r *route.Request, values url.Values, suggested bool, refused error) (web.Reply, error) {
	ctx, v, status := r.Context(), importView{slug: r.Organisation.Slug}, http.StatusOK
	choices, taxText, wrong := p.choices(r, values, suggested)
	state, err := p.service.PreviewImport(ctx, r.Actor, r.PathValue("document"), r.PathValue("file"), choices)
	if err != nil {
		return web.Reply{}, err
	}
	v.state, v.taxText, v.fixed = state, taxText, choices.Options.Corrections
	if v.taxText == "" {
		v.taxText = i18n.Percent(ctx, choices.Options.TaxWhenYes)
	}
	if refusal := fault.As(cmp.Or(wrong, state.Problem, refused)); refusal != nil {
		v.problem, status = i18n.T(ctx, firstMessage(refusal)), http.StatusUnprocessableEntity
	}
	return p.frame.Office(r, importInfo(r, state.Document), importPage(v)).WithStatus(status), nil
}

func firstMessage(f *fault.Fault) string {
	if len(f.Fields) > 0 {
		return f.Fields[0].Message
	}
	return f.Message
}

// choices reads what was decided: where columns go, what Y means, which rows were put right.
// A field counts when it says something else than when it was shown, or when suggestions are
// taken: a suggestion that nobody took changes nothing.
func (p *Pages) choices(r *route.Request, values url.Values, suggested bool) (document.ImportChoices, string, error) {
	settings, err := p.service.Settings(r.Context(), r.Actor)
	if err != nil {
		return document.ImportChoices{}, "", err
	}
	choices := document.ImportChoices{Options: estimate.Options{Corrections: map[int]map[estimate.Field]string{}}}
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
	return []ui.Figure{
		{Number: i18n.Count(ctx, p.Ready()), Text: i18n.T(ctx, "ready: {what}", "what", strings.Join(ready, ", "))},
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

// badRows are the rows that need a person, each with all the fields that are wrong, so that
// it can be put right in one go.
func (v importView) badRows(ctx context.Context) []ui.BadRow {
	rows := make([]ui.BadRow, 0, len(v.state.Preview.Problems))
	for _, p := range v.state.Preview.Problems {
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
	for _, p := range v.state.Preview.Problems {
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
	for _, p := range v.state.Preview.Problems {
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
	return slices.ContainsFunc(v.state.Preview.Problems, func(p estimate.RowProblem) bool { return p.Fields[0].Suggestion != "" })
}

func (v importView) importLabel(ctx context.Context) string {
	if left := len(v.state.Preview.Problems); left > 0 {
		return i18n.T(ctx, "Import {ready}, leave out {left}", "ready", v.state.Preview.Ready(), "left", left)
	}
	return i18n.T(ctx, "Import {ready}", "ready", v.state.Preview.Ready())
}
