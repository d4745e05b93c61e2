package schedule

import (
	"context"
	"fmt"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/fault"
)

// Publish lets the customer see the plan as the office saw it at a revision of the
// schedule. When the plan was changed since it is a Conflict: who publishes has seen what.
func (s *Service) Publish(ctx context.Context, actor access.Actor, projectID string, revision int) error {
	return s.store.Change(ctx, actor, access.ScheduleWrite, func(tx *guard.Tx) error {
		p, err := loadPlan(tx, projectID)
		if err != nil {
			return err
		}
		if len(p.Tasks) == 0 {
			return fault.New(fault.Invalid, "There is nothing to publish yet. Add a task first.")
		}
		if p.State.Published() && len(p.Changes) == 0 {
			return nil
		}
		marked, err := tx.Exec(markPublished, guard.Args{"project": projectID, "revision": revision, "by": string(actor.Person()), "name": actor.Name()})
		if err != nil {
			return fmt.Errorf("mark as published: %w", err)
		}
		if marked == 0 {
			return fault.New(fault.Conflict, "Somebody has changed the schedule in the meantime. Please look once more at what would be published.")
		}
		if err := rewrite(tx, projectID, p.Tasks); err != nil {
			return err
		}
		tx.Announce("project:"+projectID, false)
		e := Published{Project: projectID, Customer: p.Project.Customer, Name: p.Project.Name, First: !p.State.Published(), Changes: len(p.Changes)}
		for _, t := range asked(p.Changes) {
			e.Asked = append(e.Asked, t.Name)
		}
		return tx.Record(e)
	})
}

// Withdraw hides the schedule from the customer. The plan stays as it is.
func (s *Service) Withdraw(ctx context.Context, actor access.Actor, projectID string) error {
	return s.store.Change(ctx, actor, access.ScheduleWrite, func(tx *guard.Tx) error {
		p, err := loadPlan(tx, projectID)
		if err != nil {
			return err
		}
		hidden, err := tx.Exec(markWithdrawn, guard.Args{"project": projectID})
		if err != nil {
			return fmt.Errorf("withdraw the schedule: %w", err)
		}
		if hidden == 0 {
			return nil
		}
		if _, err := tx.Exec(clearPublished, guard.Args{"project": projectID}); err != nil {
			return fmt.Errorf("withdraw the schedule: %w", err)
		}
		tx.Announce("project:"+projectID, false)
		return tx.Record(Withdrawn{Project: projectID, Customer: p.Project.Customer, Name: p.Project.Name})
	})
}

// Tick marks a customer's own task as done, or as open again. Customers tick what is
// published to them; NotFound otherwise. What is so already stays so.
func (s *Service) Tick(ctx context.Context, actor access.Actor, projectID, task string, done bool) error {
	return s.store.Change(ctx, actor, access.ScheduleAnswer, func(tx *guard.Tx) error {
		list, err := loadPublished(tx, publishedByID, guard.Args{"id": task})
		if err != nil {
			return err
		}
		if len(list) == 0 || list[0].Project != projectID || !list[0].Own {
			return gone()
		}
		return tick(tx, tickForCustomer, list[0], done)
	})
}

// Own lists the actor's own tasks that wait; see OwnTasks.
func (s *Service) Own(ctx context.Context, actor access.Actor) (list []Task, err error) {
	err = s.store.View(ctx, actor, access.ScheduleRead, func(tx *guard.Tx) error {
		list, err = OwnTasks(tx)
		return err
	})
	return list, err
}

// Settle is Tick by the office, for a customer who has said so.
func (s *Service) Settle(ctx context.Context, actor access.Actor, projectID, task string, done bool) error {
	return s.store.Change(ctx, actor, access.ScheduleWrite, func(tx *guard.Tx) error {
		tasks, err := loadTasks(tx, projectID)
		if err != nil {
			return err
		}
		t, there := byID(tasks, task)
		if !there || !t.Own {
			return gone()
		}
		return tick(tx, tickForOffice, t, done)
	})
}

func tick(tx *guard.Tx, statement *guard.Statement, t Task, done bool) error {
	args := guard.Args{"id": t.ID, "done": time.Time{}, "name": "", "open": done}
	if done {
		args["done"], args["name"] = tx.Now(), tx.Actor().Name()
	}
	if statement == tickForOffice {
		args["by"] = string(tx.Actor().Person())
	}
	changed, err := tx.Exec(statement, args)
	if err != nil {
		return fmt.Errorf("tick a task: %w", err)
	}
	if changed == 0 {
		return nil
	}
	return tx.Record(Ticked{about: aboutTask(t), Back: !done})
}
