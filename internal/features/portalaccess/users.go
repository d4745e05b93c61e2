package portalaccess

import (
	"context"
	"slices"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/customer"
	"lintel/internal/features/identity"
	"lintel/internal/platform/fault"
)

// Company is a customer that the viewer administers, with the modules that they hold for
// the whole of it: more they cannot give (CP-11).
type Company struct {
	ID, Name string
	Modules  access.ModuleSet
}

// User is somebody of the company who is in the portal, or invited.
type User struct {
	ID        string // of the contact
	Company   string
	Person    access.PersonID
	Name      string
	Email     string
	Title     string
	Modules   access.ModuleSet
	LastSeen  time.Time
	Added     bool // by the company itself, which may then change and remove them
	Joined    bool
	InvitedAt time.Time
	EndsAt    time.Time

	whole bool // has modules for the whole company, and not only for single projects
}

// UserList is the page of a company's users.
type UserList struct {
	Companies []Company
	Users     []User
	Offered   access.ModuleSet
	Me        access.PersonID
	Now       time.Time
	Code      bool // a code has to be typed before users are changed
}

// company finds one of the companies; the only one when there is no choice.
func (l UserList) company(id string) (Company, bool) {
	if id == "" && len(l.Companies) == 1 {
		return l.Companies[0], true
	}
	for _, c := range l.Companies {
		if c.ID == id {
			return c, true
		}
	}
	return Company{}, false
}

func (l UserList) user(id string) (User, bool) {
	for _, u := range l.Users {
		if u.ID == id {
			return u, true
		}
	}
	return User{}, false
}

// changeable reports whether the viewer may change or remove a user: not themselves, not
// whom the firm has let in, and nobody who holds more than they do.
func (l UserList) changeable(u User) bool {
	c, known := l.company(u.Company)
	return known && u.Added && u.Person != l.Me && c.Modules.Covers(u.Modules)
}

// Users lists the users of the viewer's own company. Customers with users:manage.
func (s *Service) Users(ctx context.Context, actor access.Actor) (list UserList, err error) {
	err = s.store.View(ctx, actor, access.UsersManage, func(tx *guard.Tx) error {
		list, err = loadUserList(tx)
		return err
	})
	return list, err
}

func loadUserList(tx *guard.Tx) (list UserList, err error) {
	list.Me, list.Now = tx.Actor().Person(), tx.Now()
	if list.Companies, err = loadCompanies(tx); err != nil {
		return list, err
	}
	if list.Users, err = loadUsers(tx); err != nil {
		return list, err
	}
	list.Users = slices.DeleteFunc(list.Users, func(u User) bool { return u.Modules.Empty() })
	if list.Offered, err = loadOffered(tx.OnBehalfOf("what the firm's portal offers is no secret of the firm")); err != nil {
		return list, err
	}
	for i := range list.Companies {
		list.Companies[i].Modules = list.Companies[i].Modules.And(list.Offered)
	}
	list.Code, err = identity.NeedsCode(tx)
	return list, err
}

// NewUser is what an administrator of a customer fills in.
type NewUser struct {
	Company     string
	Name, Email string
	Modules     access.ModuleSet
}

// AddUser lets somebody of the viewer's own company in, with modules that the viewer holds,
// and mails the invitation (CP-11). Customers with users:manage, in a confirmed browser.
// Invalid on company, name, email or modules; identity.CodeNeeded; TooMany.
func (s *Service) AddUser(ctx context.Context, actor access.Actor, d NewUser) error {
	return s.store.Change(ctx, actor, access.UsersManage, func(tx *guard.Tx) error {
		if err := identity.RequireConfirmed(tx); err != nil {
			return err
		}
		list, err := loadUserList(tx)
		if err != nil {
			return err
		}
		company, err := list.checkNew(d)
		if err != nil {
			return err
		}
		wide := tx.OnBehalfOf("a customer's administrator adds a user of their own company")
		person, err := s.addContact(ctx, wide, company, d, actor)
		if err != nil {
			return err
		}
		return tx.Record(UserAdded{Person: person, Name: d.Name, Customer: company.ID, Modules: d.Modules.String()})
	})
}

func (l UserList) checkNew(d NewUser) (Company, error) {
	var problems fault.Problems
	company, known := l.company(d.Company)
	if !known {
		problems.Add("company", "Choose one of your companies.")
	}
	if _, _, err := identity.CheckAddress(d.Email); err != nil {
		problems.Add("email", "Please enter a full e-mail address, like maria@example.com.")
	}
	if known {
		problems = append(problems, mayGive(company, d.Modules)...)
	}
	return company, problems.Err()
}

// mayGive refuses modules that the giver does not hold.
func mayGive(company Company, modules access.ModuleSet) (problems fault.Problems) {
	switch {
	case modules.Empty():
		problems.Add("modules", "Tick at least one module.")
	case !company.Modules.Covers(modules):
		problems.Add("modules", "You can only give what you may use yourself.")
	}
	return problems
}

// addContact makes the contact and its person, grants and invites. Somebody whom the firm
// knows already keeps the name that it knows them by.
func (s *Service) addContact(ctx context.Context, wide *guard.Tx, company Company, d NewUser, by access.Actor) (access.PersonID, error) {
	if err := quota(wide, invitationsADay); err != nil {
		return "", err
	}
	if err := usersQuota(wide, company.ID); err != nil {
		return "", err
	}
	contacts, err := customer.ContactsOf(wide, company.ID)
	if err != nil {
		return "", err
	}
	contact := ""
	for _, k := range contacts {
		if strings.EqualFold(k.Email, d.Email) {
			contact = k.ID
		}
	}
	member, err := identity.CustomerByAddress(wide, d.Email)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return "", err
	}
	known := err == nil
	if known {
		if err := refuseGranted(wide, member.Person, company.ID); err != nil {
			return "", err
		}
	}
	if contact == "" {
		if contact, err = customer.AddContactIn(wide, company.ID, customer.ContactDetails{Name: d.Name, Email: d.Email}); err != nil {
			return "", renamed(err)
		}
	}
	person := member.Person
	if !known {
		if person, err = identity.EnsureContactPerson(wide, d.Name, d.Email); err != nil {
			return "", err
		}
	}
	if err := customer.LinkPerson(wide, contact, person); err != nil {
		return "", err
	}
	if err := identity.SetModules(wide, person, identity.Scope{Customer: company.ID}, d.Modules, "added by "+by.Name()); err != nil {
		return "", err
	}
	return person, s.invite(ctx, wide, identity.Invitation{Person: person, Kind: access.Customer, Customer: company.ID, Contact: contact, Email: d.Email, Name: d.Name, Modules: d.Modules,
		By: by.Person(), ByKind: access.Customer}, by.Name())
}

// refuseGranted keeps what the firm has granted out of the hands of the company.
func refuseGranted(wide *guard.Tx, person access.PersonID, company string) error {
	grants, err := identity.GrantsOf(wide, person)
	if err == nil && slices.ContainsFunc(grants, func(g identity.Granted) bool { return g.Customer == company }) {
		return fault.ForField("email", "This person is in the portal already.")
	}
	return err
}

func usersQuota(wide *guard.Tx, company string) error {
	list, err := identity.InvitationsOf(wide, company)
	if err != nil {
		return err
	}
	today := 0
	for _, i := range list {
		if i.ByKind == access.Customer && i.SentAt.After(wide.Now().Add(-day)) {
			today += i.Sent
		}
	}
	if today >= usersADay {
		return fault.New(fault.TooMany, "Your company has added as many users today as it may. Please go on tomorrow.")
	}
	return nil
}

// renamed gives the fields of a contact the names that they have in the form of users.
func renamed(err error) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	var problems fault.Problems
	for _, field := range f.Fields {
		problems.Add(strings.TrimPrefix(field.Name, "contact_"), field.Message)
	}
	return problems.Err()
}

// User gives one user of the own company. NotFound for everybody else's.
func (s *Service) User(ctx context.Context, actor access.Actor, id string) (list UserList, u User, err error) {
	err = s.store.View(ctx, actor, access.UsersManage, func(tx *guard.Tx) error {
		list, u, err = loadUser(tx, id)
		return err
	})
	return list, u, err
}

func loadUser(tx *guard.Tx, id string) (list UserList, u User, err error) {
	var company string
	if err := tx.One(contactOfCompany, guard.Args{"id": id}, &company); err != nil {
		return list, u, err
	}
	if list, err = loadUserList(tx); err != nil {
		return list, u, err
	}
	u, known := list.user(id)
	if !known {
		return list, u, fault.New(fault.NotFound, "This user was not found.")
	}
	return list, u, nil
}

// SetUser gives a user that the company has added other modules. Faults as AddUser; Invalid
// on modules for users that the firm has let in.
func (s *Service) SetUser(ctx context.Context, actor access.Actor, id string, modules access.ModuleSet) error {
	return s.changeUser(ctx, actor, id, func(tx, wide *guard.Tx, u User, company Company) error {
		if err := mayGive(company, modules).Err(); err != nil {
			return err
		}
		if err := identity.SetModules(wide, u.Person, identity.Scope{Customer: u.Company}, modules, "changed by "+actor.Name()); err != nil {
			return err
		}
		return tx.Record(UserChanged{Person: u.Person, Name: u.Name, Customer: u.Company, Before: u.Modules.String(), After: modules.String()})
	})
}

// RemoveUser takes a user that the company has added out of the portal, with all links and
// sessions. Faults as SetUser.
func (s *Service) RemoveUser(ctx context.Context, actor access.Actor, id string) error {
	return s.changeUser(ctx, actor, id, func(tx, wide *guard.Tx, u User, _ Company) error {
		gone := customer.Contact{ID: u.ID, Customer: u.Company, Person: u.Person, Name: u.Name}
		if err := end(wide, u.Company, gone, "removed by "+actor.Name()); err != nil {
			return err
		}
		return tx.Record(UserChanged{Person: u.Person, Name: u.Name, Customer: u.Company, Before: u.Modules.String()})
	})
}

func (s *Service) changeUser(ctx context.Context, actor access.Actor, id string, change func(tx, wide *guard.Tx, u User, company Company) error) error {
	return s.store.Change(ctx, actor, access.UsersManage, func(tx *guard.Tx) error {
		list, u, err := loadUser(tx, id)
		if err != nil {
			return err
		}
		if err := identity.RequireConfirmed(tx); err != nil {
			return err
		}
		if !list.changeable(u) {
			return fault.ForField("modules", "This user was let in by the firm. Ask it to change that.")
		}
		company, _ := list.company(u.Company)
		return change(tx, tx.OnBehalfOf("a customer's administrator changes a user of their own company"), u, company)
	})
}
