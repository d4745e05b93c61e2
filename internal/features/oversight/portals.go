package oversight

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/platform/secret"
)

// Portal is one of the portals of whoever looks: a firm's, in one capacity.
type Portal struct {
	Organisation access.Organisation
	Kind         access.Kind
	Here         bool // the one that is open now
	Open         bool // this browser may enter
}

// URL is the portal's first page.
func (p Portal) URL() string { return identity.HomeOf(p.Organisation.Slug, p.Kind) }

// Portals lists the portals that the browser may enter, and those where the actor is a
// member besides, by name. Whoever only holds a link learns nothing of the person's other
// places, and neither does a colleague who looks as somebody: their customer's other firms
// are none of their business.
func (s *Service) Portals(ctx context.Context, actor access.Actor, visit identity.Visit) ([]Portal, error) {
	if actor.Zero() || actor.SeenBy() != "" {
		return nil, nil
	}
	var open, member []Portal
	err := s.store.AcrossGlance(ctx, "oversight: which portals a person may enter", func(tx *guard.AcrossTx) error {
		open, member = nil, nil
		steps := []func() error{func() error {
			return readPortals(tx, &open, openPortals, guard.Args{"session": secret.Hash(visit.Session)}, true)
		}}
		if actor.Confirmed() {
			steps = append(steps, func() error {
				return readPortals(tx, &member, memberPortals, guard.Args{"person": string(actor.Person())}, false)
			})
		}
		return tx.Together(steps...)
	})
	if err != nil {
		return nil, fmt.Errorf("which portals a person may enter: %w", err)
	}
	list := open
	for _, p := range member {
		if !slices.ContainsFunc(open, p.same) {
			list = append(list, p)
		}
	}
	for i := range list {
		list[i].Here = list[i].Organisation.ID == actor.Org() && list[i].Kind == actor.Kind()
	}
	slices.SortStableFunc(list, func(a, b Portal) int { return cmp.Compare(a.Organisation.Name, b.Organisation.Name) })
	return list, nil
}

func (p Portal) same(other Portal) bool {
	return other.Organisation.ID == p.Organisation.ID && other.Kind == p.Kind
}

// readPortals adds the portals of a statement.
func readPortals(tx *guard.AcrossTx, list *[]Portal, statement *guard.Statement, args guard.Args, open bool) error {
	return tx.Each(statement, args, func(row guard.Row) error {
		p := Portal{Open: open}
		o := &p.Organisation
		if err := row(&o.ID, &o.Slug, &o.Name, &o.Theme, &o.Logo, &p.Kind); err != nil {
			return err
		}
		if !slices.ContainsFunc(*list, p.same) {
			*list = append(*list, p)
		}
		return nil
	})
}
