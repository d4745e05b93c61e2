package writing

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"lintel/internal/features/document/proposal"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/id"
	"lintel/internal/platform/money"
)

// draftForm is the editor's form as it is typed: numbers are texts, so that a wrong one
// stays where it was typed, beside what is wrong with it.
type draftForm struct {
	Revision    string // of the draft that the browser has
	Title       string
	CoverNote   string
	OfficeNote  string
	Pricing     string
	ValidUntil  string
	Deposit     string
	Cover       string
	Attachments []string
	Groups      []groupForm
	Terms       []proposal.Term
	NewTax      string // of lines that are added
}

type groupForm struct {
	ID, Name, Kind, Min, Max string
	Seen                     bool
	Lines                    []lineForm
}

// lineForm is one line as typed. Seen is unset when the browser had only its cells: a line
// that it made itself, or brought back after a crash. Its Price says what kind of line it is: "10 %" is a percent
// line, a price below zero a discount.
type lineForm struct {
	ID, Kind, Name, Description, Quantity, Unit, Price, Tax, Cost string
	Note, Min, Max                                                string
	Selected, Allowance, Choosable, Seen, Wrong                   bool
	Photos                                                        []string // file ids
}

// formOf writes content the way its reader writes numbers. costs says whether unit costs
// may be shown; without them they do not reach the page.
func formOf(ctx context.Context, c proposal.Content, revision int, costs bool) draftForm {
	f := draftForm{Revision: strconv.Itoa(revision), Title: c.Title, CoverNote: c.CoverNote, OfficeNote: c.OfficeNote, Pricing: string(c.Pricing),
		ValidUntil: c.ValidUntil, Cover: c.Cover, Attachments: fileIDs(c.Attachments), Terms: slices.Clone(c.Terms)}
	if !c.Deposit.IsZero() {
		f.Deposit = percentText(ctx, c.Deposit)
	}
	for _, g := range c.Groups {
		group := groupForm{ID: g.ID, Name: g.Name, Kind: string(g.Kind), Seen: true}
		if g.Kind == proposal.Option {
			group.Min, group.Max = strconv.Itoa(g.Min), countText(g.Max)
		}
		for _, l := range g.Lines {
			group.Lines = append(group.Lines, lineFormOf(ctx, c.Currency, l, costs))
		}
		f.Groups = append(f.Groups, group)
	}
	return f
}

// countText leaves the field empty for "any number".
func countText(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func fileIDs(refs []proposal.AttachmentRef) []string {
	ids := make([]string, 0, len(refs))
	for _, ref := range refs {
		ids = append(ids, ref.FileID)
	}
	return ids
}

func lineFormOf(ctx context.Context, currency string, l proposal.Line, costs bool) lineForm {
	f := lineForm{ID: l.ID, Kind: string(l.Kind), Name: l.Name, Description: l.Description, Quantity: i18n.Number(ctx, l.Quantity), Unit: l.Unit,
		Price: priceText(ctx, currency, l), Tax: i18n.Number(ctx, l.TaxPercent), Note: l.Note, Selected: l.Selected, Allowance: l.Allowance, Photos: fileIDs(l.Photos), Seen: true}
	if costs && l.UnitCost != nil {
		f.Cost = i18n.MoneyPlain(ctx, money.New(*l.UnitCost, currency))
	}
	if l.QuantityEditable != nil {
		f.Choosable, f.Min, f.Max = true, i18n.Number(ctx, l.QuantityEditable.Min), i18n.Number(ctx, l.QuantityEditable.Max)
	}
	return f
}

func priceText(ctx context.Context, currency string, l proposal.Line) string {
	switch {
	case l.Kind == proposal.Percent:
		return percentText(ctx, l.Percent)
	case l.Kind == proposal.Discount && !l.Percent.IsZero():
		return "−" + percentText(ctx, l.Percent)
	}
	return i18n.MoneyPlain(ctx, money.New(l.UnitPrice, currency))
}

func percentText(ctx context.Context, percent money.Decimal) string {
	return i18n.Number(ctx, percent) + " %"
}

// readDraftForm reads what the browser posted: groups and lines in the order of the page.
// Ids that are missing or malformed become new ones.
func readDraftForm(values url.Values) draftForm {
	f := draftForm{Revision: values.Get("version"), Title: oneLine(values, "title"), CoverNote: manyLines(values, "coverNote"), OfficeNote: manyLines(values, "officeNote"),
		Pricing: values.Get("pricing"), ValidUntil: oneLine(values, "validUntil"), Deposit: oneLine(values, "deposit"), Cover: values.Get("cover"), Attachments: readFiles(values)}
	used := map[string]bool{}
	at := map[string]int{}
	for _, n := range numbersOf(values, "group.", ".id") {
		key := "group." + strconv.Itoa(n) + "."
		own := values.Get(key + "id")
		at[own] = len(f.Groups)
		f.Groups = append(f.Groups, groupForm{ID: ownID(own, used), Name: oneLine(values, key+"name"), Kind: groupKind(values.Get(key + "kind")),
			Min: oneLine(values, "more."+own+".min"), Max: oneLine(values, "more."+own+".max"), Seen: values.Has("more." + own)})
	}
	for _, n := range numbersOf(values, "line.", ".id") {
		if len(f.Groups) == 0 {
			f.Groups = []groupForm{{ID: ownID("", used), Kind: string(proposal.Fixed)}}
		}
		key := "line." + strconv.Itoa(n) + "."
		group := &f.Groups[at[values.Get(key+"group")]]
		group.Lines = append(group.Lines, readLine(values, key, used))
	}
	for _, n := range numbersOf(values, "term.", ".id") {
		key := "term." + strconv.Itoa(n) + "."
		f.Terms = append(f.Terms, proposal.Term{ID: ownID(values.Get(key+"id"), used), Title: oneLine(values, key+"title"), Body: manyLines(values, key+"body")})
	}
	return f
}

// readLine reads a line's cells by its number, and what stands in its sheet by its id.
func readLine(values url.Values, key string, used map[string]bool) lineForm {
	own := values.Get(key + "id")
	more := "more." + own
	return lineForm{ID: ownID(own, used), Name: oneLine(values, key+"name"), Description: manyLines(values, key+"description"), Quantity: oneLine(values, key+"quantity"),
		Unit: oneLine(values, key+"unit"), Price: oneLine(values, key+"price"), Tax: oneLine(values, key+"tax"), Cost: oneLine(values, key+"cost"),
		Seen: values.Has(more), Wrong: values.Has(more + ".wrong"), Kind: values.Get(more), Note: manyLines(values, more+".note"), Min: oneLine(values, more+".least"), Max: oneLine(values, more+".most"),
		Selected: values.Get(more+".selected") != "", Allowance: values.Get(more+".allowance") != "", Choosable: values.Get(more+".choosable") != "", Photos: someIDs(values[more+".photo"])}
}

// readFiles reads the attachments that the page listed, and then those uploaded since.
func readFiles(values url.Values) []string {
	var list []string
	for _, n := range numbersOf(values, "attachment.", "") {
		list = append(list, values.Get("attachment."+strconv.Itoa(n)))
	}
	return someIDs(append(list, values["file"]...))
}

// complete takes what stands in the sheets of lines and groups from the stored form, where
// the browser did not have it.
func (f *draftForm) complete(stored draftForm) {
	lines, groups := map[string]lineForm{}, map[string]groupForm{}
	for _, g := range stored.Groups {
		groups[g.ID] = g
		for _, l := range g.Lines {
			lines[l.ID] = l
		}
	}
	for i := range f.Groups {
		g := &f.Groups[i]
		if !g.Seen {
			g.Min, g.Max = groups[g.ID].Min, groups[g.ID].Max
		}
		for j := range g.Lines {
			l := &g.Lines[j]
			if was, known := lines[l.ID]; known && !l.Seen {
				l.Kind, l.Note, l.Min, l.Max, l.Selected, l.Allowance, l.Choosable, l.Photos = was.Kind, was.Note, was.Min, was.Max, was.Selected, was.Allowance, was.Choosable, was.Photos
			}
		}
	}
}

// numbersOf lists the numbers N of the fields "prefixNsuffix", in order.
func numbersOf(values url.Values, prefix, suffix string) []int {
	var numbers []int
	for name := range values {
		rest, found := strings.CutPrefix(name, prefix)
		digits, whole := strings.CutSuffix(rest, suffix)
		if n, err := strconv.Atoi(digits); found && whole && err == nil && n >= 0 {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}

// ownID is an id that a browser made, if it has the shape of one and is used once.
func ownID(text string, used map[string]bool) string {
	if !id.Valid(text) || used[text] {
		text = id.New()
	}
	used[text] = true
	return text
}

func someIDs(list []string) []string {
	kept := []string{}
	for _, text := range list {
		if id.Valid(text) && !slices.Contains(kept, text) {
			kept = append(kept, text)
		}
	}
	return kept
}

func groupKind(text string) string {
	if text == string(proposal.Option) || text == string(proposal.Discounts) {
		return text
	}
	return string(proposal.Fixed)
}

func oneLine(values url.Values, name string) string {
	return strings.TrimSpace(strings.ReplaceAll(proposal.CleanText(values.Get(name)), "\n", " "))
}

func manyLines(values url.Values, name string) string {
	return strings.TrimSpace(proposal.CleanText(values.Get(name)))
}

// content reads the numbers. What the form does not have stays as it is in base. Wrong
// numbers are Invalid, named like Content.Check names them.
func (f draftForm) content(ctx context.Context, base proposal.Content) (proposal.Content, error) {
	reading := formReading{notation: i18n.Notation(ctx), currency: base.Currency}
	c := base
	c.Title, c.CoverNote, c.OfficeNote, c.ValidUntil, c.Cover, c.Terms = f.Title, f.CoverNote, f.OfficeNote, f.ValidUntil, f.Cover, f.Terms
	if f.Pricing != "" {
		c.Pricing = proposal.Pricing(f.Pricing)
	}
	c.Deposit = reading.percent("deposit", f.Deposit)
	c.Attachments, c.Groups = refsOf(f.Attachments), make([]proposal.Group, 0, len(f.Groups))
	for i, g := range f.Groups {
		group := proposal.Group{ID: g.ID, Name: g.Name, Kind: proposal.GroupKind(g.Kind)}
		if group.Kind == proposal.Option {
			group.Min, group.Max = reading.count(proposal.FieldName(i, -1, "min"), g.Min), reading.count(proposal.FieldName(i, -1, "max"), g.Max)
		}
		for j, l := range g.Lines {
			group.Lines = append(group.Lines, reading.line(l, group.Kind, func(field string) string { return proposal.FieldName(i, j, field) }))
		}
		c.Groups = append(c.Groups, group)
	}
	return c, reading.problems.Err()
}

// refsOf names files by their ids alone; the service fills in what is stored and drops those
// that do not hang on the proposal.
func refsOf(ids []string) []proposal.AttachmentRef {
	refs := make([]proposal.AttachmentRef, 0, len(ids))
	for _, file := range ids {
		refs = append(refs, proposal.AttachmentRef{FileID: file})
	}
	return refs
}

type formReading struct {
	notation money.Notation
	currency string
	problems fault.Problems
}

func (r *formReading) line(f lineForm, group proposal.GroupKind, field func(string) string) proposal.Line {
	l := proposal.Line{ID: f.ID, Name: f.Name, Description: f.Description, Unit: f.Unit, Note: f.Note, Allowance: f.Allowance, Photos: refsOf(f.Photos),
		Selected: f.Selected && group == proposal.Option, Quantity: r.decimal(field("quantity"), cmp.Or(f.Quantity, "1")), TaxPercent: r.percent(field("tax"), f.Tax)}
	r.price(&l, f, group, field("price"))
	if f.Cost != "" {
		cost := r.amount(field("cost"), f.Cost)
		l.UnitCost = &cost
	}
	if f.Choosable && l.Kind == proposal.Item {
		l.QuantityEditable = &proposal.QuantityRange{Min: r.decimal(field("quantityMin"), cmp.Or(f.Min, "0")), Max: r.decimal(field("quantityMax"), cmp.Or(f.Max, f.Quantity, "1"))}
	}
	return l
}

// price tells from its text what kind of line it is.
func (r *formReading) price(l *proposal.Line, f lineForm, group proposal.GroupKind, field string) {
	was := proposal.LineKind(f.Kind)
	if strings.HasSuffix(f.Price, "%") {
		percent, below := r.percent(field, f.Price), false
		if percent.IsNegative() {
			percent, below = money.FromScaled(-percent.Scaled()), true
		}
		l.Kind, l.Percent = proposal.Percent, percent
		if below || group == proposal.Discounts || was == proposal.Discount && percent.IsZero() {
			l.Kind = proposal.Discount
		}
		return
	}
	l.UnitPrice = r.amount(field, f.Price)
	switch {
	case group == proposal.Discounts && l.UnitPrice > 0:
		l.Kind, l.UnitPrice = proposal.Discount, -l.UnitPrice
	case group == proposal.Discounts || l.UnitPrice < 0 || l.UnitPrice == 0 && was == proposal.Discount:
		l.Kind = proposal.Discount
	default:
		l.Kind = proposal.Item
	}
}

func (r *formReading) note(field string, err error) {
	if refusal := fault.As(err); refusal != nil {
		r.problems.Add(field, refusal.Message)
	}
}

func (r *formReading) decimal(field, text string) money.Decimal {
	d, err := money.ParseDecimal(text, r.notation)
	r.note(field, err)
	return d
}

func (r *formReading) percent(field, text string) money.Decimal {
	d, err := money.ParsePercent(cmp.Or(text, "0"), r.notation)
	r.note(field, err)
	return d
}

func (r *formReading) amount(field, text string) int64 {
	a, err := money.ParseAmount(cmp.Or(text, "0"), r.currency, r.notation)
	r.note(field, err)
	return a.Minor
}

func (r *formReading) count(field, text string) int {
	n, err := strconv.Atoi(cmp.Or(text, "0"))
	if err != nil || n < 0 || n > proposal.MaxLines {
		r.problems.Add(field, "Enter a whole number.")
	}
	return n
}

// cellOf is the cell of a line beside which a problem with a field is shown.
func cellOf(field string) string {
	switch field {
	case "kind", "percent":
		return "price"
	case "quantityMin", "quantityMax":
		return "quantity"
	case "name", "description", "quantity", "unit", "price", "tax", "cost":
		return field
	}
	return "name"
}

// problemsOf sorts problems by where they are shown: "title" to itself, those of a line to
// "group.I.line.J.CELL".
func problemsOf(ctx context.Context, err error, f draftForm) map[string]string {
	problems := map[string]string{}
	refusal := fault.As(err)
	if refusal == nil {
		return problems
	}
	for _, field := range refusal.Fields {
		name, text := field.Name, f.sayProblem(ctx, field)
		var g, l int
		if n, _ := fmt.Sscanf(name, "group.%d.line.%d.", &g, &l); n == 2 {
			name = proposal.FieldName(g, l, cellOf(name[strings.LastIndexByte(name, '.')+1:]))
		}
		if problems[name] == "" {
			problems[name] = text
		}
	}
	return problems
}

// sayProblem puts a problem into words. That of a number names its field and says what was
// typed: several fields of a line share one place for what is wrong with it.
func (f draftForm) sayProblem(ctx context.Context, problem fault.Field) string {
	text := i18n.T(ctx, problem.Message, problem.Values...)
	var g, l int
	own := problem.Name[strings.LastIndexByte(problem.Name, '.')+1:]
	label, typed, ofLine := "", "", false
	if n, _ := fmt.Sscanf(problem.Name, "group.%d.line.%d.", &g, &l); n == 2 && g < len(f.Groups) && l < len(f.Groups[g].Lines) {
		label, typed = f.Groups[g].Lines[l].number(ctx, own)
		ofLine = true
	} else if own == "deposit" {
		label, typed = i18n.T(ctx, "Deposit"), f.Deposit
	}
	switch {
	case label == "" || problem.Message == proposal.TotalTooLarge:
		return text
	case problem.Message == money.NotANumber:
		return i18n.T(ctx, "{field} “{value}” is not a number", "field", label, "value", typed)
	case ofLine:
		return i18n.T(ctx, "{field}: {problem}", "field", label, "problem", text)
	}
	return text
}

// number is what a field is called that has no place of its own for what is wrong, and what
// was typed there.
func (l lineForm) number(ctx context.Context, field string) (label, typed string) {
	switch field {
	case "quantity":
		return i18n.T(ctx, "Quantity"), l.Quantity
	case "price", "percent":
		return i18n.T(ctx, "Unit price"), l.Price
	case "tax":
		return i18n.T(ctx, "Tax"), l.Tax
	case "cost":
		return i18n.T(ctx, "Unit cost"), l.Cost
	case "quantityMin":
		return i18n.T(ctx, "From"), l.Min
	case "quantityMax":
		return i18n.T(ctx, "To"), l.Max
	case "note":
		return i18n.T(ctx, "Note for the office"), l.Note
	case "photos":
		return i18n.T(ctx, "Photos of this line"), ""
	}
	return "", ""
}
