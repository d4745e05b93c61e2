package identity

import (
	"context"
	"fmt"
	"io"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity/record"
	"lintel/internal/features/identity/store"
	"lintel/internal/features/identity/throttle"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/jobs"
	"lintel/internal/platform/secret"
)

// The purposes that only identity makes links for. A token of one purpose is refused for
// every other (B06).
const (
	forSignIn = "signin" // 10 minutes, once
	forReset  = "reset"  // 10 minutes, once: sets a password
	forInvite = "invite" // a week, once: sets the first password of a colleague, or of somebody at a contractor's desk
	forDemo   = "demo"   // signs staff in to the demo, as often as they like
)

// found is the link that a token belongs to, and whose it is.
type found struct {
	id, purpose, itemKind, item string
	browser                     string // hash; empty: not bound to a browser
	sentTo, folded              string
	address                     string // of the account
	language                    string // of the person, or empty
	ends, used, revoked         time.Time
	organisation                access.Organisation
	members                     []access.Identity // what the person is in the organisation
}

// errGone is the one answer to a token that opens nothing, whatever the reason.
func errGone() error { return fault.New(fault.NotFound, "This link does not work any more.") }

func (s *Service) linkByToken(ctx context.Context, token string) (found, error) {
	if token == "" {
		return found{}, errGone()
	}
	return s.linkByHash(ctx, secret.Hash(token))
}

func (s *Service) linkByHash(ctx context.Context, hash string) (f found, err error) {
	var zone string
	err = s.store.Across(ctx, "identity: what a link opens", func(tx *guard.AcrossTx) error {
		f = found{}
		return tx.Each(store.LinkByToken, guard.Args{"token": hash}, func(row guard.Row) error {
			var m access.Identity
			var narrowed Capacity
			o := &f.organisation
			err := row(&f.id, &f.purpose, &f.itemKind, &f.item, &f.browser, &f.sentTo, &f.ends, &f.used, &f.revoked,
				&o.ID, &o.Slug, &o.Name, &o.Language, &zone, &o.Currency, &o.Theme, &o.Logo,
				&m.Person, &f.address, &f.folded, &f.language, &m.Kind, &m.Role, &m.Name, &m.Email,
				&narrowed.Modules, &narrowed.Offered, &narrowed.Role, &narrowed.Permissions)
			narrowed.narrow(&m)
			if m.Org = o.ID; err == nil && m.Kind != access.Nobody {
				f.members = append(f.members, m)
			}
			return err
		})
	})
	if err != nil {
		return found{}, fmt.Errorf("find a link: %w", err)
	}
	if f.id == "" {
		return found{}, errGone()
	}
	f.organisation.Zone = clock.ZoneOrUTC(zone)
	return f, nil
}

// live reports whether the link opens something: of one of the purposes, not ended, used
// or revoked, and sent to the address that the person still has (B03).
func (f found) live(now time.Time, purposes ...string) bool {
	fits := false
	for _, p := range purposes {
		fits = fits || p == f.purpose
	}
	return fits && f.used.IsZero() && f.revoked.IsZero() && f.ends.After(now) && len(f.members) > 0 && f.sameAddress()
}

func (f found) sameAddress() bool {
	return f.purpose == ForDocument || f.purpose == ForPortal || f.purpose == ForTechnician || f.purpose == forDemo || f.sentTo == f.folded
}

// as is the person in a capacity.
func (f found) as(kind access.Kind) (access.Identity, bool) {
	for _, m := range f.members {
		if m.Kind == kind {
			return m, true
		}
	}
	return access.Identity{}, false
}

// self is the person in the first capacity they have, staff before customer.
func (f found) self() access.Identity {
	if m, ok := f.as(access.Staff); ok {
		return m
	}
	return f.members[0]
}

// entrant is in which capacity a link of the landing page lets its person in.
func (s *Service) entrant(f found) (access.Identity, bool) {
	switch f.purpose {
	case forDemo:
		m, ok := f.demoGuest()
		return m, ok && s.means.Demo
	case ForTechnician:
		return f.as(access.Technician)
	}
	return f.as(access.Customer)
}

// Landing is what the page behind a personal link shows.
type Landing struct {
	Organisation access.Organisation
	Name         string
	Masked       string // the address, mostly hidden
	Ends         time.Time
	Item         LandingItem // zero for links to the whole portal
	Technician   bool        // the link opens a technician's work
	Language     string
}

// Landing tells what a token opens and for whom, and changes nothing. NotFound when it
// opens nothing, the same for every reason.
func (s *Service) Landing(ctx context.Context, token string) (Landing, error) {
	f, err := s.linkByToken(ctx, token)
	if err != nil {
		return Landing{}, err
	}
	person, ok := s.entrant(f)
	if !ok || !f.live(s.clock.Now(), ForDocument, ForPortal, ForTechnician, forDemo) {
		return Landing{}, errGone()
	}
	landing := Landing{Organisation: f.organisation, Name: person.Name, Masked: Mask(person.Email), Ends: f.ends, Language: orElse(f.language, f.organisation.Language),
		Technician: person.Kind == access.Technician}
	if f.item == "" {
		return landing, nil
	}
	ctx = i18n.WithReader(ctx, i18n.Reader{Language: landing.Language, Zone: f.organisation.Zone, Now: s.clock.Now()})
	landing.Item, err = s.means.Describe(ctx, f.organisation, person.Person, f.itemKind, f.item)
	if fault.Is(err, fault.NotFound) {
		return Landing{}, errGone()
	}
	return landing, err
}

// Cover opens the picture of exactly the thing that a token opens, as long as it does. The
// caller closes it. NotFound when the token opens nothing, or the thing has no picture.
func (s *Service) Cover(ctx context.Context, token string) (content io.ReadSeekCloser, mediaType string, err error) {
	landing, err := s.Landing(ctx, token)
	if err != nil {
		return nil, "", err
	}
	if landing.Item.Picture == "" {
		return nil, "", fault.New(fault.NotFound, "This file has no preview.")
	}
	return s.means.Picture(ctx, landing.Organisation.ID, landing.Item.Picture)
}

// Enter lets the browser in by a personal link: the POST of the landing page. NotFound
// when the token opens nothing; CodeNeeded when a technician's link comes to a device that
// is new to it, which EnterWithCode then lets in.
func (s *Service) Enter(ctx context.Context, token string, visit Visit) (Entered, error) {
	f, err := s.linkByToken(ctx, token)
	if err != nil {
		return Entered{}, err
	}
	person, ok := s.entrant(f)
	if !ok || !f.live(s.clock.Now(), ForDocument, ForPortal, ForTechnician, forDemo) {
		return Entered{}, errGone()
	}
	to, err := s.destination(ctx, f, person)
	if err != nil {
		return Entered{}, err
	}
	person.Proof = access.HoldsLink
	visit.Browser = orToken(visit.Browser)
	entered := Entered{Browser: visit.Browser, To: to}
	err = s.store.Change(ctx, access.NewActor(person), access.ProfileWrite, func(tx *guard.Tx) error {
		if err := enter(tx, f, visit); err != nil {
			return err
		}
		if err := f.checkDevice(tx, visit); err != nil {
			return err
		}
		entered.Session, err = open(tx, visit, entryOf(f, person.Kind))
		return err
	})
	return entered, err
}

// enter counts that somebody continued with the link, if it still opens something.
func enter(tx *guard.Tx, f found, visit Visit) error {
	changed, err := tx.Exec(store.EnterLink, guard.Args{"id": f.id, "purpose": f.purpose})
	if err != nil {
		return err
	}
	if changed == 0 {
		return errGone()
	}
	person := tx.Actor()
	return tx.Record(record.LinkOpened{Link: f.id, Person: person.Person(), Name: person.Name(), ItemKind: f.itemKind, Item: f.item, Address: visit.Address, Agent: visit.Agent})
}

func entryOf(f found, kind access.Kind) entry {
	if f.purpose == forDemo && kind != access.Technician {
		return entry{place: everywhere, proof: access.SignedIn, link: f.id}
	}
	return entry{place: string(f.organisation.ID), kind: kind, proof: access.HoldsLink, item: f.item, link: f.id}
}

func (s *Service) destination(ctx context.Context, f found, person access.Identity) (string, error) {
	if f.item == "" {
		return HomeOf(f.organisation.Slug, person.Kind), nil
	}
	item, err := s.means.Describe(ctx, f.organisation, person.Person, f.itemKind, f.item)
	if fault.Is(err, fault.NotFound) {
		return "", errGone()
	}
	return item.URL, err
}

// HomeOf is the first page of a portal, for somebody of a kind.
func HomeOf(slug string, kind access.Kind) string {
	face := map[access.Kind]string{access.Staff: "/office", access.Contractor: "/desk", access.Technician: "/field"}[kind]
	return "/" + slug + orElse(face, "/home")
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// renewal is the job that answers "send me a new link".
type renewal struct {
	Token string // hash
}

// AskNewLink sends a new link to the address of an ended one. It answers the same for
// every token; a link that the office has revoked stays closed.
func (s *Service) AskNewLink(ctx context.Context, token, address string) error {
	hash := secret.Hash(token)
	return s.askForMail(ctx, throttle.ForToken(throttle.MailsToAddress, "link", hash), address, jobs.Job{Kind: renewJob, Arguments: renewal{hash}})
}

// askForMail stores the job that sends a mail, unless a throttle is closed. It does the
// same work and gives the same answer whoever is asked for (B09, B10).
func (s *Service) askForMail(ctx context.Context, subject throttle.Turn, address string, job jobs.Job) error {
	job.MaxAttempts = 5
	passed := false
	err := s.store.AcrossChange(ctx, "identity: ask for a mail", func(tx *guard.AcrossTx) error {
		var err error
		if passed, err = throttle.Take(tx, subject, throttle.ForNetwork(throttle.MailsFromNetwork, "mail", address)); err != nil || !passed {
			return err
		}
		return tx.Enqueue(job)
	})
	if err == nil && !passed {
		s.refused(ctx, "too many mails asked for", address)
	}
	return err
}

// allowed passes all throttles, or tells that one is closed, in a transaction of its own.
func (s *Service) allowed(ctx context.Context, reason string, turns ...throttle.Turn) (ok bool, err error) {
	err = s.store.AcrossChange(ctx, reason, func(tx *guard.AcrossTx) error {
		ok, err = throttle.Take(tx, turns...)
		return err
	})
	return ok, err
}

// refused writes the line that every refusal leaves in the security log. It never holds a
// token, a code or an address of a person.
func (s *Service) refused(ctx context.Context, why, address string, more ...any) {
	s.log.WarnContext(ctx, "refused", append([]any{"security", true, "why", why, "from", address}, more...)...)
}

// Revoke ends a personal link at once. Staff with links:manage. NotFound when there is none.
func (s *Service) Revoke(ctx context.Context, actor access.Actor, link string) error {
	return s.store.Change(ctx, actor, access.LinksManage, func(tx *guard.Tx) error { return RevokeLink(tx, link) })
}
