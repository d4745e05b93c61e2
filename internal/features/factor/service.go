package factor

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"log/slog"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/features/outbox"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/id"
	"lintel/internal/platform/passkey"
	"lintel/internal/platform/secret"
	"lintel/internal/platform/totp"
)

// Service keeps the factors of people.
type Service struct {
	store    *guard.Store
	identity *identity.Service
	mail     func(*guard.Tx, outbox.Letter) error
	origin   passkey.Origin
	box      secret.Box
	log      *slog.Logger
}

// New makes the service. mail queues a letter in the transaction.
func New(store *guard.Store, people *identity.Service, mail func(*guard.Tx, outbox.Letter) error, origin passkey.Origin, box secret.Box, log *slog.Logger) *Service {
	return &Service{store: store, identity: people, mail: mail, origin: origin, box: box, log: log}
}

// Kept tells the actor what they have.
func (s *Service) Kept(ctx context.Context, actor access.Actor) (kept Kept, err error) {
	err = s.store.View(ctx, actor, access.ProfileWrite, func(tx *guard.Tx) error {
		kept, _, err = load(tx)
		kept.Able = s.origin.Able()
		return err
	})
	return kept, err
}

func load(tx *guard.Tx) (kept Kept, known []passkey.Credential, err error) {
	kept.Passkeys, known, err = passkeys(tx.Each, ownPasskeys, nil)
	if err != nil {
		return kept, nil, err
	}
	var sealed string
	var step int64
	err = tx.One(ownAuthenticator, nil, &sealed, &kept.Authenticator, &step)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return kept, nil, err
	}
	if err := tx.One(ownRecovery, nil, &kept.Recovery); err != nil {
		return kept, nil, err
	}
	kept.Wanted = tx.Actor().Bare()
	return kept, known, nil
}

// passkeys reads passkeys by either kind of transaction.
func passkeys(each func(*guard.Statement, guard.Args, func(guard.Row) error) error, statement *guard.Statement, args guard.Args) (list []Passkey, known []passkey.Credential, err error) {
	err = each(statement, args, func(row guard.Row) error {
		var p Passkey
		var c passkey.Credential
		if err := row(&p.ID, &p.Name, &c.JSON, &c.ID, &p.AddedAt, &p.LastUsed); err != nil {
			return err
		}
		list, known = append(list, p), append(known, c)
		return nil
	})
	return list, known, err
}

// BeginPasskey asks the actor's browser for a new passkey. It gives the challenge's id and
// the options for the browser. Answers identity.CodeNeeded without fresh proof.
func (s *Service) BeginPasskey(ctx context.Context, actor access.Actor, browser string) (challenge, options string, err error) {
	err = s.store.Change(ctx, actor, access.ProfileWrite, func(tx *guard.Tx) error {
		if err := identity.RequireFresh(tx); err != nil {
			return err
		}
		_, known, err := load(tx)
		if err != nil {
			return err
		}
		asked, err := s.origin.BeginAdding(personOf(actor, known))
		if err != nil {
			return err
		}
		challenge, options = id.New(), asked.Options
		_, err = tx.Exec(addOwnQuestion, guard.Args{"id": challenge, "purpose": forAdding, "browser": secret.Hash(browser), "sealed": s.seal(asked.State), "ends": tx.Now().Add(challengeLife)})
		return err
	})
	return challenge, options, err
}

func personOf(actor access.Actor, known []passkey.Credential) passkey.Person {
	return passkey.Person{ID: string(actor.Person()), Email: actor.Email(), Name: actor.Name(), Known: known}
}

// FinishPasskey takes the browser's answer. Denied when it is not one to the challenge, or
// to one that was answered before (B18).
func (s *Service) FinishPasskey(ctx context.Context, actor access.Actor, challenge, answer, name, browser string) error {
	return s.change(ctx, actor, func(tx *guard.Tx) (Changed, error) {
		state, err := s.own(tx, challenge, forAdding, browser)
		if err != nil {
			return Changed{}, err
		}
		_, known, err := load(tx)
		if err != nil {
			return Changed{}, err
		}
		made, err := s.origin.FinishAdding(personOf(actor, known), state, answer)
		if err != nil {
			return Changed{}, err
		}
		name = checkName(name)
		added, err := tx.Exec(addPasskey, guard.Args{"id": id.New(), "credential": made.JSON, "credential_id": made.ID, "name": name})
		if err == nil && added == 0 {
			err = fault.New(fault.Conflict, "This passkey is in use already.")
		}
		return Changed{What: passkeyAdded, Name: name}, err
	})
}

// own takes one of the actor's challenges, once.
func (s *Service) own(tx *guard.Tx, challenge, purpose, browser string) (state string, err error) {
	var sealed string
	err = tx.One(answerOwn, guard.Args{"id": challenge, "purpose": purpose, "browser": secret.Hash(browser)}, &sealed)
	if fault.Is(err, fault.NotFound) {
		return "", fault.New(fault.Denied, "This took too long, or was done already. Please try again.")
	}
	if err != nil {
		return "", err
	}
	return s.open(sealed)
}

// RemovePasskey takes one of the actor's passkeys away. NotFound when it is none of theirs.
func (s *Service) RemovePasskey(ctx context.Context, actor access.Actor, passkeyID string) error {
	return s.change(ctx, actor, func(tx *guard.Tx) (Changed, error) {
		kept, _, err := load(tx)
		if err != nil {
			return Changed{}, err
		}
		for _, p := range kept.Passkeys {
			if p.ID == passkeyID {
				_, err := tx.Exec(removePasskey, guard.Args{"id": passkeyID})
				return Changed{What: passkeyRemoved, Name: p.Name}, err
			}
		}
		return Changed{}, fault.New(fault.NotFound, "This passkey was not found.")
	})
}

// BeginAuthenticator gives the secret that an app has to know, as text and as a square. A
// second call begins anew; Conflict when there is one already.
func (s *Service) BeginAuthenticator(ctx context.Context, actor access.Actor, firm string) (totp.Key, error) {
	key, err := totp.NewKey(firm, actor.Email())
	if err != nil {
		return totp.Key{}, err
	}
	err = s.store.Change(ctx, actor, access.ProfileWrite, func(tx *guard.Tx) error {
		if err := identity.RequireFresh(tx); err != nil {
			return err
		}
		begun, err := tx.Exec(putAuthenticator, guard.Args{"sealed": s.seal(key.Secret)})
		if err == nil && begun == 0 {
			return fault.New(fault.Conflict, "You have an authenticator app already. Remove it first.")
		}
		return err
	})
	return key, err
}

// BegunAuthenticator gives the key of the app that waits for its first code once more. Conflict when none does.
func (s *Service) BegunAuthenticator(ctx context.Context, actor access.Actor, firm string) (key totp.Key, err error) {
	err = s.store.View(ctx, actor, access.ProfileWrite, func(tx *guard.Tx) error {
		if err := identity.RequireFresh(tx); err != nil {
			return err
		}
		secret, err := s.begun(tx)
		if err != nil {
			return err
		}
		key, err = totp.KeyOf(secret, firm, actor.Email())
		return err
	})
	return key, err
}

// begun is the secret of the app that waits for its first code.
func (s *Service) begun(tx *guard.Tx) (string, error) {
	var sealed string
	var since time.Time
	var last int64
	err := tx.One(ownAuthenticator, nil, &sealed, &since, &last)
	if fault.Is(err, fault.NotFound) || err == nil && !since.IsZero() {
		return "", fault.New(fault.Conflict, "There is no authenticator app to confirm. Please begin again.")
	}
	if err != nil {
		return "", err
	}
	return s.open(sealed)
}

// ConfirmAuthenticator takes the first code of the app and gives the recovery codes, which
// are shown this once. Invalid on code.
func (s *Service) ConfirmAuthenticator(ctx context.Context, actor access.Actor, code string) (recovery []string, err error) {
	err = s.change(ctx, actor, func(tx *guard.Tx) (Changed, error) {
		key, err := s.begun(tx)
		if err != nil {
			return Changed{}, err
		}
		if err := checkFirstCode(code); err != nil {
			return Changed{}, err
		}
		step := totp.Check(key, code, tx.Now())
		if step == 0 {
			return Changed{}, wrongFirstCode()
		}
		if _, err := tx.Exec(confirmAuthenticator, guard.Args{"step": step}); err != nil {
			return Changed{}, err
		}
		recovery, err = s.makeRecovery(tx)
		return Changed{What: authenticatorAdded}, err
	})
	return recovery, err
}

// RemoveAuthenticator takes the app away.
func (s *Service) RemoveAuthenticator(ctx context.Context, actor access.Actor) error {
	return s.change(ctx, actor, func(tx *guard.Tx) (Changed, error) {
		gone, err := tx.Exec(removeAuthenticator, nil)
		if err == nil && gone == 0 {
			err = fault.New(fault.NotFound, "There is no authenticator app.")
		}
		return Changed{What: authenticatorRemoved}, err
	})
}

// NewRecoveryCodes makes ten new codes; the old ones are void. Conflict without a factor
// that they could stand in for.
func (s *Service) NewRecoveryCodes(ctx context.Context, actor access.Actor) (recovery []string, err error) {
	err = s.change(ctx, actor, func(tx *guard.Tx) (Changed, error) {
		kept, _, err := load(tx)
		if err != nil {
			return Changed{}, err
		}
		if !kept.Any() {
			return Changed{}, fault.New(fault.Conflict, "Add a passkey or an authenticator app first.")
		}
		recovery, err = s.makeRecovery(tx)
		return Changed{What: recoveryMade}, err
	})
	return recovery, err
}

func (s *Service) makeRecovery(tx *guard.Tx) (codes []string, err error) {
	if _, err := tx.Exec(dropRecovery, nil); err != nil {
		return nil, err
	}
	for range recoveryCount {
		code := newRecoveryCode()
		if _, err := tx.Exec(addRecovery, guard.Args{"code": s.recoveryHash(string(tx.Actor().Person()), code)}); err != nil {
			return nil, err
		}
		codes = append(codes, code)
	}
	return codes, nil
}

// recoveryHash is keyed with the installation's key, which the database does not hold:
// whoever reads the database cannot try codes (B15).
func (s *Service) recoveryHash(person, code string) string {
	return hex.EncodeToString(s.box.MAC("recovery code", []byte(person+" "+cleanRecoveryCode(code))))
}

// change runs a change of the actor's factors: with fresh proof, its event, what is
// remembered of it, and a mail to the account's address.
func (s *Service) change(ctx context.Context, actor access.Actor, do func(tx *guard.Tx) (Changed, error)) error {
	return s.store.Change(ctx, actor, access.ProfileWrite, func(tx *guard.Tx) error {
		if err := identity.RequireFresh(tx); err != nil {
			return err
		}
		changed, err := do(tx)
		if err != nil {
			return err
		}
		kept, _, err := load(tx)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(noteSecond, guard.Args{"second": kept.Any()}); err != nil {
			return err
		}
		if !kept.Any() {
			if _, err := tx.Exec(dropRecovery, nil); err != nil {
				return err
			}
		}
		changed.Person = actor.Person()
		if err := tx.Record(changed); err != nil {
			return err
		}
		letter, err := s.letter(ctx, tx, changed)
		if err != nil {
			return err
		}
		return s.mail(tx, letter)
	})
}

func (s *Service) letter(ctx context.Context, tx *guard.Tx, changed Changed) (outbox.Letter, error) {
	firm, err := organisation.Of(tx)
	if err != nil {
		return outbox.Letter{}, err
	}
	ctx = i18n.WithReader(ctx, i18n.Reader{Language: firm.Language, Zone: firm.Location(), Now: tx.Now()})
	actor := tx.Actor()
	return outbox.Letter{
		Person: actor.Person(), To: actor.Email(), ToName: actor.Name(), Language: firm.Language, AboutKind: "person", About: string(actor.Person()),
		Subject:    i18n.T(ctx, "The way you sign in was changed"),
		Preheader:  changeWords(ctx, changed),
		Title:      i18n.T(ctx, "The way you sign in was changed"),
		Paragraphs: []string{changeWords(ctx, changed), i18n.T(ctx, "If it was not you, set a new password and look at your profile now.")},
	}, nil
}

// Policy tells whether the organisation wants a second factor of its staff. Staff with
// settings:read.
func (s *Service) Policy(ctx context.Context, actor access.Actor) (two bool, err error) {
	err = s.store.View(ctx, actor, access.SettingsRead, func(tx *guard.Tx) error {
		var wanted string
		err := tx.One(wantedHere, nil, &wanted)
		two = wanted == "two"
		return err
	})
	return two, err
}

// SetPolicy makes a second factor a duty for the organisation's staff, or leaves it to
// each. Staff with settings:write. Conflict when the actor has none: they would lock
// themselves out of what they are doing.
func (s *Service) SetPolicy(ctx context.Context, actor access.Actor, two bool) error {
	return s.store.Change(ctx, actor, access.SettingsWrite, func(tx *guard.Tx) error {
		kept, _, err := load(tx)
		if err != nil {
			return err
		}
		if two && !kept.Any() {
			return fault.ForField("two", "Set up a second factor for yourself first: a passkey or an authenticator app.")
		}
		wanted := "one"
		if two {
			wanted = "two"
		}
		if _, err := tx.Exec(setWanted, guard.Args{"wanted": wanted}); err != nil {
			return fmt.Errorf("set whether a second factor is wanted: %w", err)
		}
		return tx.Record(PolicyChanged{Two: two})
	})
}

func (s *Service) seal(text string) string {
	return base64.StdEncoding.EncodeToString(s.box.Seal([]byte(text), "factor"))
}

func (s *Service) open(sealed string) (string, error) {
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return "", fmt.Errorf("read a sealed factor: %w", err)
	}
	plain, err := s.box.Open(raw, "factor")
	if err != nil {
		return "", fmt.Errorf("open a sealed factor: %w", err)
	}
	return string(plain), nil
}
