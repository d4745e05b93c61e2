package identity

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity/record"
	"lintel/internal/features/identity/standing"
	"lintel/internal/features/identity/store"
	"lintel/internal/features/identity/throttle"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/jobs"
	"lintel/internal/platform/secret"
)

const (
	onceLife   = 10 * time.Minute
	inviteLife = 7 * 24 * time.Hour
)

// Place is a portal that a person can go to after signing in.
type Place struct {
	Organisation access.Organisation
	Kind         access.Kind
	Name         string // of the person there
	identity     access.Identity
}

// URL is the first page of the place.
func (p Place) URL() string { return HomeOf(p.Organisation.Slug, p.Kind) }

// wrongPassword is the one answer to every failed sign-in (B09).
func wrongPassword() error {
	return fault.New(fault.Invalid, "E-mail address and password do not belong together. If you have no password yet, use “Create or Reset”.")
}

// SignIn checks an address or a username, and a password. The answer and the work are the same for
// unknown addresses. Guessing is slowed per account and per network; a browser that is
// confirmed for the account has a count of its own, so nobody can lock its owner out
// (B12). Faults: Invalid, TooMany.
func (s *Service) SignIn(ctx context.Context, email, password string, visit Visit) (Entered, error) {
	folded := fold(email)
	account, err := s.accountOf(ctx, folded, visit)
	if err != nil {
		return Entered{}, err
	}
	guessed := fold(orElse(account.email, folded)) // one count for an account's address and username
	mine := throttle.ForAddress(throttle.PasswordsOfAccount, "password", guessed)
	if account.ownBrowser {
		mine = throttle.ForAddress(throttle.PasswordsInOwnWindow, "password "+secret.Hash(visit.Browser)[:32], guessed)
	}
	ok, err := s.allowed(ctx, "identity: throttle passwords", throttle.ForNetwork(throttle.PasswordsFromNetwork, "password", visit.Address), mine)
	if err != nil {
		return Entered{}, fmt.Errorf("sign in: %w", err)
	}
	if !ok {
		s.refused(ctx, "too many passwords tried", visit.Address, "person", account.person)
		return Entered{}, fault.New(fault.TooMany, "Too many tries. Please wait a few minutes, or use “Create or Reset”.")
	}
	right, rehash, err := s.means.Passwords.CheckPassword(ctx, password, account.password)
	if err != nil {
		return Entered{}, fmt.Errorf("check a password: %w", err)
	}
	if !right {
		s.refused(ctx, "wrong password", visit.Address, "person", account.person)
		return Entered{}, wrongPassword()
	}
	stronger := ""
	if rehash {
		if stronger, err = s.HashPassword(ctx, password); err != nil {
			return Entered{}, err
		}
	}
	return s.signInPerson(ctx, account.person, "", visit, oneFactor, func(tx *guard.Tx) error {
		if stronger == "" {
			return nil
		}
		_, err := tx.Exec(store.SetOwnPassword, guard.Args{"hash": stronger})
		return err
	})
}

// OtherWays tells which ways there are to sign in to a portal besides a password and the
// mailbox: the firm's own service by its name, or empty, and passkeys.
func (s *Service) OtherWays(ctx context.Context, slug string) (service string, passkeys bool) {
	if ask := s.means.SignInService; ask != nil && slug != "" {
		service = ask(ctx, slug)
	}
	return service, s.means.Passkeys != nil && s.means.Passkeys()
}

type account struct {
	person     access.PersonID
	email      string
	password   string // PHC string, or empty
	ownBrowser bool   // the asking browser is confirmed for the person
}

// accountOf is the zero account for an unknown address.
func (s *Service) accountOf(ctx context.Context, folded string, visit Visit) (a account, err error) {
	err = s.store.Across(ctx, "identity: find the account that signs in", func(tx *guard.AcrossTx) error {
		var browser string
		err := tx.One(store.AccountByAddress, guard.Args{"folded": folded, "browser": secret.Hash(visit.Browser)}, &a.person, &a.email, &a.password, &browser)
		a.ownBrowser = browser != ""
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	})
	return a, err
}

// placesOf lists what a person is, everywhere, staff before customer.
func (s *Service) placesOf(ctx context.Context, person access.PersonID) (list []Place, err error) {
	err = s.store.Across(ctx, "identity: where a person is a member", func(tx *guard.AcrossTx) error {
		list = nil
		return tx.Each(store.PlacesOf, guard.Args{"person": string(person)}, func(row guard.Row) error {
			var p Place
			var zone string
			var narrowed Capacity
			o := &p.Organisation
			err := row(&o.ID, &o.Slug, &o.Name, &o.Language, &zone, &o.Currency, &o.Theme, &o.Logo, &p.Kind, &p.identity.Role, &p.Name, &p.identity.Email,
				&narrowed.Modules, &narrowed.Offered, &narrowed.Role, &narrowed.Permissions)
			narrowed.narrow(&p.identity)
			o.Zone = clock.ZoneOrUTC(zone)
			p.identity.Org, p.identity.Person, p.identity.Kind, p.identity.Name = o.ID, person, p.Kind, p.Name
			list = append(list, p)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("where a person is a member: %w", err)
	}
	return list, nil
}

// signInPerson gives the browser a session in which the person is signed in. A person
// without any membership is answered like a wrong password.
//
// The transaction runs in the organisation in, or in the person's first one when in is
// empty; also runs inside it.
func (s *Service) signInPerson(ctx context.Context, person access.PersonID, in access.OrgID, visit Visit, proven factors, also func(*guard.Tx) error) (Entered, error) {
	places, err := s.placesOf(ctx, person)
	if err != nil {
		return Entered{}, err
	}
	if len(places) == 0 {
		return Entered{}, wrongPassword()
	}
	visit.Browser = orToken(visit.Browser)
	second, err := s.secondStep(ctx, person, visit, proven)
	if err != nil {
		return Entered{}, err
	}
	start := places[0]
	for _, p := range places {
		if p.Organisation.ID == in && start.Organisation.ID != in {
			start = p
		}
	}
	entered := Entered{}
	err = s.store.Change(ctx, start.actor(), access.ProfileWrite, func(tx *guard.Tx) (err error) {
		if err := also(tx); err != nil || second != "" {
			return err
		}
		entered, err = signIn(tx, visit)
		return err
	})
	if second != "" {
		return Entered{Browser: visit.Browser, To: second}, err
	}
	entered.To = afterSignIn(places, visit.Next)
	return entered, err
}

// afterSignIn is the page that was asked for before signing in, if it is in one of the
// person's portals; else the only portal, or the choice between them.
func afterSignIn(places []Place, next string) string {
	next = LocalPath(next)
	for _, p := range places {
		if next == "/"+p.Organisation.Slug || strings.HasPrefix(next, "/"+p.Organisation.Slug+"/") {
			return next
		}
	}
	if len(places) == 1 {
		return places[0].URL()
	}
	return "/sign-in/choose"
}

func (p Place) actor() access.Actor {
	i := p.identity
	i.Proof = access.SignedIn
	return access.NewActor(i)
}

// StartSession signs a person in without asking for anything more: the owner at the end of
// set-up, which its one-time link has proven, and who has proven a second factor.
func (s *Service) StartSession(ctx context.Context, person access.PersonID, visit Visit) (Entered, error) {
	return s.signInPerson(ctx, person, "", visit, allFactors, func(*guard.Tx) error { return nil })
}

// Places lists the portals of whoever is signed in to the session, as far as it has not run out for them. Unauthenticated when
// nobody is.
func (s *Service) Places(ctx context.Context, session string) ([]Place, error) {
	var person access.PersonID
	var seen, since time.Time
	err := s.store.Across(ctx, "identity: who is signed in to a session", func(tx *guard.AcrossTx) error {
		return tx.One(store.SignedInPerson, guard.Args{"session": secret.Hash(session)}, &person, &seen, &since)
	})
	if fault.Is(err, fault.NotFound) {
		return nil, fault.New(fault.Unauthenticated, "Please sign in.")
	}
	if err != nil {
		return nil, err
	}
	places, err := s.placesOf(ctx, person)
	places = slices.DeleteFunc(places, func(p Place) bool {
		return !standing.Candidate{Identity: access.Identity{Kind: p.Kind}, EnteredAt: since, SeenAt: seen}.Fresh(s.clock.Now())
	})
	if err == nil && len(places) == 0 {
		err = fault.New(fault.Unauthenticated, "Please sign in.")
	}
	return places, err
}

// HashPassword makes what SetPassword stores. It takes a tenth of a second of work, so it
// is never called inside a transaction.
func (s *Service) HashPassword(ctx context.Context, password string) (string, error) {
	return s.means.Passwords.HashPassword(ctx, password)
}

// CheckNewPassword refuses passwords that are easy to guess, as Invalid on the field
// password. Words are what an attacker would try first: names and addresses.
func CheckNewPassword(password string, words ...string) error {
	if problem := secret.PasswordProblem(password, words...); problem != "" {
		return fault.ForField("password", problem)
	}
	return nil
}

// onceRequest is the job that mails a sign-in or reset link, if the address is known.
type onceRequest struct {
	Folded  string
	Purpose string
	Browser string // hash of the asking browser's token
	Slug    string // of the portal on whose page it was asked, or empty
	Next    string // path to go to afterwards, or empty
}

// AskSignInLink mails a one-time link that signs in; AskReset one that sets a password.
// Both answer the same for every address (B09) and bind the link to the browser (B04).
func (s *Service) AskSignInLink(ctx context.Context, email, slug string, visit Visit) error {
	return s.askOnce(ctx, forSignIn, email, slug, visit)
}

// AskReset mails a one-time link on which a password can be set.
func (s *Service) AskReset(ctx context.Context, email, slug string, visit Visit) error {
	return s.askOnce(ctx, forReset, email, slug, visit)
}

func (s *Service) askOnce(ctx context.Context, purpose, email, slug string, visit Visit) error {
	folded := fold(email)
	if !usernameFits(folded) {
		var err error
		if _, folded, err = CheckAddress(email); err != nil {
			return err
		}
	}
	request := onceRequest{Folded: folded, Purpose: purpose, Browser: secret.Hash(visit.Browser), Slug: strings.ToLower(slug), Next: LocalPath(visit.Next)}
	return s.askForMail(ctx, throttle.ForAddress(throttle.MailsToAddress, "mail", folded), visit.Address, jobs.Job{Kind: onceJob, Arguments: request})
}

// Once is what the page behind a one-time link shows.
type Once struct {
	Organisation access.Organisation
	Masked       string
	Name         string
	Email        string // of the account, for the browser's password store; only shown to the asking browser
	Language     string
	CodeNeeded   bool // another browser asked for the link: a code is needed too (B04)
	CodeSent     bool
	SignIn       string // not empty: an invitation of somebody who has an account leads here, and sets no password
}

// once finds a live one-time link and the person as an actor.
func (s *Service) once(ctx context.Context, token string, purposes ...string) (found, access.Actor, error) {
	f, err := s.linkByToken(ctx, token)
	if err != nil {
		return found{}, access.Actor{}, err
	}
	if !f.live(s.clock.Now(), purposes...) {
		return found{}, access.Actor{}, errGone()
	}
	self := f.self()
	self.Proof, self.Email = access.HoldsLink, f.address
	return f, access.NewActor(self), nil
}

// foreign reports whether another browser than the one that asked opens the link.
func (f found) foreign(visit Visit) bool {
	return f.browser != "" && (visit.Browser == "" || f.browser != secret.Hash(visit.Browser))
}

// SignInPage tells what a sign-in link shows; PasswordPage what a reset link or an
// invitation shows. Both change nothing. NotFound when the token opens nothing.
func (s *Service) SignInPage(ctx context.Context, token string, visit Visit) (Once, error) {
	return s.oncePage(ctx, token, visit, forSignIn)
}

// PasswordPage tells what the page for a new password shows.
func (s *Service) PasswordPage(ctx context.Context, token string, visit Visit) (Once, error) {
	return s.oncePage(ctx, token, visit, forReset, forInvite)
}

func (s *Service) oncePage(ctx context.Context, token string, visit Visit, purposes ...string) (Once, error) {
	f, person, err := s.once(ctx, token, purposes...)
	if err != nil {
		return Once{}, err
	}
	instead, err := s.insteadOfPassword(ctx, f, person.Person())
	if err != nil {
		return Once{}, err
	}
	page := Once{SignIn: instead, Organisation: f.organisation, Masked: Mask(f.address), Name: person.Name(), CodeNeeded: f.foreign(visit), Language: orElse(f.language, f.organisation.Language)}
	if !page.CodeNeeded {
		page.Email = f.address
		return page, nil
	}
	page.CodeSent, err = s.codeWaits(ctx, person, f.purpose, visit)
	return page, err
}

// insteadOfPassword is where an invitation leads whose person has an account; empty for all
// other links.
func (s *Service) insteadOfPassword(ctx context.Context, f found, person access.PersonID) (string, error) {
	if f.purpose != forInvite {
		return "", nil
	}
	account, err := s.hasAccount(ctx, f, person)
	if err != nil || !account {
		return "", err
	}
	return f.signInInstead(access.Kind(f.itemKind)), nil
}

// SendOnceCode mails the code that another browser than the asking one needs.
func (s *Service) SendOnceCode(ctx context.Context, token string, visit Visit) error {
	f, person, err := s.once(ctx, token, forSignIn, forReset)
	if err != nil {
		return err
	}
	return s.sendCode(ctx, person, f.purpose, visit)
}

// FollowSignInLink signs in by a one-time link, once (B01). Faults: NotFound when the
// token opens nothing, Invalid on code when a code is needed and does not fit.
func (s *Service) FollowSignInLink(ctx context.Context, token, code string, visit Visit) (Entered, error) {
	f, person, err := s.once(ctx, token, forSignIn)
	if err != nil {
		return Entered{}, err
	}
	if err := s.proveBrowser(ctx, f, person, code, visit); err != nil {
		return Entered{}, err
	}
	return s.signInPerson(ctx, person.Person(), person.Org(), visit, oneFactor, f.use)
}

// use consumes the link by one conditional update, in the transaction that it pays for.
func (f found) use(tx *guard.Tx) error {
	changed, err := tx.Exec(store.UseLink, guard.Args{"id": f.id, "purpose": f.purpose})
	if err == nil && changed == 0 {
		return errGone()
	}
	return err
}

// proveBrowser asks a browser that did not ask for the link for the code.
func (s *Service) proveBrowser(ctx context.Context, f found, person access.Actor, code string, visit Visit) error {
	if !f.foreign(visit) {
		return nil
	}
	ok, err := s.checkCode(ctx, person, f.purpose, code, visit, func(*guard.Tx) error { return nil })
	if err != nil {
		return err
	}
	if !ok {
		return wrongCode()
	}
	return nil
}

// SetPasswordByLink sets a password by a reset link, or the first one by an invitation, ends every other
// sign-in of the person and signs this browser in. Faults as FollowSignInLink, and Invalid
// on password.
func (s *Service) SetPasswordByLink(ctx context.Context, token, password, code string, visit Visit) (Entered, error) {
	f, person, err := s.once(ctx, token, forReset, forInvite)
	if err != nil {
		return Entered{}, err
	}
	if instead, err := s.insteadOfPassword(ctx, f, person.Person()); err != nil || instead != "" {
		return Entered{To: instead}, err
	}
	if err := CheckNewPassword(password, person.Name(), f.address, f.organisation.Name); err != nil {
		return Entered{}, err
	}
	if err := s.proveBrowser(ctx, f, person, code, visit); err != nil {
		return Entered{}, err
	}
	hash, err := s.HashPassword(ctx, password)
	if err != nil {
		return Entered{}, fmt.Errorf("set a password: %w", err)
	}
	return s.signInPerson(ctx, person.Person(), person.Org(), visit, oneFactor, func(tx *guard.Tx) error {
		if err := f.use(tx); err != nil {
			return err
		}
		if err := distrust(tx, "", visit); err != nil {
			return err
		}
		return s.changePassword(ctx, tx, hash, f.address)
	})
}

// changePassword stores the hash for the actor and tells the account's address.
func (s *Service) changePassword(ctx context.Context, tx *guard.Tx, hash, address string) error {
	if _, err := tx.Exec(store.SetOwnPassword, guard.Args{"hash": hash}); err != nil {
		return err
	}
	if err := tx.Record(record.PasswordSet{Person: tx.Actor().Person()}); err != nil {
		return err
	}
	letter, err := s.letters.Password(ctx, tx, address)
	if err != nil {
		return err
	}
	return s.means.Mail(tx, letter)
}

// ChangePassword sets the actor's password while they are inside, by a code that
// SendPasswordCode has mailed (JT-08). Other browsers have to sign in again. Faults:
// Invalid on password or code.
func (s *Service) ChangePassword(ctx context.Context, actor access.Actor, password, code string, visit Visit) error {
	if err := CheckNewPassword(password, actor.Name(), actor.Email()); err != nil {
		return err
	}
	hash, err := s.HashPassword(ctx, password)
	if err != nil {
		return fmt.Errorf("change a password: %w", err)
	}
	ok, err := s.checkCode(ctx, actor, codePassword, code, visit, func(tx *guard.Tx) error {
		if err := distrust(tx, actor.Session(), visit); err != nil {
			return err
		}
		return s.changePassword(ctx, tx, hash, actor.Email())
	})
	if err == nil && !ok {
		return wrongCode()
	}
	return err
}

// SendPasswordCode mails the code that ChangePassword wants.
func (s *Service) SendPasswordCode(ctx context.Context, actor access.Actor, visit Visit) error {
	return s.sendCode(ctx, actor, codePassword, visit)
}
