package staff

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/platform/fault"
)

// Service holds the verbs on colleagues, roles and API tokens.
type Service struct {
	store    *guard.Store
	identity *identity.Service
}

// New makes the service.
func New(store *guard.Store, people *identity.Service) *Service {
	return &Service{store: store, identity: people}
}

// Now is the time by the server's clock.
func (s *Service) Now() time.Time { return s.store.Now() }

// Colleague is a member of staff as the list of people shows them.
type Colleague struct {
	identity.Member
	Role      StaffRole // empty permissions when it is gone
	Second    bool      // has a second factor: a passkey or an authenticator app
	Decidable bool      // the actor may change their role and end their access
}

// Invited reports that they have not been here yet.
func (c Colleague) Invited() bool { return c.LastSeen.IsZero() && c.State == identity.Active }

// People lists who works in the office. Those who may read the settings.
func (s *Service) People(ctx context.Context, actor access.Actor) (list []Colleague, err error) {
	err = s.store.View(ctx, actor, access.SettingsRead, func(tx *guard.Tx) error {
		list = nil
		members, err := identity.Colleagues(tx)
		if err != nil {
			return err
		}
		second, err := withSecondFactor(tx)
		if err != nil {
			return err
		}
		for _, m := range members {
			c, err := s.colleague(tx, m)
			if err != nil {
				return err
			}
			c.Second = second[m.Person]
			list = append(list, c)
		}
		return nil
	})
	return list, err
}

func (s *Service) colleague(tx *guard.Tx, m identity.Member) (Colleague, error) {
	m.LastSeen = s.identity.LastSeen(tx.Org(), m)
	role, err := roleByID(tx, m.Role)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Colleague{}, fmt.Errorf("the role of a colleague: %w", err)
	}
	decidable := tx.May(access.PeopleManage) && mayDecideOn(tx, m) == nil
	return Colleague{Member: m, Role: role, Decidable: decidable}, nil
}

// Person is a colleague's page.
type Person struct {
	Colleague
	Roles  []StaffRole // that the actor may give them, and the one they have
	Tokens []Token     // of theirs that still work
}

// Person gives a colleague. NotFound when the person is none here. Those who may read the
// settings.
func (s *Service) Person(ctx context.Context, actor access.Actor, person access.PersonID) (p Person, err error) {
	err = s.store.View(ctx, actor, access.SettingsRead, func(tx *guard.Tx) error {
		p = Person{}
		member, err := identity.Colleague(tx, person)
		if err != nil {
			return err
		}
		if p.Colleague, err = s.colleague(tx, member); err != nil {
			return err
		}
		if p.Roles, err = givable(tx, member.Role); err != nil {
			return err
		}
		p.Tokens, err = s.tokensOf(tx, person)
		return err
	})
	return p, err
}

// givable lists the roles that the actor may give, and one more that stands already.
func givable(tx *guard.Tx, present access.Role) (list []StaffRole, err error) {
	all, err := allRoles(tx)
	for _, role := range all {
		if role.ID == present || mayGive(tx, role) == nil {
			list = append(list, role)
		}
	}
	return list, err
}

// Givable lists the roles that the actor may give to a new colleague.
func (s *Service) Givable(ctx context.Context, actor access.Actor) (list []StaffRole, err error) {
	err = s.store.View(ctx, actor, access.SettingsRead, func(tx *guard.Tx) error {
		list, err = givable(tx, "")
		return err
	})
	return list, err
}

// Invite mails a colleague an invitation; somebody who is one already gets the role. Staff
// with people:manage. Faults: Invalid on name, email and role; Denied for what the actor
// may not decide.
func (s *Service) Invite(ctx context.Context, actor access.Actor, name, email string, role access.Role) error {
	return s.store.Change(ctx, actor, access.PeopleManage, func(tx *guard.Tx) error {
		if _, err := s.AddAndInvite(ctx, tx, email, name, role); err != nil {
			return fmt.Errorf("invite a colleague: %w", err)
		}
		return nil
	})
}

// AddAndInvite is Add that also mails the invitation, on which the colleague sets a
// password. In the transaction of whoever calls: the founding of a firm.
func (s *Service) AddAndInvite(ctx context.Context, tx *guard.Tx, email, name string, role access.Role) (access.PersonID, error) {
	person, err := Add(tx, email, name, role)
	if err != nil {
		return "", err
	}
	return person, s.identity.MailInvitation(ctx, tx, person, name, email)
}

// InviteAgain mails the invitation once more to somebody who has not been here. Faults:
// NotFound; Invalid when they have.
func (s *Service) InviteAgain(ctx context.Context, actor access.Actor, person access.PersonID) error {
	return s.store.Change(ctx, actor, access.PeopleManage, func(tx *guard.Tx) error {
		member, err := identity.Colleague(tx, person)
		if err != nil {
			return err
		}
		if !member.LastSeen.IsZero() || member.State != identity.Active {
			return fault.New(fault.Conflict, "They have been here already. They can use “Create or Reset” on the sign-in page.")
		}
		_, err = s.AddAndInvite(ctx, tx, member.Email, member.Name, member.Role)
		return err
	})
}

// Change is what the office sets on a colleague.
type Change struct {
	Role   access.Role
	Title  string
	Phone  string
	Reason string // of another role
}

func (c Change) check() error {
	var problems fault.Problems
	for _, field := range []struct{ name, value string }{{"title", c.Title}, {"phone", c.Phone}, {"reason", c.Reason}} {
		if utf8.RuneCountInString(field.value) > 200 || strings.ContainsFunc(field.value, unicode.IsControl) {
			problems.Add(field.name, "Please enter one line of plain text.")
		}
	}
	return problems.Err()
}

// Change sets a colleague's role, title and phone; a role holds from their next request on.
// Staff with people:manage. Faults: NotFound; Invalid on role, title, phone and reason;
// Denied for what the actor may not decide.
func (s *Service) Change(ctx context.Context, actor access.Actor, person access.PersonID, c Change) error {
	if err := c.check(); err != nil {
		return err
	}
	return s.store.Change(ctx, actor, access.PeopleManage, func(tx *guard.Tx) error {
		before, err := identity.Colleague(tx, person)
		if err != nil {
			return err
		}
		if err := setColleague(tx, person, c.Role, c.Title, c.Phone); err != nil {
			return fmt.Errorf("change a colleague: %w", err)
		}
		happened := ColleagueChanged{Person: person, Name: before.Name, Reason: c.Reason}
		if before.Role != c.Role {
			happened.Before, happened.After = before.Role, c.Role
		}
		return tx.Record(happened)
	})
}

// Suspend, TakeBack and Remove end a colleague's access, or give it back, with their next
// request. Staff with people:manage. Faults: NotFound; Invalid for the last owner; Denied
// for oneself and for whoever may do more.
func (s *Service) Suspend(ctx context.Context, actor access.Actor, person access.PersonID, reason string) error {
	return s.setAccess(ctx, actor, person, "suspended", reason, suspend)
}

// TakeBack ends a suspension.
func (s *Service) TakeBack(ctx context.Context, actor access.Actor, person access.PersonID, reason string) error {
	return s.setAccess(ctx, actor, person, "taken_back", reason, takeBack)
}

// Remove ends the membership of a colleague.
func (s *Service) Remove(ctx context.Context, actor access.Actor, person access.PersonID, reason string) error {
	return s.setAccess(ctx, actor, person, "removed", reason, func(tx *guard.Tx, person access.PersonID) (bool, error) {
		_, err := removeColleague(tx, person)
		return err == nil, err
	})
}

func (s *Service) setAccess(ctx context.Context, actor access.Actor, person access.PersonID, what, reason string, set func(*guard.Tx, access.PersonID) (bool, error)) error {
	if err := (Change{Reason: reason}).check(); err != nil {
		return err
	}
	return s.store.Change(ctx, actor, access.PeopleManage, func(tx *guard.Tx) error {
		member, err := identity.Colleague(tx, person)
		if err != nil {
			return err
		}
		changed, err := set(tx, person)
		if err != nil || !changed {
			return err
		}
		return tx.Record(AccessEnded{Person: person, What: what, Name: member.Name, Reason: reason})
	})
}
