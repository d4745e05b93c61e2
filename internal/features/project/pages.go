package project

import (
	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/ui"
)

// Slot is a part of a project's page that a higher floor gives. A nil component is left away.
type Slot func(r *route.Request, project Line) (templ.Component, error)

// Tab is a part of a project that has a page of its own.
type Tab struct {
	Key     string // last part of its address
	Label   string // English, translated when shown
	Content Slot
	// Mark says which of the project's news are in it; may be empty.
	Mark ui.Mark
	// Shown reports whether somebody has the tab at all; nil: everybody.
	Shown func(actor access.Actor) bool
}

// NeedSlot gives what waits for the customer in a project.
type NeedSlot func(r *route.Request, project Line) ([]ui.NeedProps, error)

// Slots are what higher floors add to the pages of a project, each in order.
type Slots struct {
	OfficeTabs    []Tab  // after Dashboard: Proposals, Files, Activity; People comes last
	OfficeCards   []Slot // the Dashboard's wide column
	OfficeSide    []Slot // beside it
	CustomerTabs  []Tab
	CustomerNeeds []NeedSlot // "Needs you", on top
	CustomerCards []Slot
	CustomerSide  []Slot // Signed Agreements

	// CustomerActions stand beside the title of the customer's list: "Initiate Project". May be nil, and give nil.
	CustomerActions func(r *route.Request) templ.Component
}

// Pages are the pages of projects for the office and for customers.
type Pages struct {
	service *Service
	frame   *organisation.Frame
	slots   Slots
	// PictureURL is the address of a picture's preview; UploadURL takes pictures for a project.
	pictureURL func(slug, file string) string
	uploadURL  func(slug, project string) string
}

// Addresses are what the pages ask of the file feature, given by app.
type Addresses struct {
	Picture func(slug, file string) string    // preview of a file
	Upload  func(slug, project string) string // endpoint of uploads onto a project
}

// NewPages makes the pages.
func NewPages(service *Service, frame *organisation.Frame, addresses Addresses, slots Slots) *Pages {
	return &Pages{service: service, frame: frame, slots: slots, pictureURL: addresses.Picture, uploadURL: addresses.Upload}
}

// Routes adds the addresses of projects.
func (p *Pages) Routes(t *route.Table) {
	read, write := access.OfficeWith(access.ProjectsRead), access.OfficeWith(access.ProjectsWrite)
	const office, home = "/{org}/office/projects", "/{org}/home/projects"
	t.Get(office, read, p.list)
	t.Get(office+"/new", write, p.newForm)
	t.Post(office, write, p.create)
	t.Get(office+"/{project}", read, p.record)
	t.Get(office+"/{project}/edit", write, p.edit)
	t.Post(office+"/{project}", write, p.update)
	t.Post(office+"/{project}/stage", write, p.move)
	t.Post(office+"/{project}/archive", write, p.archive)
	t.Post(office+"/{project}/cover", write, p.setCover)
	t.Get(office+"/{project}/{tab}", read, p.record)
	customer := access.CustomerWith(access.ProjectsRead)
	t.Get(home, customer, p.groups)
	t.Get(home+"/{project}", customer, p.see)
	t.Get(home+"/{project}/{tab}", customer, p.see)
}

// OfficeURL is the office's address of a project, or of the list without an id.
func OfficeURL(slug, project string) string {
	if project == "" {
		return "/" + slug + "/office/projects"
	}
	return "/" + slug + "/office/projects/" + project
}

// CustomerURL is the customer's address of a project, or of the list without an id.
func CustomerURL(slug, project string) string {
	if project == "" {
		return "/" + slug + "/home/projects"
	}
	return "/" + slug + "/home/projects/" + project
}

func (p *Pages) cover(slug, file string) string {
	if file == "" || p.pictureURL == nil {
		return ""
	}
	return p.pictureURL(slug, file)
}

// fill runs the slots and keeps what they give.
func fill(r *route.Request, project Line, slots []Slot) (parts []templ.Component, err error) {
	for _, slot := range slots {
		part, err := slot(r, project)
		if err != nil {
			return nil, err
		}
		if part != nil {
			parts = append(parts, part)
		}
	}
	return parts, nil
}

// tabsOf makes the tabs of a project's page. current is the key of the open one, empty
// for the Dashboard; a key that is none is NotFound.
func (p *Pages) tabsOf(r *route.Request, project Line, url, current string, own []Tab) (tabs []ui.Tab, open *Tab, err error) {
	news, err := p.service.NewsOf(r.Context(), r.Actor, project.ID)
	if err != nil {
		return nil, nil, err
	}
	tabs = []ui.Tab{{Label: i18n.T(r.Context(), "Dashboard"), URL: url, Current: current == "", Mark: ui.NewComments, Count: news.Comments}}
	for i := range own {
		tab := &own[i]
		if tab.Shown != nil && !tab.Shown(r.Actor) {
			continue
		}
		line := ui.Tab{Label: i18n.T(r.Context(), tab.Label), URL: url + "/" + tab.Key, Current: tab.Key == current, Mark: tab.Mark}
		if tab.Mark == ui.NewFiles {
			line.Count = news.Files
		}
		if line.Current {
			open = tab
		}
		tabs = append(tabs, line)
	}
	if current != "" && open == nil {
		return nil, nil, fault.New(fault.NotFound, "There is nothing at this address.")
	}
	return tabs, open, nil
}
