package estimate

import (
	"fmt"
	"strings"

	"lintel/internal/features/document/proposal"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
	"lintel/internal/platform/money"
)

// Fit tries what is ready on the draft that it shall go into. A row that makes the total too
// large becomes one that needs a person; what no single row can help is the fault.
func (p *Preview) Fit(draft proposal.Content, unnamed string) error {
	const most = 20 // such rows; who has more has mistaken a column
	for range most {
		content, started := Appended(draft, p.NewGroups(id.New, unnamed))
		refusal := fault.As(content.Check())
		if refusal == nil {
			return nil
		}
		if !p.refuseFirst(refusal.Fields[0], started) {
			return p.tooMuch(draft, refusal.Fields[0])
		}
	}
	return fault.New(fault.Invalid, "The total is too large.")
}

func (p *Preview) tooMuch(draft proposal.Content, problem fault.Field) error {
	lines, groups, discounts := draft.Counts()
	switch had := lines + discounts; {
	case had+p.Ready() > proposal.MaxLines:
		return fault.New(fault.Invalid, "This file has {count} lines, this proposal has {had} already, and a proposal holds up to {most}. Please split the file.").
			With("count", counted(p.Ready()), "had", counted(had), "most", counted(proposal.MaxLines))
	case groups+len(p.Groups) > proposal.MaxGroups:
		return fault.New(fault.Invalid, "This file has {count} groups, and a proposal holds up to {most}. Choose another column for the group, or none.").
			With("count", counted(len(p.Groups)), "most", counted(proposal.MaxGroups))
	}
	return fault.New(fault.Invalid, problem.Message).With(problem.Values...)
}

// counted is a number that is written as its reader writes numbers: 1,500.
func counted(n int) money.Decimal { return money.Whole(int32(n)) }

// refuseFirst finds the row of a problem: groups from started on are the import's.
func (p *Preview) refuseFirst(problem fault.Field, started int) bool {
	var g, l int
	if n, _ := fmt.Sscanf(problem.Name, "group.%d.line.%d.", &g, &l); n < 2 || g < started {
		return false
	}
	cell := ToPrice
	if strings.HasSuffix(problem.Name, ".cost") {
		cell = ToCost
	}
	return p.Refuse(p.Groups[g-started].Lines[l].Row, cell, Sentence{English: problem.Message, Values: problem.Values})
}

// Appended puts groups behind those of a draft, in the place of the empty one with which
// every proposal begins; the first of them has the number that is given back.
func Appended(draft proposal.Content, added []proposal.Group) (content proposal.Content, started int) {
	var kept []proposal.Group
	for i, g := range draft.Groups {
		if len(g.Lines) > 0 || i > 0 && strings.TrimSpace(g.Name) != "" {
			kept = append(kept, g)
		}
	}
	draft.Groups = append(kept, added...)
	return draft, len(kept)
}
