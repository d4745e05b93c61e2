package identity

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity/record"
	"lintel/internal/features/identity/store"
	"lintel/internal/features/identity/throttle"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
	"lintel/internal/platform/secret"
)

// How long a code works, and how long an act may follow the code when the organisation
// wants a code for each.
const (
	codeLife  = 10 * time.Minute
	codeTries = 5
	freshFor  = 10 * time.Minute
)

// What a code is for; one made for one thing is refused for every other.
const (
	codeConfirm  = "confirm"  // an act that binds
	codePassword = "password" // setting a password while inside
)

// When an organisation asks for the code.
const (
	confirmAlways = "always"
	confirmNever  = "never"
)

// CodeNeeded is what RequireConfirmed answers when the person has to type a code first.
// The caller's page sends them to ConfirmURL and lets them try again afterwards; what they
// typed must be kept.
var CodeNeeded = fault.New(fault.Denied, "Please confirm with the code that we send to your address first.")

// Confirmation is how the actor's browser was proven, for the evidence of a signature.
type Confirmation struct {
	Proof     access.Proof
	EnteredAt time.Time
	CodeAt    time.Time // when the code was typed or the password given, zero if neither in this session
	Link      string    // id of the personal link that the person came by, or empty
	policy    string
}

// ConfirmationOf tells how the actor's browser was proven.
func ConfirmationOf(tx *guard.Tx) (Confirmation, error) {
	c := Confirmation{Proof: tx.Actor().Proof()}
	err := tx.Each(store.Confirmation, guard.Args{"session": tx.Actor().Session()}, func(row guard.Row) error {
		var one Confirmation
		if err := row(&one.policy, &one.Proof, &one.EnteredAt, &one.CodeAt, &one.Link); err != nil {
			return err
		}
		c.policy = one.policy
		if one.CodeAt.After(c.CodeAt) {
			c.CodeAt = one.CodeAt
		}
		if one.EnteredAt.After(c.EnteredAt) {
			c.EnteredAt, c.Link = one.EnteredAt, one.Link
		}
		return nil
	})
	if err != nil {
		return Confirmation{}, fmt.Errorf("how the browser was proven: %w", err)
	}
	return c, nil
}

// NeedsCode reports whether an act that binds has to be preceded by a code, by the
// organisation's policy: the first time in a browser, always, or never.
func NeedsCode(tx *guard.Tx) (bool, error) {
	c, err := ConfirmationOf(tx)
	return c.needsCode(tx.Now()), err
}

func (c Confirmation) needsCode(now time.Time) bool {
	switch c.policy {
	case confirmNever:
		return false
	case confirmAlways:
		return c.CodeAt.IsZero() || now.Sub(c.CodeAt) >= freshFor
	}
	return c.Proof != access.ConfirmedBrowser && c.Proof != access.SignedIn
}

// RequireConfirmed stands at the beginning of every verb that binds: sign, pay, accept. It
// answers CodeNeeded when a code has to be typed first. Where the organisation wants a
// code for each act, it uses the code up in the verb's own transaction (C09).
func RequireConfirmed(tx *guard.Tx) error {
	c, err := ConfirmationOf(tx)
	if err != nil {
		return err
	}
	if c.needsCode(tx.Now()) {
		return CodeNeeded
	}
	if c.policy != confirmAlways {
		return nil
	}
	spent, err := tx.Exec(store.SpendConfirmation, guard.Args{"session": tx.Actor().Session()})
	if err == nil && spent == 0 { // another act of the same moment used it up
		err = CodeNeeded
	}
	return err
}

// ConfirmURL is the page that asks the actor for a code and then leads to next, a path of
// the same portal.
func ConfirmURL(slug, next string) string {
	return "/" + slug + "/confirm?next=" + escapeQuery(next)
}

func escapeQuery(text string) string { return url.QueryEscape(text) }

// sendCode mails a new code for a purpose to the person, bound to the browser. It answers
// the same when a throttle is closed (B10); older codes of the purpose are void.
func (s *Service) sendCode(ctx context.Context, person access.Actor, purpose string, visit Visit) error {
	ok, err := s.allowed(ctx, "identity: throttle codes", throttle.ForAddress(throttle.MailsToAddress, "code", fold(person.Email())), throttle.ForNetwork(throttle.MailsFromNetwork, "code", visit.Address))
	if err != nil {
		return fmt.Errorf("send a code: %w", err)
	}
	if !ok {
		s.refused(ctx, "too many codes asked for", visit.Address, "organisation", person.Org(), "person", person.Person())
		return nil
	}
	code := secret.Code()
	return s.store.Change(ctx, person, access.ProfileWrite, func(tx *guard.Tx) error {
		made := id.New()
		if _, err := tx.Exec(store.AddCode, guard.Args{"id": made, "purpose": purpose, "browser": secret.Hash(visit.Browser),
			"code": hashCode(visit.Browser, purpose, code), "ends": tx.Now().Add(codeLife)}); err != nil {
			return err
		}
		letter, err := s.letters.Code(ctx, tx, made, code, tx.Now().Add(codeLife))
		if err != nil {
			return err
		}
		return s.means.Mail(tx, letter)
	})
}

// hashCode binds a code to the browser's secret token, which the database does not hold:
// whoever reads the database cannot try the million codes (B15).
func hashCode(browser, purpose, code string) string {
	return secret.Hash(browser + " " + purpose + " " + code)
}

// checkCode judges one try and writes it down in its own transaction. What cannot be a code spends none; it is Invalid.
func (s *Service) checkCode(ctx context.Context, person access.Actor, purpose, code string, visit Visit, then func(*guard.Tx) error) (ok bool, err error) {
	typed := strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, code)
	switch {
	case strings.TrimSpace(code) == "":
		return false, fault.ForField("code", "Please enter the code from the e-mail.")
	case len(typed) != 6:
		return false, fault.ForField("code", "The code from the e-mail has 6 digits.")
	case visit.Browser == "":
		return false, nil
	}
	err = s.store.Change(ctx, person, access.ProfileWrite, func(tx *guard.Tx) error {
		ok = false
		var tries int
		var used time.Time
		err := tx.One(store.TryCode, guard.Args{"purpose": purpose, "browser": secret.Hash(visit.Browser), "code": hashCode(visit.Browser, purpose, typed)}, &tries, &used)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if ok = !used.IsZero(); ok {
			return then(tx)
		}
		if tries >= codeTries {
			return tx.Record(record.CodeFailed{Person: person.Person(), Address: visit.Address, Agent: visit.Agent})
		}
		return nil
	})
	if err == nil && !ok {
		s.refused(ctx, "wrong or ended code", visit.Address, "organisation", person.Org(), "person", person.Person(), "purpose", purpose)
	}
	return ok, err
}

// codeWaits reports whether a code was sent to this browser and can still be typed.
func (s *Service) codeWaits(ctx context.Context, person access.Actor, purpose string, visit Visit) (bool, error) {
	n := 0
	if visit.Browser == "" {
		return false, nil
	}
	err := s.store.View(ctx, person, access.ProfileWrite, func(tx *guard.Tx) error {
		return tx.One(store.PendingCode, guard.Args{"purpose": purpose, "browser": secret.Hash(visit.Browser)}, &n)
	})
	return n > 0, err
}

// SendConfirmCode mails the code that confirms the actor's browser for acts that bind.
func (s *Service) SendConfirmCode(ctx context.Context, actor access.Actor, visit Visit) error {
	return s.sendCode(ctx, actor, codeConfirm, visit)
}

// ConfirmCodeWaits reports whether such a code was sent to this browser.
func (s *Service) ConfirmCodeWaits(ctx context.Context, actor access.Actor, visit Visit) (bool, error) {
	return s.codeWaits(ctx, actor, codeConfirm, visit)
}

// Confirm takes the code that confirms the actor's browser. With remembered it counts for
// 90 days. The session gets a new token, because it may do more from now on (B16). A
// wrong, ended or used code is Invalid on the field code.
func (s *Service) Confirm(ctx context.Context, actor access.Actor, code string, remembered bool, visit Visit) (session string, err error) {
	session = secret.Token()
	ok, err := s.checkCode(ctx, actor, codeConfirm, code, visit, func(tx *guard.Tx) error {
		if _, err := tx.Exec(store.ConfirmEntries, guard.Args{"id": actor.Session()}); err != nil {
			return err
		}
		if _, err := tx.Exec(store.RenewToken, guard.Args{"id": actor.Session(), "token": secret.Hash(session)}); err != nil {
			return err
		}
		if remembered {
			if err := remember(tx, visit, visit.Browser); err != nil {
				return err
			}
		}
		return tx.Record(record.BrowserConfirmed{Person: actor.Person(), Remembered: remembered, Address: visit.Address, Agent: visit.Agent})
	})
	if err != nil {
		return "", fmt.Errorf("confirm a browser: %w", err)
	}
	if !ok {
		return "", wrongCode()
	}
	return session, nil
}

func wrongCode() error {
	return fault.ForField("code", "This code does not fit, or it has ended. Check the newest e-mail, or send a new code.")
}

// ConfirmNeeded tells the confirm page whether a code is needed at all, and whether the
// browser can be remembered: not where every act wants its own code.
func (s *Service) ConfirmNeeded(ctx context.Context, actor access.Actor, fresh bool) (needed, remember bool, err error) {
	err = s.store.View(ctx, actor, access.ProfileWrite, func(tx *guard.Tx) error {
		c, err := ConfirmationOf(tx)
		needed, remember = c.needsCode(tx.Now()) || fresh && !c.fresh(tx.Now()), c.policy != confirmAlways
		return err
	})
	return needed, remember, err
}
