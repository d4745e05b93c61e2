package seen

import (
	"sync"
	"time"

	"lintel/internal/core/access"
)

// Sightings remembers who was seen since the last flush, so that a page view writes nothing.
type Sightings struct {
	mu       sync.Mutex
	sessions map[string]time.Time
	members  map[Member]time.Time
}

// Member is one capacity of a person.
type Member struct {
	Org    access.OrgID
	Person access.PersonID
	Kind   access.Kind
}

// NewSightings begins with nobody.
func NewSightings() *Sightings {
	return &Sightings{sessions: map[string]time.Time{}, members: map[Member]time.Time{}}
}

// Note remembers that somebody was here just now.
func (s *Sightings) Note(i access.Identity, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions[i.Session] = now
	if i.SeenBy == "" { // looking as somebody is no visit of theirs
		s.members[Member{i.Org, i.Person, i.Kind}] = now
	}
}

// Last is when a session was seen: what the database says, or later in memory.
func (s *Sightings) Last(session string, stored time.Time) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at := s.sessions[session]; at.After(stored) {
		return at
	}
	return stored
}

// LastOfMember is when a member was seen: what the database says, or later in memory.
func (s *Sightings) LastOfMember(member Member, stored time.Time) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at := s.members[member]; at.After(stored) {
		return at
	}
	return stored
}

// Take gives all, and begins anew.
func (s *Sightings) Take() (map[string]time.Time, map[Member]time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sessions, members := s.sessions, s.members
	s.sessions, s.members = map[string]time.Time{}, map[Member]time.Time{}
	return sessions, members
}

// Token is an API token.
type Token struct {
	Org   access.OrgID
	Token string
}

// TokenUse is the last use of a token.
type TokenUse struct {
	At      time.Time
	Address string
}

// TokenUses remembers which tokens were used since the last flush, so that a request writes
// nothing.
type TokenUses struct {
	mu   sync.Mutex
	uses map[Token]TokenUse
}

// Note remembers a use.
func (u *TokenUses) Note(key Token, use TokenUse) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.uses == nil {
		u.uses = map[Token]TokenUse{}
	}
	u.uses[key] = use
}

// Last is the use of a token since the last flush; zero without one.
func (u *TokenUses) Last(key Token) TokenUse {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.uses[key]
}

// Take gives all, and begins anew.
func (u *TokenUses) Take() map[Token]TokenUse {
	u.mu.Lock()
	defer u.mu.Unlock()
	uses := u.uses
	u.uses = nil
	return uses
}
