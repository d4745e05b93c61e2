package apptest

import (
	"context"

	"lintel/internal/features/dailylog"
	"lintel/internal/features/file"
	"lintel/internal/features/schedule"
)

// plan gives the project a published schedule with a task of the customer's own, and a
// daily log that is shared.
func (m *Family) plan(t *Things) {
	f, p := m.firm, m.firm.portal
	p.t.Helper()
	ctx, app := context.Background(), p.App
	task, err := app.Schedules.Add(ctx, f.Owner, t.Project, schedule.Draft{Name: "Choose for " + m.Canary, Kind: schedule.Work, Starts: "2026-10-05", Ends: "2026-10-09", Own: true})
	p.must(err)
	p.must(app.Schedules.Publish(ctx, f.Owner, t.Project, 1))
	log, err := app.DailyLogs.Begin(ctx, f.Owner, t.Project, "2026-10-01")
	p.must(err)
	p.must(app.DailyLogs.Save(ctx, f.Owner, t.Project, log.ID, 1, dailylog.Details{Day: "2026-10-01", Weather: dailylog.Sun, OnSite: "Crew of " + m.Canary, Notes: "Footings for " + m.Canary}))
	photo, err := app.Files.Save(ctx, f.Owner, file.Hang{Kind: dailylog.Kind, On: log.ID, Customer: t.Customer, Project: t.Project}, "dot.png", "image/png", dot())
	p.must(err)
	p.must(app.DailyLogs.Share(ctx, f.Owner, t.Project, log.ID))
	t.Task, t.Log, t.Photo = task.ID, log.ID, photo.ID
}
