package schedule

import (
	"fmt"

	"lintel/internal/core/guard"
)

// OwnTasks lists what waits for the customer's person who looks, over all their projects,
// the most urgent first; nothing for others.
func OwnTasks(tx *guard.Tx) ([]Task, error) {
	if tx.Actor().SeesWholeOrganisation() {
		return nil, nil
	}
	return loadPublished(tx, ownWaiting, nil)
}

// Entry is a published task with its project, for a calendar.
type Entry struct {
	Task
	ProjectName   string
	ProjectNumber string
}

// Upcoming lists the published tasks that the person who looks may see and that end on a
// day or later: for customers those granted to them; for the office all, or with mine those
// that name the person or are of projects that they lead.
func Upcoming(tx *guard.Tx, from Day, mine bool, limit int) (list []Entry, err error) {
	statement := calendarSeen
	if tx.Actor().SeesWholeOrganisation() {
		if statement = calendarOfAll; mine {
			statement = calendarOfStaff
		}
	}
	err = tx.Each(statement, guard.Args{"from": string(from), "limit": limit}, func(row guard.Row) error {
		var e Entry
		err := row(append(publishedTargets(&e.Task), &e.ProjectName, &e.ProjectNumber)...)
		list = append(list, e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load calendar: %w", err)
	}
	return list, nil
}

// OfficeURL is the office's address of a project's schedule.
func OfficeURL(slug, project string) string {
	return "/" + slug + "/office/projects/" + project + "/schedule"
}

// CustomerURL is the customer's address of a project's schedule.
func CustomerURL(slug, project string) string {
	return "/" + slug + "/home/projects/" + project + "/schedule"
}
