package proposal

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lintel/internal/platform/fault"
	"lintel/internal/platform/money"
)

// GroupKind says what a group of lines is for.
type GroupKind string

// The kinds of group.
const (
	Fixed     GroupKind = "fixed"    // part of the work
	Option    GroupKind = "option"   // the customer chooses Min to Max of its lines
	Discounts GroupKind = "discount" // reductions
)

// LineKind says how a line counts.
type LineKind string

// The kinds of line.
const (
	Item     LineKind = "item"     // quantity × unit price
	Percent  LineKind = "percent"  // Percent of all items that count
	Discount LineKind = "discount" // a price below zero, or Percent off items and percent lines
)

// Group is a part of a proposal with a name and lines of its own.
type Group struct {
	ID    string    `json:"id"`
	Name  string    `json:"name"`
	Kind  GroupKind `json:"kind"`
	Min   int       `json:"min"` // Option: at least so many must be chosen; 0 none
	Max   int       `json:"max"` // Option: at most so many; 0 any number, 1 shows as radio buttons
	Lines []Line    `json:"lines"`
}

// Line is one position, as the office sees it.
type Line struct {
	ID               string          `json:"id"`
	Kind             LineKind        `json:"kind"`
	Name             string          `json:"name"`
	Description      string          `json:"description"`
	Quantity         money.Decimal   `json:"quantity"`
	Unit             string          `json:"unit"`
	UnitPrice        int64           `json:"unitPrice"` // minor units of the document's currency; below zero for a discount
	Percent          money.Decimal   `json:"percent"`   // of a percent line, or of a discount without a price; always positive
	TaxPercent       money.Decimal   `json:"taxPercent"`
	UnitCost         *int64          `json:"unitCost,omitempty"` // minor units; office only; nil: not known
	Photos           []AttachmentRef `json:"photos"`
	Note             string          `json:"note"` // office only
	QuantityEditable *QuantityRange  `json:"quantityEditable,omitempty"`
	Selected         bool            `json:"selected"`  // in an Option group: chosen until the customer says otherwise
	Allowance        bool            `json:"allowance"` // billed at what it really costs
}

// QuantityRange is between which quantities the customer may choose, both included.
type QuantityRange struct {
	Min money.Decimal `json:"min"`
	Max money.Decimal `json:"max"`
}

// Holds reports whether a quantity lies in the range.
func (r QuantityRange) Holds(quantity money.Decimal) bool {
	return quantity.Compare(r.Min) >= 0 && quantity.Compare(r.Max) <= 0
}

// Limits of a document. They are far above what a person writes and keep one page and one
// PDF in reasonable bounds. MaxLines is as many as a browser edits without waiting: the
// editor, the import and the sending take as many, and none takes more.
const (
	MaxGroups      = 200
	MaxLines       = 1500
	MaxBytes       = 4_000_000 // of the canonical JSON: all texts together
	MaxTerms       = 50
	MaxAttachments = 200
	MaxPhotos      = 30
	MaxName        = 200
	MaxDescription = 4000
	MaxText        = 50_000
	MaxUnit        = 20
)

// FieldName is the form's name for a field of a line or, with line below 0, of a group:
// group.2.line.3.price. Groups and lines count from 0.
func FieldName(group, line int, field string) string {
	if line < 0 {
		return fmt.Sprintf("group.%d.%s", group, field)
	}
	return fmt.Sprintf("group.%d.line.%d.%s", group, line, field)
}

// Check refuses content that cannot be kept even as a draft, with the problems named like the
// form's fields. A draft may be unfinished; CheckToSend wants it whole.
func (c Content) Check() error {
	var problems fault.Problems
	checkText(&problems, "title", c.Title, MaxName)
	checkText(&problems, "coverNote", c.CoverNote, MaxText)
	checkText(&problems, "officeNote", c.OfficeNote, MaxText)
	if money.CheckCurrency(c.Currency) != nil {
		problems.Add("currency", "Choose a currency from the list.")
	}
	if c.Pricing != TaxOnTop && c.Pricing != TaxIncluded {
		problems.Add("pricing", "Choose whether prices include tax.")
	}
	if c.Deposit.IsNegative() || c.Deposit.Compare(money.Whole(100)) > 0 {
		problems.Add("deposit", "The deposit is a percentage from 0 to 100.")
	}
	if _, err := time.Parse(time.DateOnly, c.ValidUntil); err != nil && c.ValidUntil != "" {
		problems.Add("validUntil", "Enter a day that exists.")
	}
	c.checkParts(&problems)
	if len(problems) == 0 { // totals need sound lines; they can still be too large
		c.checkTotal(&problems)
	}
	return problems.Err()
}

func (c Content) checkParts(problems *fault.Problems) {
	lines, seen := 0, map[string]bool{}
	for i, g := range c.Groups {
		checkID(problems, FieldName(i, -1, "id"), g.ID, seen)
		g.check(problems, i)
		lines += len(g.Lines)
		for j, l := range g.Lines {
			checkID(problems, FieldName(i, j, "id"), l.ID, seen)
			l.check(problems, g.Kind, func(field string) string { return FieldName(i, j, field) })
		}
	}
	c.checkLength(problems, lines)
	if len(c.Terms) > MaxTerms {
		problems.Add("terms", "These are too many terms for one document.")
	}
	if len(c.Attachments) > MaxAttachments {
		problems.Add("attachments", "These are too many files for one document.")
	}
	for i, term := range c.Terms {
		checkID(problems, fmt.Sprintf("terms.%d.id", i), term.ID, seen)
		checkText(problems, fmt.Sprintf("terms.%d.title", i), term.Title, MaxName)
		checkText(problems, fmt.Sprintf("terms.%d.body", i), term.Body, MaxText)
	}
}

func checkID(problems *fault.Problems, field, id string, seen map[string]bool) {
	if id == "" || seen[id] {
		problems.Add(field, "Each part of a document needs an id of its own.")
	}
	seen[id] = true
}

func (g Group) check(problems *fault.Problems, i int) {
	checkText(problems, FieldName(i, -1, "name"), g.Name, MaxName)
	switch g.Kind {
	case Fixed, Discounts:
		if g.Min != 0 || g.Max != 0 {
			problems.Add(FieldName(i, -1, "min"), "Only options can be chosen.")
		}
	case Option:
		if g.Min < 0 || g.Max < 0 || g.Max > 0 && g.Min > g.Max {
			problems.Add(FieldName(i, -1, "min"), "At least must not be more than at most.")
		}
		if g.Min > len(g.Lines) && len(g.Lines) > 0 {
			problems.Add(FieldName(i, -1, "min"), "There are fewer options than must be chosen.")
		}
		if selected := g.selectedByDefault(); g.Max > 0 && selected > g.Max {
			problems.Add(FieldName(i, -1, "max"), "More options are preselected than may be chosen.")
		}
	default:
		problems.Add(FieldName(i, -1, "kind"), "Choose what the group is for.")
	}
}

func (g Group) selectedByDefault() (n int) {
	for _, l := range g.Lines {
		if l.Selected {
			n++
		}
	}
	return n
}

func (l Line) check(problems *fault.Problems, group GroupKind, field func(string) string) {
	checkText(problems, field("name"), l.Name, MaxName)
	checkText(problems, field("description"), l.Description, MaxDescription)
	checkText(problems, field("note"), l.Note, MaxDescription)
	checkText(problems, field("unit"), l.Unit, MaxUnit)
	l.checkKind(problems, group, field)
	l.checkNumbers(problems, field)
	l.checkQuantity(problems, field)
	if len(l.Photos) > MaxPhotos {
		problems.Add(field("photos"), "These are too many photos for one line.")
	}
}

func (l Line) checkKind(problems *fault.Problems, group GroupKind, field func(string) string) {
	switch {
	case l.Kind != Item && l.Kind != Percent && l.Kind != Discount:
		problems.Add(field("kind"), "Choose what kind of line this is.")
	case group == Option && l.Kind != Item:
		problems.Add(field("kind"), "An option is an item with a price of its own.")
	case group == Discounts && l.Kind != Discount:
		problems.Add(field("kind"), "This group is for discounts only.")
	case l.Selected && group != Option:
		problems.Add(field("selected"), "Only options can be chosen.")
	}
}

func (l Line) checkNumbers(problems *fault.Problems, field func(string) string) {
	if l.UnitPrice > money.MaxMinor || l.UnitPrice < -money.MaxMinor {
		problems.Add(field("price"), "This number is too large.")
	}
	switch {
	case l.Kind == Item && l.UnitPrice < 0:
		problems.Add(field("price"), "A price is not below zero. A reduction belongs in a discount.")
	case l.Kind == Discount && l.UnitPrice > 0:
		problems.Add(field("price"), "A discount is below zero.")
	case l.Kind == Discount && l.UnitPrice != 0 && !l.Percent.IsZero():
		problems.Add(field("percent"), "A discount is an amount or a percentage, not both.")
	case l.Kind == Percent && l.UnitPrice != 0:
		problems.Add(field("price"), "A percent line has no price of its own.")
	}
	if l.Percent.IsNegative() || l.Percent.Compare(money.Whole(1000)) > 0 || l.Kind == Discount && l.Percent.Compare(money.Whole(100)) > 0 {
		problems.Add(field("percent"), "This percentage is not possible.")
	}
	if l.TaxPercent.IsNegative() || l.TaxPercent.Compare(money.Whole(100)) > 0 {
		problems.Add(field("tax"), "The tax is a percentage from 0 to 100.")
	}
	if l.UnitCost != nil && (*l.UnitCost < 0 || *l.UnitCost > money.MaxMinor) {
		problems.Add(field("cost"), "The cost is an amount that is not below zero.")
	}
}

func (l Line) checkQuantity(problems *fault.Problems, field func(string) string) {
	if l.Quantity.IsNegative() {
		problems.Add(field("quantity"), "The quantity is below zero. A reduction belongs in a discount.")
	}
	if l.Quantity.Compare(money.Whole(money.MaxDecimal)) > 0 {
		problems.Add(field("quantity"), "This number is too large.")
	}
	editable := l.QuantityEditable
	switch {
	case editable == nil:
	case l.Kind != Item:
		problems.Add(field("quantity"), "Only the quantity of an item can be chosen.")
	case editable.Min.IsNegative() || editable.Min.Compare(editable.Max) > 0:
		problems.Add(field("quantityMin"), "At least must not be more than at most.")
	case !editable.Holds(l.Quantity):
		problems.Add(field("quantity"), "The quantity is outside of what the customer may choose.")
	}
}

// checkText refuses text that is too long or has characters that no keyboard types.
func checkText(problems *fault.Problems, field, text string, longest int) {
	switch {
	case utf8.RuneCountInString(text) > longest:
		problems.Add(field, "This text is too long.")
	case text != CleanText(text):
		problems.Add(field, "This text has characters that cannot be shown.")
	}
}

// CleanText makes text that came from a form or file fit to be kept: line ends as \n, no
// control characters, none that turn the reading direction, no broken UTF-8.
func CleanText(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "�"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\u200b', r == '\ufeff':
			return -1
		}
		return r
	}, text)
}

// Shorten keeps the first characters of a text, at most longest.
func Shorten(text string, longest int) string {
	runes := []rune(text)
	return strings.TrimSpace(string(runes[:min(len(runes), longest)]))
}

// CheckToSend is Check, and refuses what would embarrass when a customer reads it: no title,
// nothing offered, a line without a name, a last day that is over. today is 2026-11-24.
func (c Content) CheckToSend(today string) error {
	if err := c.Check(); err != nil {
		return err
	}
	var problems fault.Problems
	if strings.TrimSpace(c.Title) == "" {
		problems.Add("title", "A document needs a title.")
	}
	if c.ValidUntil != "" && c.ValidUntil < today {
		problems.Add("validUntil", "This day is over. Choose a later one.")
	}
	offered := 0
	for i, g := range c.Groups {
		if strings.TrimSpace(g.Name) == "" && len(g.Lines) > 0 {
			problems.Add(FieldName(i, -1, "name"), "A group needs a name.")
		}
		if g.Min > len(g.Lines) {
			problems.Add(FieldName(i, -1, "min"), "There are fewer options than must be chosen.")
		}
		for j, l := range g.Lines {
			if strings.TrimSpace(l.Name) == "" {
				problems.Add(FieldName(i, j, "name"), "An item needs a name.")
			}
			if l.Kind == Item {
				offered++
			}
		}
	}
	for i, term := range c.Terms {
		if strings.TrimSpace(term.Title) == "" {
			problems.Add(fmt.Sprintf("terms.%d.title", i), "Terms need a title.")
		}
	}
	if offered == 0 {
		problems.Add("groups", "Add at least one item.")
	}
	return problems.Err()
}
