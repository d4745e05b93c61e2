package apptest

import "testing"

// Every page that somebody of the sample world is led to is there, and is theirs.
func TestNoLinkLeadsNowhereForAnybodyOfTheSampleWorld(t *testing.T) {
	p := Start(t, SQLite)
	pages := 0
	for _, person := range p.World().People {
		c := p.As(person)
		starts := []string{"/hartwell/home"}
		switch person.Role {
		case "customer":
		case "contractor":
			starts = []string{"/hartwell/desk"}
		case "technician":
			starts = []string{"/hartwell/field"}
		default:
			starts = []string{"/hartwell/office", "/hartwell/office/projects"}
		}
		pages += c.Crawl(400/sweep, func(page Page) {
			if page.Status >= 400 && (page.Via == "href" || page.Via == "src") {
				t.Errorf("%s (%s): %s answers %d, linked from %s", person.Name, person.Role, page.Path, page.Status, page.From)
			}
		}, starts...)
	}
	t.Logf("%d pages", pages)
}
