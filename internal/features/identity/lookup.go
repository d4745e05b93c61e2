package identity

import (
	"context"
	"fmt"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity/letter"
	"lintel/internal/features/identity/record"
	"lintel/internal/features/identity/store"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
	"lintel/internal/platform/secret"
)

// Member is what a person is in the organisation.
type Member struct {
	Person   access.PersonID
	Kind     access.Kind
	Role     access.Role // staff only
	Name     string
	Email    string
	Title    string
	Phone    string
	State    string
	Since    time.Time
	LastSeen time.Time // zero: never
}

func (m Member) to() letter.To { return letter.To{Person: m.Person, Name: m.Name, Address: m.Email} }

// EnsureContactPerson makes, or finds by the address, the person behind a contact and the
// customer membership that a link needs. It grants nothing. Staff and system only.
// Faults: Invalid on the fields name and email.
func EnsureContactPerson(tx *guard.Tx, name, email string) (access.PersonID, error) {
	return AddMember(tx, access.Customer, "", name, email)
}

// AddMember makes a person a member of a kind, or finds who is one already, by the address;
// a role is set anew. The caller has checked that the actor may. Staff and system only.
// Faults: Invalid on name and email.
func AddMember(tx *guard.Tx, kind access.Kind, role access.Role, name, email string) (access.PersonID, error) {
	address, folded, err := CheckAddress(email)
	if err != nil {
		return "", err
	}
	if name, err = checkName(name); err != nil {
		return "", err
	}
	person, err := ensurePerson(tx, address, folded)
	if err != nil {
		return "", err
	}
	_, err = tx.Exec(store.PutMembership, guard.Args{"person": string(person), "kind": string(kind), "role": string(role), "name": name, "email": address})
	return person, err
}

// ensurePerson makes, or finds, the person behind an address.
func ensurePerson(tx *guard.Tx, address, folded string) (person access.PersonID, err error) {
	if _, err := tx.Exec(store.AddPerson, guard.Args{"id": id.New(), "email": address, "folded": folded}); err != nil {
		return "", err
	}
	err = tx.One(store.PersonByAddress, guard.Args{"folded": folded}, &person)
	return person, err
}

// RemoveMember ends a membership of a kind: from the next request on the person's
// browsers, links and grants open nothing here.
func RemoveMember(tx *guard.Tx, person access.PersonID, kind access.Kind) error {
	removed, err := tx.Exec(store.RemoveMembership, guard.Args{"person": string(person), "kind": string(kind)})
	if err != nil {
		return err
	}
	if removed == 0 {
		return notMember()
	}
	by := guard.Args{"person": string(person), "by": string(tx.Actor().Person())}
	if kind == access.Staff {
		if err := endStaffAccess(tx, person); err != nil {
			return err
		}
	}
	if kind == access.Customer {
		if _, err := tx.Exec(store.RevokeLinksOfPerson, by); err != nil {
			return err
		}
		if _, err := tx.Exec(store.RevokeAllGrants, by); err != nil {
			return err
		}
	}
	_, err = tx.Exec(store.DropEntries, guard.Args{"person": string(person)})
	return err
}

// endStaffAccess takes away what a removed colleague could come back with when somebody
// adds them again one day.
func endStaffAccess(tx *guard.Tx, person access.PersonID) error {
	by := guard.Args{"person": string(person), "by": string(tx.Actor().Person())}
	if _, err := tx.Exec(store.RevokeStaffLinks, by); err != nil {
		return err
	}
	_, err := tx.Exec(store.RevokeTokensOfPerson, by)
	return err
}

// The states of a member of staff.
const (
	Active    = "active"
	Suspended = "suspended" // keeps their place in the list, and can do nothing
)

// Colleagues lists the staff by name, suspended ones too. Staff and system only.
func Colleagues(tx *guard.Tx) ([]Member, error) { return loadMembers(tx, store.Colleagues, nil) }

// Colleague finds a member of staff, suspended ones too. NotFound when the person is none
// here. Staff and system only.
func Colleague(tx *guard.Tx, person access.PersonID) (Member, error) {
	list, err := loadMembers(tx, store.Colleague, guard.Args{"person": string(person)})
	if err != nil {
		return Member{}, err
	}
	if len(list) == 0 {
		return Member{}, notMember()
	}
	return list[0], nil
}

// StaffMembers lists the staff by name. Staff and system only.
func StaffMembers(tx *guard.Tx) ([]Member, error) { return loadMembers(tx, store.StaffMembers, nil) }

// MemberByPerson tells what a person is here; of several capacities, staff comes first.
// NotFound when the person is no active member. Staff and system only.
func MemberByPerson(tx *guard.Tx, person access.PersonID) (Member, error) {
	member, err := memberOfKind(tx, person, access.Staff)
	if !fault.Is(err, fault.NotFound) {
		return member, err
	}
	list, err := loadMembers(tx, store.Memberships, guard.Args{"person": string(person)})
	if err != nil {
		return Member{}, err
	}
	if len(list) == 0 {
		return Member{}, notMember()
	}
	return list[0], nil
}

func loadMembers(tx *guard.Tx, statement *guard.Statement, args guard.Args) (list []Member, err error) {
	err = tx.Each(statement, args, func(row guard.Row) error {
		var m Member
		if err := row(&m.Person, &m.Kind, &m.Role, &m.Name, &m.Email, &m.Title, &m.Phone, &m.State, &m.Since, &m.LastSeen); err != nil {
			return err
		}
		list = append(list, m)
		return nil
	})
	return list, err
}

// Purposes that a link can be made for by other features. The others are identity's own.
const (
	ForDocument = "document" // opens one thing first; how much else, the organisation's link policy says
	ForPortal   = "portal"   // opens everything that is granted
)

// LinkRequest says what a personal link is for.
type LinkRequest struct {
	Person   access.PersonID
	Purpose  string // ForDocument or ForPortal
	ItemKind string // "proposal", …: what Describe is asked about
	Item     string
	Days     int // 0: as the organisation has set
}

// MakeLink makes a personal link and gives its path, "/l/to/…", once: only its hash is
// kept. Older links go on working until they end or are revoked (JT-04). Staff and system
// only. Faults: NotFound when the person is not a customer's person here.
func MakeLink(tx *guard.Tx, request LinkRequest) (path string, err error) {
	if request.Purpose != ForDocument && request.Purpose != ForPortal {
		return "", fmt.Errorf("no link of the purpose %q is made here", request.Purpose)
	}
	if request.Purpose == ForDocument && request.Item == "" {
		return "", fmt.Errorf("a document link needs the document")
	}
	member, err := memberOfKind(tx, request.Person, access.Customer)
	if err != nil {
		return "", err
	}
	days := request.Days
	if days == 0 {
		if err := tx.One(store.LinkDays, nil, &days); err != nil {
			return "", err
		}
	}
	made := newLink{person: member.Person, purpose: request.Purpose, itemKind: request.ItemKind, item: request.Item, sentTo: fold(member.Email),
		expires: tx.Now().Add(time.Duration(days) * 24 * time.Hour)}
	link, token, err := made.store(tx)
	if err != nil {
		return "", err
	}
	event := record.LinkMade{Link: link, Person: member.Person, Name: member.Name, Purpose: request.Purpose, ItemKind: request.ItemKind, Item: request.Item, Ends: made.expires}
	return LinkPath + token, tx.Record(event)
}

func memberOfKind(tx *guard.Tx, person access.PersonID, kind access.Kind) (Member, error) {
	list, err := loadMembers(tx, store.Memberships, guard.Args{"person": string(person)})
	if err != nil {
		return Member{}, err
	}
	for _, m := range list {
		if m.Kind == kind {
			return m, nil
		}
	}
	return Member{}, notMember()
}

func notMember() error { return fault.New(fault.NotFound, "This person is not a member here.") }

// newLink is a link before it has an id and a token.
type newLink struct {
	person         access.PersonID
	purpose        string
	itemKind, item string
	sentTo         string // folded address
	browser        string // hash of the asking browser's cookie, for sign-in and reset links
	expires        time.Time
}

func (l newLink) store(tx *guard.Tx) (link, token string, err error) {
	link, token = id.New(), secret.Token()
	_, err = tx.Exec(store.AddLink, guard.Args{"id": link, "person": string(l.person), "purpose": l.purpose, "about_kind": l.itemKind, "about": l.item,
		"token_hash": secret.Hash(token), "browser": l.browser, "sent_to": l.sentTo, "by": string(tx.Actor().Person()), "expires_at": l.expires})
	return link, token, err
}

// Link is a personal link as the office sees it; the token is nowhere.
type Link struct {
	ID         string
	Person     access.PersonID
	Name       string
	Email      string
	Purpose    string
	ItemKind   string
	Item       string
	MadeAt     time.Time
	EndsAt     time.Time
	RevokedAt  time.Time
	EnteredAt  time.Time // last time somebody continued with it
	EnteredFor int       // how often
}

// Live reports whether the link still opens something at now.
func (l Link) Live(now time.Time) bool { return l.RevokedAt.IsZero() && l.EndsAt.After(now) }

// LinksOf lists the links to a thing, the newest first, ended ones too. Staff and system only.
func LinksOf(tx *guard.Tx, item string) ([]Link, error) {
	return loadLinks(tx, store.LinksOfItem, guard.Args{"about": item})
}

// LinksOfPerson lists the links of a person, the newest first. Staff and system only.
func LinksOfPerson(tx *guard.Tx, person access.PersonID) ([]Link, error) {
	return loadLinks(tx, store.LinksOfPerson, guard.Args{"person": string(person)})
}

func loadLinks(tx *guard.Tx, statement *guard.Statement, args guard.Args) (list []Link, err error) {
	err = tx.Each(statement, args, func(row guard.Row) error {
		var l Link
		err := row(&l.ID, &l.Person, &l.Name, &l.Email, &l.Purpose, &l.ItemKind, &l.Item, &l.MadeAt, &l.EndsAt, &l.RevokedAt, &l.EnteredAt, &l.EnteredFor)
		list = append(list, l)
		return err
	})
	return list, err
}

// RevokeLink ends a link at once, also in browsers that entered by it. A second time does
// nothing. Staff with links:manage and the system. NotFound when there is no such link.
func RevokeLink(tx *guard.Tx, link string) error {
	if err := tx.Require(access.LinksManage); err != nil {
		return err
	}
	list, err := loadLinks(tx, store.LinkByID, guard.Args{"id": link})
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return fault.New(fault.NotFound, "This link was not found.")
	}
	changed, err := tx.Exec(store.RevokeLink, guard.Args{"id": link, "by": string(tx.Actor().Person())})
	if err != nil || changed == 0 {
		return err
	}
	found := list[0]
	return tx.Record(record.LinkRevoked{Link: link, Person: found.Person, Name: found.Name, ItemKind: found.ItemKind, Item: found.Item})
}

// SetPassword stores a password that HashPassword made: the owner's at set-up. Staff and
// system only.
func SetPassword(tx *guard.Tx, person access.PersonID, hash string) error {
	changed, err := tx.Exec(store.SetPassword, guard.Args{"person": string(person), "hash": hash})
	if err == nil && changed == 0 {
		return fault.New(fault.NotFound, "This person was not found.")
	}
	if err != nil {
		return err
	}
	return tx.Record(record.PasswordSet{Person: person})
}

// MakeDemoLink makes a link that signs a member of staff in, as often as it is used. It
// opens nothing unless the program runs as the demo.
func (s *Service) MakeDemoLink(tx *guard.Tx, person access.PersonID) (path string, err error) {
	if !s.means.Demo {
		return "", fmt.Errorf("this is not the demo")
	}
	_, token, err := newLink{person: person, purpose: forDemo, expires: tx.Now().Add(365 * 24 * time.Hour)}.store(tx)
	return LinkPath + token, err
}

// MailInvitation mails somebody who was added to the staff the link on which they set a
// password. Staff with people:manage.
func (s *Service) MailInvitation(ctx context.Context, tx *guard.Tx, person access.PersonID, name, email string) error {
	address, folded, err := CheckAddress(email)
	if err != nil {
		return err
	}
	_, token, err := newLink{person: person, purpose: forInvite, itemKind: string(access.Staff), sentTo: folded, expires: tx.Now().Add(inviteLife)}.store(tx)
	if err != nil {
		return err
	}
	letter, err := s.letters.Invitation(ctx, tx, letter.To{Person: person, Name: name, Address: address}, ResetLinkPath+token, tx.Now().Add(inviteLife))
	if err != nil {
		return err
	}
	return s.means.Mail(tx, letter)
}
