package message

import (
	"fmt"
	"time"

	"lintel/internal/core/guard"
)

// Waiting is a thread in which a customer has written last.
type Waiting struct {
	Thread  Where
	Message string
	Project string
	Name    string // of the project
	Author  string
	Excerpt string
	At      time.Time
}

var waitingForOffice = guard.SQL("messages that wait for an answer", `select m.id, m.thread_kind, m.thread, m.project, coalesce((select p.name from projects p where p.org = m.org and p.id = m.project), ''), m.author_name, m.body, m.created_at
	from messages m where m.org = :org and m.author_kind = 'customer' and m.created_at > :since and m.removed_at is null
	and not exists (select 1 from messages later where later.org = m.org and later.thread_kind = m.thread_kind and later.thread = m.thread and later.visibility = 'shared' and later.removed_at is null
		and (later.created_at, later.id) > (m.created_at, m.id)) order by m.created_at desc limit :limit`)

// waitingSince is how long a customer's last word waits for an answer: after that it was none.
const waitingSince = 14 * 24 * time.Hour

// WaitingForAnswer lists the threads in which a customer has written last, the newest first.
// The office's transactions only.
func WaitingForAnswer(tx *guard.Tx, limit int) (list []Waiting, err error) {
	args := guard.Args{"since": tx.Now().Add(-waitingSince), "limit": limit}
	err = tx.Each(waitingForOffice, args, func(row guard.Row) error {
		var w Waiting
		body := ""
		err := row(&w.Message, &w.Thread.Kind, &w.Thread.ID, &w.Project, &w.Name, &w.Author, &body, &w.At)
		w.Excerpt = excerpt(body)
		list = append(list, w)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load what waits for an answer: %w", err)
	}
	return list, nil
}
