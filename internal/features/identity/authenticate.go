package identity

import (
	"context"
	"net/http"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity/standing"
	"lintel/internal/features/identity/store"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/secret"
)

// everywhere is the organisation of an entry that was made by signing in.
const everywhere = "*"

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
	chosen, found := standing.Choose(candidates, r, slug)
	if !found {
		return access.Actor{}, organisation, nil
	}
	s.seen.Note(chosen.Identity, s.clock.Now())
	return access.NewActor(chosen.Identity), organisation, nil
}

// OrganisationAt finds the organisation of a path. NotFound when there is none.
func (s *Service) OrganisationAt(ctx context.Context, slug string) (o access.Organisation, err error) {
	var zone string
	err = s.store.AcrossGlance(ctx, "authenticate: find the organisation of the path", func(tx *guard.AcrossTx) error {
		return tx.One(store.OnlyOrganisation, guard.Args{"slug": slug}, &o.ID, &o.Slug, &o.Name, &o.Language, &zone, &o.Currency, &o.Theme, &o.Logo)
	})
	o.Zone = clock.ZoneOrUTC(zone)
	return o, err
}

func (s *Service) candidates(ctx context.Context, token, browser, slug string) (o access.Organisation, list []standing.Candidate, err error) {
	var zone string
	args := guard.Args{"session": secret.Hash(token), "browser": secret.Hash(browser), "slug": slug}
	err = s.store.AcrossGlance(ctx, "authenticate: whose is this browser", func(tx *guard.AcrossTx) error {
		list = list[:0]
		return tx.Each(store.WhoIsIt, args, func(row guard.Row) error {
			var c standing.Candidate
			var linkPolicy, entryOrg, link, wantedLink, confirmed string
			var narrowed Capacity
			var wanted, ownZone string
			var hasSecond bool
			var revoked time.Time
			i := &c.Identity
			if err := row(&o.ID, &o.Slug, &o.Name, &o.Language, &zone, &o.Currency, &o.Theme, &o.Logo, &linkPolicy,
				&i.Session, &c.SeenAt, &entryOrg, &i.Person, &i.Proof, &i.Item, &c.EnteredAt,
				&i.Kind, &i.Role, &i.Name, &i.Email, &link, &revoked, &wantedLink, &confirmed,
				&i.SeenBy, &wanted, &hasSecond, &i.Language, &ownZone, &narrowed.Modules, &narrowed.Offered, &narrowed.Role, &narrowed.Permissions); err != nil {
				return err
			}
			c.Everywhere = entryOrg == everywhere
			linkGone := wantedLink != "" && link == ""
			if i.Kind == access.Nobody || linkGone || !revoked.IsZero() {
				return nil
			}
			narrowed.narrow(i)
			if ownZone != "" {
				i.Zone = clock.ZoneOrUTC(ownZone)
			}
			// Whom the firm's own sign-in service lets in, it has asked for what it wants.
			i.Bare = wanted == twoFactors && !hasSecond && i.Kind == access.Staff && c.Everywhere
			if linkPolicy != "item" {
				i.Item = ""
			}
			if confirmed != "" && (i.Proof == access.HoldsLink || i.Proof == access.VouchedFor) {
				i.Proof = access.ConfirmedBrowser
			}
			c.SeenAt = s.seen.Last(i.Session, c.SeenAt)
			if i.Org = o.ID; c.Fresh(s.clock.Now()) {
				list = append(list, c)
			}
			return nil
		})
	})
	if err == nil && o.ID == "" {
		err = noOrganisation()
	}
	o.Zone = clock.ZoneOrUTC(zone)
	return o, list, err
}
