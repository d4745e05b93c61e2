// Package comparison says in words what differs between two versions of a proposal, for the customer who reads and the office
// that sends.
package comparison

import (
	"context"
	"slices"
	"strings"

	"lintel/internal/features/document/proposal"
	"lintel/internal/platform/i18n"
	"lintel/internal/ui"
)

// Lines writes differences for a page, in the language of the context's reader.
func Lines(ctx context.Context, changes []proposal.Change) []ui.Change {
	var lines []ui.Change
	for _, c := range changes {
		line := ui.Change{Name: c.What, Line: c.Where, Tag: i18n.T(ctx, "Changed"), Tone: ui.ToneInfo}
		switch c.Kind {
		case proposal.Added:
			line.Tag, line.Tone = i18n.T(ctx, "Added"), ui.ToneOK
		case proposal.Removed:
			line.Tag, line.Tone = i18n.T(ctx, "Removed"), ui.ToneBad
		case proposal.Moved:
			line.Tag = i18n.T(ctx, "Moved")
		}
		if ofTheWhole(c) {
			line.Name = i18n.T(ctx, c.What)
		}
		if !c.Effect.IsZero() {
			line.Effect = i18n.MoneySigned(ctx, c.Effect)
		}
		if len(c.Details) == 0 {
			lines = append(lines, wholeLine(ctx, c.Kind, line))
			continue
		}
		cause := causeOf(c.Details)
		for i, d := range c.Details {
			detail := line
			detail.Name = detailName(ctx, c, line.Name, d.Field)
			detail.Old, detail.New = detailWords(ctx, d)
			if i != cause {
				detail.Effect = ""
			}
			lines = append(lines, detail)
		}
	}
	return lines
}

// ofTheWhole reports a change of what belongs to no line: the title, the last valid day.
func ofTheWhole(c proposal.Change) bool {
	return c.Where == "" && (c.Kind == proposal.CoverChanged || c.Kind == proposal.Changed)
}

// causeOf gives the detail that the price follows from: what a change costs stands beside it.
func causeOf(details []proposal.Detail) int {
	return max(0, slices.IndexFunc(details, func(d proposal.Detail) bool {
		return slices.Contains([]string{"Quantity", "Unit price", "Percentage"}, d.Field)
	}))
}

// detailName says what was changed, as short as it can be understood: "Underfloor heating: 34 m² → 38 m²".
func detailName(ctx context.Context, c proposal.Change, what, field string) string {
	switch {
	case field == "Quantity":
		return what
	case ofTheWhole(c):
		return i18n.T(ctx, field)
	}
	return i18n.T(ctx, "{what}, {field}", "what", what, "field", i18n.T(ctx, field))
}

// wholeLine writes a change that has no details: the line itself came, went or moved.
func wholeLine(ctx context.Context, kind proposal.ChangeKind, line ui.Change) ui.Change {
	switch kind {
	case proposal.Added:
		line.Name, line.New = "", line.Name
	case proposal.Removed:
		line.Name, line.Old = "", line.Name
	case proposal.Moved:
		line.New = i18n.T(ctx, "in another place")
	default: // a percentage of other lines, which changed
		line.New = i18n.T(ctx, "another amount")
	}
	return line
}

// codeWords are the values that stand in a document as codes, as a person reads them.
var codeWords = map[string]string{
	string(proposal.TaxOnTop): i18n.Mark("tax is added"), string(proposal.TaxIncluded): i18n.Mark("tax is included"),
	string(proposal.Fixed): i18n.Mark("part of the work"), string(proposal.Option): i18n.Mark("to choose from"),
	string(proposal.Item): i18n.Mark("item"), string(proposal.Percent): i18n.Mark("percentage"), string(proposal.Discount): i18n.Mark("discount"),
}

// detailWords writes what stood before and what stands now.
func detailWords(ctx context.Context, d proposal.Detail) (before, now string) {
	switch d.Field {
	case "Picture", "Photos": // ids of files, which say nothing to a person
		return "", i18n.T(ctx, "other pictures")
	case "Prices", "Purpose", "Kind":
		return i18n.T(ctx, codeWords[d.Old.Text]), i18n.T(ctx, codeWords[d.New.Text])
	}
	return wordText(ctx, d.Old), wordText(ctx, d.New)
}

// longestWord is how much of a long text the list of changes shows.
const longestWord = 160

func wordText(ctx context.Context, w proposal.Word) string {
	switch w.Kind {
	case proposal.QuantityWord:
		return strings.TrimSpace(i18n.Number(ctx, w.Number) + " " + w.Unit)
	case proposal.PercentWord:
		return i18n.Percent(ctx, w.Number)
	case proposal.AmountWord:
		return i18n.Money(ctx, w.Amount)
	case proposal.DayWord:
		if w.Text == "" {
			return ""
		}
		return i18n.Day(ctx, w.Text)
	}
	if slices.Contains([]string{"yes", "no"}, w.Text) {
		return i18n.T(ctx, w.Text)
	}
	if letters := []rune(w.Text); len(letters) > longestWord {
		return string(letters[:longestWord]) + "…"
	}
	return w.Text
}
