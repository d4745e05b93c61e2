package openid

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/platform/fault"
	protocol "lintel/internal/platform/openid"
	"lintel/internal/platform/secret"
)

// Service holds each organisation's provider and runs the way in through it.
type Service struct {
	store    *guard.Store
	identity *identity.Service
	client   *protocol.Client
	box      secret.Box
	base     string // the configured address of the portal, without a slash at its end
	log      *slog.Logger
}

// New makes the service.
func New(store *guard.Store, people *identity.Service, client *protocol.Client, box secret.Box, base string, log *slog.Logger) *Service {
	return &Service{store: store, identity: people, client: client, box: box, base: base, log: log}
}

// ReturnPath is where providers send people back to.
const ReturnPath = "/sign-in/openid/return"

// ReturnURL is what an administrator enters at the provider.
func (s *Service) ReturnURL() string { return s.base + ReturnPath }

// Settings tells the organisation's provider. Staff with settings:read. The zero Settings
// when none is set.
func (s *Service) Settings(ctx context.Context, actor access.Actor) (settings Settings, err error) {
	err = s.store.View(ctx, actor, access.SettingsRead, func(tx *guard.Tx) error {
		settings, _, err = load(tx)
		return err
	})
	return settings, err
}

func load(tx *guard.Tx) (Settings, string, error) {
	var settings Settings
	var sealed string
	err := tx.One(providerOf, nil, &settings.Issuer, &settings.ClientID, &settings.Label, &sealed, &settings.ChangedAt)
	if fault.Is(err, fault.NotFound) {
		return Settings{}, "", nil
	}
	settings.HasSecret = sealed != ""
	return settings, sealed, err
}

// Save sets the provider after it has answered. Staff with settings:write. Invalid on the
// fields issuer, client_id and secret.
func (s *Service) Save(ctx context.Context, actor access.Actor, wanted Wanted) error {
	before, err := s.Settings(ctx, actor)
	if err != nil {
		return err
	}
	// Another service does not get the old one's secret.
	keeps := before.HasSecret && before.Issuer == wanted.Issuer
	if wanted, err = wanted.check(keeps); err != nil {
		return err
	}
	if err := s.client.Check(ctx, protocol.Provider{Issuer: wanted.Issuer}); err != nil {
		return err
	}
	return s.store.Change(ctx, actor, access.SettingsWrite, func(tx *guard.Tx) error {
		_, sealed, err := load(tx)
		if err != nil {
			return err
		}
		if wanted.Secret != "" {
			sealed = base64.StdEncoding.EncodeToString(s.box.Seal([]byte(wanted.Secret), sealedSecret))
		}
		_, err = tx.Exec(putProvider, guard.Args{"issuer": wanted.Issuer, "client_id": wanted.ClientID, "label": wanted.Label, "sealed": sealed})
		if err != nil {
			return fmt.Errorf("save the sign-in service: %w", err)
		}
		return tx.Record(ProviderChanged{Issuer: wanted.Issuer})
	})
}

// Remove takes the provider away; who came in by it stays in until the session ends.
// Staff with settings:write.
func (s *Service) Remove(ctx context.Context, actor access.Actor) error {
	return s.store.Change(ctx, actor, access.SettingsWrite, func(tx *guard.Tx) error {
		if _, err := tx.Exec(dropProvider, nil); err != nil {
			return err
		}
		return tx.Record(ProviderChanged{})
	})
}

// door is an organisation's provider, found before anybody is known.
type door struct {
	organisation access.Organisation
	label        string
	provider     protocol.Provider
}

func (s *Service) doorOf(ctx context.Context, slug string) (d door, err error) {
	var sealed string
	err = s.store.Across(ctx, "openid: the sign-in service of a firm's sign-in page", func(tx *guard.AcrossTx) error {
		return tx.One(providerOfPath, guard.Args{"slug": slug}, &d.organisation.ID, &d.organisation.Slug, &d.organisation.Name, &d.provider.Issuer, &d.provider.ClientID, &d.label, &sealed)
	})
	if err != nil {
		return door{}, err
	}
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return door{}, fmt.Errorf("read the sign-in service's secret: %w", err)
	}
	plain, err := s.box.Open(raw, sealedSecret)
	if err != nil {
		return door{}, fmt.Errorf("open the sign-in service's secret: %w", err)
	}
	d.provider.Secret, d.provider.Return = string(plain), s.ReturnURL()
	return d, nil
}

// Label is what the sign-in page of a firm calls its provider, or empty.
func (s *Service) Label(ctx context.Context, slug string) string {
	d, err := s.doorOf(ctx, slug)
	if err != nil {
		return ""
	}
	return d.label
}

// Leave gives the provider's address for a browser that wants in; it stores nothing.
// NotFound when the firm has no provider.
func (s *Service) Leave(ctx context.Context, slug, browser, next string) (string, error) {
	d, err := s.doorOf(ctx, slug)
	if err != nil {
		return "", err
	}
	attempt := newLogin(d.organisation.Slug, browser, next, s.store.Now())
	state, err := attempt.seal(s.box)
	if err != nil {
		return "", err
	}
	return s.client.Leave(ctx, d.provider, attempt.protocol(state))
}

// Return signs in who comes back from the provider. Denied when the answer is not to a
// login of this browser, or when nobody of the firm's staff is known by it.
func (s *Service) Return(ctx context.Context, state, code string, visit identity.Visit) (identity.Entered, error) {
	attempt, err := openState(s.box, state, visit.Browser, s.store.Now())
	if err != nil {
		return identity.Entered{}, err
	}
	d, err := s.doorOf(ctx, attempt.Organisation)
	if err != nil {
		return identity.Entered{}, err
	}
	said, err := s.client.Return(ctx, d.provider, attempt.protocol(state), code)
	if err != nil {
		return identity.Entered{}, err
	}
	person, first, err := s.personOf(ctx, d, said)
	if err != nil {
		s.log.WarnContext(ctx, "refused", "security", true, "why", "nobody is known by this account at the sign-in service", "organisation", d.organisation.ID, "from", visit.Address)
		return identity.Entered{}, err
	}
	visit.Next = attempt.Next
	return s.identity.SignInHere(ctx, d.organisation.ID, person, visit, func(tx *guard.Tx) error {
		changed, err := tx.Exec(putAccount, guard.Args{"issuer": said.Issuer, "subject": said.Subject})
		if err != nil {
			return fmt.Errorf("remember the account: %w", err)
		}
		if changed == 0 {
			return nobodyKnown()
		}
		return tx.Record(SignedIn{Person: person, Issuer: said.Issuer, First: first, Address: visit.Address})
	})
}

// personOf is who an account belongs to: by issuer and subject, or the first time by an
// address that the provider has verified and under which this firm has invited somebody to
// its staff (B22). Somebody who is known by another account already is not found again.
func (s *Service) personOf(ctx context.Context, d door, said protocol.Person) (person access.PersonID, first bool, err error) {
	known := guard.Args{"firm": string(d.organisation.ID), "issuer": said.Issuer, "subject": said.Subject}
	err = s.store.Across(ctx, "openid: whose account this is", func(tx *guard.AcrossTx) error {
		err := tx.One(accountOf, known, &person)
		if !fault.Is(err, fault.NotFound) {
			return err
		}
		_, folded, wrong := identity.CheckAddress(said.Email)
		if !said.EmailVerified || wrong != nil {
			return nobodyKnown()
		}
		first = true
		err = tx.One(staffWithAddress, guard.Args{"firm": string(d.organisation.ID), "folded": folded}, &person)
		if fault.Is(err, fault.NotFound) {
			return nobodyKnown()
		}
		return err
	})
	return person, first, err
}

func nobodyKnown() error {
	return fault.New(fault.Denied, "You are not a member of this firm's staff. Ask your administrator for an invitation.")
}
