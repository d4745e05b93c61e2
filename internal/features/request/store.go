package request

import (
	"math"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/organisation"
)

// The customer's name is looked up row by row, by key, and not joined: a planner could start a join anywhere.
const columns = `r.id, r.number, r.customer, (select c.name from customers c where c.org = r.org and c.id = r.customer), r.person, r.person_name, r.title, r.description,
	r.property, r.place, r.wanted, r.state, r.project, r.reason, r.answered_by, r.answered_name, r.answered_at, r.created_at`

const from = `select ` + columns + ` from requests r where r.org = :org`

// seen is what a customer's person sees: requests of the whole company, or the own ones, each of which is a place that the
// person was granted. It starts at the person's few grants.
var seen = ` and r.customer in (select own.customer from grants own where own.org = :org and own.person = :viewer and own.revoked_at is null)
	and ` + guard.Granted(access.AddJob, "r.customer", "r.id", "r.id")

var (
	requestByID = guard.SQL("request by id", from+` and r.id = :id`)
	requestSeen = guard.SQL("request a customer sees by id", from+` and r.id = :id`+seen)
	listSeen    = guard.SQL("requests a customer sees", from+seen+` order by r.created_at desc, r.id desc limit 100`)
	listOffice  = guard.NewFamily("requests", from,
		guard.Part{Name: "all", Group: "scope", SQL: ``},
		guard.Part{Name: "in state", Group: "scope", SQL: `and r.state = :state`},
		guard.Part{Name: "recent", Group: "order", SQL: `and (r.created_at, r.id) < (:after, :after_id) order by r.created_at desc, r.id desc limit :limit`},
	)
	ofProject     = guard.SQL("requests of a project", from+` and r.project = :project order by r.created_at desc limit 20`)
	ofProjectSeen = guard.SQL("requests of a project a customer sees", from+` and r.project = :project`+seen+` order by r.created_at desc limit 20`)
	countWaiting  = guard.SQL("count waiting requests", `select count(*) from (select 1 from requests r where r.org = :org and r.state = 'submitted' limit 100) as capped`)

	insertRequest = guard.SQL("add a request", `insert into requests (org, id, number, customer, person, person_name, draft, title, description, property, place, wanted, created_at)
		select :org, :id, :number, :customer, :viewer, :name, :draft, :title, :description, :property, :place, :wanted, cast(:now as bigint)
		where `+guard.Granted(access.AddJob, ":customer", ":granted", "''")+` on conflict (org, person, draft) do nothing`)
	requestOfDraft = guard.SQL("one's own request of a form", `select r.id from requests r where r.org = :org and r.person = :viewer and r.draft = :draft`)
	answerRequest  = guard.SQL("answer a request", `update requests set state = :state, project = :project, reason = :reason, answered_by = :by, answered_name = :name, answered_at = :now
		where org = :org and id = :id and state = 'submitted'`)
)

func (r *Request) targets() []any {
	return []any{&r.ID, &r.Number, &r.Customer, &r.CustomerName, &r.Person, &r.PersonName, &r.Title, &r.Description, &r.Property, &r.Place, &r.Wanted, &r.State,
		&r.Project, &r.Reason, &r.AnsweredBy, &r.AnsweredName, &r.AnsweredAt, &r.CreatedAt}
}

// pick gives the statement that the actor may run.
func pick(tx *guard.Tx, office, customer *guard.Statement) *guard.Statement {
	if tx.Actor().SeesWholeOrganisation() {
		return office
	}
	return customer
}

func loadOne(tx *guard.Tx, id string) (r Request, err error) {
	err = tx.One(pick(tx, requestByID, requestSeen), guard.Args{"id": id}, r.targets()...)
	return r, err
}

func loadList(tx *guard.Tx, statement *guard.Statement, args guard.Args) (list []Request, err error) {
	err = tx.Each(statement, args, func(row guard.Row) error {
		var r Request
		err := row(r.targets()...)
		list = append(list, r)
		return err
	})
	return list, err
}

const pageSize = 50

// loadPage loads a page of the office's list and where the next begins.
func loadPage(tx *guard.Tx, state State, after organisation.Cursor, size int) (list []Request, next organisation.Cursor, err error) {
	args := guard.Args{"after": int64(math.MaxInt64), "after_id": after.ID, "limit": size + 1}
	if !after.Zero() {
		args["after"] = after.Number
	}
	statement := listOffice.Choose("all", "recent")
	if state != "" {
		statement, args["state"] = listOffice.Choose("in state", "recent"), string(state)
	}
	list, err = loadList(tx, statement, args)
	if len(list) > size {
		list = list[:size]
		last := list[size-1]
		next = organisation.Cursor{Number: last.CreatedAt.UnixMicro(), ID: last.ID}
	}
	return list, next, err
}
