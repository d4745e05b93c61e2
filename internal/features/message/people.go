package message

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
)

// mostSuggested are the people shown for what was typed after an @.
const mostSuggested = 8

var readersOfProject = guard.SQL("people of a customer who read messages", `select distinct b.person, b.name, coalesce((select max(k.title) from contacts k where k.org = b.org and k.person = b.person and k.customer = :customer and k.archived = false), ''), c.name
	from grants g join customers c on c.org = g.org and c.id = g.customer join memberships b on b.org = g.org and b.person = g.person and b.kind = 'customer' and b.state = 'active'
	where g.org = :org and g.customer = :customer and (g.project = '' or g.project = :project) and g.module in ('*', 'messages') and g.revoked_at is null order by b.name, b.person limit 100`)

// PeopleOf is the contact list of a project (JT-29): the office, and those of the customer
// who read its messages, each with what they do and for whom. For the Finder of a thread; without whoever asks.
func PeopleOf(tx *guard.Tx, customer, project string) (people []Person, err error) {
	wide := tx.OnBehalfOf("everybody in a conversation may mention those who read it")
	var members []identity.Member
	var readers []Person
	var firm organisation.Settings
	err = tx.Together(
		func() (err error) { firm, err = organisation.Of(wide); return err },
		func() (err error) { members, err = identity.StaffMembers(wide); return err },
		func() error {
			return wide.Each(readersOfProject, guard.Args{"customer": customer, "project": project}, func(row guard.Row) error {
				p := Person{Kind: access.Customer}
				title, of := "", ""
				err := row(&p.ID, &p.Name, &title, &of)
				p.Line = placed(title, of)
				readers = append(readers, p)
				return err
			})
		},
	)
	if err != nil {
		return nil, fmt.Errorf("load who reads the messages: %w", err)
	}
	for _, m := range members {
		if m.State == identity.Active {
			people = append(people, Person{ID: m.Person, Name: m.Name, Kind: access.Staff, Line: placed(m.Title, firm.Name)})
		}
	}
	self := tx.Actor()
	return slices.DeleteFunc(append(people, readers...), func(p Person) bool { return p.ID == self.Person() && p.Kind == self.Kind() }), nil
}

// placed is what somebody does and for whom, as they say of themselves: never what they are permitted, which is the office's
// own business.
func placed(title, of string) string {
	if title == "" {
		return of
	}
	return title + ", " + of
}

// Mentionable lists whom the actor may mention in a thread, of those one of whose names begins
// with the text; at most eight. Staff and customers who may write; NotFound for a thing that
// the actor does not see.
func (s *Service) Mentionable(ctx context.Context, actor access.Actor, kind, threadID, text string) (list []Person, err error) {
	err = s.store.View(ctx, actor, access.MessagesWrite, func(tx *guard.Tx) error {
		t, err := s.thread(tx, kind, threadID)
		if err != nil {
			return err
		}
		all, err := t.mentionable(tx)
		list = beginningWith(all, text)
		return err
	})
	return list, err
}

// beginningWith picks the people one of whose names begins with the text, those first whose
// first name does.
func beginningWith(people []Person, text string) (fitting []Person) {
	wanted := organisation.Fold(text)
	rank := map[access.PersonID]int{}
	for _, p := range people {
		name := organisation.Fold(p.Name)
		switch {
		case strings.HasPrefix(name, wanted):
			rank[p.ID] = 0
		case strings.Contains(" "+name, " "+wanted):
			rank[p.ID] = 1
		default:
			continue
		}
		fitting = append(fitting, p)
	}
	slices.SortStableFunc(fitting, func(a, b Person) int { return cmp.Compare(rank[a.ID], rank[b.ID]) })
	return fitting[:min(len(fitting), mostSuggested)]
}
