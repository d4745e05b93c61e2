package customer

import (
	"context"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/api"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/web"
)

// API is this feature's part of /api/v1.
type API struct {
	service *Service
	once    *api.Requests
}

// NewAPI makes it.
func NewAPI(service *Service, once *api.Requests) *API { return &API{service: service, once: once} }

// Routes adds the addresses.
func (a *API) Routes(t *route.Table) {
	read, write := access.APIWith(access.CustomersRead), access.APIWith(access.CustomersWrite)
	t.Get("/api/v1/customers", read, a.list)
	t.Post("/api/v1/customers", write, a.create)
	t.Get("/api/v1/customers/{customer}", read, a.get)
	t.Get("/api/v1/customers/{customer}/contacts", read, a.contacts)
}

type customerJSON struct {
	ID        string        `json:"id"`
	Name      string        `json:"name"`
	Address   string        `json:"address"`
	Email     string        `json:"email"`
	Phone     string        `json:"phone"`
	Notes     string        `json:"notes"`
	Archived  bool          `json:"archived"`
	CreatedAt *time.Time    `json:"created_at"`
	UpdatedAt *time.Time    `json:"updated_at"`
	Contacts  []contactJSON `json:"contacts,omitempty"`
}

type contactJSON struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Email   string `json:"email"`
	Phone   string `json:"phone"`
	Title   string `json:"title"`
	Bounced bool   `json:"bounced"`
	Portal  string `json:"portal"` // "", "invited", "opened", "active", "bounced"
}

func shape(c Customer) customerJSON {
	return customerJSON{ID: c.ID, Name: c.Name, Address: c.Address, Email: c.Email, Phone: c.Phone, Notes: c.Notes, Archived: c.Archived,
		CreatedAt: api.Time(c.CreatedAt), UpdatedAt: api.Time(c.UpdatedAt)}
}

func (a *API) list(r *route.Request) (web.Reply, error) {
	q := r.URL.Query()
	f := Filter{Text: organisation.Typed(q.Get("q")), Archived: q.Get("archived") == "true", Sort: ByName, After: organisation.ParseCursor(q.Get("after"))}
	list, err := a.service.List(r.Context(), r.Actor, f)
	if err != nil {
		return web.Reply{}, err
	}
	return web.Data(api.PageOf(list.Customers, list.Next.String(), func(l Line) customerJSON { return shape(l.Customer) })), nil
}

func (a *API) get(r *route.Request) (web.Reply, error) {
	body, err := a.load(r, r.PathValue("customer"))
	return web.Data(body), err
}

func (a *API) load(r *route.Request, customer string) (customerJSON, error) {
	record, err := a.service.Get(r.Context(), r.Actor, customer)
	if err != nil {
		return customerJSON{}, err
	}
	body := shape(record.Customer)
	for _, k := range record.Contacts {
		body.Contacts = append(body.Contacts, contactJSON{ID: k.ID, Name: k.Name, Email: k.Email, Phone: k.Phone, Title: k.Title, Bounced: k.Bounced(), Portal: string(record.Portal[k.ID].State)})
	}
	return body, nil
}

func (a *API) contacts(r *route.Request) (web.Reply, error) {
	body, err := a.load(r, r.PathValue("customer"))
	if err != nil {
		return web.Reply{}, err
	}
	return web.Data(api.PageOf(body.Contacts, "", func(k contactJSON) contactJSON { return k })), nil
}

// create answers with what it made, as far as the token may read it.
func (a *API) create(r *route.Request) (web.Reply, error) {
	form, raw, err := api.Read(r, "name", "address", "email", "phone", "notes", "contact_name", "contact_email", "contact_phone", "contact_title")
	if err != nil {
		return web.Reply{}, err
	}
	d, first := readDetails(form), ReadContact(form)
	if err := form.Err(); err != nil {
		return web.Reply{}, err
	}
	post := api.Post{Permission: access.CustomersWrite, Body: raw, Makes: "customer"}
	made, err := a.once.Once(r, post, func(ctx context.Context) (string, error) { return a.service.Create(ctx, r.Actor, d, first) })
	if err != nil {
		return web.Reply{}, err
	}
	return api.Made(r, "/api/v1/customers/"+made, made, access.CustomersRead, func() (any, error) { return a.load(r, made) })
}
