package portalaccess

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/features/customer"
	"lintel/internal/features/identity"
	"lintel/internal/features/outbox"
	"lintel/internal/features/project"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
)

// How many invitations a firm, and a customer's own people, may send within a day (I07).
const (
	invitationsADay = 200
	usersADay       = 20
	day             = 24 * time.Hour
)

// Service holds the verbs of portal access.
type Service struct {
	store   *guard.Store
	mail    func(*guard.Tx, outbox.Letter) error
	baseURL string
}

// New makes the service. mail queues a letter in the transaction; baseURL is the configured
// address of the portal, without a slash at its end.
func New(store *guard.Store, mail func(*guard.Tx, outbox.Letter) error, baseURL string) *Service {
	return &Service{store: store, mail: mail, baseURL: strings.TrimSuffix(baseURL, "/")}
}

// confirmed reports whether the word was typed that the reader was asked for (CP-20).
func confirmed(ctx context.Context, typed string) error {
	typed = strings.TrimSpace(typed)
	if strings.EqualFold(typed, "Confirm") || strings.EqualFold(typed, confirmWord(ctx)) {
		return nil
	}
	return fault.ForField("confirm", "Type the word exactly as it stands here.")
}

func confirmWord(ctx context.Context) string { return i18n.T(ctx, "Confirm") }

// Sheet gives everything about the portal access of a customer's people. Staff with
// access:read. NotFound when the customer is not the organisation's.
func (s *Service) Sheet(ctx context.Context, actor access.Actor, customerID string) (sheet Sheet, err error) {
	err = s.store.View(ctx, actor, access.AccessRead, func(tx *guard.Tx) error {
		if sheet, err = load(tx, customerID); err != nil {
			return err
		}
		sheet.Log, err = loadLog(ctx, tx, sheet.People)
		return err
	})
	return sheet, err
}

func load(tx *guard.Tx, customerID string) (sheet Sheet, err error) {
	sheet.Now = tx.Now()
	if sheet.Customer, err = customer.CustomerByID(tx, customerID); err != nil {
		return sheet, err
	}
	contacts, err := customer.ContactsOf(tx, customerID)
	if err != nil {
		return sheet, err
	}
	portals, links, err := customer.Portals(tx, customerID, contacts)
	if err != nil {
		return sheet, err
	}
	invitations, err := identity.InvitationsOf(tx, customerID)
	if err != nil {
		return sheet, err
	}
	if sheet.Projects, err = loadProjects(tx, customerID); err != nil {
		return sheet, err
	}
	if sheet.Offered, err = loadOffered(tx); err != nil {
		return sheet, err
	}
	sheet.Links = links
	for _, k := range contacts {
		p := Person{Contact: k, Portal: portals[k.ID]}
		if p.Places, err = loadPlaces(tx, k, sheet.Projects); err != nil {
			return sheet, err
		}
		for _, i := range slices.Backward(invitations) {
			if i.Person == k.Person && k.Person != "" {
				p.Invitation = i
			}
		}
		sheet.People = append(sheet.People, p)
	}
	return sheet, nil
}

func loadPlaces(tx *guard.Tx, k customer.Contact, projects []Project) (list []Place, err error) {
	if k.Person == "" {
		return nil, nil
	}
	grants, err := identity.GrantsOf(tx, k.Person)
	if err != nil {
		return nil, err
	}
	for _, g := range grants {
		if g.Customer != k.Customer {
			continue
		}
		place := Place{Project: g.Project, Modules: g.Modules}
		for _, p := range projects {
			if p.ID == g.Project {
				place.Name = p.Name
			}
		}
		list = append(list, place)
	}
	slices.SortStableFunc(list, func(a, b Place) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

const logLength = 30

// loadLog is what happened to the access of the people, the newest first.
func loadLog(ctx context.Context, tx *guard.Tx, people []Person) (log []Entry, err error) {
	asked := map[access.PersonID]bool{"": true}
	for _, p := range people {
		if asked[p.Person] {
			continue
		}
		asked[p.Person] = true
		err := tx.History(string(p.Person), func(r event.Recorded, kind event.Kind) {
			if kind.Visibility != event.OfficeOnly || r.Subject.Customer != "" && r.Subject.Customer != p.Customer {
				return
			}
			var why struct{ Reason string }
			if r.Read(&why) != nil {
				why.Reason = ""
			}
			log = append(log, Entry{At: r.At, Icon: kind.Icon, Sentence: kind.Sentence(ctx, r), Reason: why.Reason})
		})
		if err != nil {
			return nil, fmt.Errorf("load the log of a person: %w", err)
		}
	}
	slices.SortStableFunc(log, func(a, b Entry) int { return b.At.Compare(a.At) })
	return log[:min(len(log), logLength)], nil
}

// Sending is what the office chose for somebody's access.
type Sending struct {
	Contact string
	Project string // empty: everything of the customer
	Modules access.ModuleSet
	Word    string // that confirms it
}

// Send gives a contact the modules and mails the invitation; a link that was sent before
// ends (CP-20). Staff with access:manage. Invalid on contact, project, modules or confirm;
// TooMany when the firm has sent too many within a day.
func (s *Service) Send(ctx context.Context, actor access.Actor, customerID string, wanted Sending) (to customer.Contact, err error) {
	if err := confirmed(ctx, wanted.Word); err != nil {
		return to, err
	}
	err = s.store.Change(ctx, actor, access.AccessManage, func(tx *guard.Tx) error {
		sheet, err := load(tx, customerID)
		if err != nil {
			return err
		}
		if to, err = sheet.checkSending(wanted); err != nil {
			return err
		}
		if err := quota(tx, invitationsADay); err != nil {
			return err
		}
		person, err := identity.EnsureContactPerson(tx, to.Name, to.Email)
		if err != nil {
			return err
		}
		if err := customer.LinkPerson(tx, to.ID, person); err != nil {
			return err
		}
		modules := wanted.Modules.And(offeredAt(wanted.Project, sheet.Offered))
		if err := identity.SetModules(tx, person, identity.Scope{Customer: customerID, Project: wanted.Project}, modules, "sent with the portal access"); err != nil {
			return err
		}
		return s.invite(ctx, tx, identity.Invitation{Person: person, Kind: access.Customer, Customer: customerID, Contact: to.ID, Email: to.Email, Name: to.Name, Modules: modules,
			By: actor.Person(), ByKind: access.Staff}, actor.Name())
	})
	return to, err
}

func (s Sheet) checkSending(wanted Sending) (customer.Contact, error) {
	var problems fault.Problems
	p, known := s.contact(wanted.Contact)
	switch {
	case s.Customer.Archived:
		return customer.Contact{}, fault.New(fault.Conflict, "This customer is archived. Bring it back first.")
	case !known:
		problems.Add("contact", "Choose one of this customer's contacts.")
	case p.Email == "":
		problems.Add("contact", "This contact has no e-mail address yet.")
	case p.Bounced():
		problems.Add("contact", "Mail to this address came back. Correct the address first.")
	}
	if wanted.Project != "" && !slices.ContainsFunc(s.Projects, func(one Project) bool { return one.ID == wanted.Project }) {
		problems.Add("project", "Choose one of this customer's projects.")
	}
	if wanted.Modules.And(offeredAt(wanted.Project, s.Offered)).Empty() {
		problems.Add("modules", "Tick at least one module.")
	}
	return p.Contact, problems.Err()
}

// quota refuses more invitations within a day than an honest firm sends.
func quota(tx *guard.Tx, most int) error {
	sent, err := identity.InvitationsSince(tx, tx.Now().Add(-day))
	if err == nil && sent >= most {
		return fault.New(fault.TooMany, "Your firm has sent as many invitations today as it may. Please go on tomorrow.")
	}
	return err
}

func (s *Service) invite(ctx context.Context, tx *guard.Tx, i identity.Invitation, by string) error {
	path, ends, err := identity.Invite(tx, i)
	if err != nil {
		return err
	}
	letter, err := s.invitation(ctx, tx, i, by, path, ends)
	if err != nil {
		return err
	}
	return s.mail(tx, letter)
}

// Apply puts changes of the table into force (CP-22). Who has nothing left anywhere is
// out: links and sessions end too. Staff with access:manage. Invalid on person or confirm;
// Conflict when somebody was faster.
func (s *Service) Apply(ctx context.Context, actor access.Actor, customerID string, changes []Change, reason, word string) error {
	if err := confirmed(ctx, word); err != nil {
		return err
	}
	return s.store.Change(ctx, actor, access.AccessManage, func(tx *guard.Tx) error {
		sheet, err := load(tx, customerID)
		if err != nil {
			return err
		}
		if err := sheet.check(changes); err != nil {
			return err
		}
		for _, c := range changed(changes, sheet.Offered) {
			if err := identity.SetModules(tx, c.Person, identity.Scope{Customer: customerID, Project: c.Project}, c.apply(sheet.Offered), reason); err != nil {
				return err
			}
			if err := endIfNothingIsLeft(tx, sheet, c.Person, reason); err != nil {
				return err
			}
		}
		return nil
	})
}

func endIfNothingIsLeft(tx *guard.Tx, sheet Sheet, person access.PersonID, reason string) error {
	left, err := identity.GrantsOf(tx, person)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(left, func(g identity.Granted) bool { return g.Customer == sheet.Customer.ID }) {
		return nil
	}
	p, _ := sheet.person(person)
	return end(tx, sheet.Customer.ID, p.Contact, reason)
}

// Remove ends the whole access of a contact at once: modules, invitations, links and open
// browsers (CP-22). Staff with access:manage. Invalid on reason or confirm; NotFound when
// there is no such contact.
func (s *Service) Remove(ctx context.Context, actor access.Actor, customerID, contact, reason, word string) (removed customer.Contact, err error) {
	var problems fault.Problems
	if reason == "" {
		problems.Add("reason", "Say why. It stands in the log.")
	}
	if f := fault.As(confirmed(ctx, word)); f != nil {
		problems = append(problems, f.Fields...)
	}
	if err := problems.Err(); err != nil {
		return removed, err
	}
	err = s.store.Change(ctx, actor, access.AccessManage, func(tx *guard.Tx) error {
		if removed, err = contactOf(tx, customerID, contact); err != nil {
			return err
		}
		return end(tx, customerID, removed, reason)
	})
	return removed, err
}

// contactOf finds a contact of the customer in an address.
func contactOf(tx *guard.Tx, customerID, contact string) (customer.Contact, error) {
	k, err := customer.ContactByID(tx, contact)
	if err == nil && (k.Customer != customerID || k.Archived) {
		return k, fault.New(fault.NotFound, "This contact was not found.")
	}
	return k, err
}

// end takes everything back that a person has at a customer. Who has nothing at another
// customer either is no member any more: every browser that they are inside ends.
func end(tx *guard.Tx, customerID string, k customer.Contact, reason string) error {
	if k.Person == "" {
		return fault.New(fault.Conflict, "This contact has no access.")
	}
	if _, err := identity.EndInvitations(tx, k.Person, k.Name, customerID, reason); err != nil {
		return err
	}
	if err := identity.RevokeGrants(tx, k.Person, customerID, reason); err != nil {
		return err
	}
	left, err := identity.GrantsOf(tx, k.Person)
	if err != nil {
		return err
	}
	if len(left) == 0 {
		if err := identity.RemoveMember(tx, k.Person, access.Customer); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	if err := customer.EndLinks(tx, k.Person, customerID, len(left) == 0); err != nil {
		return err
	}
	return tx.Record(AccessEnded{Person: k.Person, Name: k.Name, Customer: customerID, Reason: reason})
}

// RevokeInvitation ends the invitation that waits for a contact. Somebody who has never
// come in by anything else has no access any more; for others what was granted stays. Staff
// with access:manage. Conflict when no invitation waits.
func (s *Service) RevokeInvitation(ctx context.Context, actor access.Actor, customerID, contact, reason string) (k customer.Contact, err error) {
	err = s.store.Change(ctx, actor, access.AccessManage, func(tx *guard.Tx) error {
		if k, err = contactOf(tx, customerID, contact); err != nil {
			return err
		}
		ended, err := identity.EndInvitations(tx, k.Person, k.Name, customerID, reason)
		if err != nil {
			return err
		}
		if ended == 0 {
			return fault.New(fault.Conflict, "No invitation waits for this person.")
		}
		return endUnlessInside(tx, customerID, k, reason)
	})
	return k, err
}

// endUnlessInside ends the access of somebody who was invited only: never seen, and
// without a link to a document that works.
func endUnlessInside(tx *guard.Tx, customerID string, k customer.Contact, reason string) error {
	member, err := identity.MemberAs(tx, k.Person, access.Customer)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil || !member.LastSeen.IsZero() {
		return err
	}
	links, err := identity.LinksOfPerson(tx, k.Person)
	if err != nil || slices.ContainsFunc(links, func(l identity.Link) bool { return l.Live(tx.Now()) || !l.EnteredAt.IsZero() }) {
		return err
	}
	return end(tx, customerID, k, reason)
}

// GiveProject lets a contact see one more project, and tells them with exactly one mail
// (SY-05, JB-40). Staff with access:manage. Invalid on contact or modules.
func (s *Service) GiveProject(ctx context.Context, actor access.Actor, projectID, contact string, modules access.ModuleSet) (k customer.Contact, err error) {
	err = s.store.Change(ctx, actor, access.AccessManage, func(tx *guard.Tx) error {
		to, err := project.ProjectByID(tx, projectID)
		if err != nil {
			return err
		}
		sheet, err := load(tx, to.Customer)
		if err != nil {
			return err
		}
		if k, err = sheet.checkSending(Sending{Contact: contact, Modules: modules}); err != nil {
			return err
		}
		if p, _ := sheet.contact(contact); p.sees(to.ID) {
			return fault.ForField("contact", "This person sees the project already.")
		}
		return s.give(ctx, tx, sheet, to, k, modules.And(offeredAt(to.ID, sheet.Offered)))
	})
	return k, err
}

// sees reports whether something of a project is granted to the person.
func (p Person) sees(project string) bool {
	return slices.ContainsFunc(p.Places, func(at Place) bool { return at.Project == "" || at.Project == project })
}

// give grants the project and sends the one mail about it: the invitation for somebody who
// was never in the portal, a personal link to the project for all others.
func (s *Service) give(ctx context.Context, tx *guard.Tx, sheet Sheet, to project.Project, k customer.Contact, modules access.ModuleSet) error {
	person, err := identity.EnsureContactPerson(tx, k.Name, k.Email)
	if err != nil {
		return err
	}
	if err := customer.LinkPerson(tx, k.ID, person); err != nil {
		return err
	}
	if err := identity.SetModules(tx, person, identity.Scope{Customer: to.Customer, Project: to.ID}, modules, "access to the project"); err != nil {
		return err
	}
	if p, _ := sheet.contact(k.ID); len(p.Places) == 0 {
		if err := quota(tx, invitationsADay); err != nil {
			return err
		}
		return s.invite(ctx, tx, identity.Invitation{Person: person, Kind: access.Customer, Customer: to.Customer, Contact: k.ID, Email: k.Email, Name: k.Name, Modules: modules,
			By: tx.Actor().Person(), ByKind: access.Staff}, tx.Actor().Name())
	}
	path, err := identity.MakeLink(tx, identity.LinkRequest{Person: person, Purpose: identity.ForPortal, ItemKind: "project", Item: to.ID})
	if err != nil {
		return err
	}
	letter, err := s.projectLetter(ctx, tx, person, k, to, path)
	if err != nil {
		return err
	}
	return s.mail(tx, letter)
}

// ProjectSheet is the page on which access to one project is given.
func (s *Service) ProjectSheet(ctx context.Context, actor access.Actor, projectID string) (of project.Line, sheet Sheet, err error) {
	err = s.store.View(ctx, actor, access.AccessRead, func(tx *guard.Tx) error {
		if of, err = project.LineByID(tx, projectID); err != nil {
			return err
		}
		sheet, err = load(tx, of.Customer)
		return err
	})
	return of, sheet, err
}

// Offered is which modules the organisation's portal has. Staff who may read the settings.
func (s *Service) Offered(ctx context.Context, actor access.Actor) (modules access.ModuleSet, err error) {
	err = s.store.View(ctx, actor, access.SettingsRead, func(tx *guard.Tx) error {
		modules, err = loadOffered(tx)
		return err
	})
	return modules, err
}

// Offer makes these the modules of the organisation's portal, from everybody's next request
// on. What people were granted stays, for the day when a module is back. Staff who may write
// the settings. Invalid on modules; Conflict when somebody was faster.
func (s *Service) Offer(ctx context.Context, actor access.Actor, had, modules access.ModuleSet) error {
	if modules.Empty() {
		return fault.ForField("modules", "Tick at least one module.")
	}
	return s.store.Change(ctx, actor, access.SettingsWrite, func(tx *guard.Tx) error {
		if had == modules {
			return nil
		}
		changed, err := tx.Exec(saveOffered, guard.Args{"modules": modules.String(), "had": had.String()})
		if err != nil {
			return err
		}
		if changed == 0 {
			return fault.New(fault.Conflict, "Somebody has changed this meanwhile. Look at the table again.")
		}
		return tx.Record(ModulesOffered{Organisation: tx.Org(), Before: had.String(), After: modules.String()})
	})
}
