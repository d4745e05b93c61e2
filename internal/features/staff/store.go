package staff

import (
	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
)

var (
	holdOwners    = guard.SQL("hold the owners still", `update organisations set name = name where id = :org`)
	secondFactors = guard.SQL("colleagues with a second factor", `select m.person from memberships m join people p on p.id = m.person
		where m.org = :org and m.kind = 'staff' and m.state <> 'removed' and p.second_factor = true`)

	ownRoleByID  = guard.SQL("own role", `select r.id, r.name, r.permissions from roles r where r.org = :org and r.id = :id and r.removed_at is null`)
	everyOwnRole = guard.SQL("own roles", `select r.id, r.name, r.permissions from roles r where r.org = :org and r.removed_at is null order by r.name, r.id`)
	addRole      = guard.SQL("add a role", `insert into roles (org, id, name, permissions, created_at, created_by)
		select :org, :id, :name, :permissions, :now, :by where :org <> ''`)
	saveRole   = guard.SQL("save a role", `update roles set name = :name, permissions = :permissions where org = :org and id = :id and removed_at is null`)
	removeRole = guard.SQL("remove a role", `update roles set removed_at = :now where org = :org and id = :id and removed_at is null`)

	saveColleague = guard.SQL("set what a colleague is", `update memberships set role = :role, title = :title, phone = :phone
		where org = :org and person = :person and kind = 'staff' and state <> 'removed'`)
	setColleagueState = guard.SQL("suspend a colleague or take them back", `update memberships set state = :to
		where org = :org and person = :person and kind = 'staff' and state = :from`)

	addToken = guard.SQL("add an API token", `insert into api_tokens (org, id, person, name, token_hash, scopes, created_at, expires_at)
		select :org, :id, :person, :name, :hash, :scopes, :now, :ends where :org <> ''`)
	revokeToken = guard.SQL("revoke an API token", `update api_tokens set revoked_at = :now, revoked_by = :by where org = :org and id = :id and revoked_at is null`)

	tokenColumns = `select t.id, t.person, coalesce(m.name, ''), t.name, t.scopes, t.created_at, t.expires_at, t.revoked_at, t.last_used_at, t.last_address, coalesce(m.state, 'removed')
		from api_tokens t left join memberships m on m.org = t.org and m.person = t.person and m.kind = 'staff' `
	tokens         = guard.SQL("API tokens", tokenColumns+`where t.org = :org order by t.id desc limit :limit`)
	tokensOfPerson = guard.SQL("API tokens of a person", tokenColumns+`where t.org = :org and t.person = :person order by t.created_at desc`)
	tokenByID      = guard.SQL("API token by id", tokenColumns+`where t.org = :org and t.id = :id`)
)

// withSecondFactor tells which colleagues have a second factor.
func withSecondFactor(tx *guard.Tx) (map[access.PersonID]bool, error) {
	second := map[access.PersonID]bool{}
	err := tx.Each(secondFactors, nil, func(row guard.Row) error {
		var person access.PersonID
		err := row(&person)
		second[person] = true
		return err
	})
	return second, err
}

func (s *Service) loadTokens(tx *guard.Tx, statement *guard.Statement, args guard.Args) (list []Token, err error) {
	err = tx.Each(statement, args, func(row guard.Row) error {
		var t Token
		var scopes, state string
		if err := row(&t.ID, &t.Person, &t.Maker, &t.Name, &scopes, &t.MadeAt, &t.EndsAt, &t.RevokedAt, &t.LastUsed, &t.LastAddress, &state); err != nil {
			return err
		}
		t.Scopes, t.Asleep = access.ParsePermissions(scopes), state != identity.Active
		if at, address := s.identity.TokenUsed(tx.Org(), t.ID); at.After(t.LastUsed) {
			t.LastUsed, t.LastAddress = at, address
		}
		list = append(list, t)
		return nil
	})
	return list, err
}
