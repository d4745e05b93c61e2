package identity

import (
	"context"
	"fmt"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity/store"
	"lintel/internal/platform/clock"
)

// AnsweredByMail is the proof of somebody whose mail was shown to come from them. It is as much
// as holding a link: enough to write, never to sign.
const AnsweredByMail access.Proof = "mail"

// ByMail gives the actor of a person who answers a mail, as they are now in the organisation.
// The caller has made sure that the mail is theirs. NotFound for who is no active member of
// that kind, and for colleagues without the second factor that the firm wants.
func (s *Service) ByMail(ctx context.Context, org access.OrgID, person access.PersonID, kind access.Kind) (access.Actor, error) {
	return s.asNow(ctx, access.Identity{Org: org, Person: person, Kind: kind, Proof: AnsweredByMail}, "who answers by mail")
}

// ByFeed gives the actor of a program that holds the secret address of a person's calendar
// feed: the person as they are now in the organisation, reading schedules and nothing else
// (B21). feed is the id of the feed. NotFound as of ByMail.
func (s *Service) ByFeed(ctx context.Context, org access.OrgID, person access.PersonID, kind access.Kind, feed string) (access.Actor, error) {
	i := access.Identity{Org: org, Person: person, Kind: kind, Proof: access.HoldsToken, Token: feed, Scopes: access.NewPermissionSet(access.ScheduleRead)}
	return s.asNow(ctx, i, "whose calendar is fetched")
}

// asNow completes an identity that comes without a browser with what the person is at this moment.
func (s *Service) asNow(ctx context.Context, i access.Identity, why string) (access.Actor, error) {
	var narrowed Capacity
	zone := ""
	err := s.store.View(ctx, access.NewSystem(i.Org, "what somebody is who comes without a browser"), access.SystemWork, func(tx *guard.Tx) error {
		return tx.One(store.MemberNow, guard.Args{"person": string(i.Person), "kind": string(i.Kind)}, &i.Role, &i.Name, &i.Email, &i.Language, &zone,
			&narrowed.Modules, &narrowed.Offered, &narrowed.Role, &narrowed.Permissions)
	})
	if err != nil {
		return access.Actor{}, fmt.Errorf("%s: %w", why, err)
	}
	if zone != "" {
		i.Zone = clock.ZoneOrUTC(zone)
	}
	narrowed.narrow(&i)
	return access.NewActor(i), nil
}
