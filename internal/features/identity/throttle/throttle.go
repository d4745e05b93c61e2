package throttle

import (
	"time"

	"lintel/internal/core/guard"
	"lintel/internal/platform/secret"
	"lintel/internal/platform/web"
)

// Limit lets burst through at once and one more every step. In any hour it lets through
// at most burst + hour/step.
type Limit struct {
	Burst int
	Step  time.Duration
}

// The limits (security.md B10, B12).
var (
	MailsToAddress       = Limit{3, 24 * time.Minute}             // at most 5 in any hour
	MailsFromNetwork     = Limit{10, 6*time.Minute + time.Second} // at most 19 in any hour
	PasswordsOfAccount   = Limit{10, 2 * time.Minute}
	PasswordsInOwnWindow = Limit{10, time.Minute} // in a browser that is confirmed for the account
	PasswordsFromNetwork = Limit{30, 20 * time.Second}
)

// Turn is one throttle to pass.
type Turn struct {
	limit Limit
	mark  string
}

// ForAddress marks a throttle by an address without writing the address down.
func ForAddress(l Limit, what, folded string) Turn {
	return Turn{l, what + " " + secret.Hash(folded)[:32]}
}

// ForNetwork marks a throttle by where somebody comes from.
func ForNetwork(l Limit, what, address string) Turn {
	return Turn{l, what + " " + web.Network(address)}
}

// ForToken marks a throttle by the hash of a token.
func ForToken(l Limit, what, hash string) Turn { return Turn{l, what + " " + hash[:32]} }

// takeTurn is a generic cell rate algorithm in one row: ready_at is when the bucket is
// full again; no row changes when the next one would come too early.
var takeTurn = guard.AcrossSQL("take a turn of a throttle", `insert into throttles (mark, ready_at) values (:mark, :first)
	on conflict (mark) do update set ready_at = (case when throttles.ready_at < :now then :now else throttles.ready_at end) + :step
	where throttles.ready_at <= :latest`)

// Take passes all throttles, or tells that one is closed. Turns taken before stay taken.
func Take(tx *guard.AcrossTx, turns ...Turn) (bool, error) {
	for _, t := range turns {
		step := t.limit.Step.Microseconds()
		latest := tx.Now().Add(time.Duration(t.limit.Burst-1) * t.limit.Step)
		changed, err := tx.Exec(takeTurn, guard.Args{"mark": t.mark, "first": tx.Now().Add(t.limit.Step), "step": step, "latest": latest})
		if err != nil || changed == 0 {
			return false, err
		}
	}
	return true, nil
}

// frontPerMinute is how often one network may come to a way in, or with an API token that opens nothing.
const frontPerMinute = 120

// Front stops floods in memory, before they reach the database.
type Front struct{ turns web.PerMinute }

// Allows counts one more request of a network, and reports whether it may go on.
func (f *Front) Allows(address string, now time.Time) bool {
	return f.turns.Allows(address, now, frontPerMinute)
}
