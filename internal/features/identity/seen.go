package identity

import (
	"context"
	"fmt"

	"lintel/internal/core/guard"
	"lintel/internal/features/identity/standing"
	"lintel/internal/features/identity/store"
)

// FlushSeen writes down which sessions and members were seen since the last time. A job
// does it every few minutes; the server does it once more when it stops.
func (s *Service) FlushSeen(ctx context.Context) error {
	if err := s.flushTokens(ctx); err != nil {
		return fmt.Errorf("write down which tokens were used: %w", err)
	}
	sessions, members := s.seen.Take()
	if len(sessions) == 0 {
		return nil
	}
	err := s.store.AcrossChange(ctx, "identity: write down who was seen", func(tx *guard.AcrossTx) error {
		for session, at := range sessions {
			if _, err := tx.Exec(store.NoteSeen, guard.Args{"id": session, "at": at, "ends": at.Add(standing.CustomerIdle)}); err != nil {
				return err
			}
		}
		for member, at := range members {
			args := guard.Args{"org": string(member.Org), "person": string(member.Person), "kind": string(member.Kind), "at": at}
			if _, err := tx.Exec(store.NoteMemberSeen, args); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("write down who was seen: %w", err)
	}
	return nil
}
