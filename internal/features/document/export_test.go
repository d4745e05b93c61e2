package document

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/features/signing"
)

// What the tests of the verbs and the pages need to see of the inside.
const ImportKind = importKind

// LoadRecipients is loadRecipients.
var LoadRecipients = loadRecipients

// ExpireAll does what the timetable does every day.
func (s *Service) ExpireAll(ctx context.Context, org access.OrgID) error {
	return s.expireAll(ctx, org)
}

// Seals are what the service seals with.
func (s *Service) Seals() *signing.Service { return s.seals }

// Followed is what the subscriber of opened links does.
func (s *Service) Followed(ctx context.Context, r event.Recorded) error { return s.followed(ctx, r) }

// HistoryInCopy is what the evidence page of a signature tells.
func (s *Service) HistoryInCopy(ctx context.Context, org access.OrgID, signature string) ([]signing.HistoryLine, error) {
	a, err := s.loadAgreement(ctx, access.NewSystem(org, "a test"), signature)
	return a.history, err
}

// Seal is what the request does after a signature, and the job again.
func (s *Service) Seal(ctx context.Context, org access.OrgID, signature string) error {
	return s.seal(ctx, org, signature, false)
}

// SealLeft is one run of the job that looks for what was not sealed.
func (s *Service) SealLeft(ctx context.Context, org access.OrgID) error { return s.sealLeft(ctx, org) }
