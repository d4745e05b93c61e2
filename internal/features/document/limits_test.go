package document_test

import (
	"strings"
	"testing"
	"time"

	"lintel/internal/features/customer"
	"lintel/internal/features/document/proposal"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/money"
)

func TestATotalBelowZeroIsNotSigned(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		s.resend(func(c *proposal.Content) {
			c.Groups = []proposal.Group{
				{ID: "h1", Name: "Options", Kind: proposal.Option, Lines: []proposal.Line{{ID: "k1", Kind: proposal.Item, Name: "Kitchen", Quantity: money.Whole(1), UnitPrice: 1000000, Selected: true}}},
				{ID: "h2", Name: "Discounts", Kind: proposal.Discounts, Lines: []proposal.Line{{ID: "k2", Kind: proposal.Discount, Name: "Promotion", Quantity: money.Whole(1), UnitPrice: -50000}}},
			}
		})
		a := s.approval()
		a.Progress.Choices = proposal.Choices{Selected: map[string]bool{"k1": false}}
		a.Total.Minor = -50000
		if _, err := s.service.Approve(s.Context(), s.maria, a); !fault.Is(err, fault.Precondition) {
			s.Errorf("a total of -500.00 was answered with %v", err)
		}
	})
}

func TestTwoWhoSignDoNotShareAMailbox(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		zoe, err := s.customers.AddContact(s.Context(), s.actors["jon"], s.customer, customer.ContactDetails{Name: "Zoe Ruiz", Email: "Maria@Ruiz-Family.example"})
		s.must(err)
		s.must(s.service.SetRecipient(s.Context(), s.actors["jon"], s.document, zoe, true))
		if err := s.service.Resend(s.Context(), s.actors["jon"], s.document, zoe); !fault.Is(err, fault.Invalid) {
			s.Errorf("two signers of one mailbox: %v", err)
		}
		s.must(s.service.SetRecipient(s.Context(), s.actors["jon"], s.document, zoe, false))
		s.must(s.service.Resend(s.Context(), s.actors["jon"], s.document, zoe))
	})
}

// Who has an old page before them presses Withdraw after a colleague began the next version.
func TestADraftOfTheNextVersionDoesNotWithdrawWhatWasSigned(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		_, err := s.service.Approve(s.Context(), s.maria, s.approval())
		s.must(err)
		s.must(s.service.Revise(s.Context(), s.actors["jon"], s.document))
		if err := s.service.Void(s.Context(), s.actors["jon"], s.document, ""); !fault.Is(err, fault.Conflict) {
			s.Errorf("withdrawing was answered with %v", err)
		}
		r, err := s.service.Read(s.Context(), s.maria, s.document, 1)
		s.must(err)
		if r.Version.State != proposal.Approved || r.Signature == nil {
			s.Errorf("version 1 is %s", r.Version.State)
		}
	})
}

// The office may end a link quietly.
func TestTheSignedCopyDoesNotTellOfARevokedLink(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		desk, err := s.service.Desk(s.Context(), s.actors["jon"], s.document, 0)
		s.must(err)
		for _, link := range desk.Links {
			if link.Person == s.tom.Person() {
				s.must(s.service.RevokeLink(s.Context(), s.actors["jon"], s.document, link.ID))
			}
		}
		_, err = s.service.Approve(s.Context(), s.maria, s.approval())
		s.must(err)
		r, err := s.service.Read(s.Context(), s.maria, s.document, 0)
		s.must(err)
		lines, err := s.service.HistoryInCopy(s.Context(), s.maria.Org(), r.Signature.ID)
		s.must(err)
		for _, line := range lines {
			if strings.Contains(line.Text, "revoked") {
				s.Errorf("the copy says %q", line.Text)
			}
		}
	})
}

func TestWhatTheJobGaveUpIsSealedOnceItCanBe(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		s.signedWithoutSeal()
		sealed := func() bool {
			r, err := s.service.Read(s.Context(), s.maria, s.document, 0)
			s.must(err)
			return r.Signature.Sealed()
		}
		s.must(s.service.SealLeft(s.Context(), s.maria.Org()))
		if sealed() {
			s.Error("what was just signed is sealed by its own job")
		}
		s.clock.Advance(25 * time.Hour)
		s.must(s.service.SealLeft(s.Context(), s.maria.Org()))
		if !sealed() {
			s.Error("the agreement has no sealed copy a day later")
		}
	})
}
