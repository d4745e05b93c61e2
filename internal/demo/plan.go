package demo

import (
	"lintel/internal/core/access"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/organisation"
	"lintel/internal/features/property"
	"lintel/internal/platform/id"
	"lintel/internal/platform/money"
)

// firmPlan is one firm with everything that has happened there. Days count back from today.
type firmPlan struct {
	slug, logo, colour string
	details            organisation.FirmDetails
	owner              staffPlan
	staff              []staffPlan
	office             *officePlan                 // nil: as Lintel makes it
	terms              []organisation.TermsDetails // in place of the standard ones
	customers          []customerPlan
	contractors        []contractorPlan
}

type staffPlan struct {
	key, name, email string
	role             access.Role
}

type customerPlan struct {
	name, address, phone, notes string
	contacts                    []contactPlan // the first one signs
	place                       property.Details
	work                        []workPlan
	access                      []accessPlan
	requests                    []requestPlan
}

type contactPlan struct {
	name, email, phone, title string
}

// workPlan is a project with its proposals.
type workPlan struct {
	name, description string
	lead              string // key of a colleague
	began             int
	moves             []movePlan
	cover             string // picture
	photos            []string
	files             *filesPlan
	schedule          *schedulePlan
	logs              []logPlan
	offers            []offerPlan
	archived          int // days ago; 0: not
	muted             int // days ago, by whoever leads it; 0: not
}

type movePlan struct {
	days  int
	stage string
}

// outcome is what came of a proposal.
type outcome int

const (
	stillDraft outcome = iota
	waiting            // sent, nobody has looked
	viewed
	changesAsked
	approved
	declined
	lapsed // its last day is over
	withdrawn
)

type offerPlan struct {
	title, note, officeNote string
	by                      string // key of a colleague
	sent                    int    // the day of writing for a draft
	validDays               int
	cover                   string
	attachments             []string
	groups                  []groupPlan
	deposit                 string // percent
	readers                 bool   // the customer's other contacts get a copy
	second                  *secondPlan
	talk                    []remarkPlan
	ends                    outcome
	answered                int
	reason                  string // of a refusal
	choose                  []string
}

// secondPlan is the next version, and what the office changed in it.
type secondPlan struct {
	days   int
	note   string
	asked  string // what the customer had asked for; empty: nothing
	askDay int
	change func(*proposal.Content)
}

// remarkPlan is a message on a proposal. by is a colleague's key; empty is the customer.
type remarkPlan struct {
	days           int
	at             string // "19:12"
	by, text, file string
	internal       bool
}

type groupPlan struct {
	group proposal.Group
	lines []linePlan
}

type linePlan struct {
	line   proposal.Line
	photos []string
}

// item is a line with a price in minor units. The firm pays 62 % of it itself.
func item(name, description, quantity, unit string, price int64, photos ...string) linePlan {
	cost := price * 62 / 100
	return linePlan{proposal.Line{ID: id.New(), Kind: proposal.Item, Name: name, Description: description, Quantity: money.MustDecimal(quantity), Unit: unit,
		UnitPrice: price, UnitCost: &cost, TaxPercent: money.Whole(20)}, photos}
}

// picked is an option that stands in the proposal until the customer says otherwise.
func picked(l linePlan) linePlan { l.line.Selected = true; return l }

// upTo lets the customer choose a quantity.
func upTo(l linePlan, most string) linePlan {
	l.line.QuantityEditable = &proposal.QuantityRange{Min: money.Whole(0), Max: money.MustDecimal(most)}
	return l
}

func discount(name, description string, amount int64) groupPlan {
	line := proposal.Line{ID: id.New(), Kind: proposal.Discount, Name: name, Description: description, Quantity: money.Whole(1), UnitPrice: -amount, TaxPercent: money.Whole(20)}
	return groupPlan{proposal.Group{ID: id.New(), Name: "Discount", Kind: proposal.Discounts}, []linePlan{{line: line}}}
}

func group(name string, lines ...linePlan) groupPlan {
	return groupPlan{proposal.Group{ID: id.New(), Name: name, Kind: proposal.Fixed}, lines}
}

// choice is a group of which the customer chooses least to most lines; most 0 is any number.
func choice(name string, least, most int, lines ...linePlan) groupPlan {
	return groupPlan{proposal.Group{ID: id.New(), Name: name, Kind: proposal.Option, Min: least, Max: most}, lines}
}

// through is a project's way over its stages, the first move on the first day given.
func through(days []int, stages ...string) []movePlan {
	var moves []movePlan
	for i, stage := range stages {
		moves = append(moves, movePlan{days[i], stage})
	}
	return moves
}

// lineNamed finds a line of a content to change.
func lineNamed(c *proposal.Content, name string) *proposal.Line {
	for i := range c.Groups {
		for j := range c.Groups[i].Lines {
			if c.Groups[i].Lines[j].Name == name {
				return &c.Groups[i].Lines[j]
			}
		}
	}
	panic("the sample proposal has no line " + name)
}

func removeLine(c *proposal.Content, name string) {
	for i := range c.Groups {
		for j := range c.Groups[i].Lines {
			if c.Groups[i].Lines[j].Name == name {
				c.Groups[i].Lines = append(c.Groups[i].Lines[:j:j], c.Groups[i].Lines[j+1:]...)
				return
			}
		}
	}
	panic("the sample proposal has no line " + name)
}

func addLine(c *proposal.Content, groupName string, l linePlan) {
	for i := range c.Groups {
		if c.Groups[i].Name == groupName {
			c.Groups[i].Lines = append(c.Groups[i].Lines, l.line)
			return
		}
	}
	panic("the sample proposal has no group " + groupName)
}
