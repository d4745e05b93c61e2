package identity

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity/record"
	"lintel/internal/features/identity/store"
	"lintel/internal/features/identity/throttle"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/id"
	"lintel/internal/platform/jobs"
	"lintel/internal/platform/secret"
)

// Account is what a person has said about themselves. Name and phone are as one
// organisation knows them; the rest is the same in all.
type Account struct {
	AccountDetails
	Email       string
	HasPassword bool
}

// AccountDetails are what a person changes without further proof.
type AccountDetails struct {
	Name, Phone    string
	Username       string // empty: the address is the username (CP-02)
	Language, Zone string // empty: as the organisation has them
}

// Account tells the actor what is known of them.
func (s *Service) Account(ctx context.Context, actor access.Actor) (a Account, err error) {
	err = s.store.View(ctx, actor, access.ProfileWrite, func(tx *guard.Tx) error {
		return tx.One(store.OwnDetails, guard.Args{"kind": string(actor.Kind())}, &a.Name, &a.Phone, &a.Email, &a.Username, &a.Language, &a.Zone, &a.HasPassword)
	})
	return a, err
}

// NamedByOthers reports that a contractor's own list says what the person is called, which
// address they have and how they are reached, and not their profile.
func NamedByOthers(kind access.Kind) bool {
	return kind == access.Technician || kind == access.Contractor
}

func (d AccountDetails) check() error {
	var problems fault.Problems
	if _, err := checkName(d.Name); err != nil {
		for _, field := range fault.As(err).Fields {
			problems.Add(field.Name, field.Message)
		}
	}
	if d.Username != "" && !usernameFits(d.Username) {
		problems.Add("username", "Use 3 to 40 letters, digits, dots, hyphens or underscores, or your e-mail address.")
	}
	if utf8.RuneCountInString(d.Phone) > 40 {
		problems.Add("phone", "This is too long.")
	}
	if d.Language != "" && !knownLanguage(d.Language) {
		problems.Add("language", "Please choose a language from the list.")
	}
	if _, err := time.LoadLocation(d.Zone); err != nil || strings.EqualFold(d.Zone, "local") {
		problems.Add("zone", "This is not a time zone that we know.")
	}
	return problems.Err()
}

func knownLanguage(tag string) bool {
	for _, known := range i18n.Languages() {
		if known.Tag == tag {
			return true
		}
	}
	return false
}

// SaveAccount changes what the actor says about themselves. Faults: CodeNeeded for who has
// only shown a link, Invalid on name, username, phone, language or zone.
func (s *Service) SaveAccount(ctx context.Context, actor access.Actor, d AccountDetails) error {
	if !actor.Confirmed() {
		return CodeNeeded
	}
	before, err := s.Account(ctx, actor)
	if err != nil {
		return err
	}
	d.Name, d.Username, d.Phone = strings.TrimSpace(d.Name), strings.TrimSpace(d.Username), strings.TrimSpace(d.Phone)
	if NamedByOthers(actor.Kind()) {
		d.Name, d.Phone = before.Name, before.Phone
	}
	if fold(d.Username) == fold(before.Email) {
		d.Username = ""
	}
	if err := d.check(); err != nil {
		return err
	}
	if err := s.checkUsername(ctx, d.Username, actor.Person()); err != nil {
		return err
	}
	if d == before.AccountDetails {
		return nil
	}
	return s.store.Change(ctx, actor, access.ProfileWrite, func(tx *guard.Tx) error {
		var folded any
		if d.Username != "" {
			folded = fold(d.Username)
		}
		if _, err := tx.Exec(store.SaveOwnAccount, guard.Args{"username": d.Username, "username_folded": folded, "language": d.Language, "zone": d.Zone}); err != nil {
			return err
		}
		if _, err := tx.Exec(store.SaveOwnMembership, guard.Args{"name": d.Name, "phone": d.Phone, "kind": string(actor.Kind())}); err != nil {
			return err
		}
		return tx.Record(record.AccountSaved{Person: actor.Person(), Name: d.Name, Was: before.Name, Username: d.Username != before.Username})
	})
}

// codeEmail is the purpose of a code for one new address: a code that was mailed to one
// address never confirms another.
func codeEmail(folded string) string { return "email " + secret.Hash(folded)[:32] }

// SendEmailCode mails a code to the address that the actor wants to have. To an address
// that is another account's it mails that, and no code: only its owner learns so (B09).
// Faults: CodeNeeded without fresh proof (B19), Invalid on email.
func (s *Service) SendEmailCode(ctx context.Context, actor access.Actor, email string, visit Visit) error {
	address, folded, err := s.newAddress(ctx, actor, email)
	if err != nil {
		return err
	}
	ok, err := s.allowed(ctx, "identity: throttle codes", throttle.ForAddress(throttle.MailsToAddress, "code", folded), throttle.ForNetwork(throttle.MailsFromNetwork, "code", visit.Address))
	if err != nil {
		return fmt.Errorf("send a code: %w", err)
	}
	if !ok {
		s.refused(ctx, "too many codes asked for", visit.Address, "organisation", actor.Org(), "person", actor.Person())
		return nil
	}
	taken, err := s.addressTaken(ctx, actor, folded)
	if err != nil {
		return err
	}
	code := secret.Code()
	return s.store.Change(ctx, actor, access.ProfileWrite, func(tx *guard.Tx) error {
		made := id.New()
		if taken {
			letter, err := s.letters.Taken(ctx, tx, address)
			if err != nil {
				return err
			}
			return s.means.Mail(tx, letter)
		}
		purpose := codeEmail(folded)
		if _, err := tx.Exec(store.AddCode, guard.Args{"id": made, "purpose": purpose, "browser": secret.Hash(visit.Browser),
			"code": hashCode(visit.Browser, purpose, code), "ends": tx.Now().Add(codeLife)}); err != nil {
			return err
		}
		letter, err := s.letters.Code(ctx, tx, made, code, tx.Now().Add(codeLife))
		if err != nil {
			return err
		}
		letter.To = address
		return s.means.Mail(tx, letter)
	})
}

// newAddress checks the address and that the actor has proven themselves just now.
func (s *Service) newAddress(ctx context.Context, actor access.Actor, email string) (address, folded string, err error) {
	if NamedByOthers(actor.Kind()) {
		return "", "", fault.New(fault.Denied, "Your address stands in your contractor's list. Ask there to have it changed.")
	}
	before, err := s.Account(ctx, actor)
	if err != nil {
		return "", "", err
	}
	if address, folded, err = CheckAddress(email); err != nil {
		return "", "", err
	}
	if folded == fold(before.Email) {
		return "", "", fault.ForField("email", "This is your address already.")
	}
	return address, folded, s.store.View(ctx, actor, access.ProfileWrite, RequireFresh)
}

func (s *Service) addressTaken(ctx context.Context, actor access.Actor, folded string) (bool, error) {
	count := 0
	err := s.store.Across(ctx, "identity: is an address another account's", func(tx *guard.AcrossTx) error {
		return tx.One(store.AddressTaken, guard.Args{"folded": folded, "person": string(actor.Person())}, &count)
	})
	return count > 0, err
}

// ChangeEmail makes an address the actor's, by the code that was mailed to it: what they
// sign in with, and where every organisation writes to. The old address is told (B19), other
// browsers have to sign in again, and links that lie in the old mailbox open nothing more.
// Faults: CodeNeeded without fresh proof, Invalid on email or code.
func (s *Service) ChangeEmail(ctx context.Context, actor access.Actor, email, code string, visit Visit) error {
	address, folded, err := s.newAddress(ctx, actor, email)
	if err != nil {
		return err
	}
	before, err := s.Account(ctx, actor)
	if err != nil {
		return err
	}
	taken, err := s.addressTaken(ctx, actor, folded) // by an account that was made since the code was mailed
	if err != nil {
		return err
	}
	if taken {
		return wrongCode()
	}
	ok, err := s.checkCode(ctx, actor, codeEmail(folded), code, visit, func(tx *guard.Tx) error {
		if err := RequireFresh(tx); err != nil {
			return err
		}
		if _, err := tx.Exec(store.ChangeOwnEmail, guard.Args{"email": address, "folded": folded}); err != nil {
			return err
		}
		if err := distrust(tx, actor.Session(), visit); err != nil {
			return err
		}
		return s.afterNewAddress(ctx, tx, before.Email, address)
	})
	if err == nil && !ok {
		return wrongCode()
	}
	return err
}

func (s *Service) afterNewAddress(ctx context.Context, tx *guard.Tx, old, address string) error {
	actor := tx.Actor()
	if err := takeAddress(tx.OnBehalfOf("a person's new address stands in their membership"), actor.Person(), address, actor.Session()); err != nil {
		return err
	}
	if err := tx.Record(record.EmailChanged{Person: actor.Person(), Name: actor.Name(), Email: address}); err != nil {
		return err
	}
	if err := tx.Enqueue(jobs.Job{Kind: addressJob, Arguments: addressChange{Person: actor.Person(), Done: actor.Org()}}); err != nil {
		return err
	}
	for _, to := range []string{old, address} {
		letter, err := s.letters.Moved(ctx, tx, to, address, Mask(address))
		if err != nil {
			return err
		}
		if err := s.means.Mail(tx, letter); err != nil {
			return err
		}
	}
	return nil
}

// takeAddress writes a person's new address into their membership of the organisation and
// ends the links that were mailed to the old one.
func takeAddress(tx *guard.Tx, person access.PersonID, address, session string) error {
	if _, err := tx.Exec(store.ChangeMembersEmail, guard.Args{"person": string(person), "email": address}); err != nil {
		return err
	}
	_, err := tx.Exec(store.RevokeLinksBut, guard.Args{"person": string(person), "mine": session})
	return err
}

// addressChange is the job that tells the person's other organisations.
type addressChange struct {
	Person access.PersonID
	Done   access.OrgID
}

func (s *Service) spreadAddress(ctx context.Context, task jobs.Task) error {
	var change addressChange
	if err := task.Arguments(&change); err != nil {
		return jobs.NoRetry(err)
	}
	places, err := s.placesOf(ctx, change.Person)
	if err != nil {
		return err
	}
	var address string
	err = s.store.Across(ctx, "identity: the address that other organisations are told", func(tx *guard.AcrossTx) error {
		return tx.One(store.EmailOfPerson, guard.Args{"person": string(change.Person)}, &address)
	})
	if err != nil {
		return err
	}
	for _, place := range places {
		if place.Organisation.ID == change.Done || fold(place.identity.Email) == fold(address) {
			continue
		}
		system := access.NewSystem(place.Organisation.ID, "a person changed their address")
		err := s.store.Change(ctx, system, access.SystemWork, func(tx *guard.Tx) error {
			if err := takeAddress(tx, change.Person, address, ""); err != nil {
				return err
			}
			return tx.Record(record.EmailChanged{Person: change.Person, Name: place.Name, Email: address})
		})
		if err != nil {
			return fmt.Errorf("tell an organisation the new address: %w", err)
		}
	}
	return nil
}

// PasswordCodeWaits reports whether a code for a new password was mailed to this browser.
func (s *Service) PasswordCodeWaits(ctx context.Context, actor access.Actor, visit Visit) (bool, error) {
	return s.codeWaits(ctx, actor, codePassword, visit)
}
