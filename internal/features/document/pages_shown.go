package document

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"lintel/internal/features/document/proposal"
	"lintel/internal/features/file"
	"lintel/internal/features/identity"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/money"
	"lintel/internal/ui"
)

func documentTitle(ctx context.Context, d Document) string {
	return cmp.Or(d.Title, i18n.T(ctx, "Without a title"))
}

// viewedText says when the customer first opened what was sent.
func viewedText(ctx context.Context, d Document) string {
	switch {
	case d.SentVersion == 0:
		return ""
	case d.ViewedAt.IsZero():
		return i18n.T(ctx, "Not opened yet")
	}
	return i18n.Relative(ctx, d.ViewedAt)
}

func orText(text, otherwise string) string { return cmp.Or(text, otherwise) }

func linkLine(ctx context.Context, l identity.Link) string {
	until := i18n.T(ctx, "until {date}", "date", i18n.DateShort(ctx, l.EndsAt))
	if l.EnteredAt.IsZero() {
		return i18n.T(ctx, "Not used yet, works {until}", "until", until)
	}
	return i18n.T(ctx, "Last used {when}, works {until}", "when", i18n.Relative(ctx, l.EnteredAt), "until", until)
}

func versionLine(ctx context.Context, v Version) string {
	if v.SentAt.IsZero() {
		return i18n.T(ctx, "changed {when}", "when", i18n.Relative(ctx, v.UpdatedAt))
	}
	return i18n.T(ctx, "sent {date}", "date", i18n.DateShort(ctx, v.SentAt))
}

// sentFacts are the dates of a sent version.
func sentFacts(ctx context.Context, v sentView) []ui.Line {
	var facts []ui.Line
	if !v.version.SentAt.IsZero() {
		facts = append(facts, ui.Line{Label: i18n.T(ctx, "Sent"), Amount: i18n.DateTime(ctx, v.version.SentAt)})
	}
	if by := v.desk.People[v.version.SentBy].Name; by != "" {
		facts = append(facts, ui.Line{Label: i18n.T(ctx, "By"), Amount: by})
	}
	if v.document.ViewedAt.IsZero() {
		facts = append(facts, ui.Line{Label: i18n.T(ctx, "Opened"), Amount: i18n.T(ctx, "Not opened yet")})
	} else {
		facts = append(facts, ui.Line{Label: i18n.T(ctx, "Opened"), Amount: i18n.DateTime(ctx, v.document.ViewedAt)})
	}
	if v.content.ValidUntil != "" {
		facts = append(facts, ui.Line{Label: i18n.T(ctx, "Valid until"), Amount: i18n.Day(ctx, v.content.ValidUntil)})
	}
	return facts
}

// sealedURL is where the signed PDF is saved from; empty until it is sealed.
func (v sentView) sealedURL() string {
	if s := v.signature(); s != nil && s.Sealed() {
		return "/" + v.slug + "/files/" + s.SealedFile
	}
	return ""
}

// missingTitle says why the draft cannot be sent.
func (v reviewView) missingTitle(ctx context.Context) string {
	if len(v.summary()) == 0 {
		return v.message
	}
	return i18n.T(ctx, "This is still missing")
}

// item is one line as its customer reads it.
func (v shownView) item(ctx context.Context, g proposal.CustomerGroup, l proposal.CustomerLine) ui.ItemProps {
	amount, counts := v.totals.Lines[l.ID]
	if !counts {
		amount, _ = money.New(l.UnitPrice, v.content.Currency).Times(l.Quantity) // too large is refused when the draft is saved
	}
	item := ui.ItemProps{Name: l.Name, Text: l.Description, Sum: i18n.Money(ctx, amount), Quantity: v.quantity(ctx, l)}
	switch {
	case g.Kind == proposal.Option && v.signed && counts:
		item.Badge = ui.Tag(i18n.T(ctx, "Chosen by the customer"), "check", true)
	case g.Kind == proposal.Option && v.signed:
		item.Badge = ui.Tag(i18n.T(ctx, "Not chosen"), "", false)
	case g.Kind == proposal.Option && counts:
		item.Badge = ui.Tag(i18n.T(ctx, "Chosen from the start"), "check", true)
	case g.Kind == proposal.Option:
		item.Badge = ui.Tag(i18n.T(ctx, "Optional"), "", false)
	case l.Allowance:
		item.Badge = ui.Tag(i18n.T(ctx, "Allowance: billed at the actual cost"), "", false)
	}
	for _, photo := range l.Photos {
		if picture, ok := file.Picture(v.slug, v.files[photo.FileID]); ok {
			item.Pictures = append(item.Pictures, picture)
		}
	}
	return item
}

func (v shownView) quantity(ctx context.Context, l proposal.CustomerLine) string {
	if !l.Percent.IsZero() {
		return i18n.Percent(ctx, l.Percent)
	}
	return strings.TrimSpace(i18n.Number(ctx, v.choices.QuantityOf(l))+" "+l.Unit) + " × " + i18n.Money(ctx, money.New(l.UnitPrice, v.content.Currency))
}

func (v shownView) attached() []file.File {
	var list []file.File
	for _, ref := range v.content.Attachments {
		if f, known := v.files[ref.FileID]; known {
			list = append(list, f)
		}
	}
	return list
}

// effect is what the new version adds to the total.
func (v shownView) effect(ctx context.Context) string {
	by, err := v.version.Total.Sub(v.before.Total)
	if err != nil { // another currency: the list says so
		return ""
	}
	return i18n.MoneySigned(ctx, by)
}

// changeLines writes differences for the page.
func changeLines(ctx context.Context, changes []proposal.Change) []ui.Change {
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
		if c.Where == "" && (c.Kind == proposal.CoverChanged || c.Kind == proposal.Changed) {
			line.Name = i18n.T(ctx, c.What)
		}
		if !c.Effect.IsZero() {
			line.Effect = i18n.MoneySigned(ctx, c.Effect)
		}
		if len(c.Details) == 0 {
			lines = append(lines, wholeLine(ctx, c.Kind, line))
			continue
		}
		for i, d := range c.Details {
			detail := line
			detail.Name = i18n.T(ctx, "{what}, {field}", "what", line.Name, "field", i18n.T(ctx, d.Field))
			detail.Old, detail.New = detailWords(ctx, d)
			if i > 0 {
				detail.Effect = ""
			}
			lines = append(lines, detail)
		}
	}
	return lines
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
