package proposal

import (
	"cmp"
	"slices"
	"strings"

	"lintel/internal/platform/i18n"
	"lintel/internal/platform/money"
)

// ChangeKind says how something differs between two versions.
type ChangeKind string

// The kinds of change.
const (
	Added        ChangeKind = "added"
	Removed      ChangeKind = "removed"
	Changed      ChangeKind = "changed"
	Moved        ChangeKind = "moved"
	TermsChanged ChangeKind = "terms"
	CoverChanged ChangeKind = "cover"
)

// Change is one difference between two versions, as a customer reads it.
type Change struct {
	Kind    ChangeKind
	Where   string // the group's name; empty for the document itself
	What    string // the name of the line, term or file; for the document itself an English text to translate
	ID      string // of the line, group or term, in the version that has it
	Details []Detail
	// Effect is what the change does to the document's prices, at the choices preset by the
	// office; with TaxOnTop without tax. A change of an option that is not preset has none.
	Effect money.Amount
}

// Detail is one field of a change: its English name to translate, before and after.
type Detail struct {
	Field    string
	Old, New Word
}

// Word is a value as it stands in a document: the one of Text, Number (with Unit) and Amount
// that Kind names. The page writes it in the reader's language.
type Word struct {
	Kind   WordKind
	Text   string
	Number money.Decimal
	Unit   string
	Amount money.Amount
}

// WordKind says what a Word holds.
type WordKind string

// The kinds of word. A day is an ISO date in Text.
const (
	TextWord     WordKind = "text"
	QuantityWord WordKind = "quantity"
	PercentWord  WordKind = "percent"
	AmountWord   WordKind = "amount"
	DayWord      WordKind = "day"
)

// String is the word in plain form, for tests and logs.
func (w Word) String() string {
	switch w.Kind {
	case QuantityWord:
		return strings.TrimSpace(w.Number.String() + " " + w.Unit)
	case PercentWord:
		return w.Number.String() + " %"
	case AmountWord:
		return w.Amount.String()
	}
	return w.Text
}

// Difference lists what changed from one version to the next: the document itself, then the
// lines in the order of the new version, removed lines, terms and files. Lines are the same
// by id, or else by name. It gives a fault only when a sum is too large.
func Difference(before, after CustomerContent) ([]Change, error) {
	oldTotals, err := before.Totals(Choices{})
	if err != nil {
		return nil, err
	}
	newTotals, err := after.Totals(Choices{})
	if err != nil {
		return nil, err
	}
	d := comparing{oldCurrency: before.Currency, newCurrency: after.Currency, oldAmounts: oldTotals.Lines, newAmounts: newTotals.Lines}
	d.document(before, after)
	d.groups(before, after)
	d.lines(flatten(before), flatten(after))
	d.terms(before.Terms, after.Terms)
	d.files(before.Attachments, after.Attachments)
	return d.changes, nil
}

type comparing struct {
	oldCurrency, newCurrency string
	oldAmounts, newAmounts   map[string]money.Amount
	changes                  []Change
}

// placed is a line with where it stands.
type placed struct {
	CustomerLine
	groupID, group string
	at             int
}

func flatten(c CustomerContent) []placed {
	var lines []placed
	for _, g := range c.Groups {
		for _, l := range g.Lines {
			lines = append(lines, placed{l, g.ID, g.Name, len(lines)})
		}
	}
	return lines
}

func (d *comparing) document(before, after CustomerContent) {
	cover := Change{Kind: CoverChanged, What: i18n.Mark("Cover"), Effect: money.Zero(d.newCurrency)}
	cover.text(i18n.Mark("Title"), before.Title, after.Title)
	cover.text(i18n.Mark("Cover note"), before.CoverNote, after.CoverNote)
	cover.text(i18n.Mark("Picture"), before.Cover, after.Cover)
	d.keep(cover)
	frame := Change{Kind: Changed, What: i18n.Mark("Conditions"), Effect: money.Zero(d.newCurrency)}
	frame.text(i18n.Mark("Currency"), before.Currency, after.Currency)
	frame.text(i18n.Mark("Prices"), string(before.Pricing), string(after.Pricing))
	frame.detail(i18n.Mark("Valid until"), Word{Kind: DayWord, Text: before.ValidUntil}, Word{Kind: DayWord, Text: after.ValidUntil})
	frame.detail(i18n.Mark("Deposit"), Word{Kind: PercentWord, Number: before.Deposit}, Word{Kind: PercentWord, Number: after.Deposit})
	d.keep(frame)
}

// keep notes a change that has details.
func (d *comparing) keep(change Change) {
	if len(change.Details) > 0 {
		d.changes = append(d.changes, change)
	}
}

func (c *Change) detail(field string, before, after Word) {
	if before != after {
		c.Details = append(c.Details, Detail{field, before, after})
	}
}

func (c *Change) text(field, before, after string) {
	c.detail(field, Word{Kind: TextWord, Text: before}, Word{Kind: TextWord, Text: after})
}

// groups compares names and rules of the groups that both versions have; new and lost groups
// show by their lines.
func (d *comparing) groups(before, after CustomerContent) {
	old := map[string]CustomerGroup{}
	for _, g := range before.Groups {
		old[g.ID] = g
	}
	for _, g := range after.Groups {
		was, known := old[g.ID]
		if !known {
			continue
		}
		change := Change{Kind: Changed, Where: g.Name, What: g.Name, ID: g.ID, Effect: money.Zero(d.newCurrency)}
		change.text(i18n.Mark("Name"), was.Name, g.Name)
		change.text(i18n.Mark("Purpose"), string(was.Kind), string(g.Kind))
		change.number(i18n.Mark("Choose at least"), was.Min, g.Min)
		change.number(i18n.Mark("Choose at most"), was.Max, g.Max)
		d.keep(change)
	}
}

func (c *Change) number(field string, before, after int) {
	c.detail(field, Word{Kind: QuantityWord, Number: money.Whole(int32(before))}, Word{Kind: QuantityWord, Number: money.Whole(int32(after))})
}

func (d *comparing) lines(before, after []placed) {
	pairs := match(before, after)
	moved := movedLines(pairs, after)
	for i, line := range after {
		was, known := pairs[i]
		if !known {
			d.changes = append(d.changes, Change{Kind: Added, Where: line.group, What: line.Name, ID: line.ID, Effect: d.effect(nil, &line)})
			continue
		}
		d.line(was, line, moved[i])
	}
	kept := map[int]bool{}
	for _, was := range pairs {
		kept[was.at] = true
	}
	for _, was := range before {
		if !kept[was.at] {
			d.changes = append(d.changes, Change{Kind: Removed, Where: was.group, What: was.Name, ID: was.ID, Effect: d.effect(&was, nil)})
		}
	}
}

func (d *comparing) line(was, now placed, moved bool) {
	change := Change{Kind: Changed, Where: now.group, What: now.Name, ID: now.ID, Effect: d.effect(&was, &now)}
	change.text(i18n.Mark("Name"), was.Name, now.Name)
	change.text(i18n.Mark("Description"), was.Description, now.Description)
	change.detail(i18n.Mark("Quantity"), Word{Kind: QuantityWord, Number: was.Quantity, Unit: was.Unit}, Word{Kind: QuantityWord, Number: now.Quantity, Unit: now.Unit})
	change.detail(i18n.Mark("Unit price"), d.price(d.oldCurrency, was), d.price(d.newCurrency, now))
	change.detail(i18n.Mark("Percentage"), Word{Kind: PercentWord, Number: was.Percent}, Word{Kind: PercentWord, Number: now.Percent})
	change.detail(i18n.Mark("Tax"), Word{Kind: PercentWord, Number: was.TaxPercent}, Word{Kind: PercentWord, Number: now.TaxPercent})
	change.text(i18n.Mark("Kind"), string(was.Kind), string(now.Kind))
	change.text(i18n.Mark("Included from the start"), yesNo(was.Selected), yesNo(now.Selected))
	change.text(i18n.Mark("Allowance"), yesNo(was.Allowance), yesNo(now.Allowance))
	change.text(i18n.Mark("Quantity you can choose"), was.rangeWords(), now.rangeWords())
	change.text(i18n.Mark("Photos"), photoIDs(was.Photos), photoIDs(now.Photos))
	if moved && len(change.Details) == 0 {
		change.Kind = Moved
	}
	if moved {
		change.text(i18n.Mark("Group"), was.group, now.group)
	}
	// The amount can change without the line: a percent line of another subtotal.
	if len(change.Details) > 0 || moved || !change.Effect.IsZero() {
		d.changes = append(d.changes, change)
	}
}

func (d *comparing) price(currency string, l placed) Word {
	return Word{Kind: AmountWord, Amount: money.New(l.UnitPrice, currency)}
}

func yesNo(yes bool) string {
	if yes {
		return i18n.Mark("yes")
	}
	return i18n.Mark("no")
}

func (p placed) rangeWords() string {
	if p.QuantityEditable == nil {
		return ""
	}
	return p.QuantityEditable.Min.String() + "–" + p.QuantityEditable.Max.String()
}

// photoIDs joins the ids, which only serves to see that they differ.
func photoIDs(photos []AttachmentRef) string {
	ids := make([]string, len(photos))
	for i, photo := range photos {
		ids[i] = photo.Name + " " + photo.FileID
	}
	return strings.Join(ids, ", ")
}

// effect is what a line adds now less what it added before. Versions in different currencies
// cannot be compared so; then it is nothing, and the change of currency is listed.
func (d *comparing) effect(was, now *placed) money.Amount {
	if d.oldCurrency != d.newCurrency {
		return money.Zero(d.newCurrency)
	}
	var before, after int64
	if was != nil {
		before = d.oldAmounts[was.ID].Minor
	}
	if now != nil {
		after = d.newAmounts[now.ID].Minor
	}
	return money.New(after-before, d.newCurrency)
}

// match pairs each new line with the old one that it was: first by id, then by name in the
// same group, then by name anywhere. The result is by index of after.
func match(before, after []placed) map[int]placed {
	pairs, taken := map[int]placed{}, map[int]bool{}
	keys := []func(placed) string{
		func(p placed) string { return "id " + p.ID },
		func(p placed) string { return "in " + Fold(p.group) + "\x00" + Fold(p.Name) },
		func(p placed) string { return "is " + Fold(p.Name) },
	}
	for _, key := range keys {
		waiting := map[string][]placed{}
		for _, old := range before {
			if !taken[old.at] && old.Name != "" {
				waiting[key(old)] = append(waiting[key(old)], old)
			}
		}
		for i, line := range after {
			candidates := waiting[key(line)]
			if _, done := pairs[i]; done || len(candidates) == 0 {
				continue
			}
			pairs[i], taken[candidates[0].at] = candidates[0], true
			waiting[key(line)] = candidates[1:]
		}
	}
	return pairs
}

func Fold(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// movedLines finds the fewest lines that must have been moved: those in another group, and
// those outside the longest run that kept its order.
func movedLines(pairs map[int]placed, after []placed) map[int]bool {
	moved := map[int]bool{}
	var order []int // indexes of after whose line stayed in its group
	for i, line := range after {
		was, known := pairs[i]
		switch {
		case !known:
		case was.groupID != line.groupID && Fold(was.group) != Fold(line.group):
			moved[i] = true
		default:
			order = append(order, i)
		}
	}
	inOrder := longestRise(order, func(i int) int { return pairs[i].at })
	for _, i := range order {
		if !inOrder[i] {
			moved[i] = true
		}
	}
	return moved
}

// longestRise gives the members of a longest subsequence whose values rise (patience sorting).
func longestRise(items []int, value func(int) int) map[int]bool {
	var piles []int // the item on top of each pile
	below := map[int]int{}
	for _, item := range items {
		pile, _ := slices.BinarySearchFunc(piles, value(item), func(top, wanted int) int { return cmp.Compare(value(top), wanted) })
		if pile > 0 {
			below[item] = piles[pile-1]
		}
		if pile == len(piles) {
			piles = append(piles, item)
		} else {
			piles[pile] = item
		}
	}
	rise := map[int]bool{}
	if len(piles) == 0 {
		return rise
	}
	for item, more := piles[len(piles)-1], true; more; item, more = below[item] {
		rise[item] = true
		if _, more = below[item]; !more {
			break
		}
	}
	return rise
}

func (d *comparing) terms(before, after []Term) {
	old := map[string]Term{}
	for _, term := range before {
		old[term.ID] = term
	}
	for _, term := range after {
		was, known := old[term.ID]
		delete(old, term.ID)
		change := Change{Kind: TermsChanged, What: term.Title, ID: term.ID, Effect: money.Zero(d.newCurrency)}
		if !known {
			was = Term{}
		}
		change.text(i18n.Mark("Title"), was.Title, term.Title)
		change.text(i18n.Mark("Text"), was.Body, term.Body)
		d.keep(change)
	}
	for _, term := range before {
		if gone, lost := old[term.ID]; lost {
			change := Change{Kind: TermsChanged, What: gone.Title, ID: gone.ID, Effect: money.Zero(d.newCurrency)}
			change.text(i18n.Mark("Title"), gone.Title, "")
			change.text(i18n.Mark("Text"), gone.Body, "")
			d.keep(change)
		}
	}
}

func (d *comparing) files(before, after []AttachmentRef) {
	had := func(list []AttachmentRef, file AttachmentRef) bool {
		return slices.ContainsFunc(list, func(other AttachmentRef) bool { return other.FileID == file.FileID && other.SHA256 == file.SHA256 })
	}
	for _, file := range after {
		if !had(before, file) {
			d.changes = append(d.changes, Change{Kind: Added, Where: "", What: file.Name, ID: file.FileID, Effect: money.Zero(d.newCurrency)})
		}
	}
	for _, file := range before {
		if !had(after, file) {
			d.changes = append(d.changes, Change{Kind: Removed, Where: "", What: file.Name, ID: file.FileID, Effect: money.Zero(d.newCurrency)})
		}
	}
}
