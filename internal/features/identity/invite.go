package identity

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity/record"
	"lintel/internal/features/identity/store"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
)

// forJoin is the purpose of an invitation's link: two weeks, once. It makes the account of a
// person who has none; it never changes a password that is there.
const (
	forJoin  = "join"
	joinLife = 14 * 24 * time.Hour
	joinPath = "/join/to/"
)

// Invitation is how a person was asked into a portal.
type Invitation struct {
	ID       string
	Person   access.PersonID
	Kind     access.Kind
	Customer string
	Contact  string
	Email    string
	Name     string
	Modules  access.ModuleSet
	By       access.PersonID
	ByKind   access.Kind // Customer: by somebody of their own company
	MadeAt   time.Time
	SentAt   time.Time
	Sent     int // how often
	OpenedAt time.Time
	JoinedAt time.Time
	EndsAt   time.Time
	EndedAt  time.Time // revoked

	link string
}

// Open reports whether the invitation waits for its person at now.
func (i Invitation) Open(now time.Time) bool {
	return i.JoinedAt.IsZero() && i.EndedAt.IsZero() && i.EndsAt.After(now)
}

func (i *Invitation) scan(row guard.Row) error {
	var modules string
	err := row(&i.ID, &i.Person, &i.Kind, &i.Customer, &i.Contact, &i.Email, &i.Name, &modules, &i.By, &i.ByKind, &i.MadeAt, &i.SentAt, &i.Sent, &i.link,
		&i.OpenedAt, &i.JoinedAt, &i.EndsAt, &i.EndedAt)
	i.Modules = access.ParseModules(modules)
	return err
}

func loadInvitations(tx *guard.Tx, statement *guard.Statement, args guard.Args) (list []Invitation, err error) {
	err = tx.Each(statement, args, func(row guard.Row) error {
		var one Invitation
		err := one.scan(row)
		list = append(list, one)
		return err
	})
	return list, err
}

// InvitationsOf lists the invitations to a customer's portal, the newest first. Staff and
// system only.
func InvitationsOf(tx *guard.Tx, customer string) ([]Invitation, error) {
	return loadInvitations(tx, store.InvitationsOfCustomer, guard.Args{"customer": customer})
}

// InvitationsSince counts the invitations that the organisation has sent since an instant,
// those that were sent again too (I07).
func InvitationsSince(tx *guard.Tx, since time.Time) (int, error) {
	var n int
	err := tx.One(store.InvitationsSent, guard.Args{"since": since}, &n)
	return n, err
}

// Invite stores an invitation, or renews the one that waits for the same person at the same
// customer, and gives the path of its link once. A link that was sent before ends now. The
// caller mails it. Staff and system only.
func Invite(tx *guard.Tx, wanted Invitation) (path string, ends time.Time, err error) {
	_, folded, err := CheckAddress(wanted.Email)
	if err != nil {
		return "", ends, err
	}
	waiting, err := loadInvitations(tx, store.OpenInvitation, guard.Args{"person": string(wanted.Person), "kind": string(wanted.Kind), "customer": wanted.Customer})
	if err != nil {
		return "", ends, err
	}
	ends = tx.Now().Add(joinLife)
	if len(waiting) > 0 {
		wanted.ID = waiting[0].ID
		if err := endInvitationLink(tx, waiting[0].link); err != nil {
			return "", ends, err
		}
	} else {
		wanted.ID = id.New()
		if _, err := tx.Exec(store.AddInvitation, guard.Args{"id": wanted.ID, "person": string(wanted.Person), "kind": string(wanted.Kind), "customer": wanted.Customer, "contact": wanted.Contact,
			"email": wanted.Email, "name": wanted.Name, "modules": wanted.Modules.String(), "by": string(wanted.By), "by_kind": string(wanted.ByKind), "expires_at": ends}); err != nil {
			return "", ends, fmt.Errorf("store an invitation: %w", err)
		}
	}
	link, token, err := newLink{person: wanted.Person, purpose: forJoin, itemKind: string(wanted.Kind), item: wanted.ID, sentTo: folded, expires: ends}.store(tx)
	if err != nil {
		return "", ends, err
	}
	if _, err := tx.Exec(store.SendInvitation, guard.Args{"id": wanted.ID, "link": link, "modules": wanted.Modules.String(), "expires_at": ends}); err != nil {
		return "", ends, err
	}
	return joinPath + token, ends, tx.Record(record.PersonInvited{Person: wanted.Person, Name: wanted.Name, Customer: wanted.Customer, Modules: wanted.Modules.String(), Again: len(waiting) > 0, Ends: ends})
}

func endInvitationLink(tx *guard.Tx, link string) error {
	_, err := tx.Exec(store.RevokeLink, guard.Args{"id": link, "by": string(tx.Actor().Person())})
	return err
}

// EndInvitations revokes the invitations that wait for a person at a customer, with their
// links, and tells how many there were. Staff and system only.
func EndInvitations(tx *guard.Tx, person access.PersonID, name, customer, reason string) (int64, error) {
	waiting, err := loadInvitations(tx, store.OpenInvitation, guard.Args{"person": string(person), "kind": string(access.Customer), "customer": customer})
	if err != nil || len(waiting) == 0 {
		return 0, err
	}
	for _, i := range waiting {
		if err := endInvitationLink(tx, i.link); err != nil {
			return 0, err
		}
	}
	changed, err := tx.Exec(store.RevokeInvitations, guard.Args{"person": string(person), "customer": customer, "by": string(tx.Actor().Person())})
	if err != nil || changed == 0 {
		return changed, err
	}
	return changed, tx.Record(record.InvitationRevoked{Person: person, Name: name, Customer: customer, Reason: reason})
}

// Joining is what the pages behind an invitation show.
type Joining struct {
	Organisation access.Organisation
	Kind         access.Kind
	Name         string
	Email        string // fixed by the invitation (B07)
	Masked       string
	Ends         time.Time
	Language     string
	Account      bool // the person has an account: they enter with it and set no second password
}

// Joining tells whom an invitation is for and changes nothing. NotFound when the token opens
// nothing, the same for every reason.
func (s *Service) Joining(ctx context.Context, token string) (Joining, error) {
	f, actor, err := s.invited(ctx, token)
	if err != nil {
		return Joining{}, err
	}
	j := Joining{Organisation: f.organisation, Kind: actor.Kind(), Name: actor.Name(), Email: f.address, Masked: Mask(f.address), Ends: f.ends, Language: orElse(f.language, f.organisation.Language)}
	err = s.store.View(ctx, actor, access.ProfileWrite, func(tx *guard.Tx) error { return waits(tx, f.item) })
	if err == nil {
		j.Account, err = s.hasAccount(ctx, f, actor.Person())
	}
	return j, err
}

// invited finds the live invitation of a token, and its person as an actor.
func (s *Service) invited(ctx context.Context, token string) (found, access.Actor, error) {
	f, err := s.linkByToken(ctx, token)
	if err != nil {
		return found{}, access.Actor{}, err
	}
	person, ok := f.as(access.Kind(f.itemKind))
	if !ok || !f.live(s.clock.Now(), forJoin) {
		return found{}, access.Actor{}, errGone()
	}
	person.Proof = access.HoldsLink
	return f, access.NewActor(person), nil
}

func waits(tx *guard.Tx, invitation string) error {
	list, err := loadInvitations(tx, store.OwnInvitation, guard.Args{"id": invitation})
	if err == nil && (len(list) == 0 || !list[0].Open(tx.Now())) {
		return errGone()
	}
	return err
}

// hasAccount reports whether the person of an invitation has something to lose already: a
// password, a passkey, or any other place than the one that they are invited to, here or at
// another firm, which they enter by links or a sign-in service. An invitation waits in a
// mailbox for days and works in any browser, so it never gives its holder that (B07).
func (s *Service) hasAccount(ctx context.Context, invitation found, person access.PersonID) (bool, error) {
	n := 0
	err := s.store.Across(ctx, "identity: has an invited person an account", func(tx *guard.AcrossTx) error {
		return tx.One(store.AccountBesides, guard.Args{"person": string(person), "firm": string(invitation.organisation.ID), "kind": invitation.itemKind}, &n)
	})
	return n > 0, err
}

// signInInstead is where an invitation leads somebody who has an account.
func (f found) signInInstead(kind access.Kind) string {
	return "/sign-in?org=" + escapeQuery(f.organisation.Slug) + "&next=" + escapeQuery(HomeOf(f.organisation.Slug, kind))
}

// OpenInvitation notes that the person went on from the first page, for the office to see:
// the POST of that page. Again changes nothing.
func (s *Service) OpenInvitation(ctx context.Context, token string) error {
	f, actor, err := s.invited(ctx, token)
	if err != nil {
		return err
	}
	return s.store.Change(ctx, actor, access.ProfileWrite, func(tx *guard.Tx) error {
		if err := waits(tx, f.item); err != nil {
			return err
		}
		changed, err := tx.Exec(store.OpenOwnInvitation, guard.Args{"id": f.item})
		if err != nil || changed == 0 {
			return err
		}
		return tx.Record(record.InvitationOpened{Person: actor.Person(), Name: actor.Name()})
	})
}

// JoinDetails are what an invited person types.
type JoinDetails struct {
	Name, Username, Email, Password string
}

var usernameShape = regexp.MustCompile(`^[\pL\pN][\pL\pN._-]+$`)

// usernameFits counts by itself: in the expression a length costs a copy of the alphabet for each letter, 1.5 MB.
func usernameFits(name string) bool {
	length := utf8.RuneCountInString(name)
	return length >= 3 && length <= 40 && usernameShape.MatchString(name)
}

// check gives the username as it is stored: empty for those who use their address.
func (d JoinDetails) check(address, organisation string) (username string, err error) {
	var problems fault.Problems
	collect := func(err error) {
		if f := fault.As(err); f != nil {
			for _, field := range f.Fields {
				problems.Add(field.Name, field.Message)
			}
		}
	}
	_, err = checkName(d.Name)
	collect(err)
	if fold(d.Email) != fold(address) {
		problems.Add("email", "The invitation is for another address. Ask the firm to invite this one.")
	}
	username = strings.TrimSpace(d.Username)
	if fold(username) == fold(address) {
		username = ""
	}
	if username != "" && !usernameFits(username) {
		problems.Add("username", "Use 3 to 40 letters, digits, dots, hyphens or underscores, or your e-mail address.")
	}
	collect(CheckNewPassword(d.Password, d.Name, address, username, organisation))
	return username, problems.Err()
}

// Join makes the account of the invited person and signs the browser in, once (CP-02). A
// person who has an account keeps its password, and is led to sign in with it. Faults:
// NotFound when the token opens nothing; Invalid on name, username, email or password.
func (s *Service) Join(ctx context.Context, token string, d JoinDetails, visit Visit) (Entered, error) {
	page, err := s.Joining(ctx, token)
	if err != nil {
		return Entered{}, err
	}
	f, actor, err := s.invited(ctx, token)
	if err != nil {
		return Entered{}, err
	}
	home := HomeOf(f.organisation.Slug, actor.Kind())
	if page.Account {
		err := s.store.Change(ctx, actor, access.ProfileWrite, func(tx *guard.Tx) error { return f.join(tx) })
		return Entered{To: f.signInInstead(actor.Kind())}, err
	}
	username, err := d.check(f.address, f.organisation.Name)
	if err != nil {
		return Entered{}, err
	}
	if err := s.checkUsername(ctx, username, actor.Person()); err != nil {
		return Entered{}, err
	}
	hash, err := s.HashPassword(ctx, d.Password)
	if err != nil {
		return Entered{}, fmt.Errorf("set the first password: %w", err)
	}
	entered, err := s.signInPerson(ctx, actor.Person(), actor.Org(), visit, oneFactor, func(tx *guard.Tx) error {
		if err := f.join(tx); err != nil {
			return err
		}
		if err := setFirstPassword(tx, hash, username); err != nil {
			return err
		}
		_, err := tx.Exec(store.NameMyself, guard.Args{"name": strings.TrimSpace(d.Name), "kind": string(actor.Kind())})
		return err
	})
	if entered.Session != "" { // else a second step comes first
		entered.To = home
	}
	return entered, err
}

// join uses the link and the invitation up, in the transaction that they pay for.
func (f found) join(tx *guard.Tx) error {
	if err := f.use(tx); err != nil {
		return err
	}
	changed, err := tx.Exec(store.AcceptInvitation, guard.Args{"id": f.item})
	if err != nil {
		return err
	}
	if changed == 0 {
		return errGone()
	}
	return tx.Record(record.InvitationAccepted{Person: tx.Actor().Person(), Name: tx.Actor().Name()})
}

// checkUsername refuses a username that somebody else has.
func (s *Service) checkUsername(ctx context.Context, username string, person access.PersonID) error {
	if username == "" {
		return nil
	}
	var taken int
	err := s.store.Across(ctx, "identity: is a username taken", func(tx *guard.AcrossTx) error {
		return tx.One(store.UsernameTaken, guard.Args{"username_folded": fold(username), "person": string(person)}, &taken)
	})
	if err == nil && taken > 0 {
		return fault.ForField("username", "Somebody has this username already. Choose another one.")
	}
	return err
}

// setFirstPassword never touches an account that has a password: an invitation is no way
// into somebody's account.
func setFirstPassword(tx *guard.Tx, hash, username string) error {
	var folded any
	if username != "" {
		folded = fold(username)
	}
	changed, err := tx.Exec(store.FirstPassword, guard.Args{"hash": hash, "username": username, "username_folded": folded})
	if err == nil && changed == 0 {
		return errGone()
	}
	return err
}

// MemberAs tells what a person is here in one capacity. NotFound when they are no active
// member in it. Staff and system only.
func MemberAs(tx *guard.Tx, person access.PersonID, kind access.Kind) (Member, error) {
	return memberOfKind(tx, person, kind)
}

// PersonByAddress finds the person behind an address, a member here or not. NotFound when
// nobody has it. Staff and system only.
func PersonByAddress(tx *guard.Tx, email string) (person access.PersonID, err error) {
	err = tx.One(store.PersonByAddress, guard.Args{"folded": fold(email)}, &person)
	return person, err
}

// CustomerByAddress finds the active customer's person with an address. NotFound without
// one. Staff and system only.
func CustomerByAddress(tx *guard.Tx, email string) (Member, error) {
	person, err := PersonByAddress(tx, email)
	if err != nil {
		return Member{}, err
	}
	return memberOfKind(tx, person, access.Customer)
}
