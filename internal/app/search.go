package app

import (
	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/finding"
	"lintel/internal/features/organisation"
	"lintel/internal/features/search"
	"lintel/internal/platform/web"
)

// buildSearch makes everything findable that people look for.
func (a *App) buildSearch() {
	a.Search = search.New(a.Store, a.Log)
	finding.Register(a.Search, finding.Owners{Files: a.Files, Messages: a.Messages})
}

// searchPages are what is found, in the frame of whoever looks.
func (a *App) searchPages() *search.Pages {
	return search.NewPages(a.Search, func(r *route.Request, title, value string, content templ.Component) web.Reply {
		return a.frame.Portal(r, organisation.PageInfo{Title: title, Search: value}, content)
	})
}

// searchURL is where the search field of a page leads. Whoever sees one document only has nothing to look for.
func searchURL(r *route.Request) string {
	if r.Actor.Kind() == access.Customer && r.Actor.Item() != "" {
		return ""
	}
	return search.Path(r.Organisation.Slug, r.Actor)
}
