package factor

import (
	"context"
	"encoding/json"
	"fmt"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
	"lintel/internal/platform/passkey"
	"lintel/internal/platform/secret"
	"lintel/internal/platform/totp"
)

// StepPath is where the second step of signing in is asked for.
const StepPath = "/sign-in/second/"

// step is what a second step remembers of the first.
type step struct{ Next string }

// Begin is identity.Means.SecondStep: for somebody with a second factor it remembers the
// first step and gives the page of the second.
func (s *Service) Begin(ctx context.Context, person access.PersonID, visit identity.Visit) (page string, err error) {
	kept, err := json.Marshal(step{Next: visit.Next})
	if err != nil {
		return "", err
	}
	err = s.store.AcrossChange(ctx, "factor: begin the second step of signing in", func(tx *guard.AcrossTx) error {
		page = ""
		var email string
		var has bool
		if err := tx.One(personOfID, guard.Args{"person": string(person)}, &email, &has); err != nil || !has {
			return err
		}
		challenge := id.New()
		page = StepPath + challenge
		_, err := tx.Exec(addQuestion, s.asked(challenge, forStep, string(person), visit.Browser, string(kept), tx))
		return err
	})
	return page, err
}

func (s *Service) asked(challenge, purpose, person, browser, state string, tx *guard.AcrossTx) guard.Args {
	return guard.Args{"id": challenge, "purpose": purpose, "person": person, "browser": secret.Hash(browser), "sealed": s.seal(state), "ends": tx.Now().Add(challengeLife)}
}

// begun is a second step that waits for its answer.
type begun struct {
	person      access.PersonID
	email       string
	next        string
	hasPasskeys bool
	known       []passkey.Credential
	sealed      string // the authenticator's secret, empty without one
	lastStep    int64
}

func (b begun) owner() passkey.Person {
	return passkey.Person{ID: string(b.person), Email: b.email, Name: b.email, Known: b.known}
}

// Step tells what a second step can be answered with. NotFound when it has run out, was
// answered, had too many wrong codes, or was begun in another browser.
func (s *Service) step(ctx context.Context, challenge, browser string) (b begun, err error) {
	err = s.store.Across(ctx, "factor: what a second step waits for", func(tx *guard.AcrossTx) error {
		b = begun{}
		var sealed string
		err := tx.One(question, guard.Args{"id": challenge, "purpose": forStep, "browser": secret.Hash(browser), "most": stepTries}, &b.person, &sealed)
		if fault.Is(err, fault.NotFound) || browser == "" {
			return stepOver()
		}
		if err != nil {
			return err
		}
		return s.fill(tx, &b, sealed)
	})
	return b, err
}

func (s *Service) fill(tx *guard.AcrossTx, b *begun, sealed string) error {
	text, err := s.open(sealed)
	if err != nil {
		return err
	}
	var kept step
	if err := json.Unmarshal([]byte(text), &kept); err != nil {
		return fmt.Errorf("read a second step: %w", err)
	}
	b.next = kept.Next
	var has bool
	person := guard.Args{"person": string(b.person)}
	if err := tx.One(personOfID, person, &b.email, &has); err != nil {
		return err
	}
	if _, b.known, err = passkeys(tx.Each, passkeysOf, person); err != nil {
		return err
	}
	b.hasPasskeys = len(b.known) > 0
	err = tx.One(authenticator, person, &b.sealed, &b.lastStep)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// Answer takes a code of the app, or a recovery code, and signs in. Each code works once.
// Faults: NotFound when the step is over, Invalid on code, TooMany.
func (s *Service) Answer(ctx context.Context, challenge, code string, visit identity.Visit) (identity.Entered, error) {
	b, err := s.step(ctx, challenge, visit.Browser)
	if err != nil {
		return identity.Entered{}, err
	}
	if err := checkTyped(code, b.sealed != ""); err != nil {
		return identity.Entered{}, err
	}
	ok, err := s.identity.MayTry(ctx, b.person, visit.Address)
	if err != nil {
		return identity.Entered{}, err
	}
	if !ok {
		s.refused(ctx, "too many second factors tried", visit.Address, b.person)
		return identity.Entered{}, fault.New(fault.TooMany, "Too many tries. Please wait a few minutes.")
	}
	right, err := s.judge(ctx, challenge, code, b, visit)
	if err != nil {
		return identity.Entered{}, err
	}
	if !right {
		s.refused(ctx, "wrong second factor", visit.Address, b.person)
		return identity.Entered{}, wrongCode()
	}
	visit.Next = b.next
	return s.identity.StartSession(ctx, b.person, visit)
}

// judge counts the try and uses up what was right, all in one transaction.
func (s *Service) judge(ctx context.Context, challenge, code string, b begun, visit identity.Visit) (right bool, err error) {
	key := ""
	if b.sealed != "" {
		if key, err = s.open(b.sealed); err != nil {
			return false, err
		}
	}
	err = s.store.AcrossChange(ctx, "factor: judge a second factor", func(tx *guard.AcrossTx) error {
		right = false
		tried, err := tx.Exec(tryQuestion, guard.Args{"id": challenge, "most": stepTries})
		if err != nil {
			return err
		}
		if tried == 0 {
			return stepOver()
		}
		used, err := s.use(tx, b.person, key, code)
		if err != nil || !used {
			return err
		}
		answered, err := tx.Exec(answerQuestion, guard.Args{"id": challenge, "purpose": forStep, "browser": secret.Hash(visit.Browser)})
		right = answered == 1
		return err
	})
	return right, err
}

func (s *Service) use(tx *guard.AcrossTx, person access.PersonID, key, code string) (bool, error) {
	if key != "" {
		if at := totp.Check(key, code, tx.Now()); at != 0 {
			taken, err := tx.Exec(takeStep, guard.Args{"person": string(person), "step": at})
			return taken == 1, err
		}
	}
	used, err := tx.Exec(useRecovery, guard.Args{"person": string(person), "code": s.recoveryHash(string(person), code)})
	return used == 1, err
}

// BeginProving asks the browser for a passkey: any of this site, or with a second step that
// waits, for one of its person.
func (s *Service) BeginProving(ctx context.Context, waiting, browser string) (challenge, options string, err error) {
	var owner *passkey.Person
	purpose, person := forSignIn, ""
	if waiting != "" {
		b, err := s.step(ctx, waiting, browser)
		if err != nil {
			return "", "", err
		}
		known := b.owner()
		owner, purpose, person = &known, forPasskey, string(b.person)
	}
	asked, err := s.origin.BeginProving(owner)
	if err != nil {
		return "", "", err
	}
	challenge = id.New()
	err = s.store.AcrossChange(ctx, "factor: ask for a passkey", func(tx *guard.AcrossTx) error {
		_, err := tx.Exec(addQuestion, s.asked(challenge, purpose, person, browser, asked.State, tx))
		return err
	})
	return challenge, asked.Options, err
}

// Prove takes the browser's answer and signs in. A passkey is two factors: the device, and
// the finger or the PIN that it asked for; so nothing more is asked. It is not throttled,
// and so nobody can lock its owner out (B12). Denied as B18 wants.
func (s *Service) Prove(ctx context.Context, challenge, waiting, answer string, visit identity.Visit) (identity.Entered, error) {
	claimed, _, err := passkey.WhoAnswers(answer)
	if err != nil {
		return identity.Entered{}, s.denied(ctx, err, visit)
	}
	purpose := forSignIn
	if waiting != "" {
		b, err := s.step(ctx, waiting, visit.Browser)
		if err != nil {
			return identity.Entered{}, err
		}
		purpose, claimed, visit.Next = forPasskey, string(b.person), b.next
	}
	person := access.PersonID(claimed)
	err = s.store.AcrossChange(ctx, "factor: judge a passkey", func(tx *guard.AcrossTx) error {
		return s.provePasskey(tx, challenge, purpose, answer, person, visit.Browser)
	})
	if err != nil {
		return identity.Entered{}, s.denied(ctx, err, visit)
	}
	return s.identity.StartSession(ctx, person, visit)
}

func (s *Service) provePasskey(tx *guard.AcrossTx, challenge, purpose, answer string, person access.PersonID, browser string) error {
	var asked, sealed, email string
	var has bool
	err := tx.One(question, guard.Args{"id": challenge, "purpose": purpose, "browser": secret.Hash(browser), "most": stepTries}, &asked, &sealed)
	if fault.Is(err, fault.NotFound) || err == nil && asked != "" && asked != string(person) {
		return fault.New(fault.Denied, "This took too long, or was done already. Please try again.")
	}
	if err != nil {
		return err
	}
	err = tx.One(personOfID, guard.Args{"person": string(person)}, &email, &has)
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.Denied, "This passkey did not work here. Try again, or come in another way.")
	}
	if err != nil {
		return err
	}
	_, known, err := passkeys(tx.Each, passkeysOf, guard.Args{"person": string(person)})
	if err != nil {
		return err
	}
	state, err := s.open(sealed)
	if err != nil {
		return err
	}
	now, err := s.origin.FinishProving(passkey.Person{ID: string(person), Email: email, Name: email, Known: known}, state, answer)
	if err != nil {
		return err
	}
	answered, err := tx.Exec(answerQuestion, guard.Args{"id": challenge, "purpose": purpose, "browser": secret.Hash(browser)})
	if err == nil && answered == 0 {
		return fault.New(fault.Denied, "This took too long, or was done already. Please try again.")
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(usePasskey, guard.Args{"credential": now.JSON, "credential_id": now.ID, "person": string(person)})
	return err
}

func (s *Service) denied(ctx context.Context, err error, visit identity.Visit) error {
	if fault.Is(err, fault.Denied) {
		s.refused(ctx, "a passkey did not work", visit.Address, "")
	}
	return err
}

// refused writes the line of the security log.
func (s *Service) refused(ctx context.Context, why, address string, person access.PersonID) {
	s.log.WarnContext(ctx, "refused", "security", true, "why", why, "from", address, "person", person)
}
