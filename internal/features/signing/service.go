package signing

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/httpclient"
	"lintel/internal/platform/pdf"
	"lintel/internal/platform/secret"
)

// Service seals documents and checks sealed ones.
type Service struct {
	store     *guard.Store
	box       secret.Box
	clock     clock.Clock
	client    *httpclient.Client
	authority string
}

// New makes the service. authority is the address of an RFC 3161 time stamp authority, or
// empty to seal without one.
func New(store *guard.Store, box secret.Box, c clock.Clock, client *httpclient.Client, authority string) *Service {
	return &Service{store: store, box: box, clock: c, client: client, authority: authority}
}

// SealInfo is what staff see of the organisation's sealing key.
type SealInfo struct {
	ID          string
	Subject     string
	Fingerprint string
	Origin      string // "made by Lintel" or "own certificate"
	MadeAt      time.Time
	ValidUntil  time.Time
}

// PrepareSeal makes the sealing key of an organisation that is being founded; the returned
// function stores it in the founding transaction.
func (s *Service) PrepareSeal(organisation string) (store func(tx *guard.Tx) error, err error) {
	seal, err := pdf.NewSeal(organisation, s.clock.Now())
	if err != nil {
		return nil, fmt.Errorf("make a sealing key: %w", err)
	}
	return func(tx *guard.Tx) error { return GiveSeal(tx, s.box, seal, "made by Lintel") }, nil
}

// ReplaceSeal takes the organisation's own certificate. Staff with settings:write may do
// it; a file that cannot be used is Invalid.
func (s *Service) ReplaceSeal(ctx context.Context, actor access.Actor, file []byte, password string) error {
	seal, err := pdf.ParsePKCS12(file, password)
	if err == nil {
		err = seal.Try(s.clock.Now())
	}
	if err != nil {
		return err
	}
	return s.store.Change(ctx, actor, access.SettingsWrite, func(tx *guard.Tx) error {
		if err := GiveSeal(tx, s.box, seal, "own certificate"); err != nil {
			return err
		}
		return tx.Record(SealReplaced{Seal: seal.Fingerprint(), Subject: seal.Certificate.Subject.CommonName})
	})
}

// Seal shows staff the organisation's current sealing key.
func (s *Service) Seal(ctx context.Context, actor access.Actor) (info SealInfo, err error) {
	err = s.store.View(ctx, actor, access.SettingsRead, func(tx *guard.Tx) error {
		_, info, err = CurrentSeal(tx, s.box)
		return err
	})
	return info, err
}

// Apply seals a drawn PDF with the organisation's key. With a time stamp authority
// configured its token goes in; when the authority cannot be reached the error says so and
// the caller tries again later, or, after withoutTime, gives up on the token.
func (s *Service) Apply(ctx context.Context, system access.Actor, drawn []byte, reason string, withoutTime bool) ([]byte, error) {
	var seal pdf.Seal
	err := s.store.View(ctx, system, access.SystemWork, func(tx *guard.Tx) (err error) {
		seal, _, err = CurrentSeal(tx, s.box)
		return err
	})
	if err != nil {
		return nil, err
	}
	options := pdf.SignOptions{Name: seal.Certificate.Subject.CommonName, Reason: reason, At: s.clock.Now()}
	if s.authority != "" && !withoutTime {
		options.Timestamp = func(digest []byte) ([]byte, error) { return s.timestamp(ctx, digest) }
	}
	return pdf.Sign(drawn, seal, options)
}

func (s *Service) timestamp(ctx context.Context, digest []byte) ([]byte, error) {
	answer, err := s.client.Post(ctx, s.authority, "application/timestamp-query", pdf.TimestampRequest(digest))
	if err != nil || answer.Status != http.StatusOK {
		return nil, fault.Wrap(fault.Unavailable, "The time stamp authority cannot be reached.", err)
	}
	token, _, err := pdf.ParseTimestampResponse(answer.Body, digest)
	return token, err
}

// Outcome is the answer to "is this document as it was sealed?".
type Outcome struct {
	pdf.Report
	// KnownOrganisation is the firm of this installation whose seal it is, or empty.
	KnownOrganisation string
	// Slug is that firm's address here: names can be taken twice, addresses cannot.
	Slug string
	// OnFile says that exactly this file, byte for byte, is kept here; the rest is what the
	// kept signature says.
	OnFile     bool
	Number     string
	Title      string
	Version    int
	SignedBy   string
	ApprovedAt time.Time
}

// Good reports whether nothing at all speaks against the document.
func (o Outcome) Good() bool {
	return o.Sealed && o.Intact && o.CoversWholeFile && len(o.Problems) == 0
}

// Check reads a PDF that anybody hands in. Its verdict rests on the file alone; the
// database only adds whose seal it is. Invalid when it is no PDF at all.
func (s *Service) Check(ctx context.Context, file []byte) (Outcome, error) {
	report, err := pdf.Verify(file)
	if err != nil {
		return Outcome{}, fault.Wrap(fault.Invalid, "This is not a PDF file.", err)
	}
	outcome := Outcome{Report: report}
	sum := sha256.Sum256(file)
	err = s.store.Across(ctx, "check a document: whose seal is it", func(tx *guard.AcrossTx) error {
		err := tx.One(sealedByHash, guard.Args{"sha256": hex.EncodeToString(sum[:])}, &outcome.Number, &outcome.Title, &outcome.Version, &outcome.SignedBy,
			&outcome.ApprovedAt, &outcome.KnownOrganisation, &outcome.Slug)
		if outcome.OnFile = err == nil; err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		return tx.Each(sealOwners, nil, func(row guard.Row) error {
			var name, slug, certificate string
			if err := row(&name, &slug, &certificate); err != nil {
				return err
			}
			if !outcome.OnFile && fingerprintOfPEM(certificate) == report.Signer.Fingerprint {
				outcome.KnownOrganisation, outcome.Slug = name, slug
			}
			return nil
		})
	})
	return outcome, err
}
