package property

import (
	"context"

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
	t.Get("/api/v1/properties", read, a.list)
	t.Post("/api/v1/properties", write, a.create)
	t.Get("/api/v1/properties/{property}", read, a.get)
	t.Get("/api/v1/customers/{customer}/properties", read, a.ofCustomer)
}

type propertyJSON struct {
	ID        string `json:"id"`
	Customer  string `json:"customer"`
	Name      string `json:"property_name"`
	Line1     string `json:"property_line1"`
	Line2     string `json:"property_line2"`
	City      string `json:"property_city"`
	Postcode  string `json:"property_postcode"`
	Country   string `json:"property_country"`
	Reference string `json:"property_reference"`
	Access    string `json:"property_access"`
	Archived  bool   `json:"archived"`
}

func shape(p Property) propertyJSON {
	return propertyJSON{ID: p.ID, Customer: p.Customer, Name: p.Name, Line1: p.Line1, Line2: p.Line2, City: p.City, Postcode: p.Postcode, Country: p.Country,
		Reference: p.Reference, Access: p.AccessNotes, Archived: p.Archived}
}

func (a *API) list(r *route.Request) (web.Reply, error) {
	q := r.URL.Query()
	list, err := a.service.List(r.Context(), r.Actor, Filter{Text: organisation.Typed(q.Get("q")), Archived: q.Get("archived") == "true", After: organisation.ParseCursor(q.Get("after"))})
	if err != nil {
		return web.Reply{}, err
	}
	return web.Data(api.PageOf(list.Properties, list.Next.String(), func(l Line) propertyJSON { return shape(l.Property) })), nil
}

func (a *API) ofCustomer(r *route.Request) (web.Reply, error) {
	if _, err := a.service.Customer(r.Context(), r.Actor, r.PathValue("customer")); err != nil {
		return web.Reply{}, err
	}
	list, err := a.service.OfCustomer(r.Context(), r.Actor, r.PathValue("customer"))
	return web.Data(api.PageOf(list, "", shape)), err
}

func (a *API) get(r *route.Request) (web.Reply, error) {
	p, _, err := a.service.Get(r.Context(), r.Actor, r.PathValue("property"))
	return web.Data(shape(p)), err
}

func (a *API) create(r *route.Request) (web.Reply, error) {
	form, raw, err := api.Read(r, "customer", "property_name", "property_line1", "property_line2", "property_city", "property_postcode", "property_country", "property_reference", "property_access")
	if err != nil {
		return web.Reply{}, err
	}
	customer, d := form.Required("customer", "Name the customer by its id."), ReadDetails(form)
	if err := form.Err(); err != nil {
		return web.Reply{}, err
	}
	post := api.Post{Permission: access.CustomersWrite, Body: raw, Makes: "property"}
	made, err := a.once.Once(r, post, func(ctx context.Context) (string, error) { return a.service.Create(ctx, r.Actor, customer, d) })
	if err != nil {
		return web.Reply{}, err
	}
	return api.Made(r, "/api/v1/properties/"+made, made, access.CustomersRead, func() (any, error) {
		p, _, err := a.service.Get(r.Context(), r.Actor, made)
		return shape(p), err
	})
}
