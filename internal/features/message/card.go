package message

import (
	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
)

// Props loads what the card of a conversation shows, for a page of another feature.
func (s *Service) Props(r *route.Request, kind, threadID string) (p ConversationProps, err error) {
	err = s.store.View(r.Context(), r.Actor, access.MessagesRead, func(tx *guard.Tx) error {
		t, err := s.thread(tx, kind, threadID)
		if err != nil {
			return err
		}
		p, err = s.PropsIn(tx, r, t)
		return err
	})
	return p, err
}

// PropsIn is Props in the caller's transaction, of a thread that the actor sees.
func (s *Service) PropsIn(tx *guard.Tx, r *route.Request, t Thread) (ConversationProps, error) {
	if err := tx.Require(access.MessagesRead); err != nil {
		return ConversationProps{}, err
	}
	list, err := s.In(tx, t.Kind, t.ID)
	if err != nil {
		return ConversationProps{}, err
	}
	return props(tx, r, t, list)
}

func props(tx *guard.Tx, r *route.Request, t Thread, list []Message) (ConversationProps, error) {
	p := ConversationProps{Slug: r.Organisation.Slug, OrganisationName: r.Organisation.Name, Thread: t, Messages: list, Viewer: r.Actor, Now: tx.Now(),
		ReadOnly: !r.Actor.May(access.MessagesWrite)}
	if !p.isStaff() || p.ReadOnly {
		return p, nil // only the office's form lists people
	}
	var err error
	p.People, err = t.mentionable(tx)
	return p, err
}

// after loads what the card shows of a message just posted, with its files, and how many the
// conversation has now.
func (s *Service) after(r *route.Request, m *made) (p ConversationProps, count int, err error) {
	err = s.store.View(r.Context(), r.Actor, access.MessagesRead, func(tx *guard.Tx) error {
		files, err := s.files.OfSome(tx, "message", []string{m.message.ID})
		if err != nil {
			return err
		}
		m.message.Files = files[m.message.ID]
		if count, err = s.Count(tx, m.thread.Kind, m.thread.ID); err != nil {
			return err
		}
		p, err = props(tx, r, m.thread, nil)
		return err
	})
	return p, count, err
}
