// Package access says who a person is here and what they may do: the actor of a request,
// permissions, roles, and the one table that joins them (policy.go).
package access

import (
	"strings"
	"time"
)

// OrgID identifies an organisation, the tenant that every row belongs to.
type OrgID string

// PersonID identifies a human being across organisations.
type PersonID string

// Kind is in which capacity somebody acts in an organisation.
type Kind string

// The kinds of actor.
const (
	Nobody     Kind = ""
	Staff      Kind = "staff"
	Customer   Kind = "customer"
	Contractor Kind = "contractor"
	Technician Kind = "technician"
	System     Kind = "system"
)

// Proof is how sure Lintel is that the browser belongs to the person.
type Proof string

// The proofs, weakest first.
const (
	HoldsToken       Proof = "token"     // a program that somebody gave an API token
	HoldsLink        Proof = "link"      // entered by a personal link from an e-mail
	VouchedFor       Proof = "service"   // signed in at the firm's own sign-in service, which speaks for that firm only
	ConfirmedBrowser Proof = "confirmed" // typed the code sent to the address, or has done so in this browser
	SignedIn         Proof = "signed in" // password or passkey
)

// Actor is the person on whose behalf a request or job runs, in one organisation. Only
// authentication makes actors (an architecture test holds that); the zero Actor may do
// nothing.
type Actor struct {
	org     OrgID
	person  PersonID
	kind    Kind
	role    Role
	name    string
	email   string
	proof   Proof
	item    string
	session string
	reason  string

	permissions PermissionSet
	modules     ModuleSet
	token       string
	seenBy      PersonID
	bare        bool

	language string
	zone     *time.Location
}

// Identity is what authentication has established.
type Identity struct {
	Org     OrgID
	Person  PersonID
	Kind    Kind
	Role    Role   // staff only
	Name    string // as the organisation knows the person
	Email   string
	Proof   Proof
	Item    string // not empty: the link opens this document and nothing else
	Session string

	Custom   *PermissionSet // staff in a role of the organisation's own: what it permits
	Modules  ModuleSet      // customers, contractors, technicians: what their grants and the organisation leave them
	Token    string         // not empty: acts through this API token
	Scopes   PermissionSet  // what the token permits at most
	Language string         // that the person reads, empty: as the organisation writes
	Zone     *time.Location // where the person is, nil: where the organisation is
	Bare     bool           // staff of a firm that wants two factors, with one only: may set the second up and no more
	SeenBy   PersonID       // not empty: this member of staff looks at the portal as the person
}

// NewActor makes the actor of an authenticated request.
func NewActor(i Identity) Actor {
	return Actor{org: i.Org, person: i.Person, kind: i.Kind, role: i.Role, name: i.Name, email: i.Email,
		proof: i.Proof, item: i.Item, session: i.Session,
		permissions: i.permissions(), modules: i.Modules, token: i.Token, seenBy: i.SeenBy, bare: i.Bare, language: i.Language, zone: i.Zone}
}

// permissions joins the policy with what narrows it: a role of the organisation's own, the
// modules, a token's scopes, and looking as somebody else.
func (i Identity) permissions() PermissionSet {
	set := Allowed(i.Kind, i.Role)
	if i.Kind == Staff && i.Custom != nil {
		set = i.Custom.And(Assignable())
	}
	if i.Kind != Staff && i.Kind != System {
		set = set.within(i.Modules)
	}
	if i.Token != "" {
		set = set.And(i.Scopes)
	}
	if i.Bare {
		set = set.And(NewPermissionSet(ProfileWrite))
	}
	if i.SeenBy != "" {
		set = set.reading()
	}
	return set
}

// NewSystem makes the actor of a job. reason says what for; it stands in the events.
func NewSystem(org OrgID, reason string) Actor {
	return Actor{org: org, kind: System, name: "Lintel", reason: reason, permissions: Allowed(System, "")}
}

// Org is the organisation acted in.
func (a Actor) Org() OrgID { return a.org }

// Person is who acts; empty for the system.
func (a Actor) Person() PersonID { return a.person }

// Kind is in which capacity.
func (a Actor) Kind() Kind { return a.kind }

// Role is a staff member's role.
func (a Actor) Role() Role { return a.role }

// Name is the person's name as this organisation knows it.
func (a Actor) Name() string { return a.name }

// FirstName is the name to greet with.
func (a Actor) FirstName() string {
	first, _, _ := strings.Cut(strings.TrimSpace(a.name), " ")
	return first
}

// Email is the address that this organisation writes to.
func (a Actor) Email() string { return a.email }

// Proof is how sure Lintel is that the browser belongs to the person.
func (a Actor) Proof() Proof { return a.proof }

// Confirmed reports whether more than the holding of a link is proven.
func (a Actor) Confirmed() bool { return a.proof == ConfirmedBrowser || a.proof == SignedIn }

// Item is the one document that this actor may see, or empty.
func (a Actor) Item() string { return a.item }

// Session is the id of the browser's session; it is not a secret.
func (a Actor) Session() string { return a.session }

// Zero reports whether nobody was authenticated.
func (a Actor) Zero() bool { return a.kind == Nobody || a.org == "" }

// May reports whether the actor has a permission.
func (a Actor) May(p Permission) bool { return a.permissions.Has(p) }

// Permissions is everything that the actor may do.
func (a Actor) Permissions() PermissionSet { return a.permissions }

// Modules is what a customer, contractor or technician is offered.
func (a Actor) Modules() ModuleSet { return a.modules }

// Token is the id of the API token that the actor acts through, or empty.
func (a Actor) Token() string { return a.token }

// Language is what the person reads, or empty.
func (a Actor) Language() string { return a.language }

// Zone is where the person is, or nil.
func (a Actor) Zone() *time.Location { return a.zone }

// Bare reports that the actor has to set up a second factor before anything else.
func (a Actor) Bare() bool { return a.bare }

// SeenBy is the member of staff who looks at the portal as this person, or empty. Such an
// actor reads and changes nothing.
func (a Actor) SeenBy() PersonID { return a.seenBy }

// SeesWholeOrganisation reports whether the actor may run statements that do not ask who
// is looking. Customers, contractors and technicians never do.
func (a Actor) SeesWholeOrganisation() bool { return a.kind == Staff || a.kind == System }

// Organisation is what every page needs to know of the firm whose portal it shows.
type Organisation struct {
	ID       OrgID
	Slug     string
	Name     string
	Language string
	Zone     *time.Location
	Currency string
	Theme    string // version of its style sheet
	Logo     string // version of its logo, empty without one
}
