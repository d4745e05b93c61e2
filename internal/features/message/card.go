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
	var p ConversationProps
	var list []Message
	var readers map[Where][]Reader
	err := tx.Together(
		func() (err error) { list, err = s.In(tx, t.Kind, t.ID); return err },
		func() (err error) { p, err = s.FieldIn(tx, r, t); return err },
		func() (err error) { readers, err = readersOf(tx, []string{t.ID}); return err },
	)
	p.Messages, p.readers = list, readers[Where{t.Kind, t.ID}]
	return p, err
}

// FieldIn is what the field for a message shows, without the messages: for FeedField.
func (s *Service) FieldIn(tx *guard.Tx, r *route.Request, t Thread) (ConversationProps, error) {
	p := ConversationProps{View: ViewOf(tx, r), Thread: t}
	if p.ReadOnly {
		return p, nil
	}
	var err error
	p.People, err = t.mentionable(tx)
	return p, err
}

// ViewOf is what every part of a conversation has to know of whoever looks.
func ViewOf(tx *guard.Tx, r *route.Request) View {
	return View{Slug: r.Organisation.Slug, OrganisationName: r.Organisation.Name, Viewer: r.Actor, Now: tx.Now(), ReadOnly: !r.Actor.May(access.MessagesWrite)}
}

// Cards gives what the feed shows of conversations: those of the talks that the actor sees,
// in their order, each with who has seen it.
func (s *Service) Cards(tx *guard.Tx, v View, roots []string) ([]TalkProps, error) {
	talks, err := s.Talks(tx, roots)
	if err != nil || len(talks) == 0 {
		return nil, err
	}
	threads := map[string]bool{}
	var ids []string
	for _, t := range talks {
		if !threads[t.Root.Thread.ID] {
			threads[t.Root.Thread.ID] = true
			ids = append(ids, t.Root.Thread.ID)
		}
	}
	readers, err := readersOf(tx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]TalkProps, 0, len(talks))
	for _, t := range talks {
		out = append(out, TalkProps{View: v, Talk: t, readers: readers[t.Root.Thread]})
	}
	return out, nil
}

// card loads one conversation as it stands on the page.
func (s *Service) card(r *route.Request, root string) (p TalkProps, err error) {
	err = s.store.View(r.Context(), r.Actor, access.MessagesRead, func(tx *guard.Tx) error {
		cards, err := s.Cards(tx, ViewOf(tx, r), []string{root})
		if err == nil && len(cards) > 0 {
			p = cards[0]
		}
		return err
	})
	return p, err
}

// after loads what the card shows of a message just posted, with its files, and how many the
// conversation has now.
func (s *Service) after(r *route.Request, m *made) (p ConversationProps, count int, err error) {
	err = s.store.View(r.Context(), r.Actor, access.MessagesRead, func(tx *guard.Tx) error {
		one := []Message{m.message}
		if err := s.attach(tx, one); err != nil {
			return err
		}
		m.message = one[0]
		if count, err = s.Count(tx, m.thread.Kind, m.thread.ID); err != nil {
			return err
		}
		p, err = s.FieldIn(tx, r, m.thread)
		return err
	})
	return p, count, err
}

// field loads the empty field of a thread.
func (s *Service) field(r *route.Request, t Thread) (p ConversationProps, err error) {
	err = s.store.View(r.Context(), r.Actor, access.MessagesRead, func(tx *guard.Tx) error {
		p, err = s.FieldIn(tx, r, t)
		return err
	})
	return p, err
}
