package outbox

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/id"
	"lintel/internal/platform/jobs"
	"lintel/internal/platform/mail"
	"lintel/internal/platform/secret"
)

// Service queues and sends mails.
type Service struct {
	store  *guard.Store
	box    secret.Box
	layout *mail.Layout
	means  Means
}

// Means is what the outbox needs from the rest of the program to send.
type Means struct {
	Sender mail.Sender
	From   string // bare address in From and on the envelope; the name beside it is the firm's
	Host   string // domain in Message-IDs
	// Attachment reads a file that a letter names. Outside transactions; may be nil when no
	// letter attaches files.
	Attachment func(ctx context.Context, org access.OrgID, file string) (name, mediaType string, content []byte, err error)
	// ReplyAddress makes the signed address under which a person's answers reach a thread. Nil, or an empty answer: no
	// mail is taken in, and answers go to the firm's own address.
	ReplyAddress func(org access.OrgID, person access.PersonID, thread string) string
	// Logo reads an organisation's logo, a PNG or JPEG of at least 80 pixels. May be nil.
	Logo func(ctx context.Context, org access.OrgID) (mediaType string, content []byte, err error)
}

// New makes the service. Mails only leave when its Jobs run.
func New(store *guard.Store, box secret.Box, means Means) (*Service, error) {
	if err := mail.CheckAddress(means.From); err != nil {
		return nil, fmt.Errorf("the sender of mails: %w", err)
	}
	if means.Host == "" || strings.Contains(means.Host, ":") { // a bare IPv6 address cannot stand in a Message-ID
		means.Host = "localhost"
	}
	layout, err := mail.NewLayout()
	if err != nil {
		return nil, err
	}
	return &Service{store: store, box: box, layout: layout, means: means}, nil
}

// Queue stores a letter in the caller's transaction; it is sent after the commit, once,
// and not at all when the transaction fails. Any verb may call it, for any kind of actor.
// Faults: Invalid for a wrong address or a subject of several lines.
func (s *Service) Queue(tx *guard.Tx, l Letter) error {
	l.Subject = shortened(l.Subject)
	if err := l.check(); err != nil {
		return err
	}
	wide := tx.OnBehalfOf("outbox: store a mail")
	m := queued{id: id.New(), org: string(tx.Org())}
	sealed, err := s.seal(m, l)
	if err != nil {
		return err
	}
	mark := l.Mark
	if mark == "" {
		mark = m.id
	}
	stored, err := wide.Exec(insertMail, guard.Args{"id": m.id, "person": string(l.Person), "recipient": l.To, "subject": l.Subject, "sealed": sealed,
		"message_id": m.id + "@" + s.means.Host, "about_kind": l.AboutKind, "about": l.About, "mark": mark, "good_until": l.GoodUntil})
	if err != nil || stored == 0 {
		return err // 0: a letter with this mark was queued before
	}
	return tx.Enqueue(jobs.Job{Kind: sendJob, Arguments: sending{Mail: m.id}, Unique: sending{Mail: m.id}.unique()})
}

// About lists the mails about a thing, the newest first. Staff only.
func (s *Service) About(tx *guard.Tx, about string) ([]Sent, error) {
	var out []Sent
	err := tx.Each(mailsAbout, guard.Args{"about": about}, func(row guard.Row) error {
		var m Sent
		err := row(&m.ID, &m.Person, &m.To, &m.Subject, &m.State, &m.LastError, &m.QueuedAt, &m.SentAt, &m.BouncedAt)
		out = append(out, m)
		return err
	})
	return out, err
}

// queued is what names a mail row.
type queued struct{ org, id string }

// sealContext binds a sealed letter to its row and tenant.
func (q queued) sealContext() string { return "mail:" + q.org + ":" + q.id }

func (s *Service) seal(q queued, l Letter) (string, error) {
	plain, err := json.Marshal(l)
	if err != nil {
		return "", fmt.Errorf("write the letter: %w", err)
	}
	return base64.StdEncoding.EncodeToString(s.box.Seal(plain, q.sealContext())), nil
}

func (s *Service) unseal(q queued, sealed string) (l Letter, err error) {
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return l, fmt.Errorf("read the letter: %w", err)
	}
	plain, err := s.box.Open(raw, q.sealContext())
	if err != nil {
		return l, fmt.Errorf("open the letter: %w", err)
	}
	if err := json.Unmarshal(plain, &l); err != nil {
		return l, fmt.Errorf("read the letter: %w", err)
	}
	return l, nil
}
