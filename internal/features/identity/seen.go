package identity

import (
	"context"
	"fmt"
	"sync"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity/standing"
	"lintel/internal/features/identity/store"
)

// sightings remembers who was seen since the last flush, so that a page view writes nothing.
type sightings struct {
	mu       sync.Mutex
	sessions map[string]time.Time
	members  map[memberKey]time.Time
}

type memberKey struct {
	org    access.OrgID
	person access.PersonID
	kind   access.Kind
}

func newSightings() *sightings {
	return &sightings{sessions: map[string]time.Time{}, members: map[memberKey]time.Time{}}
}

func (s *sightings) note(i access.Identity, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions[i.Session] = now
	if i.SeenBy == "" { // looking as somebody is no visit of theirs
		s.members[memberKey{i.Org, i.Person, i.Kind}] = now
	}
}

// last is when a session was seen: what the database says, or later in memory.
func (s *sightings) last(session string, stored time.Time) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at := s.sessions[session]; at.After(stored) {
		return at
	}
	return stored
}

func (s *sightings) take() (map[string]time.Time, map[memberKey]time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sessions, members := s.sessions, s.members
	s.sessions, s.members = map[string]time.Time{}, map[memberKey]time.Time{}
	return sessions, members
}

// FlushSeen writes down which sessions and members were seen since the last time. A job
// does it every few minutes; the server does it once more when it stops.
func (s *Service) FlushSeen(ctx context.Context) error {
	if err := s.flushTokens(ctx); err != nil {
		return fmt.Errorf("write down which tokens were used: %w", err)
	}
	sessions, members := s.seen.take()
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
			args := guard.Args{"org": string(member.org), "person": string(member.person), "kind": string(member.kind), "at": at}
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
