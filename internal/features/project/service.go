package project

import (
	"context"
	"fmt"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/features/customer"
	"lintel/internal/features/organisation"
	"lintel/internal/features/property"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/jobs"
)

// Mark is the proposal sign of a project in the lists: green when one waits for an answer
// (JB-05).
type Mark struct {
	Waiting int    // proposals that wait for the customer
	Signed  int    // agreements
	URL     string // of the newest one that waits
}

// Picture is an image among a project's files.
type Picture struct {
	File, Name string
}

// Ports are questions to features on higher floors, given by app. All may be nil.
type Ports struct {
	// ToSign says what waits for a signature on each of the projects, for the customer's person who looks.
	ToSign func(tx *guard.Tx, projects []string) (map[string]Mark, error)
	// Pictures lists the images hung on a project, newest first.
	Pictures func(tx *guard.Tx, project string) ([]Picture, error)
	// Comments and NewFiles count, for each of the projects in which there are any, the messages and files that the person who
	// looks has not seen, of those since they joined (JB-06, JB-10, JB-21, JB-23).
	Comments CountNew
	NewFiles CountNew
	// Leads names the people of the office who may lead a project, by person id.
	Leads func(tx *guard.Tx) ([]Lead, error)
}

// CountNew counts what is new in projects to the person who looks, who joined at an instant (Joined).
type CountNew func(tx *guard.Tx, projects []string, joined time.Time) (map[string]int, error)

// Lead is somebody of the office.
type Lead struct {
	Person, Name, Title string
}

// Service holds the verbs on projects.
type Service struct {
	store *guard.Store
	ports Ports
}

// New makes the service.
func New(store *guard.Store, ports Ports) *Service { return &Service{store: store, ports: ports} }

// Shown is what stands beside the projects of a list, by their ids, for the person who looks.
type Shown struct {
	Marks map[string]Mark
	News  map[string]News
}

// beside finds the marks of lines. Each kind is asked only about those that can have any: with a proposal, and with a message
// or a file since the actor came.
func (s *Service) beside(tx *guard.Tx, lines []Line, joined time.Time) (shown Shown, err error) {
	var talked, filed []string
	for _, l := range lines {
		if l.talkedAt.After(joined) {
			talked = append(talked, l.ID)
		}
		if l.filedAt.After(joined) {
			filed = append(filed, l.ID)
		}
	}
	err = tx.Together(
		func() (err error) { shown.Marks, err = s.marks(tx, lines); return err },
		func() (err error) { shown.News, err = s.news(tx, talked, filed, joined); return err },
	)
	return shown, err
}

// marks are the proposals of lines (JB-05). The office sees all of them, and their numbers stand on the project; what a customer's
// person may sign is asked.
func (s *Service) marks(tx *guard.Tx, lines []Line) (map[string]Mark, error) {
	all := map[string]Mark{}
	var open []string
	for _, l := range lines {
		all[l.ID] = Mark{Waiting: l.toSign, Signed: l.signed}
		if l.toSign > 0 {
			open = append(open, l.ID)
		}
	}
	switch {
	case tx.Actor().SeesWholeOrganisation():
		return all, nil
	case s.ports.ToSign == nil || len(open) == 0:
		return nil, nil
	}
	return s.ports.ToSign(tx, open)
}

// Record is a project with everything on the office's page.
type Record struct {
	Project  Line
	Stages   []organisation.Stage
	Customer customer.Customer
	Contacts []customer.Contact
	Property property.Property // zero without one
	Places   []property.Property
	Pictures []Picture
	Leads    []Lead
}

// LeadName is who leads the project, empty when nobody was chosen.
func (r Record) LeadName() string {
	for _, l := range r.Leads {
		if l.Person == r.Project.Lead {
			return l.Name
		}
	}
	return ""
}

// Get gives a project for the office's page. NotFound when it is not the organisation's.
func (s *Service) Get(ctx context.Context, actor access.Actor, project string) (r Record, err error) {
	err = s.store.View(ctx, actor, access.ProjectsRead, func(tx *guard.Tx) error {
		r, err = s.loadRecord(tx, project)
		return err
	})
	return r, err
}

func (s *Service) loadRecord(tx *guard.Tx, project string) (r Record, err error) {
	if r.Project, err = LineByID(tx, project); err != nil {
		return r, err
	}
	if r.Stages, err = organisation.Stages(tx); err != nil {
		return r, err
	}
	if r.Customer, err = customer.CustomerByID(tx, r.Project.Customer); err != nil {
		return r, err
	}
	if r.Contacts, err = customer.ContactsOf(tx, r.Project.Customer); err != nil {
		return r, err
	}
	if r.Places, err = property.Of(tx, r.Project.Customer); err != nil {
		return r, err
	}
	if r.Project.Property != "" {
		if r.Property, err = property.PropertyByID(tx, r.Project.Property); err != nil {
			return r, err
		}
	}
	if s.ports.Pictures != nil {
		if r.Pictures, err = s.ports.Pictures(tx, project); err != nil {
			return r, err
		}
	}
	r.Leads, err = s.leads(tx)
	return r, err
}

func (s *Service) leads(tx *guard.Tx) ([]Lead, error) {
	if s.ports.Leads == nil {
		return nil, nil
	}
	return s.ports.Leads(tx)
}

// Visible is what a customer sees of a project.
type Visible struct {
	Project Line
	Stages  []organisation.Stage // that customers see
	Lead    Lead
}

// See gives a project for the customer's page. NotFound when it was not granted to the
// person or its stage is hidden.
func (s *Service) See(ctx context.Context, actor access.Actor, project string) (v Visible, err error) {
	err = s.store.View(ctx, actor, access.ProjectsRead, func(tx *guard.Tx) error {
		v = Visible{}
		if v.Project, err = ProjectVisible(tx, project); err != nil {
			return err
		}
		stages, err := organisation.Stages(tx)
		if err != nil {
			return err
		}
		v.Stages = forCustomers(stages)
		leads, err := s.leads(tx.OnBehalfOf("the customer is told who leads the project"))
		for _, l := range leads {
			if l.Person == v.Project.Lead {
				v.Lead = l
			}
		}
		return err
	})
	return v, err
}

// CountSeen counts the projects that a customer sees, two at most: one project needs no
// menu (JT-10).
func (s *Service) CountSeen(ctx context.Context, actor access.Actor) (n int, err error) {
	err = s.store.Glance(ctx, actor, access.ProjectsRead, func(tx *guard.Tx) error {
		n, err = Seen(tx, 2)
		return err
	})
	return n, err
}

// Choices is what the form for a new project offers.
type Choices struct {
	Stages    []organisation.Stage
	Customers []customer.Line // the first 50 by name, or those that fit the text
	Customer  customer.Customer
	Places    []property.Property // of the customer
	Leads     []Lead
}

// Create makes a project. See CreateIn for the faults.
func (s *Service) Create(ctx context.Context, actor access.Actor, d Draft) (p Project, err error) {
	err = s.store.Change(ctx, actor, access.ProjectsWrite, func(tx *guard.Tx) error {
		if err := s.leadsHere(tx, d.Lead); err != nil {
			return err
		}
		p, err = CreateIn(tx, d)
		return err
	})
	return p, err
}

// leadsHere answers Invalid on lead for somebody who is no active colleague (A07).
func (s *Service) leadsHere(tx *guard.Tx, lead string) error {
	if lead == "" || s.ports.Leads == nil {
		return nil
	}
	leads, err := s.leads(tx)
	if err != nil {
		return err
	}
	for _, l := range leads {
		if l.Person == lead {
			return nil
		}
	}
	return fault.ForField("lead", "Choose one of your colleagues.")
}

// Update changes a project's details. A lead who has left may stay until another is chosen.
func (s *Service) Update(ctx context.Context, actor access.Actor, project string, d Details) error {
	if d.Name == "" {
		return fault.ForField("name", nameMissing)
	}
	return s.store.Change(ctx, actor, access.ProjectsWrite, func(tx *guard.Tx) error {
		p, err := ProjectByID(tx, project)
		if err != nil {
			return err
		}
		if d.Lead != p.Lead {
			if err := s.leadsHere(tx, d.Lead); err != nil {
				return err
			}
		}
		if _, err := propertyOf(tx, p.Customer, d.Property, property.Details{}); err != nil {
			return err
		}
		if _, err := tx.Exec(updateProject, guard.Args{"id": project, "name": d.Name, "folded": organisation.Fold(d.Name), "property": d.Property,
			"description": d.Description, "lead": d.Lead}); err != nil {
			return fmt.Errorf("change project: %w", err)
		}
		return tx.Record(Changed{Project: project, Customer: p.Customer, Name: d.Name})
	})
}

// Move puts a project into another stage. The office only (JB-41).
func (s *Service) Move(ctx context.Context, actor access.Actor, project, stage string) error {
	return s.store.Change(ctx, actor, access.ProjectsWrite, func(tx *guard.Tx) error {
		return MoveStage(tx, project, stage)
	})
}

// Archive puts a project away, or brings it back. Customers keep reading what was theirs
// by its address; it leaves their lists.
func (s *Service) Archive(ctx context.Context, actor access.Actor, project string, archived bool) error {
	return s.store.Change(ctx, actor, access.ProjectsWrite, func(tx *guard.Tx) error {
		p, err := ProjectByID(tx, project)
		if err != nil || p.Archived == archived {
			return err
		}
		if _, err := tx.Exec(archiveProject, guard.Args{"id": project, "archived": archived}); err != nil {
			return fmt.Errorf("archive project: %w", err)
		}
		return tx.Record(Archived{Project: project, Customer: p.Customer, Name: p.Name, Back: !archived})
	})
}

// SetCover makes one of the project's pictures its cover; empty takes it off. A file that
// does not hang on the project is Invalid.
func (s *Service) SetCover(ctx context.Context, actor access.Actor, project, file string) error {
	return s.store.Change(ctx, actor, access.ProjectsWrite, func(tx *guard.Tx) error {
		p, err := ProjectByID(tx, project)
		if err != nil {
			return err
		}
		if file != "" && !s.hangsHere(tx, project, file) {
			return fault.ForField("cover", "Choose one of the project's pictures.")
		}
		if _, err := tx.Exec(coverProject, guard.Args{"id": project, "cover": file}); err != nil {
			return fmt.Errorf("set cover: %w", err)
		}
		return tx.Record(Changed{Project: project, Customer: p.Customer, Name: p.Name})
	})
}

func (s *Service) hangsHere(tx *guard.Tx, project, file string) bool {
	if s.ports.Pictures == nil {
		return false
	}
	pictures, err := s.ports.Pictures(tx, project)
	if err != nil {
		return false
	}
	for _, picture := range pictures {
		if picture.File == file {
			return true
		}
	}
	return false
}

// Choices gives what the form for a new project offers: customers that fit a text, or the
// chosen customer with its properties.
func (s *Service) Choices(ctx context.Context, actor access.Actor, customerID, text string) (c Choices, err error) {
	err = s.store.View(ctx, actor, access.ProjectsRead, func(tx *guard.Tx) error {
		c, err = s.loadChoices(tx, customerID, text)
		return err
	})
	return c, err
}

func (s *Service) loadChoices(tx *guard.Tx, customerID, text string) (c Choices, err error) {
	if c.Stages, err = organisation.Stages(tx); err != nil {
		return c, err
	}
	if c.Customers, err = customer.FirstByName(tx, text); err != nil {
		return c, err
	}
	if c.Leads, err = s.leads(tx); err != nil || customerID == "" {
		return c, err
	}
	c.Customer, err = customer.CustomerByID(tx, customerID)
	if fault.Is(err, fault.NotFound) {
		return c, nil // the form says so when it is posted
	}
	if err != nil {
		return c, err
	}
	c.Places, err = property.Of(tx, customerID)
	return c, err
}

// StageChanges is the subscriber that moves projects to their stage's new bucket.
func (s *Service) StageChanges() event.Subscriber {
	return event.Subscriber{Name: "project buckets", Kinds: []string{"organisation.stage_changed"}, Handle: func(ctx context.Context, r event.Recorded) error {
		var stage organisation.StageChanged
		if err := r.Read(&stage); err != nil {
			return jobs.NoRetry(err)
		}
		return s.store.Change(ctx, access.NewSystem(r.Org, "projects follow their stage to its bucket"), access.ProjectsWrite, func(tx *guard.Tx) error {
			return followStage(tx, stage.Stage)
		})
	}}
}

// followStage reads the bucket anew: the event may be older than a second change.
func followStage(tx *guard.Tx, stage string) error {
	current, err := organisation.StageByID(tx, stage)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, archived := range []bool{false, true} {
		if _, err := tx.Exec(rebucket, guard.Args{"stage": stage, "bucket": string(current.Bucket), "archived": archived}); err != nil {
			return fmt.Errorf("move projects to bucket %s: %w", current.Bucket, err)
		}
	}
	return nil
}
