package document_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/customer"
	"lintel/internal/features/document"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/money"
)

// resend gives Maria a new version.
func (s *signRoom) resend(change func(c *proposal.Content)) {
	s.Helper()
	s.must(s.service.Revise(s.Context(), s.actors["jon"], s.document))
	content := s.desk().Version.Content
	change(&content)
	s.must(s.service.Send(s.Context(), s.actors["jon"], s.document, s.save(content).Revision, ""))
}

// signedCopy approves, and gives the text of the sealed copy. LINTEL_KEEP names a folder that keeps the file to be looked at.
func (s *signRoom) signedCopy(a document.Approval) string {
	s.Helper()
	_, err := s.service.Approve(s.Context(), s.maria, a)
	s.must(err)
	return s.copyText()
}

func (s *signRoom) copyText() string {
	s.Helper()
	r, err := s.service.Read(s.Context(), s.maria, s.document, 0)
	s.must(err)
	_, sealed, err := s.files.Bytes(s.Context(), s.maria, r.Signature.SealedFile)
	s.must(err)
	path := filepath.Join(s.TempDir(), "signed.pdf")
	if keep := os.Getenv("LINTEL_KEEP"); keep != "" {
		path = filepath.Join(keep, strings.ReplaceAll(s.Name(), "/", "-")+".pdf")
	}
	s.must(os.WriteFile(path, sealed, 0o600))
	if _, err := exec.LookPath("pdftotext"); err != nil {
		s.Skip("pdftotext is not there to read the copy")
	}
	out, err := exec.Command("pdftotext", "-layout", path, "-").Output()
	s.must(err)
	return string(out)
}

// says fails for each text whose letters do not stand in the copy in their order.
func (s *signRoom) says(text string, all ...string) {
	s.Helper()
	letters := func(s string) string { return strings.Join(strings.Fields(s), "") }
	for _, want := range all {
		if !strings.Contains(letters(text), letters(want)) {
			s.Errorf("the signed copy lacks %q", want)
		}
	}
}

func TestEveryClauseOfTheTermsStandsInTheSignedCopy(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		s.resend(func(c *proposal.Content) {
			c.CoverNote = "Dear **Maria**,\n\n- one & two\n- see [our terms](https://hartwell.example/terms-2026)\n\nas promised."
			c.Terms[0].Body = "The customer also pays:\n\n    (a) EUR 5,000 if the date is cancelled\n    (b) scaffolding at cost\n\nGeneral terms: <https://hartwell.example/agb-2026>\n\n\tWarranty ends after 3 months.\n\n3. half now\n4. half &lt; 14 days\n\n```\nPenalty: EUR 70\n```\n\n## Interest\n\n9 % \\* base"
		})
		text := s.signedCopy(s.approval())
		s.says(text, "Dear Maria,", "• one & two", "• see our terms (https://hartwell.example/terms-2026)", "as promised.",
			"(a) EUR 5,000 if the date is cancelled (b) scaffolding at cost General terms: https://hartwell.example/agb-2026 Warranty ends after 3 months. 3. half now 4. half < 14 days Penalty: EUR 70 Interest 9 % * base")
		if s.Failed() {
			s.Log(text)
		}
	})
}

func TestTheLongestTextsStandWholeInTheSignedCopy(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		group := "Preparation and structure: strip out, open the wall to the dining room, WITHOUT disposal of asbestos, which is billed by a specialist firm"
		discount := "Spring promotion, only if the deposit is paid within 14 days"
		s.resend(func(c *proposal.Content) {
			c.Groups[0].Name = group
			c.Groups = append(c.Groups, proposal.Group{ID: "g9", Name: "Discounts", Kind: proposal.Discounts, Lines: []proposal.Line{{ID: "x9", Kind: proposal.Discount, Name: discount, Quantity: money.Whole(1), UnitPrice: -10000, TaxPercent: money.Whole(20)}}})
		})
		a := s.approval()
		a.Typed = "Maximiliane Elisabeth von Hohenlohe-Langenburg"
		text := s.signedCopy(a)
		s.says(text, group, "Typed the name “"+a.Typed+"”")
		title, after, _ := strings.Cut(text, "Signature\n") // the mark, and not only the word of the evidence
		mark, _, _ := strings.Cut(after, "Evidence\n")
		s.says(mark, a.Typed)
		_, totals, _ := strings.Cut(title, "Subtotal")
		s.says(strings.ReplaceAll(totals, "-€100.00", ""), "Spring promotion, only if the", "deposit is paid within 14 days")
		if s.Failed() {
			s.Log(text)
		}
	})
}

func TestLargeAmountsStandWholeInTheSignedCopy(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		s.resend(func(c *proposal.Content) {
			line := func(id string, price int64, quantity string) proposal.Line {
				return proposal.Line{ID: id, Kind: proposal.Item, Name: "Item " + id, Quantity: money.MustDecimal(quantity), Unit: "m²", UnitPrice: price, TaxPercent: money.Whole(20)}
			}
			c.Groups = []proposal.Group{{ID: "q1", Name: "Large", Kind: proposal.Fixed, Lines: []proposal.Line{line("b1", 999_999_999_999_99, "1"), line("b2", 123_456_789_123_45, "3.3333")}}}
		})
		text := s.signedCopy(s.approval())
		for _, want := range []string{" 123,456,789,123.45 ", " 999,999,999,999.99 ", " 411,518,515,185.20", " 3.3333 "} {
			if !strings.Contains(text, want) {
				s.Errorf("%q does not stand in one piece", want)
			}
		}
		if s.Failed() {
			s.Log(text)
		}
	})
}

// The names of both sides, the place and the tax are part of what is signed: who renames them while the page is open changes nothing.
func TestThePartiesAreNamedAsOnThePageThatWasSigned(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		a := s.approval()
		s.must(s.customers.Update(s.Context(), s.actors["jon"], s.customer, customer.Details{Name: "Ruiz Holding Ltd (in liquidation)"}))
		s.renameFirm("Phoenix Builders", "GST")
		text := s.signedCopy(a)
		s.says(text, "For Ruiz family", "Hartwell & Sons", "VAT 20%")
		for _, late := range []string{"in liquidation", "Phoenix", "GST"} {
			if strings.Contains(text, late) {
				s.Errorf("the copy says %q, which did not stand on the page", late)
			}
		}
		r, err := s.service.Read(s.Context(), s.maria, s.document, 0)
		s.must(err)
		if r.Version.Document.CustomerName != "Ruiz family" || r.Settings.TaxName != "VAT" {
			s.Errorf("the page now names %q and %q", r.Version.Document.CustomerName, r.Settings.TaxName)
		}
		if p := r.Version.Content.Parties; p == nil || *p != (proposal.Parties{Firm: "Hartwell & Sons", Customer: "Ruiz family", TaxName: "VAT"}) {
			s.Errorf("frozen: %+v", p)
		}
	})
}

var renameFirm = guard.SQL("test: rename the firm", `update organisations set name = :name, tax_name = :tax where id = :org`)

func (s *signRoom) renameFirm(name, tax string) {
	s.Helper()
	s.must(s.store.Change(s.Context(), access.NewSystem(s.actors["jon"].Org(), "a test"), access.SystemWork, func(tx *guard.Tx) error {
		_, err := tx.Exec(renameFirm, guard.Args{"name": name, "tax": tax})
		if settings, _ := organisation.Of(tx); err == nil && settings.Name != name {
			s.Errorf("the firm is still called %q", settings.Name)
		}
		return err
	}))
}

// The office learns before it sends what the signed copy could not print.
func TestWhatTheSignedCopyCannotPrintIsNotSent(t *testing.T) {
	for _, test := range []struct {
		field  string
		change func(c *proposal.Content)
	}{
		{"title", func(c *proposal.Content) { c.Title = "厨房" }},
		{"coverNote", func(c *proposal.Content) { c.CoverNote = "See you soon 🙂" }},
		{"group.0.name", func(c *proposal.Content) { c.Groups[0].Name = "주방" }},
		{"group.0.line.0.description", func(c *proposal.Content) { c.Groups[0].Lines[0].Description = "สมชาย" }},
		{"terms.1.body", func(c *proposal.Content) { c.Terms[1].Body = "תנאים" }},
	} {
		t.Run(test.field, func(t *testing.T) {
			inSignRoom(t, func(s *signRoom) {
				s.must(s.service.Revise(s.Context(), s.actors["jon"], s.document))
				content := s.desk().Version.Content
				test.change(&content)
				err := s.service.Send(s.Context(), s.actors["jon"], s.document, s.save(content).Revision, "")
				refusal := fault.As(err)
				if refusal == nil || len(refusal.Fields) != 1 || refusal.Fields[0].Name != test.field {
					s.Errorf("sending: %v", err)
				}
				if err := s.service.Unready(s.desk()); err == nil {
					s.Error("the page before sending says that all is ready")
				}
			})
		})
	}
}
