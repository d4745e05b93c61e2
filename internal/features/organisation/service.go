package organisation

import (
	"context"
	"fmt"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/platform/blob"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
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

// Founding is what a new organisation begins with. Empty fields of Firm get defaults.
type Founding struct {
	Slug   string
	Firm   FirmDetails
	Colour string
	Logo   []byte // PNG or JPEG, may be empty
	Owner  Owner
	// Colleague is invited by mail when it has an address; its Password is not used.
	Colleague Owner
}

const defaultColour = "#00835a"

// Found makes an organisation with the default stages, standard terms, its seal and its
// owner, in one transaction. A taken slug is a Conflict (A20); Invalid names the fields
// name, slug, colour, logo and those of Ports.NewOwner. Only set-up, the command line and
// the demo may call it: it checks nobody's permission.
func (s *Service) Found(ctx context.Context, f Founding) (access.Organisation, error) {
	firm, err := s.prepareFirm(&f)
	if err != nil {
		return access.Organisation{}, err
	}
	if len(f.Logo) > 0 {
		if firm.Logo, err = s.keepLogo(ctx, firm.ID, f.Logo); err != nil {
			return access.Organisation{}, err
		}
	}
	parts, err := s.prepareParts(ctx, firm, f)
	if err != nil {
		return access.Organisation{}, err
	}
	err = s.store.Change(ctx, access.NewSystem(firm.ID, "set up the organisation"), access.SystemWork, func(tx *guard.Tx) error {
		return found(tx, firm, f.Firm, parts)
	})
	if fault.Is(err, fault.Conflict) {
		return access.Organisation{}, &fault.Fault{Kind: fault.Conflict, Message: "This address is taken already. Please choose another.",
			Fields: []fault.Field{{Name: "slug", Message: "This address is taken already. Please choose another."}}}
	}
	if err != nil {
		return access.Organisation{}, fmt.Errorf("found organisation: %w", err)
	}
	return firm.Brief(), nil
}

func (s *Service) prepareFirm(f *Founding) (firm Settings, err error) {
	f.Firm = f.Firm.withDefaults()
	if err := f.Firm.check(); err != nil {
		return firm, err
	}
	if f.Slug == "" {
		f.Slug = SuggestSlug(f.Firm.Name)
	}
	if firm.Slug, err = CanonicalSlug(f.Slug); err != nil {
		return firm, err
	}
	firm.Colour = f.Colour
	if firm.Colour == "" {
		firm.Colour = defaultColour
	}
	if firm.Theme, err = themeVersion(firm.Colour); err != nil {
		return firm, err
	}
	firm.ID = access.OrgID(id.New())
	firm.Name, firm.Email, firm.Zone, firm.Language, firm.Currency = f.Firm.Name, f.Firm.Email, f.Firm.Zone, f.Firm.Language, f.Firm.Currency
	return firm, nil
}

func (d FirmDetails) withDefaults() FirmDetails {
	for _, field := range []struct {
		value    *string
		fallback string
	}{{&d.Trade, Builder}, {&d.Language, "en"}, {&d.Zone, "UTC"}, {&d.Currency, "EUR"}, {&d.TaxName, "VAT"}, {&d.TaxPercent, "20"}} {
		if *field.value == "" {
			*field.value = field.fallback
		}
	}
	return d
}

func (s *Service) prepareParts(ctx context.Context, firm Settings, f Founding) (parts []Prepared, err error) {
	if s.ports.NewSeal != nil {
		part, err := s.ports.NewSeal(ctx, firm)
		if err != nil {
			return nil, fmt.Errorf("make the seal: %w", err)
		}
		parts = append(parts, part)
	}
	if s.ports.NewOwner != nil && f.Owner != (Owner{}) {
		part, err := s.ports.NewOwner(ctx, f.Owner)
		if err != nil {
			return nil, fmt.Errorf("make the owner: %w", fieldsOf("owner_", err))
		}
		parts = append(parts, func(tx *guard.Tx) error { return fieldsOf("owner_", part(tx)) })
	}
	if s.ports.InviteStaff != nil && f.Colleague.Email != "" {
		parts = append(parts, func(tx *guard.Tx) error {
			_, err := s.ports.InviteStaff(ctx, tx, f.Colleague.Email, f.Colleague.Name, access.Administrator)
			return fieldsOf("colleague_", err)
		})
	}
	return parts, nil
}

// fieldsOf renames the fields of a refusal to those of a person in the set-up form, where
// the firm has a name and an e-mail address too.
func fieldsOf(person string, err error) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	renamed := *f
	renamed.Fields = nil
	for _, field := range f.Fields {
		field.Name = person + strings.TrimPrefix(field.Name, person)
		renamed.Fields = append(renamed.Fields, field)
	}
	return &renamed
}

func found(tx *guard.Tx, firm Settings, d FirmDetails, parts []Prepared) error {
	args := firmArgs(d)
	for name, value := range map[string]any{"slug": firm.Slug, "colour": firm.Colour, "theme": firm.Theme, "logo": firm.Logo,
		"link_days": 30, "confirm_policy": ConfirmFirst, "link_policy": LinkPortal} {
		args[name] = value
	}
	if _, err := tx.Exec(insertOrganisation, args); err != nil {
		return fmt.Errorf("store organisation: %w", err)
	}
	policies := Policies{ConfirmPolicy: ConfirmFirst, LinkPolicy: LinkPortal, LinkDays: 30, Timestamps: true}
	for i, stage := range defaultStages() {
		stageID := id.New()
		if err := storeStage(tx, stageID, i+1, stage); err != nil {
			return fmt.Errorf("store stage: %w", err)
		}
		if stage.Name == stageWhenSigned {
			policies.SignedStage = stageID
		}
	}
	for i, terms := range defaultTerms() {
		if err := storeTerms(tx, id.New(), i+1, terms); err != nil {
			return fmt.Errorf("store terms: %w", err)
		}
	}
	if err := storePolicies(tx, policies); err != nil {
		return err
	}
	if err := tx.Record(Founded{Organisation: firm.ID, Name: firm.Name}); err != nil {
		return err
	}
	for _, part := range parts {
		if err := part(tx); err != nil {
			return err
		}
	}
	return nil
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
