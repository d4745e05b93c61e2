package document

import (
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/api"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/money"
	"lintel/internal/platform/web"
)

const apiPage = 50

// API is this feature's part of /api/v1. Proposals are read there; writing and signing are
// for people.
type API struct {
	service *Service
}

// NewAPI makes it.
func NewAPI(service *Service) *API { return &API{service: service} }

// Routes adds the addresses.
func (a *API) Routes(t *route.Table) {
	read := access.APIWith(access.ProposalsRead)
	t.Get("/api/v1/proposals", read, a.list)
	t.Get("/api/v1/proposals/{proposal}", read, a.get)
}

type proposalJSON struct {
	ID           string       `json:"id"`
	Number       string       `json:"number"`
	Title        string       `json:"title"`
	State        string       `json:"state"`
	Version      int          `json:"version"`
	SentVersion  int          `json:"sent_version"`
	Project      string       `json:"project"`
	Customer     string       `json:"customer"`
	CustomerName string       `json:"customer_name"`
	Total        money.Amount `json:"total"`
	ValidUntil   string       `json:"valid_until"`
	CreatedAt    *time.Time   `json:"created_at"`
	UpdatedAt    *time.Time   `json:"updated_at"`
	SentAt       *time.Time   `json:"sent_at"`
	ViewedAt     *time.Time   `json:"viewed_at"`
	AnsweredAt   *time.Time   `json:"answered_at"`

	*detailJSON
}

// detailJSON is what one proposal says more than a list does.
type detailJSON struct {
	Subtotal money.Amount `json:"subtotal"`
	Tax      money.Amount `json:"tax"`
	Groups   []groupJSON  `json:"groups"`

	Costs *costsJSON `json:"costs,omitempty"` // with costs:read
}

type costsJSON struct {
	Cost   money.Amount `json:"cost"`
	Margin money.Amount `json:"margin"`
}

type groupJSON struct {
	ID    string     `json:"id"`
	Name  string     `json:"name"`
	Kind  string     `json:"kind"`
	Lines []lineJSON `json:"lines"`
}

type lineJSON struct {
	ID        string        `json:"id"`
	Kind      string        `json:"kind"`
	Name      string        `json:"name"`
	Quantity  string        `json:"quantity"`
	Unit      string        `json:"unit"`
	UnitPrice money.Amount  `json:"unit_price"`
	UnitCost  *money.Amount `json:"unit_cost,omitempty"` // with costs:read
}

func shape(d Document) proposalJSON {
	return proposalJSON{ID: d.ID, Number: d.Number, Title: d.Title, State: string(d.State), Version: d.Version, SentVersion: d.SentVersion, Project: d.Project, Customer: d.Customer,
		CustomerName: d.CustomerName, Total: d.Total, ValidUntil: d.ValidUntil, CreatedAt: api.Time(d.CreatedAt), UpdatedAt: api.Time(d.UpdatedAt), SentAt: api.Time(d.SentAt),
		ViewedAt: api.Time(d.ViewedAt), AnsweredAt: api.Time(d.AnsweredAt)}
}

func (a *API) list(r *route.Request) (web.Reply, error) {
	q := r.URL.Query()
	after := organisation.ParseCursor(q.Get("after"))
	list, err := a.service.List(r.Context(), r.Actor, proposal.State(organisation.Typed(q.Get("state"))), time.UnixMicro(after.Number), after.ID, apiPage+1)
	if err != nil {
		return web.Reply{}, err
	}
	next := ""
	if len(list) > apiPage {
		list = list[:apiPage]
		last := list[apiPage-1]
		next = organisation.Cursor{Number: last.UpdatedAt.UnixMicro(), ID: last.ID}.String()
	}
	return web.Data(api.PageOf(list, next, shape)), nil
}

func (a *API) get(r *route.Request) (web.Reply, error) {
	w, err := a.service.Workshop(r.Context(), r.Actor, r.PathValue("proposal"), 0)
	if err != nil {
		return web.Reply{}, err
	}
	body := shape(w.Document)
	body.detailJSON = &detailJSON{Subtotal: w.Totals.Subtotal, Tax: w.Totals.Tax, Groups: []groupJSON{}}
	for _, g := range w.Version.Content.Groups {
		body.Groups = append(body.Groups, shapeGroup(g, w.Version.Content.Currency, w.SeesCosts))
	}
	if w.SeesCosts {
		body.Costs = &costsJSON{Cost: w.Totals.Cost, Margin: w.Totals.Margin}
	}
	return web.Data(body), nil
}

func shapeGroup(g proposal.Group, currency string, costs bool) groupJSON {
	group := groupJSON{ID: g.ID, Name: g.Name, Kind: string(g.Kind), Lines: []lineJSON{}}
	for _, l := range g.Lines {
		line := lineJSON{ID: l.ID, Kind: string(l.Kind), Name: l.Name, Quantity: l.Quantity.String(), Unit: l.Unit, UnitPrice: money.New(l.UnitPrice, currency)}
		if costs && l.UnitCost != nil {
			cost := money.New(*l.UnitCost, currency)
			line.UnitCost = &cost
		}
		group.Lines = append(group.Lines, line)
	}
	return group
}
