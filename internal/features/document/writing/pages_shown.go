package writing

import (
	"cmp"
	"context"
	"strings"

	"lintel/internal/features/document"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/file"
	"lintel/internal/features/identity"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/money"
	"lintel/internal/ui"
)

func documentTitle(ctx context.Context, d document.Document) string {
	return cmp.Or(d.Title, i18n.T(ctx, "Without a title"))
}

// viewedText says when the customer first opened what was sent.
func viewedText(ctx context.Context, d document.Document) string {
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

func versionLine(ctx context.Context, v document.Version) string {
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
