package proposal

import (
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/money"
)

// Choices is what a customer chose in a document, by line id. A line that is not named
// stands as the office preset it.
type Choices struct {
	Selected   map[string]bool          `json:"selected"`
	Quantities map[string]money.Decimal `json:"quantities"`
}

// Has reports whether a line of an Option group is chosen.
func (c Choices) Has(l CustomerLine) bool {
	if Chosen, said := c.Selected[l.ID]; said {
		return Chosen
	}
	return l.Selected
}

// QuantityOf is the quantity that counts for a line.
func (c Choices) QuantityOf(l CustomerLine) money.Decimal {
	if quantity, said := c.Quantities[l.ID]; said && l.QuantityEditable != nil {
		return quantity
	}
	return l.Quantity
}

// explicit names every choice that there is, so that equal choices have equal bytes.
func (c Choices) explicit(content CustomerContent) Choices {
	all := Choices{Selected: map[string]bool{}, Quantities: map[string]money.Decimal{}}
	for _, g := range content.Groups {
		for _, l := range g.Lines {
			if g.Kind == Option {
				all.Selected[l.ID] = c.Has(l)
			}
			if l.QuantityEditable != nil {
				all.Quantities[l.ID] = c.QuantityOf(l)
			}
		}
	}
	return all
}

// IsSingle reports whether exactly one or none can be chosen, which shows as radio buttons.
func (g CustomerGroup) IsSingle() bool { return g.Kind == Option && g.Max == 1 }

// IsRequired reports whether something must be chosen before signing.
func (g CustomerGroup) IsRequired() bool { return g.Kind == Option && g.Min > 0 }

func (g CustomerGroup) Chosen(c Choices) int { return len(g.NamesOf(c)) }

// NamesOf names the lines of an Option group that are chosen.
func (g CustomerGroup) NamesOf(c Choices) (names []string) {
	for _, l := range g.Lines {
		if c.Has(l) {
			names = append(names, l.Name)
		}
	}
	return names
}

// Effect is how much the total changes when a line is chosen in the place of what the office preset in its group.
func (c CustomerContent) Effect(group CustomerGroup, line CustomerLine, quantities map[string]money.Decimal) (money.Amount, error) {
	preset := Choices{Selected: map[string]bool{}, Quantities: quantities}
	with := Choices{Selected: map[string]bool{}, Quantities: quantities}
	for _, other := range group.Lines {
		preset.Selected[other.ID] = group.IsSingle() && other.Selected
		with.Selected[other.ID] = other.ID == line.ID
	}
	before, err := c.Total(preset)
	if err != nil {
		return money.Amount{}, err
	}
	after, err := c.Total(with)
	if err != nil {
		return money.Amount{}, err
	}
	return after.Sub(before)
}

// Check refuses choices that the document does not offer: unknown lines, lines that are no
// options, more than may be chosen, quantities outside their bounds. Too few is no error
// here: Missing says that, and stops the signature only.
func (c Choices) Check(content CustomerContent) error {
	var problems fault.Problems
	groupOf, lines := map[string]CustomerGroup{}, map[string]CustomerLine{}
	for _, g := range content.Groups {
		for _, l := range g.Lines {
			groupOf[l.ID], lines[l.ID] = g, l
		}
		if g.Kind == Option && g.Max > 0 && g.Chosen(c) > g.Max {
			problems.Add("group."+g.ID, "These are more options than you may choose.")
		}
	}
	for id := range c.Selected {
		if groupOf[id].Kind != Option {
			problems.Add("selected."+id, "This is not an option of this version.")
		}
	}
	for id, quantity := range c.Quantities {
		bounds := lines[id].QuantityEditable
		switch {
		case bounds == nil:
			problems.Add("quantity."+id, "This quantity cannot be chosen in this version.")
		case !bounds.Holds(quantity):
			problems.Add("quantity."+id, "This quantity is outside of what is offered.")
		}
	}
	return problems.Err()
}

// MissingKind says what sort of thing stops a signature.
type MissingKind string

// The kinds of what can be missing.
const (
	MissingChoice  MissingKind = "choice"
	MissingTerms   MissingKind = "terms"
	MissingConsent MissingKind = "consent"
)

// Missing is one thing that stops a signature: the group or term it is about, and a sentence
// (an English text with {name}) that says what to do.
type Missing struct {
	Kind    MissingKind
	ID      string
	Name    string
	Message string
}

// MissingToSign lists what a customer must still do before signing, in the order of the page.
// opened has the ids of the terms that were opened.
func MissingToSign(content CustomerContent, choices Choices, opened map[string]bool, consent bool) []Missing {
	var missing []Missing
	for _, g := range content.Groups {
		if g.Kind == Option && g.Chosen(choices) < g.Min {
			missing = append(missing, Missing{MissingChoice, g.ID, g.Name, i18n.Mark("Choose in “{name}”.")})
		}
	}
	for _, term := range content.Terms {
		if !opened[term.ID] {
			missing = append(missing, Missing{MissingTerms, term.ID, term.Title, i18n.Mark("Open “{name}”.")})
		}
	}
	if !consent {
		missing = append(missing, Missing{Kind: MissingConsent, Message: i18n.Mark("Tick that you have read this and agree to sign electronically.")})
	}
	return missing
}
