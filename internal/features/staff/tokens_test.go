package staff

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/features/identity"
	"lintel/internal/platform/db"
	"lintel/internal/platform/fault"
)

func (w *world) token(name string, scopes ...access.Permission) string {
	w.t.Helper()
	text, err := w.staff.MakeToken(context.Background(), w.enter(name)(), TokenDraft{Name: "Books", Scopes: access.NewPermissionSet(scopes...), Days: 30})
	w.must(err)
	return text
}

func TestATokenActsAsItsMakerNarrowedToItsScopes(t *testing.T) {
	onBoth(t, func(w *world) {
		text := w.token("Adam", access.ProjectsRead, access.CostsRead)
		actor, err := w.bearer("/api/v1/me", text)
		w.must(err)
		if actor.Person() != w.persons["Adam"] || actor.Org() != w.hartwell.ID || actor.Confirmed() {
			t.Errorf("the token acts as %s in %s, confirmed: %v", actor.Person(), actor.Org(), actor.Confirmed())
		}
		if may := actor.Permissions(); may != access.NewPermissionSet(access.HomeRead, access.ProjectsRead, access.CostsRead) {
			t.Errorf("the token may %v", may)
		}
		if access.OfficeWith(access.ProjectsRead).Admits(actor) || access.EitherWith(access.ProjectsRead).Admits(actor) {
			t.Error("a token opens pages")
		}
		w.must(w.staff.Change(t.Context(), w.as("Dana"), w.persons["Adam"], Change{Role: access.Member}))
		actor, err = w.bearer("/api/v1/me", text)
		w.must(err)
		if actor.May(access.CostsRead) {
			t.Error("a token may do what its maker may not any more")
		}
	})
}

// I01, B21: a token works from the header alone, while it and its maker do.
func TestI01ATokenWorksFromTheHeaderAloneAndWhileItsMakerDoes(t *testing.T) {
	onBoth(t, func(w *world) {
		text := w.token("Adam", access.ProjectsRead)
		fine := func() bool { _, err := w.bearer("/api/v1/me", text); return err == nil }
		for what, try := range map[string][2]string{
			"none": {"/api/v1/me", ""}, "a wrong one": {"/api/v1/me", text[:len(text)-1] + "x"}, "in the address": {"/api/v1/me?access_token=" + text, ""},
			"in the address and the header": {"/api/v1/me?key=" + text, text}, "without its beginning": {"/api/v1/me", strings.TrimPrefix(text, "lintel_")},
		} {
			_, err := w.bearer(try[0], try[1])
			w.refused(what, err, fault.Unauthenticated)
		}
		w.must(w.staff.Suspend(t.Context(), w.as("Dana"), w.persons["Adam"], ""))
		if fine() {
			t.Error("the token of a suspended colleague works")
		}
		w.must(w.staff.TakeBack(t.Context(), w.as("Dana"), w.persons["Adam"], ""))
		if !fine() {
			t.Error("the token of a colleague who was taken back does not work")
		}
		w.raw(`update organisations set staff_factor = 'two' where id = $1`, string(w.hartwell.ID))
		if fine() { // B21
			t.Error("a token goes round the second factor that the firm wants")
		}
		w.raw(`insert into authenticators (person, secret_sealed, confirmed_at, created_at) values ($1, 's', 1, 1)`, string(w.persons["Adam"]))
		if !fine() {
			t.Error("the token of a colleague with a second factor does not work")
		}
		w.clock.Advance(30 * 24 * time.Hour)
		if fine() {
			t.Error("a token works after its end")
		}
	})
}

func TestATokenIsRevokedByAnyoneWhoManagesTokensAndListedWithItsLastUse(t *testing.T) {
	onBoth(t, func(w *world) {
		text := w.token("Adam", access.ProjectsRead)
		_, err := w.bearer("/api/v1/me", text)
		w.must(err)
		for _, flushed := range []bool{false, true} {
			if flushed {
				w.must(w.people.FlushSeen(t.Context()))
			}
			list, err := w.staff.Tokens(t.Context(), w.as("Dana"))
			w.must(err)
			if len(list) != 1 || list[0].Maker != "Adam" || !list[0].LastUsed.Equal(w.clock.Now()) || list[0].LastAddress != "203.0.113.9" {
				t.Errorf("flushed %v: the list holds %+v", flushed, list)
			}
		}
		list, err := w.staff.Tokens(t.Context(), w.as("Dana"))
		w.must(err)
		w.refused("another firm revokes it", w.staff.RevokeToken(t.Context(), w.as("Rita"), list[0].ID), fault.NotFound)
		w.refused("a member revokes it", w.staff.RevokeToken(t.Context(), w.as("Jon"), list[0].ID), fault.Denied)
		w.must(w.staff.RevokeToken(t.Context(), w.as("Dana"), list[0].ID))
		_, err = w.bearer("/api/v1/me", text)
		w.refused("a revoked token", err, fault.Unauthenticated)
		if w.recorded("token.made") != 1 || w.recorded("token.revoked") != 1 {
			t.Error("the log misses an act")
		}
	})
}

func TestATokenCannotBeMadeForMoreThanItsMakerMayDo(t *testing.T) {
	onBoth(t, func(w *world) {
		role, err := w.staff.AddRole(t.Context(), w.as("Dana"), RoleDraft{Name: "Robots", Permissions: access.NewPermissionSet(access.TokensManage, access.ProjectsRead)})
		w.must(err)
		w.must(w.staff.Change(t.Context(), w.as("Dana"), w.persons["Jon"], Change{Role: role}))
		jon := w.enter("Jon")
		make := func(d TokenDraft) error { _, err := w.staff.MakeToken(t.Context(), jon(), d); return err }
		w.must(make(TokenDraft{Name: "Fine", Scopes: access.NewPermissionSet(access.ProjectsRead), Days: 90}))
		w.refused("costs", make(TokenDraft{Name: "Costs", Scopes: access.NewPermissionSet(access.CostsRead), Days: 90}), fault.Denied)
		w.refused("what the API does not offer", make(TokenDraft{Name: "People", Scopes: access.NewPermissionSet(access.TokensManage), Days: 90}), fault.Invalid)
		w.refused("no scope", make(TokenDraft{Name: "None", Days: 90}), fault.Invalid)
		w.refused("no end", make(TokenDraft{Name: "Ever", Scopes: access.NewPermissionSet(access.ProjectsRead)}), fault.Invalid)
	})
}

func TestNothingInTheDatabaseIsAToken(t *testing.T) {
	onBoth(t, func(w *world) {
		text := w.token("Adam", access.ProjectsRead)
		w.must(w.database.Read(t.Context(), "*", func(tx *db.Tx) error {
			rows, err := tx.Query(`select token_hash || name || scopes from api_tokens union all select body from events`)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var row string
				if err := rows.Scan(&row); err != nil {
					return err
				}
				if strings.Contains(row, strings.TrimPrefix(text, "lintel_")) {
					t.Errorf("the token stands in %s", row)
				}
			}
			return rows.Err()
		}))
	})
}

// B19: an API token wants a fresh proof of who makes it.
func TestB19ATokenWantsFreshProof(t *testing.T) {
	onBoth(t, func(w *world) {
		adam := w.enter("Adam")
		w.clock.Advance(time.Hour)
		_, err := w.staff.MakeToken(t.Context(), adam(), TokenDraft{Name: "Books", Scopes: access.NewPermissionSet(access.ProjectsRead), Days: 30})
		if !errors.Is(err, identity.CodeNeeded) {
			t.Errorf("an hour after signing in: %v", err)
		}
		if w.recorded("token.made") != 0 {
			t.Error("a token was made")
		}
	})
}
