package apptest

import (
	"context"
	"net/url"
	"sync"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/platform/db"
)

// Two owners who suspend each other in the same instant leave one of them an owner.
func TestAFirmKeepsAnOwnerWhenTwoPutEachOtherOutAtOnce(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		one, two := p.As(alder.Staff[access.Owner]), p.As(alder.Staff[access.Administrator])
		p.must(p.App.Database.Write(context.Background(), "*", func(tx *db.Tx) error {
			_, err := tx.Exec(`update memberships set role = 'owner' where org = $1 and role = 'administrator'`, string(alder.Org))
			return err
		}))
		first, second := one.Actor("alder", "/office").Person(), two.Actor("alder", "/office").Person()
		var both sync.WaitGroup
		both.Go(func() {
			one.Post("/alder/office/settings/people/"+string(second)+"/suspend", url.Values{"reason": {"a quarrel"}})
		})
		both.Go(func() {
			two.Post("/alder/office/settings/people/"+string(first)+"/suspend", url.Values{"reason": {"a quarrel"}})
		})
		both.Wait()
		owners := 0
		p.read(&owners, `select count(*) from memberships where org = $1 and role = 'owner' and state = 'active'`, string(alder.Org))
		if owners != 1 {
			t.Errorf("%d owners are left, want 1", owners)
		}
	})
}
