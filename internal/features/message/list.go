package message

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
)

// Messages gives the messages of a thread that the actor sees, oldest first; of a long
// conversation the newest 300. NotFound for a thing that the actor does not see.
func (s *Service) Messages(ctx context.Context, actor access.Actor, t Thread) (list []Message, err error) {
	err = s.store.View(ctx, actor, access.MessagesRead, func(tx *guard.Tx) error {
		if _, err := s.thread(tx, t.Kind, t.ID); err != nil {
			return err
		}
		list, err = s.In(tx, t.Kind, t.ID)
		return err
	})
	return list, err
}
