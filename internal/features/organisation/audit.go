package organisation

import (
	"context"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
)

var eventsBefore = guard.SQL("audit trail", `select id, seq, kind, at, actor_kind, person, subject_kind, subject, customer, project, body from events
	where org = :org and seq < :before order by seq desc limit :limit`)

const auditPage = 50

// Audit is a page of the audit trail, the newest first.
type Audit struct {
	Lines []AuditLine
	Next  int64 // sequence to go on before; 0 on the last page
}

// AuditLine is one event with its sentence.
type AuditLine struct {
	Sequence int64
	At       time.Time
	Icon     string
	Sentence string
	Actor    string
}

// Audit reads the audit trail before a sequence number; 0 begins with the newest.
func (s *Service) Audit(ctx context.Context, actor access.Actor, before int64) (page Audit, err error) {
	if before <= 0 {
		before = 1 << 62
	}
	err = s.store.View(ctx, actor, access.AuditRead, func(tx *guard.Tx) error {
		page = Audit{}
		return tx.Each(eventsBefore, guard.Args{"before": before, "limit": auditPage + 1}, func(row guard.Row) error {
			r := event.Recorded{Org: tx.Org()}
			var body string
			if err := row(&r.ID, &r.Sequence, &r.Kind, &r.At, &r.ActorKind, &r.Person, &r.Subject.Kind, &r.Subject.ID, &r.Subject.Customer, &r.Subject.Project, &body); err != nil {
				return err
			}
			if len(page.Lines) == auditPage {
				page.Next = page.Lines[auditPage-1].Sequence
				return nil
			}
			if err := r.SetBody(body); err != nil {
				return err
			}
			page.Lines = append(page.Lines, s.auditLine(ctx, r))
			return nil
		})
	})
	return page, err
}

func (s *Service) auditLine(ctx context.Context, r event.Recorded) AuditLine {
	line := AuditLine{Sequence: r.Sequence, At: r.At, Icon: "history", Sentence: r.Kind, Actor: r.By(ctx)}
	if s.ports.EventKind == nil {
		return line
	}
	if kind, ok := s.ports.EventKind(r.Kind); ok && kind.Sentence != nil {
		line.Icon, line.Sentence = kind.Icon, kind.Sentence(ctx, r)
	}
	return line
}

// VerifyAudit checks the whole chain of the organisation's log.
func (s *Service) VerifyAudit(ctx context.Context, actor access.Actor) (event.Audit, error) {
	if err := s.store.View(ctx, actor, access.AuditRead, func(*guard.Tx) error { return nil }); err != nil {
		return event.Audit{}, err
	}
	return s.store.VerifyChain(ctx, actor.Org())
}

// looks gives an organisation's colour and versions to pages that nobody signed in for.
func (s *Service) looks(ctx context.Context, org access.OrgID) (colour, theme, logo string, err error) {
	err = s.store.Across(ctx, "serve the looks of a firm to its sign-in page", func(tx *guard.AcrossTx) error {
		return tx.One(looksByID, guard.Args{"id": string(org)}, &colour, &theme, &logo)
	})
	return colour, theme, logo, err
}
