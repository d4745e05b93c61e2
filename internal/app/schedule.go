package app

import (
	"net/url"
	"slices"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/features/calendar"
	"lintel/internal/features/dailylog"
	"lintel/internal/features/profile"
	"lintel/internal/features/project"
	"lintel/internal/features/schedule"
	"lintel/internal/platform/i18n"
)

// buildSchedule makes schedules, daily logs and calendar feeds a part of the program.
func (a *App) buildSchedule(base *url.URL) {
	a.Schedules = schedule.New(a.Store, a.Inbox)
	a.DailyLogs = dailylog.New(a.Store, a.Files, a.Inbox)
	a.Calendars = calendar.New(a.Store, a.Identity, a.Config.BaseURL, base.Hostname())
	a.Files.Register(dailylog.Kind, dailylog.HangOnLog)
}

func (a *App) scheduleSubscribers() []event.Subscriber {
	return slices.Concat(a.Schedules.Subscribers(), a.DailyLogs.Subscribers())
}

func scheduleEvents() []event.Kind {
	return slices.Concat(schedule.Events(), dailylog.Events(), calendar.Events())
}

// withSchedule adds the addresses of schedules, daily logs and calendar feeds, and their
// tabs to the pages of a project: behind the files, before what only the office has.
func (a *App) withSchedule(slots project.Slots) project.Slots {
	plans, logs := schedule.NewPages(a.Schedules, a.frame), dailylog.NewPages(a.DailyLogs, a.frame)
	plans.Routes(a.Table)
	logs.Routes(a.Table)
	calendar.NewPages(a.Calendars, a.frame).Routes(a.Table)
	mayPlan := func(actor access.Actor) bool { return actor.May(access.ScheduleRead) }
	mayLog := func(actor access.Actor) bool { return actor.May(access.LogsRead) }
	log := project.Tab{Key: "logs", Label: i18n.Mark("Daily log"), Content: logs.Tab, Shown: mayLog}
	slots.OfficeTabs = behindFiles(slots.OfficeTabs, project.Tab{Key: "schedule", Label: i18n.Mark("Schedule"), Content: plans.OfficeTab, Shown: mayPlan}, log)
	slots.CustomerTabs = behindFiles(slots.CustomerTabs, project.Tab{Key: "schedule", Label: i18n.Mark("Schedule"), Content: plans.CustomerTab, Shown: mayPlan}, log)
	slots.CustomerNeeds = append(slots.CustomerNeeds, plans.CustomerNeeds)
	return slots
}

func behindFiles(tabs []project.Tab, more ...project.Tab) []project.Tab {
	at := slices.IndexFunc(tabs, func(t project.Tab) bool { return t.Key == "files" })
	return slices.Insert(slices.Clone(tabs), at+1, more...)
}

// schedulePath is where somebody reads a project's schedule.
func schedulePath(slug string, kind access.Kind, of string) string {
	if kind == access.Customer {
		return schedule.CustomerURL(slug, of)
	}
	return schedule.OfficeURL(slug, of)
}

// logPath is where somebody reads a daily log.
func logPath(slug string, kind access.Kind, of, log string) string {
	if kind == access.Customer {
		return dailylog.CustomerURL(slug, of, log)
	}
	return dailylog.OfficeURL(slug, of, log)
}

// calendarDoor leads from the profile to the calendar feed.
func calendarDoor() profile.Door {
	return profile.Door{Icon: "calendar-days", Title: i18n.Mark("Calendar feed"), Text: i18n.Mark("Your schedules in the calendar that you use anyway."), URL: calendar.Path,
		Shown: func(a access.Actor) bool { return a.May(access.ScheduleRead) }}
}
