package organisation

import (
	"context"
	"fmt"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/platform/blob"
	"lintel/internal/platform/fault"
)

// Prepared is the part of a founding that belongs to a higher floor: worked out before the
// transaction (keys, password hashes), stored in it.
type Prepared func(tx *guard.Tx) error

// Owner is the first person of an organisation, who may do everything in it.
type Owner struct {
	Name, Email, Password string // Password empty: they choose one by the link in a mail
}

// Ports are what the settings ask of higher floors, given by app. A nil port leaves its
// part of the pages away.
type Ports struct {
	// NewSeal makes the key that seals signed documents.
	NewSeal func(ctx context.Context, firm Settings) (Prepared, error)
	// NewOwner makes the owner's account; Invalid with the fields owner_email and owner_password.
	NewOwner func(ctx context.Context, owner Owner) (Prepared, error)
	// InviteStaff makes a colleague and their invitation mail; Invalid with the fields name,
	// email and role.
	InviteStaff func(ctx context.Context, tx *guard.Tx, email, name string, role access.Role) (access.PersonID, error)
	// Mail says how mail is sent.
	Mail func() MailState
	// SendTestMail sends a mail to the actor's own address and waits for the mail server.
	SendTestMail func(ctx context.Context, actor access.Actor) error
	// Seal describes the certificate that seals.
	Seal func(ctx context.Context, actor access.Actor) (SealState, error)
	// ReplaceSeal takes the firm's own PKCS#12; Invalid with the fields certificate, password.
	ReplaceSeal func(ctx context.Context, actor access.Actor, pkcs12 []byte, password string) error
	// StageInUse reports that projects are in a stage, archived ones too.
	StageInUse func(tx *guard.Tx, stage string) (bool, error)
	// EventKind describes events for the audit page.
	EventKind func(name string) (event.Kind, bool)
}

// MailState is how the installation sends mail, without its secrets.
type MailState struct {
	Ready  bool
	Server string // host and port
	Sender string
	Inside bool   // the demo's built-in mailbox
	Advice string // English, what to do when it is not ready
}

// SealState describes the certificate in use.
type SealState struct {
	Subject     string
	Fingerprint string // SHA-256, in groups
	From, Until time.Time
	OwnPKCS12   bool
}

// Service holds the verbs on the firm's settings.
type Service struct {
	store *guard.Store
	blobs blob.Store
	ports Ports
}

// New makes the service. blobs keeps the logos.
func New(store *guard.Store, blobs blob.Store, ports Ports) *Service {
	return &Service{store: store, blobs: blobs, ports: ports}
}

func storePolicies(tx *guard.Tx, p Policies) error {
	_, err := tx.Exec(updatePolicies, guard.Args{"confirm_policy": p.ConfirmPolicy, "link_policy": p.LinkPolicy, "link_days": p.LinkDays,
		"signed_stage": p.SignedStage, "margin_floor": p.MarginFloor, "timestamps": p.Timestamps})
	if err != nil {
		return fmt.Errorf("store policies: %w", err)
	}
	return nil
}

// Settings gives the settings for the office's pages.
func (s *Service) Settings(ctx context.Context, actor access.Actor) (settings Settings, err error) {
	err = s.store.View(ctx, actor, access.SettingsRead, func(tx *guard.Tx) error {
		settings, err = Of(tx)
		return err
	})
	return settings, err
}

// SaveFirm saves the first tab. Owners and administrators.
func (s *Service) SaveFirm(ctx context.Context, actor access.Actor, d FirmDetails) error {
	if err := d.check(); err != nil {
		return err
	}
	return s.change(ctx, actor, "firm", func(tx *guard.Tx) error {
		_, err := tx.Exec(updateFirm, firmArgs(d))
		return err
	})
}

// SaveColour sets the firm's colour, "#rrggbb".
func (s *Service) SaveColour(ctx context.Context, actor access.Actor, colour string) error {
	version, err := themeVersion(colour)
	if err != nil {
		return err
	}
	return s.change(ctx, actor, "looks", func(tx *guard.Tx) error {
		_, err := tx.Exec(updateColour, guard.Args{"colour": colour, "theme": version})
		return err
	})
}

// SaveLogo keeps a new logo; empty takes it off. Invalid with the field logo when it is
// neither PNG nor JPEG or is larger than 2 MB.
func (s *Service) SaveLogo(ctx context.Context, actor access.Actor, picture []byte) error {
	if !actor.May(access.SettingsWrite) {
		return fault.New(fault.Denied, "You do not have the right to do this.")
	}
	version := ""
	if len(picture) > 0 {
		var err error
		if version, err = s.keepLogo(ctx, actor.Org(), picture); err != nil {
			return err
		}
	}
	return s.change(ctx, actor, "looks", func(tx *guard.Tx) error {
		_, err := tx.Exec(updateLogo, guard.Args{"logo": version})
		return err
	})
}

// SavePolicies saves the tab about signing and links.
func (s *Service) SavePolicies(ctx context.Context, actor access.Actor, p Policies) error {
	if err := p.check(); err != nil {
		return err
	}
	return s.change(ctx, actor, "signing", func(tx *guard.Tx) error {
		if p.SignedStage != "" {
			if _, err := StageByID(tx, p.SignedStage); fault.Is(err, fault.NotFound) {
				return fault.ForField("signed_stage", "Choose one of your stages.")
			} else if err != nil {
				return err
			}
		}
		return storePolicies(tx, p)
	})
}

// change runs a change of the settings and records which part it was.
func (s *Service) change(ctx context.Context, actor access.Actor, part string, fn func(*guard.Tx) error) error {
	return s.store.Change(ctx, actor, access.SettingsWrite, func(tx *guard.Tx) error {
		if err := fn(tx); err != nil {
			return fmt.Errorf("save settings (%s): %w", part, err)
		}
		return tx.Record(SettingsChanged{Organisation: tx.Org(), Part: part})
	})
}
