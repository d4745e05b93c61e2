package document

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/file"
	"lintel/internal/features/organisation"
	"lintel/internal/features/signing"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/jobs"
)

const (
	sealJob   = "seal agreement"
	expireJob = "expire proposals"
	resealJob = "seal agreements that are left"
	// sealSafetyNet is how long the job waits for the sealing that the request itself does
	// right after its commit; it only works when that was cut off.
	sealSafetyNet = 20 * time.Second
	// sealGivenUp is about when the job of a signature has tried for the last time.
	sealGivenUp = 24 * time.Hour
	// attempts after which an agreement is sealed without a time stamp rather than not at all.
	patience = 6
)

type sealTask struct {
	Signature string `json:"signature"`
}

// Jobs names the handlers of this feature's jobs.
func (s *Service) Jobs(r *jobs.Runner) {
	r.Handle(sealJob, func(ctx context.Context, task jobs.Task) error {
		var wanted sealTask
		if err := task.Arguments(&wanted); err != nil {
			return jobs.NoRetry(err)
		}
		return s.seal(ctx, access.OrgID(task.Organisation), wanted.Signature, task.Attempt > patience)
	})
	r.Handle(expireJob, s.forEach(s.expireAll))
	r.Every(time.Hour, jobs.Job{Kind: expireJob})
	r.Handle(resealJob, s.forEach(s.sealLeft))
	r.Every(time.Hour, jobs.Job{Kind: resealJob})
}

// forEach makes a job of work that is done for one organisation after the other.
func (s *Service) forEach(work func(context.Context, access.OrgID) error) jobs.Handler {
	return func(ctx context.Context, _ jobs.Task) error {
		organisations, err := s.store.Organisations(ctx)
		if err != nil {
			return err
		}
		for _, org := range organisations {
			if err := work(ctx, org); err != nil {
				return err
			}
		}
		return nil
	}
}

// sealLeft seals what was signed more than a day ago and has no sealed copy: its own job has given up, because the firm's key or
// the disk was out of order for long. What cannot be sealed now is tried again by the next run.
func (s *Service) sealLeft(ctx context.Context, org access.OrgID) (err error) {
	var left []string
	err = s.store.View(ctx, access.NewSystem(org, "look for agreements without a sealed copy"), access.SystemWork, func(tx *guard.Tx) error {
		left, err = signing.Unsealed(tx, tx.Now().Add(-sealGivenUp))
		return err
	})
	for _, signature := range left {
		if err := s.seal(ctx, org, signature, true); err != nil {
			s.log.ErrorContext(ctx, "a signed agreement has no sealed copy", "organisation", org, "signature", signature, "error", err)
		}
	}
	return err
}

// sealNow seals right after the signature's commit, so that the thank-you page has the
// PDF. When it fails the job does it.
func (s *Service) sealNow(ctx context.Context, org access.OrgID, signature string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := s.seal(ctx, org, signature, false); err != nil {
		s.log.WarnContext(ctx, "sealing is left to the job", "organisation", org, "signature", signature, "error", err)
	}
}

// agreement is what a sealed PDF is drawn from.
type agreement struct {
	signature signing.Signature
	document  Document
	version   Version
	content   proposal.CustomerContent
	settings  organisation.Settings
	history   []signing.HistoryLine
}

// seal draws the agreement, seals it, keeps it and says so. It may run twice; the first to
// finish counts.
func (s *Service) seal(ctx context.Context, org access.OrgID, signature string, withoutTime bool) error {
	system := access.NewSystem(org, "seal a signed agreement")
	a, err := s.loadAgreement(ctx, system, signature)
	if err != nil || a.signature.Sealed() {
		return err
	}
	ctx = i18n.WithReader(ctx, i18n.Reader{Language: a.settings.Language, Zone: a.settings.Location(), Now: a.signature.SignedAt})
	drawn, err := s.drawAgreement(ctx, system, a)
	if err != nil {
		return fmt.Errorf("draw the agreement: %w", err)
	}
	sealed, err := s.seals.Apply(ctx, system, drawn, a.document.Number+" "+a.document.Title, withoutTime)
	if err != nil {
		return fmt.Errorf("seal the agreement: %w", err)
	}
	stored, err := s.files.Store(ctx, org, agreementName(a), sealed)
	if err != nil {
		return fmt.Errorf("keep the agreement: %w", err)
	}
	err = s.store.Change(ctx, system, access.SystemWork, func(tx *guard.Tx) error { return s.attachAgreement(tx, a, stored) })
	if errors.Is(err, errSealedMeanwhile) {
		return nil
	}
	return err
}

// errSealedMeanwhile undoes what a run did that another one was faster than.
var errSealedMeanwhile = errors.New("another run sealed this signature")

// attachAgreement makes the stored PDF the signature's sealed copy, unless another run was
// faster; then the stored bytes belong to nobody and are swept away.
func (s *Service) attachAgreement(tx *guard.Tx, a agreement, stored file.Bytes) error {
	latest, err := signing.ByID(tx, a.signature.ID)
	if err != nil || latest.Sealed() {
		return err
	}
	kept, err := s.files.Attach(tx, stored, file.Hang{Kind: "agreement", On: a.signature.ID, Item: a.document.ID, Customer: a.document.Customer, Project: a.document.Project, Visibility: file.Shared})
	if err != nil {
		return err
	}
	done, err := signing.MarkSealed(tx, a.signature.ID, kept.ID, kept.SHA256)
	if err != nil {
		return err
	}
	if !done {
		return errSealedMeanwhile
	}
	return tx.Record(signing.AgreementSealed{Signature: a.signature.ID, Document: a.document.ID, Version: a.signature.Version, Number: a.document.Number,
		Title: a.document.Title, SHA256: kept.SHA256, File: kept.ID, Customer: a.document.Customer, Project: a.document.Project})
}

func agreementName(a agreement) string {
	return fmt.Sprintf("%s %s, signed.pdf", a.document.Number, a.document.Title)
}

func (s *Service) loadAgreement(ctx context.Context, system access.Actor, signature string) (a agreement, err error) {
	err = s.store.View(ctx, system, access.SystemWork, func(tx *guard.Tx) error {
		if a.signature, err = signing.ByID(tx, signature); err != nil {
			return err
		}
		if a.document, err = loadDocument(tx, documentByID, a.signature.Document); err != nil {
			return err
		}
		if a.version, err = loadVersion(tx, a.signature.Document, a.signature.Version); err != nil {
			return err
		}
		if a.settings, err = organisation.Of(tx); err != nil {
			return err
		}
		if a.content, err = proposal.ParseCustomerContent(a.version.Shown); err != nil {
			return err
		}
		a.document, a.settings = a.document.asSent(a.content), settingsAsSent(a.settings, a.content)
		a.history, err = historyOf(ctx, tx, a)
		return err
	})
	return a, err
}

// inSignedCopies begin the names of the events that the evidence tells: what happened to a proposal, and who came by the links
// that lead to it. That the office ended one it may have done quietly.
var inSignedCopies = []string{"proposal.", "person.link_made", "person.link_opened"}

// historyOf is what happened to the document up to its signature, one sentence a line. The log also holds what was said about
// it: internal notes, which no customer may read, and messages, which not everybody who gets the signed copy may.
func historyOf(ctx context.Context, tx *guard.Tx, a agreement) (lines []signing.HistoryLine, err error) {
	ctx = i18n.WithReader(ctx, i18n.Reader{Language: a.settings.Language, Zone: a.settings.Location(), Now: tx.Now()})
	err = tx.History(a.document.ID, func(r event.Recorded, kind event.Kind) {
		told := slices.ContainsFunc(inSignedCopies, func(begin string) bool { return strings.HasPrefix(r.Kind, begin) })
		if told && !r.At.After(a.signature.SignedAt) {
			lines = append(lines, signing.HistoryLine{At: r.At, Text: kind.Sentence(ctx, r)})
		}
	})
	return lines, err
}
