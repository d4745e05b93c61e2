package incoming

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/file"
	"lintel/internal/features/message"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
	"lintel/internal/platform/jobs"
	"lintel/internal/platform/mail"
)

// verdict is what becomes of a mail.
type verdict struct {
	state  State
	reason Reason
	detail string
}

// read is the job that reads one mail.
func (s *Service) read(ctx context.Context, task jobs.Task) error {
	var job reading
	if err := task.Arguments(&job); err != nil {
		return jobs.NoRetry(err)
	}
	if task.Organisation == "" {
		return s.sortOut(ctx, job.Mail)
	}
	actor := access.NewSystem(access.OrgID(task.Organisation), "incoming: read a mail")
	var m Mail
	err := s.store.View(ctx, actor, access.SystemWork, func(tx *guard.Tx) (err error) {
		m, err = loadMail(tx, mailToRead, job.Mail)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return nil // settled before
	}
	if err != nil {
		return fmt.Errorf("load an incoming mail: %w", err)
	}
	raw, err := s.bytesOf(ctx, m)
	if err != nil {
		return err
	}
	in, err := mail.ReadIncoming(raw)
	if err != nil {
		return s.settle(ctx, actor, m, verdict{Unmatched, unreadable, err.Error()})
	}
	m.describe(in)
	v, err := s.machine(ctx, m, in, raw)
	if err != nil {
		return err
	}
	if v == (verdict{}) {
		if v, err = s.answer(ctx, actor.Org(), &m, in, raw, task.LastAttempt); err != nil {
			return err
		}
	}
	if v.state == Posted {
		return nil // settled with the message, in one transaction
	}
	return s.settle(ctx, actor, m, v)
}

// describe notes what lists show of a mail.
func (m *Mail) describe(in mail.Incoming) {
	m.Sender, m.SenderName = cut(strings.ToLower(in.From.Address), 320), cut(in.From.Name, 200)
	m.Subject, m.Excerpt, m.Files = cut(in.Subject, 300), excerpt(in.Text), len(in.Files)+in.MoreFiles
}

// machine says what becomes of a mail that no person wrote; the zero verdict when one did.
func (s *Service) machine(ctx context.Context, m Mail, in mail.Incoming, raw []byte) (verdict, error) {
	if _, report := mail.ParseBounce(raw); report {
		return s.report(ctx, raw, s.means.Bounce)
	}
	if _, report := mail.ParseComplaint(raw); report {
		return s.report(ctx, raw, s.means.Complaint)
	}
	for _, loop := range in.Loops {
		if strings.EqualFold(loop, s.means.Host) {
			return verdict{Dropped, ourOwn, ""}, nil
		}
	}
	if left, host, _ := strings.Cut(in.MessageID, "@"); strings.EqualFold(host, s.means.Host) && id.Valid(left) {
		return verdict{Dropped, ourOwn, ""}, nil
	}
	if in.Automatic != "" {
		return verdict{Dropped, byMachine, in.Automatic}, nil
	}
	return verdict{}, nil
}

// report hands a mail server's report to whoever sent the mail that it is about.
func (s *Service) report(ctx context.Context, raw []byte, take func(context.Context, []byte) error) (verdict, error) {
	err := take(ctx, raw)
	switch {
	case err == nil:
		return verdict{state: Bounced}, nil
	case fault.Is(err, fault.NotFound), fault.Is(err, fault.Invalid):
		return verdict{Dropped, notOurs, ""}, nil
	}
	return verdict{}, fmt.Errorf("take a report of a mail server: %w", err)
}

// answer checks whose answer a mail is, and posts it. Posted: the mail is settled already.
func (s *Service) answer(ctx context.Context, org access.OrgID, m *Mail, in mail.Incoming, raw []byte, last bool) (verdict, error) {
	if m.cut {
		return verdict{Unmatched, tooLarge, ""}, nil
	}
	var err error
	if m.Proof, err = s.means.Checker.Prove(ctx, raw, mail.Arrival{Remote: address(m.remote), HELO: m.helo, From: m.envelopeFrom}); err != nil && !last {
		return verdict{}, fmt.Errorf("check the sender: %w", err) // the DNS is away: later
	}
	switch {
	case m.Person == "":
		return verdict{Unmatched, plainAddress, ""}, nil
	case in.Text == "" && len(in.Files) == 0:
		return verdict{Dropped, nothingIn, ""}, nil
	}
	known, often, err := s.sender(ctx, org, *m)
	switch {
	case err != nil:
		return verdict{}, err
	case !known:
		return verdict{Unmatched, otherSender, ""}, nil
	case often >= mostAnHour:
		return verdict{Unmatched, tooMany, ""}, nil
	}
	actor, v, err := s.actor(ctx, org, *m)
	if err != nil || v != (verdict{}) {
		return v, err
	}
	return s.post(ctx, actor, *m, in, raw)
}

// actor is the person whose answer it is, as they are now. Who is a colleague here becomes one
// only by a proven mail, whatever the installation trusts otherwise (G09).
func (s *Service) actor(ctx context.Context, org access.OrgID, m Mail) (access.Actor, verdict, error) {
	staff, err := s.means.Person(ctx, org, m.Person, access.Staff)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return access.Actor{}, verdict{}, err
	}
	if err == nil {
		if m.Proof == "" {
			return access.Actor{}, verdict{Unmatched, notProven, ""}, nil
		}
		return staff, verdict{}, nil
	}
	customer, err := s.means.Person(ctx, org, m.Person, access.Customer)
	switch {
	case fault.Is(err, fault.NotFound), err == nil && m.Internal:
		return access.Actor{}, verdict{Unmatched, noAccess, ""}, nil
	case err != nil:
		return access.Actor{}, verdict{}, err
	case m.Proof == "" && s.means.Trust != ByAddress:
		return access.Actor{}, verdict{Unmatched, notProven, ""}, nil
	}
	return customer, verdict{}, nil
}

// sender reports whether the From of a mail is an address of the person, and how many answers of
// theirs the conversation got in the last hour.
func (s *Service) sender(ctx context.Context, org access.OrgID, m Mail) (known bool, often int, err error) {
	actor := access.NewSystem(org, "incoming: whose answer it is")
	err = s.store.View(ctx, actor, access.SystemWork, func(tx *guard.Tx) error {
		var own []string
		err := tx.Each(addressesOf, guard.Args{"person": string(m.Person)}, func(row guard.Row) error {
			address := ""
			err := row(&address)
			own = append(own, address)
			return err
		})
		if err != nil {
			return err
		}
		known = m.Sender != "" && (slices.Contains(own, m.Sender) || slices.Contains(own, organisation.Fold(m.Sender)))
		return tx.One(postedSince, guard.Args{"person": string(m.Person), "thread": m.Thread.ID, "since": tx.Now().Add(-time.Hour)}, &often)
	})
	return known, often, err
}

// post puts a mail into its conversation as the actor, with what they may do there now, and
// settles it in the same transaction: once, however often the job runs.
func (s *Service) post(ctx context.Context, actor access.Actor, m Mail, in mail.Incoming, raw []byte) (verdict, error) {
	m.State, m.Message = Posted, m.ID
	err := s.postAs(ctx, actor, m.Thread, m, in, raw, func(tx *guard.Tx) error {
		changed, err := tx.OnBehalfOf("incoming: note that a mail was posted").Exec(settleMail, m.settled(verdict{state: Posted}))
		if err == nil && changed == 0 {
			err = errSettled
		}
		return err
	})
	return refusal(err)
}

// refusal makes a verdict of what posting has led to.
func refusal(err error) (verdict, error) {
	f := fault.As(err)
	switch {
	case err == nil || errors.Is(err, errSettled):
		return verdict{state: Posted}, nil
	case f == nil || f.Kind == fault.Unavailable || f.Kind == fault.NoSpace:
		return verdict{}, fmt.Errorf("post an incoming mail: %w", err)
	case f.Kind == fault.NotFound, f.Kind == fault.Denied, f.Kind == fault.Unauthenticated:
		return verdict{Unmatched, noAccess, ""}, nil
	}
	return verdict{Unmatched, refusedByPost, f.Message}, nil
}

// postAs posts what was written, with its files, as the actor. along runs in the same transaction.
func (s *Service) postAs(ctx context.Context, actor access.Actor, t message.Thread, m Mail, in mail.Incoming, raw []byte, along func(*guard.Tx) error) error {
	draft := message.Draft{ID: m.Message, Internal: m.Internal, Via: message.ByMail}
	whole := false
	draft.Body, whole = shorten(in.Text, longestText)
	draft.Quoted, _ = shorten(in.Quoted, longestQuoted)
	files := in.Files
	if whole || len(files)+in.MoreFiles > mostFiles {
		files = append([]mail.Attachment{{Name: "mail.eml", Bytes: raw}}, files[:min(len(files), mostFiles-1)]...)
	}
	for _, f := range files {
		uploaded, err := s.upload(ctx, actor, t, f)
		if fault.As(err) != nil && fault.As(err).Kind == fault.Invalid || fault.Is(err, fault.TooLarge) {
			continue // an empty one, a picture that is a trap, no space left; the mail itself is kept
		}
		if err != nil {
			s.takeBack(ctx, actor, draft.Files)
			return err
		}
		draft.Files = append(draft.Files, uploaded)
	}
	_, err := s.means.Messages.Post(guard.Along(ctx, along), actor, t, draft)
	if err != nil {
		s.takeBack(ctx, actor, draft.Files)
	}
	return err
}

// upload takes a file the way that a browser's go: the same checks, limits and virus scan.
func (s *Service) upload(ctx context.Context, actor access.Actor, t message.Thread, f mail.Attachment) (string, error) {
	u, err := s.means.Files.Begin(ctx, actor, file.NewUpload{Kind: file.Composer, On: t.Kind + ":" + t.ID, Name: f.Name, Size: int64(len(f.Bytes))})
	if err != nil {
		return "", err
	}
	if _, err := s.means.Files.Append(ctx, actor, u.ID, 0, bytes.NewReader(f.Bytes)); err != nil {
		return "", err
	}
	return u.ID, nil
}

// takeBack puts files away that no message took.
func (s *Service) takeBack(ctx context.Context, actor access.Actor, files []string) {
	for _, id := range files {
		if err := s.means.Files.Cancel(ctx, actor, id); err != nil && fault.As(err) == nil {
			s.means.Log.WarnContext(ctx, "take back a file of a mail", "error", err)
		}
	}
}

func (m Mail) settled(v verdict) guard.Args {
	return guard.Args{"id": m.ID, "state": string(v.state), "reason": string(v.reason), "detail": cut(v.detail, 300), "sender": m.Sender, "sender_name": m.SenderName, "subject": m.Subject,
		"excerpt": m.Excerpt, "proof": m.Proof, "files": m.Files, "message": m.Message}
}

// settle notes what became of a mail that was not posted. The office is told of those that wait.
func (s *Service) settle(ctx context.Context, actor access.Actor, m Mail, v verdict) error {
	return s.store.Change(ctx, actor, access.SystemWork, func(tx *guard.Tx) error {
		today := 0
		if err := tx.One(countSince, guard.Args{"since": tx.Now().Add(-24 * time.Hour)}, &today); err != nil {
			return err
		}
		changed, err := tx.Exec(settleMail, m.settled(v))
		if err != nil || changed == 0 || v.state != Unmatched {
			return err
		}
		tx.Announce(topic, true)
		if today >= mostNotices {
			return nil // the list has it; nobody floods the office's mailboxes
		}
		m.Reason = v.reason
		return tx.Record(unplaced{factsOf(m)})
	})
}

// sortOut finds out whose a mail is that came to no conversation: a report about a mail of ours,
// or from somebody whom exactly one organisation knows, whose office then gets it.
func (s *Service) sortOut(ctx context.Context, mailID string) error {
	var m Mail
	err := s.store.Across(ctx, "incoming: read a mail of nobody yet", func(tx *guard.AcrossTx) error {
		return tx.One(looseMail, guard.Args{"id": mailID}, m.targets()...)
	})
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("load an incoming mail: %w", err)
	}
	raw, err := s.bytesOf(ctx, m)
	if err != nil {
		return err
	}
	in, err := mail.ReadIncoming(raw)
	if err != nil {
		return s.settleLoose(ctx, m, verdict{Dropped, unreadable, err.Error()})
	}
	m.describe(in)
	v, err := s.machine(ctx, m, in, raw)
	if err != nil {
		return err
	}
	if v != (verdict{}) {
		return s.settleLoose(ctx, m, v)
	}
	return s.handOver(ctx, m)
}

func (s *Service) handOver(ctx context.Context, m Mail) error {
	var firms []string
	moved := false
	err := s.store.AcrossChange(ctx, "incoming: give a mail to the organisation that knows its sender", func(tx *guard.AcrossTx) error {
		firms, moved = nil, false
		err := tx.Each(firmsOfSender, guard.Args{"sender": m.Sender}, func(row guard.Row) error {
			firm := ""
			err := row(&firm)
			firms = append(firms, firm)
			return err
		})
		if err != nil || len(firms) != 1 || m.Sender == "" {
			return err
		}
		changed, err := tx.Exec(moveMail, guard.Args{"id": m.ID, "firm": firms[0]})
		if err != nil || changed == 0 {
			return err
		}
		moved = true
		return tx.Enqueue(jobs.Job{Kind: readJob, Organisation: firms[0], Arguments: reading{m.ID}})
	})
	if err != nil || moved {
		return err
	}
	s.means.Log.WarnContext(ctx, "a mail that reached nobody", "from", m.Sender, "to", m.Recipient, "subject", m.Subject, "organisations", len(firms))
	return s.settleLoose(ctx, m, verdict{Dropped, nobodys, ""})
}

func (s *Service) settleLoose(ctx context.Context, m Mail, v verdict) error {
	args := m.settled(v)
	delete(args, "proof")
	delete(args, "message")
	return s.store.AcrossChange(ctx, "incoming: settle a mail of nobody", func(tx *guard.AcrossTx) error {
		_, err := tx.Exec(settleOne, args)
		return err
	})
}

func address(text string) netip.Addr {
	parsed, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Addr{}
	}
	return parsed
}
