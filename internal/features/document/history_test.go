package document_test

import (
	"strings"
	"testing"

	"lintel/internal/features/document/proposal"
	"lintel/internal/features/message"
)

// Whoever types a name is known by another way already: it stands as typed, and does not take the place of the person's own.
func TestAnotherNameThatIsTypedDoesNotBecomeTheSigner(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		a := s.approval()
		a.Typed = "Somebody Else"
		signed, err := s.service.Approve(s.Context(), s.maria, a)
		s.must(err)
		if signed.Name != "Maria Ruiz" || signed.Mark != "Somebody Else" {
			s.Errorf("signed by %q with the mark %q", signed.Name, signed.Mark)
		}
	})
}

func TestTheOfficeSeesTheSumsThatWereSigned(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		a := s.approval()
		a.Progress.Choices = proposal.Choices{Selected: map[string]bool{"e1": false, "e2": false, "e3": true}}
		a.Total.Minor += 383000 - 245000
		signed, err := s.service.Approve(s.Context(), s.maria, a)
		s.must(err)
		w, err := s.service.Workshop(s.Context(), s.actors["jon"], s.document, 1)
		s.must(err)
		if w.Totals.Total != signed.Total {
			s.Errorf("the office sees %s, and %s was signed", w.Totals.Total, signed.Total)
		}
	})
}

// Every recipient gets the signed copy, and keeps it. What colleagues noted about the proposal is not in it, nor what was written
// in the conversation, which some of them may not read.
func TestTheSignedCopyTellsOfTheProposalAndNotOfWhatWasSaid(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		thread := message.Thread{Kind: "proposal", ID: s.document}
		_, err := s.messages.Post(s.Context(), s.actors["jon"], thread, message.Draft{Body: "She would pay a thousand more.", Internal: true})
		s.must(err)
		_, err = s.messages.Post(s.Context(), s.maria, thread, message.Draft{Body: "Could you start in May?"})
		s.must(err)
		s.must(s.service.Viewed(s.Context(), s.maria, s.document, 1))
		_, err = s.service.Approve(s.Context(), s.maria, s.approval())
		s.must(err)
		r, err := s.service.Read(s.Context(), s.maria, s.document, 0)
		s.must(err)
		lines, err := s.service.HistoryInCopy(s.Context(), s.maria.Org(), r.Signature.ID)
		s.must(err)
		told := ""
		for _, line := range lines {
			told += line.Text + "\n"
		}
		for _, said := range []string{"thousand", "May", "noted", "wrote"} {
			if strings.Contains(told, said) {
				s.Errorf("the signed copy says %q:\n%s", said, told)
			}
		}
		for _, happened := range []string{"started the proposal", "Maria Ruiz got a personal link", "sent version 1", "Maria Ruiz opened version 1", "Maria Ruiz signed and approved version 1"} {
			if !strings.Contains(told, happened) {
				s.Errorf("the signed copy does not say that somebody %s:\n%s", happened, told)
			}
		}
	})
}
