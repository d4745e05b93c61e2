package incoming

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/features/file"
	"lintel/internal/features/message"
	"lintel/internal/features/notify"
	"lintel/internal/platform/blob"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
	"lintel/internal/platform/jobs"
	"lintel/internal/platform/mail"
	"lintel/internal/platform/mailbox"
)

// Service keeps mail that comes in, and posts it.
type Service struct {
	store *guard.Store
	means Means
}

// Means is what the service needs from the rest of the program.
type Means struct {
	Blobs     blob.Store
	Addresses Addresses // with an empty Domain no mail is taken in
	Trust     Trust
	Checker   mail.Checker
	Host      string // that stands behind the @ of our own Message-IDs, and in X-Loop
	Messages  *message.Service
	Files     *file.Service
	Notices   *notify.Service
	// Person gives the actor of somebody who answers by mail: identity.Service.ByMail.
	Person func(ctx context.Context, org access.OrgID, person access.PersonID, kind access.Kind) (access.Actor, error)
	// Bounce and Complaint take reports about mails of ours: outbox.Service has them.
	Bounce, Complaint func(ctx context.Context, raw []byte) error
	Log               *slog.Logger
}

// New makes the service.
func New(store *guard.Store, means Means) *Service { return &Service{store: store, means: means} }

// On reports whether this installation takes mail in.
func (s *Service) On() bool { return s.means.Addresses.Domain != "" }

// Domain is that of the addresses for answers.
func (s *Service) Domain() string { return s.means.Addresses.Domain }

// Mailbox is what takes mail in calls.
func (s *Service) Mailbox() mailbox.Means { return mailbox.Means{Known: s.Known, Keep: s.Keep} }

// reading is what the job that reads a mail carries.
type reading struct {
	Mail string `json:"mail"`
}

const (
	readJob   = "read an incoming mail"
	forgetJob = "forget incoming mails"
)

// Keep stores a mail as it came, for each of the addresses that it came for, and returns when
// that is durable. The same mail again is stored once. For mailbox.Means.
func (s *Service) Keep(ctx context.Context, arrived mailbox.Arrived) error {
	for _, to := range s.recipients(arrived) {
		if err := s.keep(ctx, arrived, to); err != nil {
			return err
		}
	}
	return nil
}

// recipients are the addresses that a mail is for. Mail out of a mailbox has no envelope any
// more: the address with a token counts, that stands in its header.
func (s *Service) recipients(arrived mailbox.Arrived) []string {
	if !arrived.Boxed {
		return arrived.To
	}
	named := mail.RecipientsOf(arrived.Raw)
	for _, address := range named {
		if token, here := s.means.Addresses.split(address); here && token != "" {
			return []string{address}
		}
	}
	for _, address := range named {
		if _, here := s.means.Addresses.split(address); here {
			return []string{address}
		}
	}
	return []string{s.means.Addresses.Local + "@" + s.means.Addresses.Domain}
}

func (s *Service) keep(ctx context.Context, arrived mailbox.Arrived, address string) error {
	token, _ := s.means.Addresses.split(address)
	to := answersTo{}
	if token != "" {
		found, err := s.named(ctx, token)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return fmt.Errorf("find whose answer it is: %w", err)
		}
		to = found
	}
	mailID := id.New()
	key := rawKey(mailID)
	if _, err := s.means.Blobs.Put(ctx, key, bytes.NewReader(arrived.Raw), int64(len(arrived.Raw))); err != nil {
		return fmt.Errorf("store the mail: %w", err)
	}
	remote := ""
	if arrived.Remote.IsValid() {
		remote = arrived.Remote.String()
	}
	args := guard.Args{"firm": string(to.org), "id": mailID, "mark": token + " " + mail.Fingerprint(arrived.Raw), "recipient": cut(strings.ToLower(address), 320), "envelope_from": cut(arrived.From, 320),
		"remote": remote, "helo": cut(arrived.HELO, 255), "cut": arrived.Cut, "person": string(to.person), "kind": to.thread.Kind, "thread": to.thread.ID, "internal": to.internal,
		"raw": key, "size": int64(len(arrived.Raw))}
	stored := int64(0)
	err := s.store.AcrossChange(ctx, "incoming: keep a mail that came in", func(tx *guard.AcrossTx) (err error) {
		if stored, err = tx.Exec(insertMail, args); err != nil || stored == 0 {
			return err
		}
		return tx.Enqueue(jobs.Job{Kind: readJob, Organisation: string(to.org), Arguments: reading{mailID}})
	})
	if err == nil && stored == 0 { // it came before
		if err := s.means.Blobs.Delete(ctx, key); err != nil {
			s.means.Log.WarnContext(ctx, "delete the second copy of a mail", "error", err) // the sweep finds it
		}
	}
	return err
}

func rawKey(mailID string) string { return "incoming/" + mailID }

func cut(text string, most int) string {
	text = strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "")
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "")
	}
	return text
}

// bytesOf reads a mail as it came.
func (s *Service) bytesOf(ctx context.Context, m Mail) ([]byte, error) {
	object, err := s.means.Blobs.Open(ctx, m.raw)
	if err != nil {
		return nil, fmt.Errorf("open an incoming mail: %w", err)
	}
	defer object.Close()
	raw, err := io.ReadAll(object)
	if err != nil {
		return nil, fmt.Errorf("read an incoming mail: %w", err)
	}
	return raw, nil
}

// List gives the newest mails of a state. Staff who read messages.
func (s *Service) List(ctx context.Context, actor access.Actor, state State) (list []Mail, err error) {
	err = s.store.View(ctx, actor, access.MessagesRead, func(tx *guard.Tx) error {
		return tx.Each(mailsIn, guard.Args{"state": string(state)}, func(row guard.Row) error {
			m, err := scan(row)
			list = append(list, m)
			return err
		})
	})
	return list, err
}

// Waiting counts the mails that the office has to look at, up to 100; none for who may not read messages. For staff.
func Waiting(tx *guard.Tx) (count int, err error) {
	if !tx.May(access.MessagesRead) {
		return 0, nil
	}
	err = tx.One(countIn, guard.Args{"state": string(Unmatched)}, &count)
	return count, err
}

// Get gives a mail and what is in it, to be read as text; in.Text is empty when the mail itself
// was forgotten or cannot be read. Staff who read messages; NotFound.
func (s *Service) Get(ctx context.Context, actor access.Actor, mailID string) (m Mail, in mail.Incoming, err error) {
	err = s.store.View(ctx, actor, access.MessagesRead, func(tx *guard.Tx) error {
		m, err = loadMail(tx, mailByID, mailID)
		return err
	})
	if err != nil || !m.Kept() {
		return m, in, err
	}
	raw, err := s.bytesOf(ctx, m)
	if fault.Is(err, fault.NotFound) {
		m.raw = ""
		return m, in, nil
	}
	if err != nil {
		return m, in, err
	}
	if in, err = mail.ReadIncoming(raw); err != nil {
		return m, mail.Incoming{}, nil // its bytes can still be saved
	}
	return m, in, nil
}

// Raw opens a mail as it came. Staff who read messages; NotFound.
func (s *Service) Raw(ctx context.Context, actor access.Actor, mailID string) (blob.Object, error) {
	var m Mail
	err := s.store.View(ctx, actor, access.MessagesRead, func(tx *guard.Tx) (err error) {
		m, err = loadMail(tx, mailByID, mailID)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !m.Kept() {
		return nil, fault.New(fault.NotFound, "This mail is not kept any more.")
	}
	return s.means.Blobs.Open(ctx, m.raw)
}

// SetAside says that a mail needs nobody any more; Back takes it up again, also one that was
// dropped. Staff who write messages. Conflict when it is not (any more) in that state.
func (s *Service) SetAside(ctx context.Context, actor access.Actor, mailID string) error {
	return s.change(ctx, actor, asideMail, guard.Args{"id": mailID, "by": actor.Name()}, func(m Mail) event.Event { return setAside{factsOf(m)} })
}

// Back is the opposite of SetAside.
func (s *Service) Back(ctx context.Context, actor access.Actor, mailID string) error {
	return s.change(ctx, actor, backMail, guard.Args{"id": mailID}, func(m Mail) event.Event { return takenUp{factsOf(m)} })
}

func (s *Service) change(ctx context.Context, actor access.Actor, statement *guard.Statement, args guard.Args, what func(Mail) event.Event) error {
	return s.store.Change(ctx, actor, access.MessagesWrite, func(tx *guard.Tx) error {
		m, err := loadMail(tx, mailByID, args["id"].(string))
		if err != nil {
			return err
		}
		changed, err := tx.Exec(statement, args)
		if err != nil {
			return fmt.Errorf("change an incoming mail: %w", err)
		}
		if changed == 0 {
			return fault.New(fault.Conflict, "Somebody has dealt with this mail already.")
		}
		tx.Announce(topic, true)
		return tx.Record(what(m))
	})
}

// topic is heard by pages that count the mails that wait.
const topic = "mails:waiting"

// Lost counts the mails of the last week that reached nobody, for the owner of the installation.
func (s *Service) Lost(ctx context.Context) (count int, err error) {
	err = s.store.Across(ctx, "incoming: count the mails that reached nobody", func(tx *guard.AcrossTx) error {
		return tx.One(looseCount, guard.Args{"since": tx.Now().AddDate(0, 0, -7)}, &count)
	})
	return count, err
}

var errSettled = errors.New("the mail was settled by somebody else")
