package factor

import "lintel/internal/core/guard"

// A person's own factors. People have no organisation; the statements bind :org all the
// same, because only somebody who is inside may run them.
var (
	ownPasskeys = guard.SQL("own passkeys", `select id, name, credential, credential_id, created_at, last_used_at from passkeys where person = :viewer and :org <> '' order by created_at, id`)
	addPasskey  = guard.SQL("add an own passkey", `insert into passkeys (id, person, credential, credential_id, name, created_at)
		select :id, :viewer, :credential, :credential_id, :name, :now where :org <> '' on conflict (credential_id) do nothing`)
	removePasskey = guard.SQL("remove an own passkey", `delete from passkeys where id = :id and person = :viewer and :org <> ''`)

	ownAuthenticator = guard.SQL("own authenticator", `select secret_sealed, confirmed_at, last_step from authenticators where person = :viewer and :org <> ''`)
	putAuthenticator = guard.SQL("begin an own authenticator", `insert into authenticators (person, secret_sealed, created_at)
		select :viewer, :sealed, :now where :org <> ''
		on conflict (person) do update set secret_sealed = excluded.secret_sealed, created_at = excluded.created_at, last_step = 0 where authenticators.confirmed_at is null`)
	confirmAuthenticator = guard.SQL("confirm an own authenticator", `update authenticators set confirmed_at = :now, last_step = :step where person = :viewer and confirmed_at is null and :org <> ''`)
	removeAuthenticator  = guard.SQL("remove an own authenticator", `delete from authenticators where person = :viewer and :org <> ''`)

	ownRecovery    = guard.SQL("own recovery codes", `select count(*) from recovery_codes where person = :viewer and used_at is null and :org <> ''`)
	dropRecovery   = guard.SQL("drop own recovery codes", `delete from recovery_codes where person = :viewer and :org <> ''`)
	addRecovery    = guard.SQL("add an own recovery code", `insert into recovery_codes (person, code_hash, created_at) select :viewer, :code, :now where :org <> ''`)
	noteSecond     = guard.SQL("note an own second factor", `update people set second_factor = :second where id = :viewer and :org <> ''`)
	wantedHere     = guard.SQL("second factor wanted here", `select staff_factor from organisations where id = :org`)
	setWanted      = guard.SQL("set whether a second factor is wanted", `update organisations set staff_factor = :wanted where id = :org`)
	addOwnQuestion = guard.SQL("add an own challenge", `insert into challenges (id, purpose, person, browser_hash, sealed, created_at, expires_at)
		select :id, :purpose, :viewer, :browser, :sealed, :now, :ends where :org <> ''`)
	answerOwn = guard.SQL("answer an own challenge", `update challenges set used_at = :now where id = :id and purpose = :purpose and person = :viewer and browser_hash = :browser
		and used_at is null and expires_at > :now and :org <> '' returning sealed`)
)

// Before anybody is inside: the second step, and passkeys.
var (
	personOfID     = guard.AcrossSQL("person of an id", `select p.email, p.second_factor from people p where p.id = :person`)
	passkeysOf     = guard.AcrossSQL("passkeys of a person", `select id, name, credential, credential_id, created_at, last_used_at from passkeys where person = :person order by created_at, id`)
	usePasskey     = guard.AcrossSQL("use a passkey", `update passkeys set credential = :credential, last_used_at = :now where credential_id = :credential_id and person = :person`)
	authenticator  = guard.AcrossSQL("authenticator of a person", `select secret_sealed, last_step from authenticators where person = :person and confirmed_at is not null`)
	takeStep       = guard.AcrossSQL("take a step of an authenticator", `update authenticators set last_step = :step where person = :person and confirmed_at is not null and last_step < :step`)
	useRecovery    = guard.AcrossSQL("use a recovery code", `update recovery_codes set used_at = :now where person = :person and code_hash = :code and used_at is null`)
	addQuestion    = guard.AcrossSQL("add a challenge", `insert into challenges (id, purpose, person, browser_hash, sealed, created_at, expires_at) values (:id, :purpose, :person, :browser, :sealed, :now, :ends)`)
	question       = guard.AcrossSQL("challenge by id", `select person, sealed from challenges where id = :id and purpose = :purpose and browser_hash = :browser and used_at is null and expires_at > :now and tries < :most`)
	tryQuestion    = guard.AcrossSQL("try a challenge", `update challenges set tries = tries + 1 where id = :id and used_at is null and expires_at > :now and tries < :most`)
	answerQuestion = guard.AcrossSQL("answer a challenge", `update challenges set used_at = :now where id = :id and purpose = :purpose and browser_hash = :browser and used_at is null and expires_at > :now`)

	purgeQuestions = guard.AcrossSQL("purge challenges", `delete from challenges where expires_at < :before`)
)
