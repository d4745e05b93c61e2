package feed

import (
	"fmt"
	"math"
	"strings"

	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/platform/fault"
)

// newest is above every place in the log.
const newest = math.MaxInt64

// That the file of a signed copy was stored is no news: the event of the copy itself tells of it.
//
// A page looks at a window of the project's newest events and picks those that are shown. So
// it costs the same however many there are, and however few of them may be seen.
const inWindow = `select capped.id, capped.seq, capped.kind, capped.at, capped.actor_kind, capped.person, capped.subject_kind, capped.subject, capped.customer, capped.project, capped.body from (
	select w.id, w.org, w.seq, w.kind, w.at, w.actor_kind, w.person, w.subject_kind, w.subject, w.customer, w.project, w.body from events w
	where w.org = :org and w.project = :project and w.seq < :before and w.seq >= :since order by w.seq desc limit :window) capped
	where :kinds like '%,' || capped.kind || ',%' and capped.subject_kind <> 'agreement'`

const newestFirst = ` order by capped.seq desc limit :limit`

var (
	eventsForOffice   = guard.SQL("feed for the office", inWindow+newestFirst)
	eventsForCustomer = guard.SQL("feed for a customer", inWindow+` and `+guard.GrantedBy(moduleOfEvent(), "capped.customer", "capped.project", "capped.subject")+` and `+guard.Offered(moduleOfEvent())+newestFirst)
	windowEnd         = guard.SQL("feed end of a window", `select w.seq from events w where w.org = :org and w.project = :project and w.seq < :before and w.seq >= :since order by w.seq desc limit 1 offset :window`)
)

// moduleOfEvent is ModuleOf in SQL. "none" is no module: only who was granted every one has it.
func moduleOfEvent() string {
	text := "case"
	for _, b := range beginnings {
		text += fmt.Sprintf(" when capped.kind like '%s%%' then '%s'", b.text, b.module)
	}
	return text + " else 'none' end"
}

// cursor is a part of the log of one project.
type cursor struct {
	project string
	before  int64 // below this place
	since   int64 // and not below this one
	kinds   []string
}

// load reads some events of the window below the cursor, and moves it to where it stopped
// looking; end reports that there is nothing below.
func (c *cursor) load(tx *guard.Tx, window, limit int) (list []event.Recorded, end bool, err error) {
	statement := eventsForCustomer
	if tx.Actor().SeesWholeOrganisation() {
		statement = eventsForOffice
	}
	args := guard.Args{"project": c.project, "before": c.before, "since": c.since, "window": window, "limit": limit, "kinds": "," + strings.Join(c.kinds, ",") + ","}
	err = tx.Each(statement, args, func(row guard.Row) error {
		r := event.Recorded{Org: tx.Org()}
		var body string
		if err := row(&r.ID, &r.Sequence, &r.Kind, &r.At, &r.ActorKind, &r.Person, &r.Subject.Kind, &r.Subject.ID, &r.Subject.Customer, &r.Subject.Project, &body); err != nil {
			return err
		}
		if err := r.SetBody(body); err != nil {
			return err
		}
		list = append(list, r)
		return nil
	})
	if err != nil {
		return nil, false, err
	}
	if len(list) == limit {
		c.before = list[limit-1].Sequence
		return list, false, nil
	}
	end, err = c.skip(tx, window)
	return list, end, err
}

// skip moves the cursor below a window.
func (c *cursor) skip(tx *guard.Tx, window int) (end bool, err error) {
	wide := tx.OnBehalfOf("the feed looks where a window of events ends; it reads a number and nothing else")
	var at int64
	err = wide.One(windowEnd, guard.Args{"project": c.project, "before": c.before, "since": c.since, "window": window - 1}, &at)
	if fault.Is(err, fault.NotFound) {
		return true, nil
	}
	c.before = at
	return false, err
}
