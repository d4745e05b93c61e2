package document_test

import (
	"context"
	"sync"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/signing"
)

var takeSealAway = guard.SQL("test: take the seal away", `update organisation_seals set retired_at = :now where org = :org and retired_at is null`)

// signedWithoutSeal has Maria sign while the firm has no key to seal with, and gives it one then.
func (s *signRoom) signedWithoutSeal() signing.Signature {
	s.Helper()
	system := access.NewSystem(s.maria.Org(), "a test")
	s.must(s.store.Change(s.Context(), system, access.SystemWork, func(tx *guard.Tx) error {
		_, err := tx.Exec(takeSealAway, nil)
		return err
	}))
	signed, err := s.service.Approve(s.Context(), s.maria, s.approval())
	s.must(err)
	seal, err := s.service.Seals().PrepareSeal("Hartwell & Sons")
	s.must(err)
	s.must(s.store.Change(s.Context(), system, access.SystemWork, seal))
	return signed
}

// The job begins while the request still seals: a slow time stamp authority, a slow bucket.
func TestASignatureHasOneSealedCopyHoweverManySealAtOnce(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		signed := s.signedWithoutSeal()
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if err := s.service.Seal(context.Background(), s.maria.Org(), signed.ID); err != nil {
					s.Error(err)
				}
			})
		}
		all.Wait()
		s.must(s.store.View(s.Context(), access.NewSystem(s.maria.Org(), "a test"), access.SystemWork, func(tx *guard.Tx) error {
			copies, err := s.files.Of(tx, "agreement", signed.ID)
			if len(copies) != 1 {
				s.Errorf("one signature has %d sealed copies", len(copies))
			}
			return err
		}))
	})
}
