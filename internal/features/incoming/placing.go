package incoming

import (
	"context"
	"fmt"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/message"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
	"lintel/internal/platform/mail"
)

// Place is where a mail may go: into the messages of a project, as one of its customer's people.
type Place struct {
	Project, Number, Title string
	Person                 access.PersonID
	Name                   string
}

// Places lists where a mail may go: with a text, in the projects whose names begin so; else in
// those of its sender. Staff who read messages.
func (s *Service) Places(ctx context.Context, actor access.Actor, m Mail, text string) (list []Place, err error) {
	err = s.store.View(ctx, actor, access.MessagesRead, func(tx *guard.Tx) error {
		list, err = loadPlaces(tx, m, text)
		return err
	})
	return list, err
}

func loadPlaces(tx *guard.Tx, m Mail, text string) (list []Place, err error) {
	statement, args := placesOfSender, guard.Args{"sender": m.Sender}
	if folded := organisation.Fold(text); folded != "" {
		statement, args = placesByName, guard.Args{"from": folded, "until": folded + "\U0010ffff"}
	} else if m.Sender == "" {
		return nil, nil
	}
	seen := map[Place]bool{}
	err = tx.Each(statement, args, func(row guard.Row) error {
		var p Place
		var at time.Time
		if err := row(&p.Project, &p.Number, &p.Title, &p.Person, &p.Name, &at); err != nil {
			return err
		}
		if !seen[p] {
			seen[p] = true
			list = append(list, p)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("load places for a mail: %w", err)
	}
	return list, nil
}

// Place posts a mail that waits into a project's messages as the person who, in the eyes of the
// office, wrote it, with that person's rights of now. It says that it came by mail, and the
// event says who placed it. Staff who write messages. Faults: NotFound, Invalid on place,
// Conflict when a colleague was faster.
func (s *Service) Place(ctx context.Context, actor access.Actor, mailID, project string, person access.PersonID) error {
	if !actor.May(access.MessagesWrite) || actor.Kind() != access.Staff {
		return fault.New(fault.Denied, "You do not have the right to do this.")
	}
	m, in, err := s.Get(ctx, actor, mailID)
	switch {
	case err != nil:
		return err
	case m.State != Unmatched:
		return fault.New(fault.Conflict, "Somebody has dealt with this mail already.")
	case !m.Kept() || m.cut || strings.TrimSpace(in.Text) == "" && len(in.Files) == 0:
		return fault.New(fault.Conflict, "There is nothing in this mail that could be posted. Set it aside.")
	}
	writer, err := s.means.Person(ctx, actor.Org(), person, access.Customer)
	if fault.Is(err, fault.NotFound) {
		return fault.ForField("place", "This person has no access any more.")
	}
	if err != nil {
		return err
	}
	raw, err := s.bytesOf(ctx, m)
	if err != nil {
		return err
	}
	m.Message, m.Internal = id.New(), false
	thread := message.Thread{Kind: "project", ID: project}
	err = s.postAs(ctx, writer, thread, m, in, raw, func(tx *guard.Tx) error { return s.notePlaced(tx, actor, writer, thread, m) })
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Denied) {
		return fault.ForField("place", "This person may not write there any more.")
	}
	return err
}

func (s *Service) notePlaced(tx *guard.Tx, by, writer access.Actor, thread message.Thread, m Mail) error {
	wide := tx.OnBehalfOf("incoming: note who placed a mail")
	found, err := s.means.Messages.ThreadOf(wide, thread.Kind, thread.ID)
	if err != nil {
		return err
	}
	changed, err := wide.Exec(placeMail, guard.Args{"id": m.ID, "message": m.Message, "by": by.Name(), "detail": writer.Name() + " · " + found.Title})
	if err != nil {
		return fmt.Errorf("note where a mail went: %w", err)
	}
	if changed == 0 {
		return fault.New(fault.Conflict, "Somebody has dealt with this mail already.")
	}
	told := factsOf(m)
	told.Title, told.As, told.By = found.Title, writer.Name(), by.Name()
	wide.Announce(topic, true)
	return wide.Record(placed{told})
}

// contentOf is one of the files in a mail, for saving only.
func contentOf(in mail.Incoming, number int) (mail.Attachment, error) {
	if number < 1 || number > len(in.Files) {
		return mail.Attachment{}, fault.New(fault.NotFound, "This file was not found.")
	}
	return in.Files[number-1], nil
}
