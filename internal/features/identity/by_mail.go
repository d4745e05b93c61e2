package identity

import (
	"context"
	"fmt"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity/store"
)

// AnsweredByMail is the proof of somebody whose mail was shown to come from them. It is as much
// as holding a link: enough to write, never to sign.
const AnsweredByMail access.Proof = "mail"

// ByMail gives the actor of a person who answers a mail, as they are now in the organisation.
// The caller has made sure that the mail is theirs. NotFound for who is no active member of
// that kind, and for colleagues without the second factor that the firm wants.
func (s *Service) ByMail(ctx context.Context, org access.OrgID, person access.PersonID, kind access.Kind) (access.Actor, error) {
	i := access.Identity{Org: org, Person: person, Kind: kind, Proof: AnsweredByMail}
	var narrowed Capacity
	zone := ""
	system := access.NewSystem(org, "who answers by mail")
	err := s.store.View(ctx, system, access.SystemWork, func(tx *guard.Tx) error {
		return tx.One(store.MemberByMail, guard.Args{"person": string(person), "kind": string(kind)}, &i.Role, &i.Name, &i.Email, &i.Language, &zone,
			&narrowed.Modules, &narrowed.Offered, &narrowed.Role, &narrowed.Permissions)
	})
	if err != nil {
		return access.Actor{}, fmt.Errorf("who answers by mail: %w", err)
	}
	if zone != "" {
		i.Zone = s.zone(zone)
	}
	narrowed.narrow(&i)
	return access.NewActor(i), nil
}
