package message

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/file"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
)

// Service keeps conversations.
type Service struct {
	store   *guard.Store
	files   *file.Service
	frame   *organisation.Frame
	finders map[string]Finder
}

// New makes the service and takes the uploads of composers upon itself.
func New(store *guard.Store, files *file.Service, frame *organisation.Frame) *Service {
	s := &Service{store: store, files: files, frame: frame, finders: map[string]Finder{}}
	files.Register(file.Composer, s.hangOnComposer)
	return s
}

// Register tells where messages on things of a kind belong. app calls it while the program
// is put together; a kind without a finder takes no messages.
func (s *Service) Register(kind string, find Finder) {
	if s.finders[kind] != nil {
		panic("two finders for conversations of kind " + kind)
	}
	s.finders[kind] = find
}

func (s *Service) thread(tx *guard.Tx, kind, threadID string) (Thread, error) {
	find := s.finders[kind]
	if find == nil {
		return Thread{}, fault.New(fault.NotFound, "There is no conversation here.")
	}
	t, err := find(tx, threadID)
	if err != nil {
		return Thread{}, err
	}
	t.Kind, t.ID = kind, threadID
	return t, nil
}

// composerOf names the place where a thread's files wait until the message is posted.
func composerOf(kind, threadID string) string { return kind + ":" + threadID }

// hangOnComposer lets those who see a thread upload to it; until the message is posted the
// files are theirs alone.
func (s *Service) hangOnComposer(tx *guard.Tx, on string) (file.Hang, error) {
	kind, threadID, _ := strings.Cut(on, ":")
	t, err := s.thread(tx, kind, threadID)
	if err != nil {
		return file.Hang{}, err
	}
	return file.Hang{Kind: file.Composer, On: on, Item: t.Item, Customer: t.Customer, Project: t.Project, Visibility: file.Office, Quiet: true}, nil
}

// Post adds a message to the conversation on a thing. t names it by Kind and ID; whether the
// actor sees it is asked again in the transaction. Staff and customers; internal notes staff
// only. Posting a draft of the same ID twice gives the same message. Faults: NotFound for a
// thing that the actor does not see, Invalid, Denied, Conflict.
func (s *Service) Post(ctx context.Context, actor access.Actor, t Thread, d Draft) (Message, error) {
	made, err := s.postOn(ctx, actor, t, d)
	return made.message, err
}

// made is what posting a draft led to.
type made struct {
	thread  Thread
	message Message
	before  bool // the draft was posted before
}

func (s *Service) postOn(ctx context.Context, actor access.Actor, t Thread, d Draft) (m made, err error) {
	if d.Internal && actor.Kind() != access.Staff {
		return m, fault.New(fault.Denied, "Only the office writes internal notes.")
	}
	if d.ID == "" {
		d.ID = id.New()
	}
	if !id.Valid(d.ID) {
		return m, fault.New(fault.Invalid, "The form could not be read. Please try again.")
	}
	err = s.store.Change(ctx, actor, access.MessagesWrite, func(tx *guard.Tx) error {
		found, err := s.thread(tx, t.Kind, t.ID)
		if err != nil {
			return err
		}
		m, err = s.post(tx, found, d)
		return err
	})
	return m, err
}

func (s *Service) post(tx *guard.Tx, t Thread, d Draft) (made, error) {
	if err := d.check(); err != nil {
		return made{}, err
	}
	if err := d.answer(tx, t); err != nil {
		return made{}, err
	}
	mentioned, err := d.mentioned(tx, t)
	if err != nil {
		return made{}, err
	}
	actor := tx.Actor()
	m := Message{ID: d.ID, Thread: Where{t.Kind, t.ID}, Parent: d.Parent, Author: actor.Person(), AuthorKind: actor.Kind(), AuthorName: actor.Name(), Body: d.Body, Quoted: d.Quoted, Via: d.Via,
		Mentions: mentioned, Internal: d.Internal, PostedAt: tx.Now()}
	if m.Mentions == nil {
		m.Mentions = []Person{}
	}
	fresh, err := insert(tx, t, m)
	if err != nil {
		return made{}, fmt.Errorf("save message: %w", err)
	}
	if !fresh {
		return made{t, m, true}, s.postedBefore(tx, m)
	}
	hang := file.Hang{Kind: "message", On: m.ID, Item: t.Item, Customer: t.Customer, Project: t.Project, Visibility: file.Shared}
	if m.Internal {
		hang.Visibility = file.Office
	}
	if err := s.files.Rehang(tx, d.Files, file.Composer, composerOf(t.Kind, t.ID), hang); err != nil {
		return made{}, err
	}
	return made{t, m, false}, tx.Record(posted(t, m, len(d.Files)))
}

// answer finds the conversation that an answer belongs to. Invalid for a message that the
// actor does not see there.
func (d *Draft) answer(tx *guard.Tx, t Thread) error {
	if d.Parent == "" {
		return nil
	}
	root, above, visibility := "", "", ""
	err := tx.One(pick(tx, parentForOffice, parentForCustomer), guard.Args{"kind": t.Kind, "thread": t.ID, "id": d.Parent}, &root, &above, &visibility)
	if fault.Is(err, fault.NotFound) {
		return fault.ForField("text", "The message that you answer is not here any more.")
	}
	if err != nil {
		return fmt.Errorf("find the message to answer: %w", err)
	}
	d.Parent = cmp.Or(above, root)
	d.Internal = d.Internal || visibility == "office"
	return nil
}

// postedBefore makes a form that is sent twice harmless, and refuses everything else that
// was not stored: a foreign message's id, or a grant that has ended.
func (s *Service) postedBefore(tx *guard.Tx, m Message) error {
	before, err := loadOwn(tx, m.ID, m.AuthorKind)
	if err != nil {
		return err
	}
	if before.where != m.Thread {
		return fault.New(fault.Conflict, "This message was posted before, in another conversation.")
	}
	return nil
}

// Edit changes the text of the actor's own message, within 15 minutes; the message then
// says that it was edited. Conflict afterwards, NotFound for other people's messages.
func (s *Service) Edit(ctx context.Context, actor access.Actor, messageID, text string) error {
	body, err := checkBody(text, false)
	if err != nil {
		return err
	}
	return s.changeOwn(ctx, actor, messageID, func(tx *guard.Tx, args guard.Args) (int64, error) {
		args["body"] = body
		return tx.Exec(editOwn, args)
	}, func(t Thread) changed { return changed{thread: t, Message: messageID, How: "edited"} })
}

// Remove takes the actor's own message back, with its files, within 15 minutes; the
// conversation shows that there was one. Faults as of Edit.
func (s *Service) Remove(ctx context.Context, actor access.Actor, messageID string) error {
	return s.changeOwn(ctx, actor, messageID, func(tx *guard.Tx, args guard.Args) (int64, error) {
		n, err := tx.Exec(removeOwn, args)
		if err != nil || n == 0 {
			return n, err
		}
		return n, s.files.ArchiveOwnOf(tx, "message", messageID)
	}, func(t Thread) changed { return changed{thread: t, Message: messageID, How: "removed"} })
}

func (s *Service) changeOwn(ctx context.Context, actor access.Actor, messageID string, change func(*guard.Tx, guard.Args) (int64, error), what func(Thread) changed) error {
	return s.store.Change(ctx, actor, access.MessagesWrite, func(tx *guard.Tx) error {
		before, err := loadOwn(tx, messageID, actor.Kind())
		if err != nil {
			return err
		}
		t, err := s.thread(tx, before.where.Kind, before.where.ID) // who no longer sees the conversation changes nothing in it
		if err != nil {
			return err
		}
		n, err := change(tx, guard.Args{"id": messageID, "author_kind": string(actor.Kind()), "since": tx.Now().Add(-editableFor)})
		if err != nil {
			return fmt.Errorf("change message: %w", err)
		}
		if n == 0 {
			return fault.New(fault.Conflict, "A message can be changed for 15 minutes. Please write another one.")
		}
		return tx.Record(what(t))
	})
}

// threadOf gives the thread that one of the actor's own messages stands in, and the message
// that its conversation began with.
func (s *Service) threadOf(ctx context.Context, actor access.Actor, messageID string) (t Thread, root string, err error) {
	err = s.store.View(ctx, actor, access.MessagesRead, func(tx *guard.Tx) error {
		found, err := loadOwn(tx, messageID, actor.Kind())
		if err != nil {
			return err
		}
		root = found.root
		t, err = s.thread(tx, found.where.Kind, found.where.ID)
		return err
	})
	return t, root, err
}

// waiting gives those of the files that still wait in the composer, to draw a form again.
func (s *Service) waiting(ctx context.Context, actor access.Actor, ids []string) (files []file.File, err error) {
	if len(ids) > mostFiles {
		return nil, errors.New("too many files")
	}
	err = s.store.View(ctx, actor, access.FilesRead, func(tx *guard.Tx) error {
		files, err = s.files.ByIDs(tx, ids)
		return err
	})
	return files, err
}
