package request

import (
	"context"
	"fmt"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/file"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/features/project"
	"lintel/internal/features/property"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
)

// List gives a page of the office's list: those in a state, or all.
func (s *Service) List(ctx context.Context, actor access.Actor, state State, after organisation.Cursor) (list []Request, next organisation.Cursor, err error) {
	err = s.store.View(ctx, actor, access.ProjectsRead, func(tx *guard.Tx) error {
		list, next, err = loadPage(tx, state, after, pageSize)
		return err
	})
	return list, next, err
}

// Waiting counts the requests that the office has not answered, up to 100; none for who may not read projects. For staff.
func Waiting(tx *guard.Tx) (n int, err error) {
	if !tx.May(access.ProjectsRead) {
		return 0, nil
	}
	err = tx.One(countWaiting, nil, &n)
	return n, err
}

// Choices is what the forms of an answer offer.
type Choices struct {
	Stages   []organisation.Stage
	Places   []property.Property
	Projects []project.Line // of the customer, the last changed first, to add the request to
}

// Choices gives what the office chooses from when it answers a request.
func (s *Service) Choices(ctx context.Context, actor access.Actor, r Request) (c Choices, err error) {
	err = s.store.View(ctx, actor, access.ProjectsRead, func(tx *guard.Tx) error {
		if c.Stages, err = organisation.Stages(tx); err != nil {
			return err
		}
		if c.Places, err = property.Of(tx, r.Customer); err != nil {
			return err
		}
		c.Projects, err = project.OfCustomer(tx, r.Customer)
		return err
	})
	return c, err
}

// Acceptance is what the office chooses for the project that a request becomes.
type Acceptance struct {
	Name        string
	Description string
	Stage       string // empty: the first
	Property    string // one of the customer's
	NewProperty property.Details
}

// Accept makes a project of a request, in its customer, with its photos; whoever asked may see it. Staff with projects:write.
// Invalid as of project.CreateIn; Conflict when a colleague was faster.
func (s *Service) Accept(ctx context.Context, actor access.Actor, requestID string, a Acceptance) (p project.Project, err error) {
	err = s.store.Change(ctx, actor, access.ProjectsWrite, func(tx *guard.Tx) error {
		r, err := loadOpen(tx, requestID)
		if err != nil {
			return err
		}
		p, err = project.CreateIn(tx, project.Draft{Name: a.Name, Description: a.Description, Stage: a.Stage, Customer: r.Customer, Property: a.Property,
			NewProperty: a.NewProperty, Lead: string(actor.Person())})
		if err != nil {
			return err
		}
		if err := s.hangOnProject(tx, r, p); err != nil {
			return err
		}
		if err := grantProject(tx, r, p); err != nil {
			return err
		}
		return s.answer(tx, r, Answered{State: Accepted, Project: p.ID, Name: p.Name})
	})
	return p, err
}

// Decline answers a request with a reason that whoever asked reads. Staff with projects:write. Faults: Invalid on reason,
// Conflict when a colleague was faster.
func (s *Service) Decline(ctx context.Context, actor access.Actor, requestID, reason string) error {
	if reason == "" {
		return fault.ForField("reason", "Say in a sentence why. The customer reads it.")
	}
	return s.store.Change(ctx, actor, access.ProjectsWrite, func(tx *guard.Tx) error {
		r, err := loadOpen(tx, requestID)
		if err != nil {
			return err
		}
		return s.answer(tx, r, Answered{State: Declined, Reason: reason})
	})
}

// Merge adds a request to a project of the same customer: its photos hang there too, and its words stand in the project's
// conversation. Staff with projects:write. Faults: Invalid on project (A07), Conflict when a colleague was faster.
func (s *Service) Merge(ctx context.Context, actor access.Actor, requestID, projectID string) error {
	return s.store.Change(ctx, actor, access.ProjectsWrite, func(tx *guard.Tx) error {
		r, err := loadOpen(tx, requestID)
		if err != nil {
			return err
		}
		p, err := project.Chosen(tx, projectID)
		if err != nil {
			return err
		}
		if p.Customer != r.Customer || p.Archived {
			return fault.ForField("project", "Choose one of this customer's projects.")
		}
		if err := s.hangOnProject(tx, r, p); err != nil {
			return err
		}
		if s.means.Note != nil {
			words, err := r.quoted(ctx, tx)
			if err != nil {
				return err
			}
			if err := s.means.Note(tx, p.ID, words); err != nil {
				return err
			}
		}
		if err := project.Touch(tx, p.ID); err != nil {
			return err
		}
		return s.answer(tx, r, Answered{State: Merged, Project: p.ID, Name: p.Name})
	})
}

// quoted is the request as a message in the project that it was added to, in the firm's language.
func (r Request) quoted(ctx context.Context, tx *guard.Tx) (string, error) {
	firm, err := organisation.Of(tx)
	if err != nil {
		return "", err
	}
	ctx = i18n.WithReader(ctx, i18n.Reader{Language: firm.Language, Zone: firm.Location(), Now: tx.Now()})
	parts := []string{i18n.T(ctx, "{name} asked for this: {title}", "name", r.PersonName, "title", r.Title), r.Description}
	if r.Wanted != "" {
		parts = append(parts, i18n.T(ctx, "When: {wanted}", "wanted", r.Wanted))
	}
	return strings.Join(parts, "\n\n"), nil
}

// loadOpen loads a request that nobody has answered. Conflict when somebody has.
func loadOpen(tx *guard.Tx, requestID string) (Request, error) {
	r, err := loadOne(tx, requestID)
	if err == nil && !r.State.Open() {
		return r, errAnswered
	}
	return r, err
}

// errAnswered is told to the slower of two colleagues; the page says who was faster.
var errAnswered = fault.New(fault.Conflict, "Somebody has answered this request a moment ago.")

// answer closes the request, once.
func (s *Service) answer(tx *guard.Tx, r Request, a Answered) error {
	closed, err := tx.Exec(answerRequest, guard.Args{"id": r.ID, "state": string(a.State), "project": a.Project, "reason": a.Reason,
		"by": string(tx.Actor().Person()), "name": tx.Actor().Name()})
	if err != nil {
		return fmt.Errorf("answer request: %w", err)
	}
	if closed == 0 {
		return errAnswered
	}
	tx.Announce(waitingTopic, true)
	a.Request, a.Of, a.Title = r.ID, r.Customer, r.Title
	return tx.Record(a)
}

// hangOnProject hangs copies of the photos on the project; the request keeps its own.
func (s *Service) hangOnProject(tx *guard.Tx, r Request, p project.Project) error {
	files, err := s.files.Of(tx, fileKind, r.ID)
	if err != nil || len(files) == 0 {
		return err
	}
	ids := make([]string, len(files))
	for i, f := range files {
		ids[i] = f.ID
	}
	_, err = s.files.Copy(tx, ids, file.Hang{Kind: "project", On: p.ID, Customer: p.Customer, Project: p.ID, Visibility: file.Shared})
	return err
}

// grantProject lets whoever asked see what became of it, with the modules that they have at the customer. Who has no access
// there any more gets none (A13).
func grantProject(tx *guard.Tx, r Request, p project.Project) error {
	held, whole, err := heldAt(tx, r.Person, r.Customer)
	if err != nil || whole || held.Empty() {
		return err
	}
	return identity.SetModules(tx, r.Person, identity.Scope{Customer: r.Customer, Project: p.ID}, held.With(access.Projects), "request "+r.Number+" became this project")
}
