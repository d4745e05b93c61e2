package document

import (
	"fmt"

	"lintel/internal/core/guard"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/pdf"
)

// partiesOf is who makes the agreement, as the page names them today.
func partiesOf(tx *guard.Tx, d Document) (*proposal.Parties, error) {
	settings, err := organisation.Of(tx)
	return &proposal.Parties{Firm: settings.Name, Customer: d.CustomerName, Place: d.Place, TaxName: settings.TaxName}, err
}

// asSent names a document as its version does, whatever was renamed since. Versions of
// earlier releases have the title only.
func (d Document) asSent(content proposal.CustomerContent) Document {
	d.Title = content.Title
	if p := content.Parties; p != nil {
		d.CustomerName, d.Place = p.Customer, p.Place
	}
	return d
}

// settingsAsSent are the firm's settings with the names that a version was sent with.
func settingsAsSent(settings organisation.Settings, content proposal.CustomerContent) organisation.Settings {
	if p := content.Parties; p != nil {
		settings.Name, settings.TaxName = p.Firm, p.TaxName
	}
	return settings
}

// checkPrintable refuses what the signed copy could only print as numbers of characters, where it was typed.
func checkPrintable(d Document, content proposal.Content, settings organisation.Settings, recipients []Recipient) error {
	var problems fault.Problems
	check := func(field, problem string, texts ...string) {
		for _, text := range texts {
			if pdf.Undrawable(text) != "" {
				problems.Add(field, problem)
				return
			}
		}
	}
	text := i18n.Mark("This has characters that the signed copy cannot print, such as pictures, or letters of scripts that it has no font for. Please write it without them.")
	check("title", text, content.Title)
	check("coverNote", text, content.CoverNote)
	for i, g := range content.Groups {
		check(proposal.FieldName(i, -1, "name"), text, g.Name)
		for j, l := range g.Lines {
			check(proposal.FieldName(i, j, "name"), text, l.Name, l.Unit)
			check(proposal.FieldName(i, j, "description"), text, l.Description)
		}
	}
	for i, term := range content.Terms {
		check(fmt.Sprintf("terms.%d.title", i), text, term.Title)
		check(fmt.Sprintf("terms.%d.body", i), text, term.Body)
	}
	check("customer", i18n.Mark("The signed copy cannot print the name or the place of this customer: it has no font for some of the letters. Please write them in Latin letters on the customer's page."), d.CustomerName, d.Place)
	check("firm", i18n.Mark("The signed copy cannot print the firm's name or tax: it has no font for some of the letters. Please change them in the settings."), settings.Name, settings.TaxName)
	for _, r := range recipients {
		check("recipients", i18n.Mark("The signed copy cannot print the name of one of the recipients: it has no font for some of the letters. Please write it in Latin letters on the customer's page."), r.Name)
	}
	return problems.Err()
}
