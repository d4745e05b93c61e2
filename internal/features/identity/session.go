package identity

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity/record"
	"lintel/internal/features/identity/standing"
	"lintel/internal/features/identity/store"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
	"lintel/internal/platform/secret"
)

const rememberFor = 90 * 24 * time.Hour

// Visit is the browser that asks: where it is, and the tokens in its cookies.
type Visit struct {
	Address string
	Agent   string
	Session string // token, empty without one
	Browser string // token, empty without one
	Next    string // page that was asked for before signing in, or empty
}

// Entered is what a browser gets for coming in.
type Entered struct {
	Session string // new token for the session cookie; empty when a second step comes first
	Browser string // token for the browser cookie
	To      string // path to go to
}

// entry is what a session may open from now on.
type entry struct {
	place     string // organisation, or everywhere
	kind      access.Kind
	proof     access.Proof
	item      string
	link      string
	confirmed time.Time
}

// open gives the browser a new session with the entry in it. What the old session could
// open goes along if it had not run out; the old token is dead (B16).
func open(tx *guard.Tx, visit Visit, e entry) (token string, err error) {
	session, token := id.New(), secret.Token()
	if _, err := tx.Exec(store.AddSession, guard.Args{"id": session, "token": secret.Hash(token), "ends": tx.Now().Add(standing.CustomerIdle),
		"address": visit.Address, "agent": visit.Agent}); err != nil {
		return "", err
	}
	if visit.Session != "" {
		old := secret.Hash(visit.Session)
		if _, err := tx.Exec(store.MoveEntries, guard.Args{"id": session, "old": old, "customer_idle": tx.Now().Add(-standing.CustomerIdle),
			"staff_idle": tx.Now().Add(-standing.StaffIdle)}); err != nil {
			return "", err
		}
		if _, err := tx.Exec(store.EndOldSession, guard.Args{"old": old}); err != nil {
			return "", err
		}
	}
	_, err = tx.Exec(store.PutEntry, guard.Args{"id": session, "place": e.place, "kind": string(e.kind), "proof": string(e.proof), "about": e.item,
		"link": e.link, "confirmed_at": e.confirmed})
	return token, err
}

// signIn opens every organisation of the person, and remembers the browser as theirs.
func signIn(tx *guard.Tx, visit Visit) (Entered, error) {
	entered := Entered{Browser: orToken(visit.Browser)}
	if err := remember(tx, visit, entered.Browser); err != nil {
		return Entered{}, err
	}
	var err error
	entered.Session, err = open(tx, visit, entry{place: everywhere, proof: access.SignedIn, confirmed: tx.Now()})
	return entered, err
}

func remember(tx *guard.Tx, visit Visit, browser string) error {
	_, err := tx.Exec(store.RememberBrowser, guard.Args{"browser": secret.Hash(browser), "id": id.New(), "ends": tx.Now().Add(rememberFor),
		"address": visit.Address, "agent": visit.Agent})
	return err
}

// orToken is the browser's token, or a new one for a browser that has none.
func orToken(token string) string {
	if token == "" {
		return secret.Token()
	}
	return token
}

// SignOut ends the session of a token. A token that is none does nothing.
func (s *Service) SignOut(ctx context.Context, token string) error {
	if token == "" {
		return nil
	}
	err := s.store.AcrossChange(ctx, "identity: sign out", func(tx *guard.AcrossTx) error {
		_, err := tx.Exec(store.EndSession, guard.Args{"token": secret.Hash(token)})
		return err
	})
	if err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}

// Session is one browser in which a person is inside.
type Session struct {
	ID       string
	Since    time.Time
	LastSeen time.Time
	Address  string
	Agent    string
	Proof    access.Proof
	Mine     bool // the browser that asks
}

// Browser is one that a person has confirmed and that is remembered.
type Browser struct {
	ID        string
	Confirmed time.Time
	Ends      time.Time
	Address   string
	Agent     string
	Mine      bool
}

// Sessions lists where the actor is inside and which browsers are remembered.
func (s *Service) Sessions(ctx context.Context, actor access.Actor, visit Visit) (sessions []Session, browsers []Browser, err error) {
	err = s.store.View(ctx, actor, access.ProfileWrite, func(tx *guard.Tx) error {
		sessions, browsers = nil, nil
		err := tx.Each(store.OwnSessions, nil, func(row guard.Row) error {
			var one Session
			err := row(&one.ID, &one.Since, &one.LastSeen, &one.Address, &one.Agent, &one.Proof)
			one.LastSeen = s.seen.Last(one.ID, one.LastSeen)
			one.Mine = one.ID == actor.Session()
			sessions = append(sessions, one)
			return err
		})
		if err != nil {
			return err
		}
		mine := secret.Hash(visit.Browser)
		return tx.Each(store.OwnBrowsers, nil, func(row guard.Row) error {
			var one Browser
			var hash string
			err := row(&one.ID, &hash, &one.Confirmed, &one.Ends, &one.Address, &one.Agent)
			one.Mine = hash == mine
			browsers = append(browsers, one)
			return err
		})
	})
	if err != nil {
		return nil, nil, fmt.Errorf("list sessions: %w", err)
	}
	if !actor.Confirmed() { // whoever only holds a link learns nothing of the person's other places
		sessions = slices.DeleteFunc(sessions, func(one Session) bool { return !one.Mine })
		browsers = slices.DeleteFunc(browsers, func(one Browser) bool { return !one.Mine })
	}
	return sessions, browsers, nil
}

// EndSession ends one session of the actor, in every organisation. NotFound when it is
// not theirs.
func (s *Service) EndSession(ctx context.Context, actor access.Actor, session string) error {
	if !actor.Confirmed() && session != actor.Session() {
		return fault.New(fault.NotFound, "This session was not found.")
	}
	return s.store.Change(ctx, actor, access.ProfileWrite, func(tx *guard.Tx) error {
		changed, err := tx.Exec(store.EndOwnSession, guard.Args{"id": session})
		if err != nil {
			return err
		}
		if changed == 0 {
			return fault.New(fault.NotFound, "This session was not found.")
		}
		return tx.Record(record.SessionEnded{Person: actor.Person(), What: "session"})
	})
}

// EndOthers ends all other sessions of the actor and forgets all other browsers.
func (s *Service) EndOthers(ctx context.Context, actor access.Actor, visit Visit) error {
	if !actor.Confirmed() {
		return CodeNeeded
	}
	return s.store.Change(ctx, actor, access.ProfileWrite, func(tx *guard.Tx) error {
		if _, err := tx.Exec(store.EndOtherSessions, guard.Args{"mine": actor.Session()}); err != nil {
			return err
		}
		if _, err := tx.Exec(store.ForgetBrowsers, guard.Args{"mine": secret.Hash(visit.Browser)}); err != nil {
			return err
		}
		if _, err := tx.Exec(store.ForgetDevices, guard.Args{"forgotten": forgottenDevice, "purpose": ForTechnician, "mine": secret.Hash(visit.Browser)}); err != nil {
			return err
		}
		return tx.Record(record.SessionEnded{Person: actor.Person(), What: "all"})
	})
}

// distrust ends all other sign-ins of the actor, and makes all other browsers unknown: whoever changes a password or an address
// may do so because somebody else was in.
func distrust(tx *guard.Tx, session string, visit Visit) error {
	if _, err := tx.Exec(store.EndSignIns, guard.Args{"mine": session}); err != nil {
		return err
	}
	if _, err := tx.Exec(store.UnconfirmOthers, guard.Args{"mine": session}); err != nil {
		return err
	}
	_, err := tx.Exec(store.ForgetBrowsers, guard.Args{"mine": secret.Hash(visit.Browser)})
	return err
}

// ForgetBrowser makes a browser unknown again: the next act that binds asks for a code.
func (s *Service) ForgetBrowser(ctx context.Context, actor access.Actor, browser string) error {
	if !actor.Confirmed() {
		return fault.New(fault.NotFound, "This browser was not found.")
	}
	return s.store.Change(ctx, actor, access.ProfileWrite, func(tx *guard.Tx) error {
		changed, err := tx.Exec(store.ForgetBrowser, guard.Args{"id": browser})
		if err != nil {
			return err
		}
		if changed == 0 {
			return fault.New(fault.NotFound, "This browser was not found.")
		}
		if _, err := tx.Exec(store.UnconfirmEntries, nil); err != nil {
			return err
		}
		return tx.Record(record.SessionEnded{Person: actor.Person(), What: "browser"})
	})
}

// Seat is a browser in which a person is inside, as the office sees it.
type Seat struct {
	Agent      string
	Since      time.Time
	LastSeen   time.Time
	Proof      access.Proof
	Everywhere bool // signed in to all their portals
}

// Device names the browser in words.
func (s Seat) Device(ctx context.Context) string { return browserName(ctx, s.Agent) }

// SeatsOf lists the browsers in which a person is inside here, the last seen first. It tells
// no network address: that is the person's own affair. Staff and system only.
func (s *Service) SeatsOf(tx *guard.Tx, person access.PersonID) (list []Seat, err error) {
	err = tx.Each(store.SeatsOf, guard.Args{"person": string(person), "idle": tx.Now().Add(-standing.CustomerIdle)}, func(row guard.Row) error {
		var seat Seat
		var session, place string
		if err := row(&session, &place, &seat.Agent, &seat.Since, &seat.LastSeen, &seat.Proof); err != nil {
			return err
		}
		seat.Everywhere, seat.LastSeen = place == everywhere, s.seen.Last(session, seat.LastSeen)
		list = append(list, seat)
		return nil
	})
	return list, err
}

// MembershipsOf lists what a person is here, also what they are no more. Staff and system only.
func MembershipsOf(tx *guard.Tx, person access.PersonID) ([]Member, error) {
	return loadMembers(tx, store.EveryMembership, guard.Args{"person": string(person)})
}
