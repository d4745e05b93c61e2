package portalaccess

import (
	"time"

	"lintel/internal/core/access"
	"lintel/internal/features/customer"
	"lintel/internal/features/identity"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
)

// The names of the modules, as pages show them.
var moduleNames = map[access.Module]string{
	access.Projects: i18n.Mark("Projects"), access.Documents: i18n.Mark("Documents"), access.Selections: i18n.Mark("Selections"), access.Invoices: i18n.Mark("Invoices"),
	access.Messages: i18n.Mark("Messages"), access.Files: i18n.Mark("Files"), access.Schedule: i18n.Mark("Schedule"), access.Assets: i18n.Mark("Assets"),
	access.Service: i18n.Mark("Service"), access.Properties: i18n.Mark("Properties"), access.Certificates: i18n.Mark("Certificates"), access.Diary: i18n.Mark("Diary"),
	access.AddJob: i18n.Mark("Add job"), access.Users: i18n.Mark("Users"),
}

// group is a few modules under one heading.
type group struct {
	name    string
	modules []access.Module
}

var groups = []group{
	{i18n.Mark("Projects and money"), []access.Module{access.Projects, access.Documents, access.Selections, access.Invoices}},
	{i18n.Mark("Talk and plan"), []access.Module{access.Messages, access.Files, access.Schedule}},
	{i18n.Mark("Property"), []access.Module{access.Assets, access.Service, access.Properties, access.Certificates, access.Diary}},
	{i18n.Mark("May do"), []access.Module{access.AddJob, access.Users}},
}

// offeredGroups are the groups with the modules that somebody can be given.
func offeredGroups(offered access.ModuleSet) (list []group) {
	for _, g := range groups {
		var modules []access.Module
		for _, m := range g.modules {
			if offered.Has(m) {
				modules = append(modules, m)
			}
		}
		if len(modules) > 0 {
			list = append(list, group{g.name, modules})
		}
	}
	return list
}

// Project is a project of the customer, to choose where a grant holds.
type Project struct{ ID, Name string }

// Place is what somebody is granted at the whole customer, or at one project of it.
type Place struct {
	Project string // empty: everything of the customer
	Name    string // of the project
	Modules access.ModuleSet
}

// Person is a contact with everything about their access.
type Person struct {
	customer.Contact
	Portal     customer.Portal
	Places     []Place
	Invitation identity.Invitation // the newest, or zero
}

// Invited reports whether an invitation waits for the person at now.
func (p Person) Invited(now time.Time) bool {
	return p.Invitation.ID != "" && p.Invitation.Open(now)
}

// Entry is a line of the log: what happened, by whom, when and why.
type Entry struct {
	At             time.Time
	Icon, Sentence string
	Reason         string
}

// Sheet is the page of a customer's portal access.
type Sheet struct {
	Customer customer.Customer
	People   []Person
	Projects []Project
	Offered  access.ModuleSet
	Links    []customer.Link // that work, of all contacts
	Log      []Entry
	Now      time.Time
}

// person finds a person of the sheet.
func (s Sheet) person(id access.PersonID) (Person, bool) {
	for _, p := range s.People {
		if p.Person == id && id != "" {
			return p, true
		}
	}
	return Person{}, false
}

func (s Sheet) contact(id string) (Person, bool) {
	for _, p := range s.People {
		if p.ID == id {
			return p, true
		}
	}
	return Person{}, false
}

// Change is another set of modules for a person at a place. Had is what the page showed.
type Change struct {
	Person    access.PersonID
	Project   string
	Had, Want access.ModuleSet
}

// offeredAt is what can be given at a place: users are added for a whole company only.
func offeredAt(project string, offered access.ModuleSet) access.ModuleSet {
	if project == "" {
		return offered
	}
	return offered.Without(access.NewModuleSet(access.Users))
}

// apply joins what was ticked with modules that the firm does not offer now, which no page
// shows and nobody has taken away.
func (c Change) apply(offered access.ModuleSet) access.ModuleSet {
	offered = offeredAt(c.Project, offered)
	return c.Had.Without(offered).Or(c.Want.And(offered))
}

// check compares the changes with what is granted now. Invalid for people and places that
// the customer does not have (A07); Conflict when somebody has changed them meanwhile.
func (s Sheet) check(changes []Change) error {
	for _, c := range changes {
		p, known := s.person(c.Person)
		if !known {
			return fault.ForField("person", "Choose one of this customer's contacts.")
		}
		at := -1
		for i, place := range p.Places {
			if place.Project == c.Project {
				at = i
			}
		}
		switch {
		case at < 0:
			return fault.ForField("person", "This person has no access there. Send it first.")
		case p.Places[at].Modules != c.Had:
			return fault.New(fault.Conflict, "Somebody has changed this meanwhile. Look at the table again.")
		}
	}
	return nil
}

// changed leaves only those changes that change something.
func changed(changes []Change, offered access.ModuleSet) (list []Change) {
	for _, c := range changes {
		if c.apply(offered) != c.Had {
			list = append(list, c)
		}
	}
	return list
}
