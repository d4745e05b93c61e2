package api

import (
	"strconv"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/web"
)

type meJSON struct {
	Organisation organisationJSON `json:"organisation"`
	Person       personJSON       `json:"person"`
	May          []string         `json:"may"`
}

type organisationJSON struct {
	ID       string `json:"id"`
	Slug     string `json:"slug"`
	Name     string `json:"name"`
	Language string `json:"language"`
	Zone     string `json:"zone"`
	Currency string `json:"currency"`
}

type personJSON struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
}

// Firm is what the API tells of the organisation itself.
type Firm struct {
	service *organisation.Service
}

// NewFirm makes it.
func NewFirm(service *organisation.Service) *Firm { return &Firm{service: service} }

// Routes adds the addresses.
func (f *Firm) Routes(t *route.Table) {
	t.Get("/api/v1/me", access.APIWith(access.HomeRead), me)
	t.Get("/api/v1/events", access.APIWith(access.AuditRead), f.events)
}

type eventJSON struct {
	Sequence int64      `json:"sequence"`
	At       *time.Time `json:"at"`
	Actor    string     `json:"actor"`
	Sentence string     `json:"sentence"` // in the organisation's language
}

// events gives the audit trail, the newest first.
func (f *Firm) events(r *route.Request) (web.Reply, error) {
	before, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64) // anything else begins with the newest
	page, err := f.service.Audit(r.Context(), r.Actor, before)
	if err != nil {
		return web.Reply{}, err
	}
	next := ""
	if page.Next > 0 {
		next = strconv.FormatInt(page.Next, 10)
	}
	return web.Data(PageOf(page.Lines, next, func(l organisation.AuditLine) eventJSON {
		return eventJSON{Sequence: l.Sequence, At: Time(l.At), Actor: l.Actor, Sentence: l.Sentence}
	})), nil
}

func me(r *route.Request) (web.Reply, error) {
	o := r.Organisation
	body := meJSON{Organisation: organisationJSON{ID: string(o.ID), Slug: o.Slug, Name: o.Name, Language: o.Language, Zone: o.Zone.String(), Currency: o.Currency},
		Person: personJSON{ID: string(r.Actor.Person()), Name: r.Actor.Name(), Email: r.Actor.Email()}}
	for _, p := range r.Actor.Permissions().List() {
		body.May = append(body.May, string(p))
	}
	return web.Data(body), nil
}
