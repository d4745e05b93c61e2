package outbox

import (
	"context"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/mail"
)

// Why an address is suppressed.
const (
	bounced    = "bounced"
	complained = "complained"
)

// tryAgainAfter is how long an address that gave mail back gets only what is needed: mailboxes that were full are emptied,
// and people come back. Who complained is not tried again.
const tryAgainAfter = 30 * 24 * time.Hour

// Bounce takes a delivery report that a mail server sent back (RFC 3464) and marks the mail that it is about; the address
// gets only needed mail for a month. Reports of delays change nothing. Faults: Invalid when it is no report, NotFound when
// it is about no mail of ours.
func (s *Service) Bounce(ctx context.Context, raw []byte) error {
	report, ok := mail.ParseBounce(raw)
	if !ok {
		return fault.New(fault.Invalid, "This is not a delivery report.")
	}
	if !report.Permanent {
		return nil
	}
	m, l, err := s.byMessageID(ctx, report.OriginalMessageID)
	if err != nil {
		return err
	}
	why := (&mail.Permanent{Status: report.Status, Reason: report.Reason}).Error()
	return s.store.Change(ctx, access.NewSystem(access.OrgID(m.org), "outbox: delivery report"), access.SystemWork, func(tx *guard.Tx) error {
		changed, err := tx.Exec(returnMail, guard.Args{"id": m.id, "why": why})
		if err != nil || changed == 0 {
			return err
		}
		if err := suppressAddress(tx, l.To, bounced, why); err != nil {
			return err
		}
		return tx.Record(Returned{m.facts(l, why)})
	})
}

// Complaint takes a feedback report (RFC 5965) of somebody who has called a mail of ours unwanted: their address gets only
// needed mail from now on, and the office is told. The same report again changes nothing. Faults: Invalid when it is no
// such report, NotFound when it is about no mail of ours.
func (s *Service) Complaint(ctx context.Context, raw []byte) error {
	report, ok := mail.ParseComplaint(raw)
	if !ok {
		return fault.New(fault.Invalid, "This is not a feedback report.")
	}
	m, l, err := s.byMessageID(ctx, report.OriginalMessageID)
	if err != nil {
		return err
	}
	return s.store.Change(ctx, access.NewSystem(access.OrgID(m.org), "outbox: feedback report"), access.SystemWork, func(tx *guard.Tx) error {
		stored, err := tx.Exec(complain, guard.Args{"folded": folded(l.To), "reason": report.Kind})
		if err != nil || stored == 0 {
			return err
		}
		return tx.Record(Complained{m.facts(l, report.Kind)})
	})
}

func (s *Service) byMessageID(ctx context.Context, messageID string) (m pending, l Letter, err error) {
	err = s.store.Across(ctx, "outbox: whose mail a delivery report is about", func(tx *guard.AcrossTx) error {
		return tx.One(mailByMessageID, guard.Args{"message_id": messageID}, &m.org, &m.id, &m.person, &l.To, &l.Subject, &m.about.Kind, &m.about.ID)
	})
	return m, l, err
}

func suppressAddress(tx *guard.Tx, address, why, reason string) error {
	_, err := tx.Exec(suppress, guard.Args{"folded": folded(address), "why": why, "reason": reason})
	return err
}

// Suppressed reports whether an address gets only mail that is needed. System and staff only.
func (s *Service) Suppressed(tx *guard.Tx, address string) (bool, error) {
	count := 0
	err := tx.One(suppression, guard.Args{"folded": folded(address), "after": tx.Now().Add(-tryAgainAfter)}, &count)
	return count > 0, err
}

func folded(address string) string { return strings.ToLower(strings.TrimSpace(address)) }
