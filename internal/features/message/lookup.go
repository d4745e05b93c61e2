package message

import (
	"fmt"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/id"
)

// In gives the messages of a thread that the actor sees, oldest first, with their files; of
// a long conversation the newest 300. Customers never get internal notes.
func (s *Service) In(tx *guard.Tx, kind, threadID string) ([]Message, error) {
	list, err := load(tx, kind, threadID)
	if err != nil {
		return nil, fmt.Errorf("load messages: %w", err)
	}
	return list, s.attach(tx, list)
}

// Talks gives whole conversations by the messages that they began with, in the order asked
// for, as far as the actor sees them.
func (s *Service) Talks(tx *guard.Tx, roots []string) ([]Talk, error) {
	if err := tx.Require(access.MessagesRead); err != nil {
		return nil, err
	}
	list, err := loadSome(tx, roots)
	if err != nil {
		return nil, fmt.Errorf("load conversations: %w", err)
	}
	if err := s.attach(tx, list); err != nil {
		return nil, err
	}
	byRoot := map[string]Talk{}
	for _, talk := range talksOf(list) {
		byRoot[talk.Root.ID] = talk
	}
	out := make([]Talk, 0, len(roots))
	for _, root := range roots {
		if talk, seen := byRoot[root]; seen {
			out = append(out, talk)
		}
	}
	return out, nil
}

// attach loads the files of messages.
func (s *Service) attach(tx *guard.Tx, list []Message) error {
	ids := make([]string, 0, len(list))
	for _, m := range list {
		if !m.Removed() {
			ids = append(ids, m.ID)
		}
	}
	files, err := s.files.OfSome(tx, "message", ids)
	if err != nil {
		return err
	}
	for i := range list {
		list[i].Files = files[list[i].ID]
	}
	return nil
}

// Count tells how many messages of a thread the actor sees, without those taken back.
func (s *Service) Count(tx *guard.Tx, kind, threadID string) (n int, err error) {
	err = tx.One(pick(tx, countForOffice, countForCustomer), guard.Args{"kind": kind, "thread": threadID}, &n)
	return n, err
}

// ThreadOf gives the thread of a thing that the actor sees; NotFound otherwise.
func (s *Service) ThreadOf(tx *guard.Tx, kind, threadID string) (Thread, error) {
	return s.thread(tx, kind, threadID)
}

// PostIn is Post in the caller's transaction, without files: for words that come with another verb.
func (s *Service) PostIn(tx *guard.Tx, kind, threadID, text string) error {
	if err := tx.Require(access.MessagesWrite); err != nil {
		return err
	}
	t, err := s.thread(tx, kind, threadID)
	if err != nil {
		return err
	}
	_, err = s.post(tx, t, Draft{ID: id.New(), Body: text})
	return err
}
