package identity

import (
	"context"
	"fmt"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity/store"
)

// ByFeed gives the actor of a program that holds the secret address of a person's calendar
// feed: the person as they are now in the organisation, reading schedules and nothing else
// (B21). feed is the id of the feed. NotFound for who is no active member of that kind, and
// for colleagues without the second factor that the firm wants.
func (s *Service) ByFeed(ctx context.Context, org access.OrgID, person access.PersonID, kind access.Kind, feed string) (access.Actor, error) {
	i := access.Identity{Org: org, Person: person, Kind: kind, Proof: access.HoldsToken, Token: feed, Scopes: access.NewPermissionSet(access.ScheduleRead)}
	var narrowed Capacity
	zone := ""
	system := access.NewSystem(org, "whose calendar is fetched")
	err := s.store.View(ctx, system, access.SystemWork, func(tx *guard.Tx) error {
		return tx.One(store.MemberByMail, guard.Args{"person": string(person), "kind": string(kind)}, &i.Role, &i.Name, &i.Email, &i.Language, &zone,
			&narrowed.Modules, &narrowed.Offered, &narrowed.Role, &narrowed.Permissions)
	})
	if err != nil {
		return access.Actor{}, fmt.Errorf("whose calendar is fetched: %w", err)
	}
	if zone != "" {
		i.Zone = s.zone(zone)
	}
	narrowed.narrow(&i)
	return access.NewActor(i), nil
}
