package identity

import (
	"context"
	"net/http"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/secret"
)

// How long a browser stays signed in.
const (
	customerIdle = 30 * 24 * time.Hour
	staffIdle    = 12 * time.Hour
	staffLongest = 7 * 24 * time.Hour // since the password was typed
)

// everywhere is the organisation of an entry that was made by signing in.
const everywhere = "*"

// candidate is one capacity in which a browser may act in an organisation.
type candidate struct {
	identity   access.Identity
	everywhere bool
	enteredAt  time.Time
	seenAt     time.Time
}

// Authenticate finds the organisation of a path and who the browser's cookies belong to
// there. An unknown organisation is NotFound; nobody signed in is the zero Actor. It
// writes nothing: that a session was seen is kept in memory until FlushSeen.
//
// Memberships, links and sessions are read afresh every time, so what was removed or
// revoked holds from the next request on.
func (s *Service) Authenticate(ctx context.Context, r *http.Request, slug string) (access.Actor, access.Organisation, error) {
	token := s.cookies.value(r, sessionCookie)
	if token == "" {
		organisation, err := s.OrganisationAt(ctx, slug)
		return access.Actor{}, organisation, err
	}
	organisation, candidates, err := s.candidates(ctx, token, s.cookies.value(r, browserCookie), slug)
	if err != nil {
		return access.Actor{}, access.Organisation{}, err
	}
	chosen, found := choose(whileLooking(withLookers(candidates), r, slug), preferredKind(r, slug))
	if !found {
		return access.Actor{}, organisation, nil
	}
	s.seen.note(chosen.identity, s.clock.Now())
	return access.NewActor(chosen.identity), organisation, nil
}

// OrganisationAt finds the organisation of a path. NotFound when there is none.
func (s *Service) OrganisationAt(ctx context.Context, slug string) (o access.Organisation, err error) {
	var zone string
	err = s.store.Across(ctx, "authenticate: find the organisation of the path", func(tx *guard.AcrossTx) error {
		return tx.One(onlyOrganisation, guard.Args{"slug": slug}, &o.ID, &o.Slug, &o.Name, &o.Language, &zone, &o.Currency, &o.Theme, &o.Logo)
	})
	o.Zone = s.zone(zone)
	return o, err
}

func (s *Service) candidates(ctx context.Context, token, browser, slug string) (o access.Organisation, list []candidate, err error) {
	var zone string
	args := guard.Args{"session": secret.Hash(token), "browser": secret.Hash(browser), "slug": slug}
	err = s.store.Across(ctx, "authenticate: whose is this browser", func(tx *guard.AcrossTx) error {
		list = list[:0]
		return tx.Each(whoIsIt, args, func(row guard.Row) error {
			var c candidate
			var linkPolicy, entryOrg, link, wantedLink, confirmed string
			var narrowed capacity
			var wanted, ownZone string
			var hasSecond bool
			var revoked time.Time
			i := &c.identity
			if err := row(&o.ID, &o.Slug, &o.Name, &o.Language, &zone, &o.Currency, &o.Theme, &o.Logo, &linkPolicy,
				&i.Session, &c.seenAt, &entryOrg, &i.Person, &i.Proof, &i.Item, &c.enteredAt,
				&i.Kind, &i.Role, &i.Name, &i.Email, &link, &revoked, &wantedLink, &confirmed,
				&i.SeenBy, &wanted, &hasSecond, &i.Language, &ownZone, &narrowed.modules, &narrowed.offered, &narrowed.role, &narrowed.permissions); err != nil {
				return err
			}
			c.everywhere = entryOrg == everywhere
			linkGone := wantedLink != "" && link == ""
			if i.Kind == access.Nobody || linkGone || !revoked.IsZero() {
				return nil
			}
			narrowed.narrow(i)
			if ownZone != "" {
				i.Zone = s.zone(ownZone)
			}
			// Whom the firm's own sign-in service lets in, it has asked for what it wants.
			i.Bare = wanted == twoFactors && !hasSecond && i.Kind == access.Staff && c.everywhere
			if linkPolicy != "item" {
				i.Item = ""
			}
			if confirmed != "" && (i.Proof == access.HoldsLink || i.Proof == access.VouchedFor) {
				i.Proof = access.ConfirmedBrowser
			}
			c.seenAt = s.seen.last(i.Session, c.seenAt)
			if i.Org = o.ID; c.fresh(s.clock.Now()) {
				list = append(list, c)
			}
			return nil
		})
	})
	if err == nil && o.ID == "" {
		err = noOrganisation()
	}
	o.Zone = s.zone(zone)
	return o, list, err
}

// withLookers leaves out the entries of staff who look at the portal as somebody else,
// unless the same browser is signed in as that member of staff and they still may.
func withLookers(list []candidate) []candidate {
	kept := list[:0:0]
	for _, c := range list {
		if c.identity.SeenBy == "" || mayLook(list, c.identity.SeenBy) {
			kept = append(kept, c)
		}
	}
	return kept
}

func mayLook(list []candidate, looker access.PersonID) bool {
	for _, c := range list {
		if c.identity.Person == looker && c.identity.Kind == access.Staff && c.identity.SeenBy == "" {
			return access.NewActor(c.identity).May(access.SeeAs)
		}
	}
	return false
}

// fresh reports whether the entry has not run out.
func (c candidate) fresh(now time.Time) bool {
	if c.lookOver(now) {
		return false
	}
	if c.identity.Kind == access.Staff {
		return now.Sub(c.seenAt) < staffIdle && now.Sub(c.enteredAt) < staffLongest
	}
	return now.Sub(c.seenAt) < customerIdle
}

// preferredKind is the capacity that a page is for: a person can be both a customer and a
// member of staff of one firm, and have entered as both in one browser.
func preferredKind(r *http.Request, slug string) access.Kind {
	page := strings.TrimPrefix(r.URL.Path, "/"+slug)
	if next := r.URL.Query().Get("next"); strings.HasPrefix(page, "/confirm") && next != "" {
		page = strings.TrimPrefix(next, "/"+slug)
	}
	for face, kind := range map[string]access.Kind{"/home": access.Customer, "/desk": access.Contractor, "/field": access.Technician} {
		if page == face || strings.HasPrefix(page, face+"/") {
			return kind
		}
	}
	return access.Staff
}

// choose takes the entry for a page: one of the wanted kind before others, of one person
// the one that proves more, of two people the one who came last.
func choose(list []candidate, wanted access.Kind) (best candidate, found bool) {
	for _, c := range list {
		if !found || c.before(best, wanted) {
			best, found = c, true
		}
	}
	return best, found
}

func (c candidate) before(other candidate, wanted access.Kind) bool {
	mine, theirs := c.identity, other.identity
	switch {
	case (mine.Kind == wanted) != (theirs.Kind == wanted):
		return mine.Kind == wanted
	case mine.Person == theirs.Person && strength(mine.Proof) != strength(theirs.Proof):
		return strength(mine.Proof) > strength(theirs.Proof)
	case !c.enteredAt.Equal(other.enteredAt):
		return c.enteredAt.After(other.enteredAt)
	}
	return !c.everywhere
}

func strength(proof access.Proof) int {
	switch proof {
	case access.SignedIn:
		return 2
	case access.ConfirmedBrowser:
		return 1
	}
	return 0
}
