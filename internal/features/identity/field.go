package identity

import (
	"context"
	"fmt"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity/record"
	"lintel/internal/features/identity/store"
	"lintel/internal/features/identity/throttle"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/jobs"
	"lintel/internal/platform/secret"
)

// ForTechnician is the purpose of a technician's link: it opens the technician's face and
// nothing else. Technicians have no password; their link and their mailbox are enough
// (CT-30).
const ForTechnician = "technician"

const (
	technicianLinkLife = 30 * 24 * time.Hour
	codeDevice         = "device" // a technician's link on another device (T5)

	forgottenDevice = "forgotten" // in the place of a device that its person had forgotten
)

// AddDeskPerson makes a person one of a contractor's desk, or finds who is one already.
// Staff and system only. Faults: Invalid on name and email.
func AddDeskPerson(tx *guard.Tx, name, email string) (access.PersonID, error) {
	return AddMember(tx, access.Contractor, "", name, email)
}

// InviteToDesk mails somebody of a contractor's desk how to come in: to set a password, or
// to sign in with the one that they have from another firm. Staff and system only.
func (s *Service) InviteToDesk(ctx context.Context, tx *guard.Tx, person access.PersonID, contractor string) error {
	member, err := memberOfKind(tx, person, access.Contractor)
	if err != nil {
		return err
	}
	known := 0
	if err := tx.One(store.HasPassword, guard.Args{"person": string(person)}, &known); err != nil {
		return err
	}
	url := "/sign-in?org="
	if known == 0 {
		_, token, err := newLink{person: person, purpose: forInvite, itemKind: string(access.Contractor), sentTo: fold(member.Email), expires: tx.Now().Add(inviteLife)}.store(tx)
		if err != nil {
			return fmt.Errorf("invite to a desk: %w", err)
		}
		url = ResetLinkPath + token
	}
	letter, err := s.letters.Desk(ctx, tx, member.to(), contractor, url, known > 0, tx.Now().Add(inviteLife))
	if err != nil {
		return err
	}
	return s.means.Mail(tx, letter)
}

// AddTechnician makes a person a technician of the organisation, or finds who is one
// already; a name that another contractor gave stays. The caller has checked that the actor
// may: a contractor's desk, staff, the system. Faults: Invalid on name and email.
func AddTechnician(tx *guard.Tx, name, email string) (access.PersonID, error) {
	wide := tx.OnBehalfOf("a contractor's desk adds its technicians and sees no table of people")
	address, folded, err := CheckAddress(email)
	if err != nil {
		return "", err
	}
	if name, err = checkName(name); err != nil {
		return "", err
	}
	person, err := ensurePerson(wide, address, folded)
	if err != nil {
		return "", err
	}
	_, err = wide.Exec(store.PutTechnician, guard.Args{"person": string(person), "name": name, "email": address})
	return person, err
}

// RenameTechnician changes the name that the organisation knows a technician by.
func RenameTechnician(tx *guard.Tx, person access.PersonID, name string) error {
	name, err := checkName(name)
	if err != nil {
		return err
	}
	wide := tx.OnBehalfOf("a contractor's desk renames its technician and sees no memberships")
	_, err = wide.Exec(store.RenameTechnician, guard.Args{"person": string(person), "name": name})
	return err
}

// LeaveFace ends that a person is one of a contractor's desk, or a technician, of the
// organisation: their next request opens nothing, nor does any link. What else they are
// here stays. A second time does nothing.
func LeaveFace(tx *guard.Tx, person access.PersonID, kind access.Kind) error {
	if kind != access.Contractor && kind != access.Technician {
		return fmt.Errorf("%s is left in another way", kind)
	}
	wide := tx.OnBehalfOf("a contractor's desk ends its technician's access and sees no memberships")
	if _, err := wide.Exec(store.RemoveMembership, guard.Args{"person": string(person), "kind": string(kind)}); err != nil {
		return err
	}
	purpose := map[access.Kind]string{access.Contractor: forInvite, access.Technician: ForTechnician}[kind]
	if _, err := wide.Exec(store.RevokeLinksFor, guard.Args{"person": string(person), "purpose": purpose, "by": string(tx.Actor().Person())}); err != nil {
		return err
	}
	_, err := wide.Exec(store.DropEntriesOfKind, guard.Args{"person": string(person), "kind": string(kind)})
	return err
}

// MayMail takes a turn of those that an address has for mails, before a verb that somebody
// outside the office starts. TooMany when there is none left (B10).
func (s *Service) MayMail(ctx context.Context, email string) error {
	ok, err := s.allowed(ctx, "identity: throttle links of technicians", throttle.ForAddress(throttle.MailsToAddress, "mail", fold(email)))
	if err == nil && !ok {
		err = fault.New(fault.TooMany, "This address has got several e-mails in the last hour. Please wait a little.")
	}
	return err
}

// MailTechnicianLink makes a technician's link, which works for 30 days, and mails it.
// Older ones go on working until they end or the technician is removed.
func (s *Service) MailTechnicianLink(ctx context.Context, tx *guard.Tx, person access.PersonID, contractor string) error {
	wide := tx.OnBehalfOf("a contractor's desk makes links for its technicians and sees no memberships")
	member, err := memberOfKind(wide, person, access.Technician)
	if err != nil {
		return err
	}
	made := newLink{person: person, purpose: ForTechnician, sentTo: fold(member.Email), expires: tx.Now().Add(technicianLinkLife)}
	link, token, err := made.store(wide)
	if err != nil {
		return fmt.Errorf("make a technician's link: %w", err)
	}
	if err := tx.Record(record.LinkMade{Link: link, Person: person, Name: member.Name, Purpose: ForTechnician, Ends: made.expires}); err != nil {
		return err
	}
	letter, err := s.letters.Technician(ctx, tx, member.to(), contractor, LinkPath+token)
	if err != nil {
		return err
	}
	return s.means.Mail(tx, letter)
}

// renewForTechnician answers "send me a new link" on the page of an ended one.
func (s *Service) renewForTechnician(ctx context.Context, f found) error {
	member, ok := f.as(access.Technician)
	if !ok || !f.revoked.IsZero() {
		return nil
	}
	err := s.MayMail(ctx, member.Email)
	if fault.Is(err, fault.TooMany) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.mailNewLink(ctx, f.organisation.ID, member.Person)
}

func (s *Service) mailNewLink(ctx context.Context, org access.OrgID, person access.PersonID) error {
	system := access.NewSystem(org, "send a technician a new link")
	err := s.store.Change(ctx, system, access.SystemWork, func(tx *guard.Tx) error { return s.MailTechnicianLink(ctx, tx, person, "") })
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// sendToTechnician mails a technician who asks for a one-time link the link that is theirs:
// they have no other way in.
func (s *Service) sendToTechnician(ctx context.Context, person access.PersonID, slug string) error {
	organisation, err := s.OrganisationAt(ctx, slug)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return jobs.NoRetry(err)
	}
	return s.mailNewLink(ctx, organisation.ID, person)
}

// demoGuest is in which capacity a link of the demo lets its person in.
func (f found) demoGuest() (access.Identity, bool) {
	for _, kind := range []access.Kind{access.Staff, access.Contractor, access.Technician} {
		if m, ok := f.as(kind); ok {
			return m, true
		}
	}
	return access.Identity{}, false
}

// checkDevice lets a technician's link in on the first device, and on those that are known
// for the person since: by an earlier link, or by a code. On every other one the code from
// the mailbox is needed, so that a forwarded link opens nothing (T5).
func (f found) checkDevice(tx *guard.Tx, visit Visit) error {
	if f.purpose != ForTechnician {
		return nil
	}
	browser := secret.Hash(visit.Browser)
	known, others := false, false
	err := tx.Each(store.TechnicianDevices, guard.Args{"purpose": ForTechnician}, func(row guard.Row) error {
		var device string
		err := row(&device)
		known, others = known || device == browser, true
		return err
	})
	if err != nil {
		return err
	}
	confirmed := 0
	if err := tx.One(store.ConfirmedHere, guard.Args{"browser": browser}, &confirmed); err != nil {
		return err
	}
	if others && !known && confirmed == 0 {
		return CodeNeeded
	}
	_, err = tx.Exec(store.BindDevice, guard.Args{"id": f.id, "browser": browser, "unbound": ""})
	return err
}

// technicianByToken finds a technician's live link and its person.
func (s *Service) technicianByToken(ctx context.Context, token string) (found, access.Identity, error) {
	f, err := s.linkByToken(ctx, token)
	if err != nil {
		return found{}, access.Identity{}, err
	}
	person, ok := f.as(access.Technician)
	if !ok || !f.live(s.clock.Now(), ForTechnician) {
		return found{}, access.Identity{}, errGone()
	}
	person.Proof = access.HoldsLink
	return f, person, nil
}

// SendDeviceCode mails the code that a new device needs. NotFound when the token opens nothing.
func (s *Service) SendDeviceCode(ctx context.Context, token string, visit Visit) error {
	_, person, err := s.technicianByToken(ctx, token)
	if err != nil {
		return err
	}
	return s.sendCode(ctx, access.NewActor(person), codeDevice, visit)
}

// EnterWithCode is Enter on another device: the code from the mailbox lets it in, and the
// device is remembered for 90 days. Faults: NotFound when the token opens nothing, Invalid
// on code.
func (s *Service) EnterWithCode(ctx context.Context, token, code string, visit Visit) (Entered, error) {
	f, person, err := s.technicianByToken(ctx, token)
	if err != nil {
		return Entered{}, err
	}
	entered := Entered{Browser: visit.Browser, To: HomeOf(f.organisation.Slug, access.Technician)}
	ok, err := s.checkCode(ctx, access.NewActor(person), codeDevice, code, visit, func(tx *guard.Tx) error {
		if err := enter(tx, f, visit); err != nil {
			return err
		}
		if err := remember(tx, visit, visit.Browser); err != nil {
			return err
		}
		if err := tx.Record(record.BrowserConfirmed{Person: person.Person, Remembered: true, Address: visit.Address, Agent: visit.Agent}); err != nil {
			return err
		}
		confirmed := entryOf(f, access.Technician)
		confirmed.proof, confirmed.confirmed = access.ConfirmedBrowser, tx.Now()
		entered.Session, err = open(tx, visit, confirmed)
		return err
	})
	if err == nil && !ok {
		err = wrongCode()
	}
	return entered, err
}

// DeviceCodeWaits gives the landing page of a technician's link, and tells whether one was sent to this browser.
func (s *Service) DeviceCodeWaits(ctx context.Context, token string, visit Visit) (Landing, bool, error) {
	landing, err := s.Landing(ctx, token)
	if err != nil {
		return Landing{}, false, err
	}
	_, person, err := s.technicianByToken(ctx, token)
	if err != nil {
		return Landing{}, false, err
	}
	sent, err := s.codeWaits(ctx, access.NewActor(person), codeDevice, visit)
	return landing, sent, err
}
