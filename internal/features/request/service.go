package request

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/customer"
	"lintel/internal/features/file"
	"lintel/internal/features/identity"
	"lintel/internal/features/notify"
	"lintel/internal/features/organisation"
	"lintel/internal/features/project"
	"lintel/internal/features/property"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
)

// The kinds of things that files hang on: a request, and before it is made the form.
const (
	fileKind = "request"
	formKind = "request-form"
)

// Service holds the verbs on requests.
type Service struct {
	store *guard.Store
	files *file.Service
	told  *notify.Service
	means Means
}

// Means is what requests need from the rest of the program.
type Means struct {
	BaseURL string // the configured address of the portal, without a slash at its end
	// Note writes into the conversation of a project for whoever acts; may be nil.
	Note func(tx *guard.Tx, projectID, text string) error
}

// New makes the service and says who may upload photos for requests.
func New(store *guard.Store, files *file.Service, told *notify.Service, means Means) *Service {
	means.BaseURL = strings.TrimSuffix(means.BaseURL, "/")
	s := &Service{store: store, files: files, told: told, means: means}
	files.Register(formKind, hangOnForm)
	return s
}

// hangOnForm takes the photos of a request that is being written: until it is made they are their uploader's alone.
func hangOnForm(tx *guard.Tx, form string) (file.Hang, error) {
	if err := tx.Require(access.RequestsWrite); err != nil {
		return file.Hang{}, err
	}
	places, err := asks(tx)
	if err != nil {
		return file.Hang{}, err
	}
	if len(places) == 0 || !id.Valid(form) {
		return file.Hang{}, fault.New(fault.NotFound, "There is nothing here that takes files.")
	}
	at := places[0]
	return file.Hang{Kind: formKind, On: form, Customer: at.Customer, Project: at.Project, Visibility: file.Office, Quiet: true}, nil
}

// asks lists where the actor, somebody at a customer, may ask for work: everything of a customer before single projects, the newest first. Who
// is here by a link to one thing asks for nothing.
func asks(tx *guard.Tx) ([]identity.Granted, error) {
	if tx.Actor().Kind() != access.Customer || tx.Actor().Item() != "" {
		return nil, nil
	}
	list, err := identity.GrantsOf(tx.OnBehalfOf("where a customer's person may ask for work is in their own grants"), tx.Actor().Person())
	list = slices.DeleteFunc(list, func(g identity.Granted) bool { return !g.Modules.Has(access.AddJob) })
	slices.SortStableFunc(list, func(a, b identity.Granted) int {
		if a.Project == "" || b.Project == "" {
			return strings.Compare(a.Project, b.Project)
		}
		return strings.Compare(b.Project, a.Project)
	})
	return list, err
}

// mostPlaces is how many grants, the newest, are looked at for the places of the form.
const mostPlaces = 30

// whom lists the customers that the actor may ask for work for, with the places that the actor knows: all of a customer to
// whom everything is granted, else those of the granted projects.
func whom(tx *guard.Tx) ([]Whom, error) {
	grants, err := asks(tx)
	if err != nil {
		return nil, err
	}
	wide := tx.OnBehalfOf("a customer's person reads the names and places of what they are granted")
	var list []Whom
	at := map[string]int{}
	for i, g := range grants {
		n, known := at[g.Customer]
		if !known {
			c, err := customer.CustomerByID(wide, g.Customer)
			if err != nil {
				return nil, err
			}
			if c.Archived {
				continue
			}
			n = len(list)
			at[g.Customer], list = n, append(list, Whom{ID: c.ID, Name: c.Name, granted: g.Project})
		}
		if i >= mostPlaces {
			continue
		}
		if err := list[n].add(wide, g); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// add takes up the places that a grant makes known.
func (w *Whom) add(tx *guard.Tx, g identity.Granted) error {
	if g.Project == "" {
		all, err := property.Of(tx, g.Customer)
		for _, p := range all {
			w.take(p)
		}
		return err
	}
	of, err := project.ProjectByID(tx, g.Project)
	if fault.Is(err, fault.NotFound) || err == nil && of.Property == "" {
		return nil // the grant of a request, or a project without a place
	}
	if err != nil {
		return err
	}
	p, err := property.PropertyByID(tx, of.Property)
	if err == nil && !p.Archived {
		w.take(p)
	}
	return err
}

func (w *Whom) take(p property.Property) {
	if _, twice := w.place(p.ID); !twice {
		w.Places = append(w.Places, Place{p.ID, p.Line()})
	}
}

// Form gives what the form for a request offers, and those of the files that wait on it.
func (s *Service) Form(ctx context.Context, actor access.Actor, fileIDs []string) (list []Whom, files []file.File, err error) {
	if len(fileIDs) > mostFiles {
		fileIDs = fileIDs[:mostFiles]
	}
	err = s.store.View(ctx, actor, access.RequestsWrite, func(tx *guard.Tx) error {
		if list, err = whom(tx); err != nil {
			return err
		}
		if len(list) == 0 {
			return noWhom()
		}
		files, err = s.files.ByIDs(tx, fileIDs)
		return err
	})
	return list, files, err
}

func noWhom() error {
	return fault.New(fault.Denied, "You cannot ask for work here. Open the portal by your own account, or ask the office.")
}

// Make stores a request, which the office sees at once. Customers' people who may ask for work. The same form posted twice
// gives the same request. Faults: Invalid with the fields of Draft, Denied.
func (s *Service) Make(ctx context.Context, actor access.Actor, d Draft) (r Request, err error) {
	if err := d.check(); err != nil {
		return r, err
	}
	if !id.Valid(d.ID) {
		return r, fault.New(fault.Invalid, "The form could not be read. Please try again.")
	}
	err = s.store.Change(ctx, actor, access.RequestsWrite, func(tx *guard.Tx) error {
		r, err = s.make(tx, d)
		return err
	})
	return r, err
}

func (s *Service) make(tx *guard.Tx, d Draft) (r Request, err error) {
	before := ""
	if err := tx.One(requestOfDraft, guard.Args{"draft": d.ID}, &before); !fault.Is(err, fault.NotFound) {
		if err == nil {
			r, err = loadOne(tx, before)
		}
		return r, err
	}
	list, err := whom(tx)
	if err != nil {
		return r, err
	}
	if len(list) == 0 {
		return r, noWhom()
	}
	w, err := d.chosen(list)
	if err != nil {
		return r, err
	}
	r = Request{ID: id.New(), Customer: w.ID, CustomerName: w.Name, Person: tx.Actor().Person(), PersonName: tx.Actor().Name(), Title: d.Title, Description: d.Description,
		Property: d.Property, Wanted: d.Wanted, State: Submitted, CreatedAt: tx.Now()}
	if r.Place, err = d.where(w); err != nil {
		return r, err
	}
	number, err := organisation.NextNumber(tx, "request", 1)
	if err != nil {
		return r, err
	}
	r.Number = strconv.FormatInt(number, 10)
	return r, s.keep(tx, r, d, w.granted)
}

// keep writes the row, hangs the photos on it, and grants whoever asks their own request.
func (s *Service) keep(tx *guard.Tx, r Request, d Draft, granted string) error {
	stored, err := tx.Exec(insertRequest, guard.Args{"id": r.ID, "number": r.Number, "customer": r.Customer, "name": r.PersonName, "draft": d.ID, "title": r.Title,
		"description": r.Description, "property": r.Property, "place": r.Place, "wanted": r.Wanted, "granted": granted})
	if err != nil {
		return fmt.Errorf("store request: %w", err)
	}
	if stored == 0 {
		return fault.New(fault.Conflict, "This request was sent a moment ago.")
	}
	if err := s.files.Rehang(tx, d.Files, formKind, d.ID, hangOf(r)); err != nil {
		return err
	}
	if err := grantOwn(tx, r); err != nil {
		return err
	}
	tx.Announce(waitingTopic, true)
	return tx.Record(Made{Request: r.ID, Of: r.Customer, Number: r.Number, Title: r.Title})
}

// waitingTopic is what the office's lists of requests listen to.
const waitingTopic = "requests:waiting"

func hangOf(r Request) file.Hang {
	return file.Hang{Kind: fileKind, On: r.ID, Item: r.ID, Customer: r.Customer, Project: r.ID, Visibility: file.Shared, Quiet: true}
}

// grantOwn makes the request a place that its author was granted, with what the author may use at that customer: so that
// the request, its photos and its conversation are theirs also when they were granted single projects only.
func grantOwn(tx *guard.Tx, r Request) error {
	wide := tx.OnBehalfOf("whoever asks for work sees what they asked for")
	held, whole, err := heldAt(wide, r.Person, r.Customer)
	if err != nil || whole {
		return err
	}
	own := held.And(access.NewModuleSet(access.AddJob, access.Messages))
	return identity.SetModules(wide, r.Person, identity.Scope{Customer: r.Customer, Project: r.ID}, own, "asked for work, request "+r.Number)
}

// heldAt is what a person may use anywhere at a customer. whole: the right to ask for work is granted for all of it.
func heldAt(tx *guard.Tx, person access.PersonID, of string) (held access.ModuleSet, whole bool, err error) {
	grants, err := identity.GrantsOf(tx, person)
	for _, g := range grants {
		if g.Customer != of {
			continue
		}
		held = held.Or(g.Modules)
		whole = whole || g.Project == "" && g.Modules.Has(access.AddJob)
	}
	return held.Without(access.NewModuleSet(access.Users)), whole, err
}

// Own lists the newest hundred requests that somebody at a customer sees.
func (s *Service) Own(ctx context.Context, actor access.Actor) (list []Request, err error) {
	err = s.store.View(ctx, actor, access.RequestsWrite, func(tx *guard.Tx) error {
		list, err = loadList(tx, listSeen, nil)
		return err
	})
	return list, err
}

// See gives a request to somebody at its customer. NotFound when it is not theirs to see.
func (s *Service) See(ctx context.Context, actor access.Actor, requestID string) (Sheet, error) {
	return s.sheet(ctx, actor, access.RequestsWrite, requestID)
}

// Get gives a request to the office. NotFound when it is not the organisation's.
func (s *Service) Get(ctx context.Context, actor access.Actor, requestID string) (Sheet, error) {
	return s.sheet(ctx, actor, access.ProjectsRead, requestID)
}

func (s *Service) sheet(ctx context.Context, actor access.Actor, permission access.Permission, requestID string) (sheet Sheet, err error) {
	err = s.store.View(ctx, actor, permission, func(tx *guard.Tx) error {
		sheet = Sheet{}
		if sheet.Request, err = loadOne(tx, requestID); err != nil {
			return err
		}
		if sheet.Files, err = s.files.Of(tx, fileKind, requestID); err != nil {
			return err
		}
		sheet.Project, err = seenProject(tx, sheet.Request)
		return err
	})
	return sheet, err
}

// seenProject is where a request went, when the reader sees it: zero otherwise.
func seenProject(tx *guard.Tx, r Request) (project.Line, error) {
	if r.Project == "" || !tx.May(access.ProjectsRead) {
		return project.Line{}, nil
	}
	line, err := project.ProjectVisible(tx, r.Project)
	if fault.Is(err, fault.NotFound) {
		return project.Line{}, nil
	}
	return line, err
}

// OfProject lists the requests that led to a project, as far as the actor sees them.
func (s *Service) OfProject(ctx context.Context, actor access.Actor, permission access.Permission, projectID string) (list []Request, err error) {
	err = s.store.View(ctx, actor, permission, func(tx *guard.Tx) error {
		list, err = loadList(tx, pick(tx, ofProject, ofProjectSeen), guard.Args{"project": projectID})
		return err
	})
	return list, err
}
