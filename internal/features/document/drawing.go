package document

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/organisation"
	"lintel/internal/features/signing"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/markup"
	"lintel/internal/platform/money"
	"lintel/internal/platform/pdf"
)

// drawAgreement draws the signed proposal with its signature and evidence pages. What it
// shows comes from the frozen bytes that the customer saw, never from the editor.
func (s *Service) drawAgreement(ctx context.Context, system access.Actor, a agreement) ([]byte, error) {
	var choices proposal.Choices
	if err := json.Unmarshal(a.signature.Choices, &choices); err != nil {
		return nil, fmt.Errorf("read the choices: %w", err)
	}
	document := startPDF(ctx, a.document, a.settings, a.version.Number, a.signature)
	if err := s.drawContent(ctx, document, a.document, a.content, choices, a.settings.TaxName); err != nil {
		return nil, err
	}
	signed := proposal.Agreement{DocumentID: a.document.ID, Version: a.version.Number, Content: a.content, Choices: choices, Total: a.signature.Total}.Bytes()
	if proposal.SHA256(signed) != a.signature.ContentSHA256 {
		return nil, fmt.Errorf("signature %s is not for the bytes of version %d", a.signature.ID, a.version.Number)
	}
	if err := signing.Draw(ctx, document, a.settings.Name, a.signature, signed, a.history); err != nil {
		return nil, err
	}
	return document.Bytes()
}

func startPDF(ctx context.Context, d Document, settings organisation.Settings, version int, signature signing.Signature) *pdf.Document {
	return pdf.New(pdf.Options{Title: d.Number + " " + d.Title, Author: settings.Name, Language: settings.Language, At: signature.SignedAt,
		Letterhead: letterhead(settings), Footer: i18n.T(ctx, "{number} · version {version}", "number", d.Number, "version", version),
		PageOf: func(page, pages int) string {
			return i18n.T(ctx, "Page {page} of {pages}", "page", page, "pages", pages)
		}})
}

func letterhead(settings organisation.Settings) pdf.Letterhead {
	var lines []string
	for _, line := range append(strings.Split(settings.Address, "\n"), settings.Phone, settings.Email) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	var colour [3]uint8
	_, _ = fmt.Sscanf(settings.Colour, "#%02x%02x%02x", &colour[0], &colour[1], &colour[2]) // an unreadable colour is black
	return pdf.Letterhead{Name: settings.Name, Lines: lines, Colour: colour}
}

func (s *Service) drawContent(ctx context.Context, document *pdf.Document, d Document, content proposal.CustomerContent, choices proposal.Choices, taxName string) error {
	totals, err := content.Totals(choices)
	if err != nil {
		return err
	}
	document.Heading(1, content.Title)
	facts := []pdf.Fact{{Label: i18n.T(ctx, "For"), Value: d.CustomerName}}
	if d.Place != "" {
		facts = append(facts, pdf.Fact{Label: i18n.T(ctx, "Place"), Value: d.Place})
	}
	if content.ValidUntil != "" {
		facts = append(facts, pdf.Fact{Label: i18n.T(ctx, "Valid until"), Value: i18n.Day(ctx, content.ValidUntil)})
	}
	document.Facts(facts)
	if content.CoverNote != "" {
		drawMarkup(document, s.markup.Paper(content.CoverNote))
	}
	drawLines(ctx, document, content, choices, totals)
	drawTotals(ctx, document, content, totals, taxName)
	for _, term := range content.Terms {
		document.Heading(2, term.Title)
		drawMarkup(document, s.markup.Paper(term.Body))
	}
	if len(content.Attachments) > 0 {
		document.Heading(2, i18n.T(ctx, "Attached"))
		for _, file := range content.Attachments {
			document.Small(file.Name)
			document.Code(file.SHA256)
		}
	}
	return nil
}

// drawMarkup draws what people wrote as the page shows it: paragraphs, headings and lists.
func drawMarkup(document *pdf.Document, blocks []markup.Block) {
	var list []pdf.Item
	for _, b := range blocks {
		if b.Depth > 0 {
			list = append(list, pdf.Item{Marker: b.Marker, Text: b.Text, Depth: b.Depth})
			continue
		}
		document.List(list)
		list = nil
		if b.Heading {
			document.Heading(3, b.Text)
		} else {
			document.Paragraph(b.Text)
		}
	}
	document.List(list)
}

// drawLines draws what was agreed: of options only those that were chosen.
func drawLines(ctx context.Context, document *pdf.Document, content proposal.CustomerContent, choices proposal.Choices, totals proposal.Totals) {
	table := pdf.Table{Columns: []pdf.Column{{Title: i18n.T(ctx, "Item"), Width: 6}, {Title: i18n.T(ctx, "Quantity"), Width: 1.6, Align: pdf.Right},
		{Title: i18n.T(ctx, "Unit price"), Width: 1.8, Align: pdf.Right}, {Title: i18n.T(ctx, "Amount"), Width: 2, Align: pdf.Right}}}
	for i, group := range content.Groups {
		drawn := pdf.Group{Title: group.Name}
		for _, line := range group.Lines {
			sum, counts := totals.Lines[line.ID]
			if counts {
				drawn.Rows = append(drawn.Rows, lineCells(ctx, content.Currency, line, choices, sum))
			}
		}
		if len(drawn.Rows) == 0 {
			continue
		}
		drawn.Sum = pdf.Cell{Text: i18n.Money(ctx, totals.Groups[i].Subtotal)}
		table.Groups = append(table.Groups, drawn)
	}
	document.Table(table)
}

func lineCells(ctx context.Context, currency string, line proposal.CustomerLine, choices proposal.Choices, sum money.Amount) []pdf.Cell {
	quantity, price := HowMany(ctx, choices.QuantityOf(line), line.Unit), i18n.MoneyPlain(ctx, money.Amount{Minor: line.UnitPrice, Currency: currency})
	if !line.Percent.IsZero() {
		quantity, price = i18n.Percent(ctx, line.Percent), ""
	}
	return []pdf.Cell{{Text: line.Name, Note: LineText(ctx, line)}, {Text: quantity}, {Text: price}, {Text: i18n.MoneyPlain(ctx, sum), Strong: true}}
}

func drawTotals(ctx context.Context, document *pdf.Document, content proposal.CustomerContent, totals proposal.Totals, taxName string) {
	facts := []pdf.Fact{{Label: i18n.T(ctx, "Subtotal"), Value: i18n.Money(ctx, totals.Subtotal)}}
	for _, discount := range totals.Discounts {
		facts = append(facts, pdf.Fact{Label: discount.Name, Value: i18n.Money(ctx, discount.Amount)})
	}
	for _, tax := range totals.Taxes {
		label := cmp.Or(taxName, i18n.T(ctx, "Tax")) + " " + i18n.Percent(ctx, tax.Percent)
		if content.Pricing == proposal.TaxIncluded {
			label = i18n.T(ctx, "{tax}, included", "tax", label)
		}
		facts = append(facts, pdf.Fact{Label: label, Value: i18n.Money(ctx, tax.Tax)})
	}
	document.Totals(append(facts, pdf.Fact{Label: i18n.T(ctx, "Total"), Value: i18n.Money(ctx, totals.Total)}))
	if !content.Deposit.IsZero() {
		document.Small(i18n.T(ctx, "Deposit of {percent}, due on approval: {amount}", "percent", i18n.Percent(ctx, content.Deposit), "amount", i18n.Money(ctx, totals.Deposit)))
	}
}
