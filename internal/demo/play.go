package demo

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/demo/pictures"
	"lintel/internal/features/customer"
	"lintel/internal/features/file"
	"lintel/internal/features/organisation"
	"lintel/internal/features/project"
	"lintel/internal/features/staff"
)

// firm is a plan that is being played.
type firm struct {
	*stage
	plan      firmPlan
	org       access.Organisation
	staff     map[string]*guest
	stages    map[string]string // id by name
	customers map[string]*guest // by address
	pictures  map[string]string // file that a sample picture was first stored as
}

// founded is the day on which every firm of the sample world opened its portal.
const founded = 76

// play puts everything that happens at a firm on the timeline.
func (s *stage) play(plan firmPlan) {
	f := &firm{stage: s, plan: plan, staff: map[string]*guest{}, stages: map[string]string{}, customers: map[string]*guest{}, pictures: map[string]string{}}
	s.at(founded, "08:00", f.found)
	if plan.office != nil {
		s.at(founded-1, "08:30", func() error { return f.arrangeOffice(*plan.office) })
	}
	for i := range plan.customers {
		f.playCustomer(&plan.customers[i])
	}
	for _, work := range plan.contractors {
		f.playContractor(work)
	}
}

func (f *firm) found() (err error) {
	logo, err := pictures.Open(f.plan.logo)
	if err != nil {
		return err
	}
	f.org, err = f.app.Organisations.Found(f.ctx, organisation.Founding{Slug: f.plan.slug, Firm: f.plan.details, Colour: f.plan.colour, Logo: logo,
		Owner: organisation.Owner{Name: f.plan.owner.name, Email: f.plan.owner.email}})
	if err != nil {
		return fmt.Errorf("found %s: %w", f.plan.slug, err)
	}
	if err := f.hire(); err != nil {
		return err
	}
	owner := f.staff[f.plan.owner.key].actor
	details := f.plan.details
	if err := f.app.Organisations.SaveFirm(f.ctx, owner, details); err != nil {
		return fmt.Errorf("save the firm's details: %w", err)
	}
	stages, err := f.app.Organisations.Stages(f.ctx, owner)
	if err != nil {
		return err
	}
	for _, stage := range stages {
		f.stages[stage.Name] = stage.ID
	}
	return f.writeTerms(owner)
}

// hire makes the staff and lets everybody in, the owner by what the founding made.
func (f *firm) hire() error {
	people := map[string]access.PersonID{}
	err := f.app.Store.Change(f.ctx, access.NewSystem(f.org.ID, "the demo makes its staff"), access.SystemWork, func(tx *guard.Tx) error {
		for _, colleague := range append([]staffPlan{f.plan.owner}, f.plan.staff...) {
			person, err := staff.Add(tx, colleague.email, colleague.name, colleague.role)
			if err != nil {
				return err
			}
			people[colleague.key] = person
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("make the staff: %w", err)
	}
	for i, colleague := range append([]staffPlan{f.plan.owner}, f.plan.staff...) {
		if f.staff[colleague.key], err = f.enterStaff(f.org, people[colleague.key], i); err != nil {
			return err
		}
	}
	return nil
}

// writeTerms puts the firm's own terms in the place of the ones that every firm begins with.
func (f *firm) writeTerms(owner access.Actor) error {
	if len(f.plan.terms) == 0 {
		return nil
	}
	standard, err := f.app.Organisations.Terms(f.ctx, owner)
	if err != nil {
		return err
	}
	for _, terms := range standard {
		if err := f.app.Organisations.ArchiveTerms(f.ctx, owner, terms.ID); err != nil {
			return err
		}
	}
	for _, terms := range f.plan.terms {
		if err := f.app.Organisations.AddTerms(f.ctx, owner, terms); err != nil {
			return err
		}
	}
	return nil
}

// client is a customer of the firm once they are on the books.
type client struct {
	firm     *firm
	plan     *customerPlan
	id       string
	contacts []string
	property string
}

func (f *firm) playCustomer(plan *customerPlan) {
	c := &client{firm: f, plan: plan}
	first := 0
	for _, work := range plan.work {
		first = max(first, work.began)
	}
	f.at(first, "08:10", c.enrol)
	for i := range plan.work {
		c.playWork(&plan.work[i])
	}
	for _, sent := range plan.access {
		c.playAccess(sent)
	}
	for _, asked := range plan.requests {
		c.playRequest(asked)
	}
}

func (c *client) enrol() (err error) {
	f, office := c.firm, c.firm.staff[c.firm.plan.owner.key].actor
	details := customer.Details{Name: c.plan.name, Address: c.plan.address, Phone: c.plan.phone, Notes: c.plan.notes}
	if len(c.plan.contacts) > 0 {
		details.Email = c.plan.contacts[0].email
	}
	if c.id, err = f.app.Customers.Create(f.ctx, office, details, customer.ContactDetails{}); err != nil {
		return fmt.Errorf("make customer %s: %w", c.plan.name, err)
	}
	for _, contact := range c.plan.contacts {
		made, err := f.app.Customers.AddContact(f.ctx, office, c.id, customer.ContactDetails{Name: contact.name, Email: contact.email, Phone: contact.phone, Title: contact.title})
		if err != nil {
			return fmt.Errorf("make contact %s: %w", contact.name, err)
		}
		c.contacts = append(c.contacts, made)
	}
	if c.plan.place.Empty() {
		return nil
	}
	c.property, err = f.app.Properties.Create(f.ctx, office, c.id, c.plan.place)
	return err
}

// order is a project that is being played.
type order struct {
	*client
	work *workPlan
	id   string
}

func (c *client) playWork(work *workPlan) {
	o := &order{client: c, work: work}
	f := c.firm
	f.at(work.began, "08:20", o.begin)
	for _, move := range work.moves {
		f.at(move.days, "16:30", func() error { return o.move(move.stage) })
	}
	if len(work.photos) > 0 || work.cover != "" {
		f.at(work.began, "11:45", o.hangPictures)
	}
	o.playFiles()
	o.playSchedule()
	o.playTalk()
	o.playMails()
	for i := range work.offers {
		o.playOffer(&work.offers[i])
	}
	if work.muted > 0 {
		f.at(work.muted, "17:30", func() error { return f.app.Inbox.Mute(f.ctx, f.staff[work.lead].actor, o.id, true) })
	}
	if work.archived > 0 {
		f.at(work.archived, "17:00", func() error { return f.app.Projects.Archive(f.ctx, f.staff[work.lead].actor, o.id, true) })
	}
}

func (o *order) begin() error {
	f, lead := o.firm, o.firm.staff[o.work.lead].actor
	made, err := f.app.Projects.Create(f.ctx, lead, project.Draft{Name: o.work.name, Description: o.work.description, Customer: o.client.id, Property: o.property, Lead: string(lead.Person())})
	if err != nil {
		return fmt.Errorf("make project %s: %w", o.work.name, err)
	}
	o.id = made.ID
	return nil
}

func (o *order) move(stage string) error {
	f := o.firm
	target, known := f.stages[stage]
	if !known {
		return fmt.Errorf("%s has no stage %s", f.plan.slug, stage)
	}
	err := f.app.Store.Change(f.ctx, f.staff[o.work.lead].actor, access.ProjectsWrite, func(tx *guard.Tx) error { return project.MoveStage(tx, o.id, target) })
	if err != nil {
		return fmt.Errorf("move %s to %s: %w", o.work.name, stage, err)
	}
	return nil
}

// hangPictures puts the photos on the project and makes one of them its cover.
func (o *order) hangPictures() error {
	f, lead := o.firm, o.firm.staff[o.work.lead].actor
	names := o.work.photos
	if o.work.cover != "" {
		names = append([]string{o.work.cover}, names...)
	}
	for i, name := range names {
		hung, err := f.hang(lead, file.Hang{Kind: "project", On: o.id, Customer: o.client.id, Project: o.id, Visibility: file.Shared}, name)
		if err != nil {
			return err
		}
		if i == 0 && o.work.cover != "" {
			if err := f.app.Projects.SetCover(f.ctx, lead, o.id, hung); err != nil {
				return fmt.Errorf("set the cover of %s: %w", o.work.name, err)
			}
		}
	}
	return nil
}

// hang puts a sample file on a thing and gives its id. Staff hang a picture that the firm
// has already by its stored bytes, so that its preview is made once.
func (f *firm) hang(actor access.Actor, on file.Hang, name string) (string, error) {
	if stored := f.pictures[name]; stored != "" && actor.Kind() == access.Staff {
		return f.hangCopy(actor, on, stored)
	}
	sample, called, renamed := strings.Cut(name, " as ")
	if renamed {
		name = called
	}
	content, err := pictures.Open(sample)
	if err != nil {
		return "", err
	}
	if isFilm(name) {
		return f.film(actor, on.Kind, on.On, name, content)
	}
	hung, err := f.app.Files.Save(f.ctx, actor, on, name, "", content)
	if err != nil {
		return "", fmt.Errorf("hang %s: %w", name, err)
	}
	if hung.Width > 0 { // a PDF is replaced by its clean copy when it is sent
		f.pictures[name] = hung.ID
	}
	return hung.ID, nil
}

// snapped is the name under which a photo comes that somebody takes that day: no two files of a project have one name.
func (f *firm) snapped(sample string) string { return f.clock.Now().Format("20060102") + "-" + sample }

func isFilm(name string) bool { return strings.HasSuffix(name, ".mp4") }

// film uploads a film as a browser does, with the picture that it draws of it. The only film walks round this kitchen.
func (f *firm) film(actor access.Actor, kind, on, name string, content []byte) (string, error) {
	drawn, err := pictures.Open("kitchen-sage.jpg")
	if err != nil {
		return "", err
	}
	u, err := f.app.Files.Begin(f.ctx, actor, file.NewUpload{Kind: kind, On: on, Name: name, Size: int64(len(content))})
	if err != nil {
		return "", fmt.Errorf("begin to upload %s: %w", name, err)
	}
	if _, err := f.app.Files.Append(f.ctx, actor, u.ID, 0, bytes.NewReader(content)); err != nil {
		return "", fmt.Errorf("upload %s: %w", name, err)
	}
	if err := f.app.Files.TakePoster(f.ctx, actor, u.ID, bytes.NewReader(drawn)); err != nil {
		return "", fmt.Errorf("send the picture of %s: %w", name, err)
	}
	return u.ID, nil
}

func (f *firm) hangCopy(actor access.Actor, on file.Hang, stored string) (copied string, err error) {
	err = f.app.Store.Change(f.ctx, actor, access.FilesWrite, func(tx *guard.Tx) error {
		copies, err := f.app.Files.Copy(tx, []string{stored}, on)
		if err == nil {
			copied = copies[0]
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("hang a copy: %w", err)
	}
	return copied, nil
}

// guestOf is the browser of a contact, who comes by the newest link in their mail.
func (c *client) guestOf(number int) (*guest, error) {
	if number >= len(c.plan.contacts) {
		return nil, errors.New(c.plan.name + " has nobody who could answer")
	}
	email := c.plan.contacts[number].email
	if known := c.firm.customers[email]; known != nil {
		return known, nil
	}
	g, err := c.firm.enterCustomer(c.firm.org.Slug, email, len(c.firm.customers)*7+len(email))
	if err == nil {
		c.firm.customers[email] = g
	}
	return g, err
}

func dayAhead(from time.Time, days int) string { return from.AddDate(0, 0, days).Format(time.DateOnly) }
