package project

import (
	"fmt"
	"strconv"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/customer"
	"lintel/internal/features/organisation"
	"lintel/internal/features/property"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
)

// ProjectByID loads a project in the caller's transaction. NotFound when the organisation
// has no such project. The office's transactions only; for customers see ProjectVisible.
func ProjectByID(tx *guard.Tx, id string) (Project, error) {
	p, err := loadProject(tx, id)
	if err != nil {
		return Project{}, fmt.Errorf("load project: %w", err)
	}
	return p, nil
}

// LineByID is ProjectByID with the names of stage, customer and place.
func LineByID(tx *guard.Tx, id string) (Line, error) {
	l, err := loadLine(tx, lineByID, id)
	if err != nil {
		return Line{}, fmt.Errorf("load project: %w", err)
	}
	return l, nil
}

// ProjectVisible loads a project for the person who looks: staff see every one, customers
// those granted to them whose stage customers see. NotFound otherwise.
func ProjectVisible(tx *guard.Tx, id string) (Line, error) {
	if tx.Actor().SeesWholeOrganisation() {
		return LineByID(tx, id)
	}
	l, err := loadLine(tx, seenByID, id)
	if err != nil {
		return Line{}, fmt.Errorf("load project: %w", err)
	}
	return l, nil
}

// Chosen is ProjectByID for an id that came in a form: one that is not the organisation's
// is Invalid (A07).
func Chosen(tx *guard.Tx, id string) (Project, error) {
	p, err := ProjectByID(tx, id)
	if fault.Is(err, fault.NotFound) {
		return Project{}, fault.ForField("project", "Choose one of your projects.")
	}
	return p, err
}

// Seen counts the projects that a customer sees, up to a limit.
func Seen(tx *guard.Tx, limit int) (int, error) {
	var n int
	if err := tx.One(countSeen, guard.Args{"limit": limit}, &n); err != nil {
		return 0, fmt.Errorf("count projects: %w", err)
	}
	return n, nil
}

// MoveStage moves a project in the caller's transaction and records it. A project that is
// in the stage already stays as it is; one that somebody else has moved is a Conflict.
// Staff, or the system on behalf of a signature.
func MoveStage(tx *guard.Tx, projectID, stage string) error {
	if err := tx.Require(access.ProjectsWrite); err != nil {
		return err
	}
	p, err := ProjectByID(tx, projectID)
	if err != nil || p.Stage == stage {
		return err
	}
	to, err := chosenStage(tx, stage)
	if err != nil {
		return err
	}
	from, err := organisation.StageByID(tx, p.Stage)
	if err != nil {
		return err
	}
	moved, err := tx.Exec(moveProject, guard.Args{"id": projectID, "stage": to.ID, "bucket": string(to.Bucket), "from": from.ID})
	if err != nil {
		return fmt.Errorf("move project: %w", err)
	}
	if moved == 0 {
		return fault.New(fault.Conflict, "Somebody has just moved this project. Please look again.")
	}
	return tx.Record(StageMoved{Project: p.ID, Customer: p.Customer, Name: p.Name, From: from.Name, To: to.Name,
		Bucket: to.Bucket, Seen: to.CustomerVisible && to.Bucket != organisation.Hidden})
}

// Joined is since when the actor, who is staff or a customer's person, belongs to the organisation: what is older was never new
// to them. To who has no membership nothing is new: now.
func Joined(tx *guard.Tx) (at time.Time, err error) {
	kind := access.Customer
	if tx.Actor().Kind() == access.Staff {
		kind = access.Staff
	}
	err = tx.One(joinedAs, guard.Args{"kind": string(kind)}, &at)
	if fault.Is(err, fault.NotFound) {
		return tx.Now(), nil
	}
	return at, err
}

// Touch puts a project on top of the lists of what changed last.
func Touch(tx *guard.Tx, projectID string) error {
	if _, err := tx.OnBehalfOf("a customer's act changes when the project was last touched").Exec(touchProject, guard.Args{"id": projectID}); err != nil {
		return fmt.Errorf("touch project: %w", err)
	}
	return nil
}

// CreateIn makes a project in the caller's transaction, with its customer and property
// when they are new. Invalid with the fields name, customer, stage, property and those of
// customer.CreateIn and property.CreateIn.
func CreateIn(tx *guard.Tx, d Draft) (Project, error) {
	if err := tx.Require(access.ProjectsWrite); err != nil {
		return Project{}, err
	}
	if err := d.check(); err != nil {
		return Project{}, err
	}
	p := Project{ID: id.New(), Name: d.Name, Description: d.Description, Lead: d.Lead, CreatedAt: tx.Now(), UpdatedAt: tx.Now()}
	stage, err := firstOrChosen(tx, d.Stage)
	if err != nil {
		return Project{}, err
	}
	p.Stage, p.Bucket = stage.ID, stage.Bucket
	if p.Customer, err = customerOf(tx, d); err != nil {
		return Project{}, err
	}
	if p.Property, err = propertyOf(tx, p.Customer, d.Property, d.NewProperty); err != nil {
		return Project{}, err
	}
	if p.Serial, err = organisation.NextNumber(tx, "project", firstNumber); err != nil {
		return Project{}, err
	}
	p.Number = strconv.FormatInt(p.Serial, 10)
	if err := storeProject(tx, p); err != nil {
		return Project{}, fmt.Errorf("store project: %w", err)
	}
	return p, tx.Record(Created{Project: p.ID, Customer: p.Customer, Name: p.Name, Number: p.Number})
}

const firstNumber = 1001

func customerOf(tx *guard.Tx, d Draft) (string, error) {
	if d.Customer == "" {
		made, _, err := customer.CreateIn(tx, d.NewCustomer, d.NewContact)
		return made, inField(err, "name", "customer_name")
	}
	c, err := customer.Chosen(tx, d.Customer)
	return c.ID, err
}

// inField renames a field of a fault: the customer's name is another field in our form.
func inField(err error, from, to string) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	renamed := *f
	renamed.Fields = append([]fault.Field(nil), f.Fields...)
	for i := range renamed.Fields {
		if renamed.Fields[i].Name == from {
			renamed.Fields[i].Name = to
		}
	}
	return &renamed
}

func propertyOf(tx *guard.Tx, customerID, chosen string, fresh property.Details) (string, error) {
	if chosen == "" && fresh.Empty() {
		return "", nil
	}
	if chosen == "" {
		return property.CreateIn(tx, customerID, fresh)
	}
	p, err := property.Chosen(tx, customerID, chosen)
	return p.ID, err
}

func firstOrChosen(tx *guard.Tx, stage string) (organisation.Stage, error) {
	if stage != "" {
		return chosenStage(tx, stage)
	}
	all, err := organisation.Stages(tx)
	if err != nil {
		return organisation.Stage{}, err
	}
	if len(all) == 0 {
		return organisation.Stage{}, fault.ForField("stage", "Add a stage in the settings first.")
	}
	return all[0], nil
}

func chosenStage(tx *guard.Tx, stage string) (organisation.Stage, error) {
	s, err := organisation.StageByID(tx, stage)
	if fault.Is(err, fault.NotFound) {
		return organisation.Stage{}, fault.ForField("stage", "Choose one of your stages.")
	}
	return s, err
}

// StageInUse reports whether projects are in a stage, archived ones too.
func StageInUse(tx *guard.Tx, stage string) (bool, error) {
	for _, archived := range []bool{false, true} {
		var n int
		if err := tx.One(stageInUse, guard.Args{"stage": stage, "archived": archived}, &n); err != nil {
			return false, fmt.Errorf("count projects in stage: %w", err)
		}
		if n > 0 {
			return true, nil
		}
	}
	return false, nil
}

// OfCustomer lists a customer's projects for a choice in a form, the last changed first, 50 at most and without archived
// ones. The office's transactions only.
func OfCustomer(tx *guard.Tx, customerID string) ([]Line, error) {
	statement, args, _ := customerStatement(Filter{Customer: customerID}, guard.Args{"limit": pageSize, "archived": false})
	var list []Line
	var stages []organisation.Stage
	err := tx.Together(
		func() (err error) { stages, err = organisation.Stages(tx); return err },
		func() (err error) { list, err = loadLines(tx, statement, args, listTargets); return err },
	)
	if err != nil {
		return nil, fmt.Errorf("load the projects of a customer: %w", err)
	}
	nameStages(list, stages)
	return list, nil
}
