package incoming

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/mail"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// Pages are the office's list of mails that belong to no conversation.
type Pages struct {
	service *Service
	frame   *organisation.Frame
}

// NewPages makes the pages.
func NewPages(service *Service, frame *organisation.Frame) *Pages { return &Pages{service, frame} }

// Routes adds the addresses of the list.
func (p *Pages) Routes(t *route.Table) {
	read, write := access.OfficeWith(access.MessagesRead), access.OfficeWith(access.MessagesWrite)
	const base = "/{org}/office/mails"
	t.Get(base, read, p.list)
	t.Get(base+"/{letter}", read, p.show)
	t.Get(base+"/{letter}/files/{number}", read, p.file)
	t.Get(base+"/{letter}/raw", read, p.raw)
	t.Post(base+"/{letter}/place", write, p.place)
	t.Post(base+"/{letter}/aside", write, p.aside)
	t.Post(base+"/{letter}/back", write, p.back)
}

// URL is the address of a mail's page, or of the list without an id.
func URL(slug, mailID string) string {
	if mailID == "" {
		return "/" + slug + "/office/mails"
	}
	return "/" + slug + "/office/mails/" + mailID
}

type listView struct {
	base  string
	state State
	list  []Mail
	on    bool
}

func (p *Pages) list(r *route.Request) (web.Reply, error) {
	state := State(r.URL.Query().Get("state"))
	if state != Posted && state != Aside && state != Dropped {
		state = Unmatched
	}
	list, err := p.service.List(r.Context(), r.Actor, state)
	if err != nil {
		return web.Reply{}, err
	}
	view := listView{base: URL(r.Organisation.Slug, ""), state: state, list: list, on: p.service.On()}
	return p.frame.Office(r, organisation.PageInfo{Title: i18n.T(r.Context(), "E-mails"), Current: "mails"}, listPage(view)), nil
}

type mailView struct {
	base    string
	mail    Mail
	in      mail.Incoming
	places  []Place
	text    string // that places were looked for by
	problem string
	may     bool
}

// postable reports whether the mail can become a message.
func (v mailView) postable() bool {
	return v.mail.State == Unmatched && v.may && v.mail.Kept() && !v.mail.cut && (v.in.Text != "" || len(v.in.Files) > 0)
}

func (p *Pages) show(r *route.Request) (web.Reply, error) { return p.page(r, "") }

func (p *Pages) page(r *route.Request, problem string) (web.Reply, error) {
	m, in, err := p.service.Get(r.Context(), r.Actor, r.PathValue("letter"))
	if err != nil {
		return web.Reply{}, err
	}
	v := mailView{base: URL(r.Organisation.Slug, m.ID), mail: m, in: in, text: organisation.Typed(r.URL.Query().Get("q")), problem: problem, may: r.Actor.May(access.MessagesWrite)}
	if v.postable() {
		if v.places, err = p.service.Places(r.Context(), r.Actor, m, v.text); err != nil {
			return web.Reply{}, err
		}
	}
	crumbs := []ui.Crumb{{Label: i18n.T(r.Context(), "E-mails"), URL: URL(r.Organisation.Slug, "")}, {Label: subjectOf(r.Context(), m)}}
	return p.frame.Office(r, organisation.PageInfo{Title: subjectOf(r.Context(), m), Current: "mails", Breadcrumbs: crumbs}, mailPage(v)), nil
}

// file saves one of the files in a mail; nothing of it is ever shown on our origin.
func (p *Pages) file(r *route.Request) (web.Reply, error) {
	number, err := strconv.Atoi(r.PathValue("number"))
	if err != nil {
		return web.Reply{}, fault.New(fault.NotFound, "This file was not found.")
	}
	_, in, err := p.service.Get(r.Context(), r.Actor, r.PathValue("letter"))
	if err != nil {
		return web.Reply{}, err
	}
	f, err := contentOf(in, number)
	if err != nil {
		return web.Reply{}, err
	}
	return web.Reply{Content: inMemory{bytes.NewReader(f.Bytes)}, MediaType: "application/octet-stream", FileName: f.Name}, nil
}

// raw saves the mail as it came, for a mail program to open.
func (p *Pages) raw(r *route.Request) (web.Reply, error) {
	object, err := p.service.Raw(r.Context(), r.Actor, r.PathValue("letter"))
	if err != nil {
		return web.Reply{}, err
	}
	return web.Reply{Content: object, MediaType: "application/octet-stream", FileName: "mail-" + r.PathValue("letter") + ".eml"}, nil
}

// inMemory is bytes as a file that can be sent in pieces.
type inMemory struct{ *bytes.Reader }

// Close implements io.Closer.
func (inMemory) Close() error { return nil }

var _ io.ReadSeekCloser = inMemory{}

func (p *Pages) place(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	project, person, chosen := strings.Cut(form.Line("place"), " ")
	if !chosen {
		err = fault.ForField("place", "Choose where it belongs.")
	} else {
		err = p.service.Place(r.Context(), r.Actor, r.PathValue("letter"), project, access.PersonID(person))
	}
	if err == nil {
		return p.frame.Say(web.Redirect(URL(r.Organisation.Slug, "")), i18n.T(r.Context(), "The e-mail stands in the messages of the project now.")), nil
	}
	f := fault.As(err)
	if f == nil || f.Kind != fault.Invalid && f.Kind != fault.Conflict {
		return web.Reply{}, err
	}
	problem, status := f.Message, http.StatusUnprocessableEntity
	if len(f.Fields) > 0 {
		problem = f.Fields[0].Message
	}
	if f.Kind == fault.Conflict {
		status = http.StatusConflict
	}
	page, err := p.page(r, i18n.T(r.Context(), problem))
	return page.WithStatus(status), err
}

func (p *Pages) aside(r *route.Request) (web.Reply, error) {
	if err := p.service.SetAside(r.Context(), r.Actor, r.PathValue("letter")); err != nil {
		return web.Reply{}, err
	}
	return p.frame.Say(web.Redirect(URL(r.Organisation.Slug, "")), i18n.T(r.Context(), "The e-mail was set aside.")), nil
}

func (p *Pages) back(r *route.Request) (web.Reply, error) {
	mailID := r.PathValue("letter")
	if err := p.service.Back(r.Context(), r.Actor, mailID); err != nil {
		return web.Reply{}, err
	}
	return web.Redirect(URL(r.Organisation.Slug, mailID)), nil
}
