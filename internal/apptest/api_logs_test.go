package apptest

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/features/dailylog"
	"lintel/internal/features/file"
)

// A program reads the daily logs of a project, internal ones too, with their photos, and walks to the first day.
func TestAProgramReadsTheDailyLogsOfAProject(t *testing.T) {
	onPlans(t, func(t *testing.T, p planned) {
		ctx, owner := context.Background(), p.firm.Owner
		c := p.bearer(p.firm.token(access.LogsRead))
		at := "/api/v1/projects/" + p.project + "/logs"
		log, err := p.App.DailyLogs.Begin(ctx, owner, p.project, "2026-10-01")
		p.must(err)
		p.must(p.App.DailyLogs.Save(ctx, owner, p.project, log.ID, 1, dailylog.Details{Day: "2026-10-01", Weather: dailylog.Rain, Temperature: "-2", OnSite: "Three of us", Notes: "Footings"}))
		hang := file.Hang{Kind: dailylog.Kind, On: log.ID, Customer: p.firm.A.Things.Customer, Project: p.project}
		going, err := p.App.Files.Save(ctx, owner, hang, "going.png", "image/png", dot())
		p.must(err)
		staying, err := p.App.Files.Save(ctx, owner, hang, "staying.png", "image/png", dot())
		p.must(err)
		p.must(p.App.DailyLogs.ChoosePhotos(ctx, owner, p.project, log.ID, []string{going.ID}, true))
		want := map[string]any{"id": log.ID, "project": p.project, "day": "2026-10-01", "weather": "rain", "temperature": "-2", "on_site": "Three of us", "notes": "Footings",
			"author": string(owner.Person()), "author_name": owner.Name(), "shared_at": nil}
		photos := fmt.Sprintf(`"photos":[{"id":"%s","name":"going.png","media_type":"image/png","size":%d,"shared":true},{"id":"%s","name":"staying.png","media_type":"image/png","size":%d,"shared":false}]`,
			going.ID, len(dot()), staying.ID, len(dot()))
		one := c.Get(at + "/" + log.ID)
		one.says(t, http.StatusOK, want)
		if list := c.Get(at); !strings.Contains(one.Body, photos) || !strings.Contains(list.Body, photos) {
			t.Errorf("the photos are not there: %s, and in the list %s", one.Body, list.Body)
		}
		p.must(p.App.DailyLogs.Share(ctx, owner, p.project, log.ID))
		want["shared_at"] = p.Clock.Now().UTC().Format("2006-01-02T15:04:05Z")
		c.Get(at+"/"+log.ID).says(t, http.StatusOK, want)

		for day := range 40 {
			_, err := p.App.DailyLogs.Begin(ctx, owner, p.project, fmt.Sprintf("2026-%02d-%02d", 11+day%2, 1+day/4)) // two on some days
			p.must(err)
		}
		seen, pages := c.walk(at)
		if len(seen) != 41 || pages != 3 || seen[log.ID] != 1 {
			t.Errorf("%d logs on %d pages, the first day %d times", len(seen), pages, seen[log.ID])
		}
		if last := c.pageOf(at).Items[0]["day"]; last != "2026-12-10" {
			t.Errorf("the list begins with %v", last)
		}

		things, other := p.firm.A.Things, p.other.A.Things
		for path, status := range map[string]int{
			at + "/" + things.Log: http.StatusNotFound, // of another project
			at + "/nothing":       http.StatusNotFound,
			"/api/v1/projects/" + other.Project + "/logs":               http.StatusNotFound,
			at + "?after=nonsense":                                      http.StatusOK,
			"/api/v1/projects/" + things.Project + "/logs/" + other.Log: http.StatusNotFound,
		} {
			if answer := c.Get(path); answer.Status != status {
				t.Errorf("%s answers %d %s, want %d", path, answer.Status, answer.Body, status)
			}
		}
		if answer := p.bearer(p.firm.token(access.ProjectsRead)).Get(at); answer.Status != http.StatusForbidden {
			t.Errorf("who may not read daily logs is answered %d", answer.Status)
		}
	})
}
