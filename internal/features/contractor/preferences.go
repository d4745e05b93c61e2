package contractor

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/file"
	"lintel/internal/features/organisation"
	"lintel/internal/features/signing"
	"lintel/internal/platform/fault"
)

// signatureKind is what a stored signature hangs on: its person. Only the office reads such
// files by their address; the person gets their own from OwnSignature.
const signatureKind = "signature"

// Preferences are what somebody at a desk, or a technician, sets for themselves.
type Preferences struct {
	Name, Email, Phone string
	SignatureFile      string // the drawn signature, empty without one
	SignatureName      string // or the typed one
	SignatureAt        time.Time
}

// Signed reports whether a signature is stored.
func (p Preferences) Signed() bool { return p.SignatureFile != "" || p.SignatureName != "" }

// Preferences gives the actor's own. People at a desk and technicians.
func (s *Service) Preferences(ctx context.Context, actor access.Actor) (p Preferences, err error) {
	err = s.store.View(ctx, actor, access.ProfileWrite, func(tx *guard.Tx) error {
		p, err = loadPreferences(tx)
		return err
	})
	return p, err
}

func loadPreferences(tx *guard.Tx) (Preferences, error) {
	places, err := loadPeople(tx, ownPlaces, nil)
	if err != nil {
		return Preferences{}, err
	}
	p := Preferences{Name: tx.Actor().Name(), Email: tx.Actor().Email()}
	for _, place := range places {
		if p.Phone == "" {
			p.Phone = place.Phone
		}
		if !p.Signed() && place.Signed() {
			p.SignatureFile, p.SignatureName, p.SignatureAt = place.SignatureFile, place.SignatureName, place.SignatureAt
		}
	}
	return p, nil
}

// WorksFor names the contractors that the actor is a technician of.
func (s *Service) WorksFor(ctx context.Context, actor access.Actor) (names []string, err error) {
	err = s.store.View(ctx, actor, access.HomeRead, func(tx *guard.Tx) error {
		names = nil
		return tx.Each(ownWork, nil, func(row guard.Row) error {
			var name string
			err := row(&name)
			names = append(names, name)
			return err
		})
	})
	return names, err
}

// SavePhone stores the actor's mobile number (CT-20). Invalid with the field phone.
func (s *Service) SavePhone(ctx context.Context, actor access.Actor, phone string) error {
	var problems fault.Problems
	checkPhone(&problems, "phone", phone)
	if err := problems.Err(); err != nil {
		return err
	}
	return s.store.Change(ctx, actor, access.ProfileWrite, func(tx *guard.Tx) error {
		if _, err := tx.Exec(savePhone, guard.Args{"phone": phone}); err != nil {
			return fmt.Errorf("save a phone number: %w", err)
		}
		return tx.Record(PreferencesSaved{Person: actor.Person(), What: "phone"})
	})
}

// SaveSignature stores the actor's signature (CT-20). It is only offered when they sign, and
// never applied by itself (CT-21). Invalid with the field signature.
func (s *Service) SaveSignature(ctx context.Context, actor access.Actor, method signing.Method, drawn, typed string) error {
	mark, err := signing.CheckMark(method, drawn, typed)
	if err != nil {
		return err
	}
	if method == signing.Typed {
		return s.storeSignature(ctx, actor, func(*guard.Tx) (string, string, error) { return "", mark, nil })
	}
	picture, err := base64.StdEncoding.DecodeString(mark)
	if err != nil {
		return fmt.Errorf("read a signature: %w", err)
	}
	stored, err := s.files.Store(ctx, actor.Org(), "signature.png", picture)
	if err != nil {
		return err
	}
	return s.storeSignature(ctx, actor, func(tx *guard.Tx) (string, string, error) {
		hang := file.Hang{Kind: signatureKind, On: string(actor.Person()), Visibility: file.Office, Quiet: true}
		f, err := s.files.Attach(tx, stored, hang)
		return f.ID, "", err
	})
}

// RemoveSignature forgets the actor's signature. What they signed stays.
func (s *Service) RemoveSignature(ctx context.Context, actor access.Actor) error {
	return s.storeSignature(ctx, actor, func(*guard.Tx) (string, string, error) { return "", "", nil })
}

func (s *Service) storeSignature(ctx context.Context, actor access.Actor, made func(tx *guard.Tx) (drawn, typed string, err error)) error {
	return s.store.Change(ctx, actor, access.ProfileWrite, func(tx *guard.Tx) error {
		if err := s.files.ArchiveOwnOf(tx, signatureKind, string(actor.Person())); err != nil {
			return err
		}
		drawn, typed, err := made(tx)
		if err != nil {
			return err
		}
		what, at := "signature", tx.Now()
		if drawn == "" && typed == "" {
			what, at = "no signature", time.Time{}
		}
		if _, err := tx.Exec(saveSignature, guard.Args{"file": drawn, "typed": typed, "at": at}); err != nil {
			return fmt.Errorf("save a signature: %w", err)
		}
		return tx.Record(PreferencesSaved{Person: actor.Person(), What: what})
	})
}

// OwnSignature opens the actor's own drawn signature, a PNG, which the caller closes.
// NotFound without one.
func (s *Service) OwnSignature(ctx context.Context, actor access.Actor) (io.ReadSeekCloser, error) {
	p, err := s.Preferences(ctx, actor)
	if err != nil {
		return nil, err
	}
	if p.SignatureFile == "" {
		return nil, fault.New(fault.NotFound, "No signature is stored.")
	}
	_, content, err := s.files.Open(ctx, access.NewSystem(actor.Org(), "show a person their own signature"), p.SignatureFile)
	return content, err
}

// OfficePhone is the number of the firm that the actor works for, empty without one.
func (s *Service) OfficePhone(ctx context.Context, actor access.Actor) (phone string, err error) {
	err = s.store.View(ctx, actor, access.HomeRead, func(tx *guard.Tx) error {
		firm, err := organisation.Of(tx)
		phone = firm.Phone
		return err
	})
	return phone, err
}
