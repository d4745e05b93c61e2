package project

import (
	"context"
	"math"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
)

// Sort is the order of the office's list.
type Sort string

// The orders.
const (
	ByRecent Sort = "recent" // last changed first
	ByName   Sort = "name"
	ByNumber Sort = "number" // newest number first
)

const pageSize = 50

// Where counting stops: the open view says "1,000+" beyond, the others "99+".
const (
	CountLimit = 1000
	TabLimit   = 99
)

// Filter chooses projects for the office's list. Stage and Customer exclude each other;
// with a Customer the order is ByRecent. A Text searches the beginnings of names, or of
// numbers when it is one, over the whole list.
type Filter struct {
	Text     string
	Bucket   organisation.Bucket // empty: all
	Stage    string
	Customer string
	Archived bool
	Sort     Sort
	After    organisation.Cursor
}

// List is one page of the office's list.
type List struct {
	Projects []Line
	Next     organisation.Cursor
	Count    int            // of the view, CountLimit+1 at most
	Tabs     map[string]int // of the other views by name, TabLimit+1 at most
	Stages   []organisation.Stage
	Sort     Sort // in use
	Shown
}

// List gives one page of the office's list. Staff only; a stage or customer that is not the
// organisation's gives an empty list.
func (s *Service) List(ctx context.Context, actor access.Actor, f Filter) (list List, err error) {
	err = s.store.View(ctx, actor, access.ProjectsRead, func(tx *guard.Tx) error {
		list, err = s.loadList(tx, f)
		return err
	})
	return list, err
}

// Export gives one page of projects with all of their own fields, without counts and marks. Staff only.
func (s *Service) Export(ctx context.Context, actor access.Actor, f Filter) (list List, err error) {
	err = s.store.View(ctx, actor, access.ProjectsRead, func(tx *guard.Tx) error {
		if list, err = loadPage(tx, f); err != nil {
			return err
		}
		return loadRest(tx, list.Projects)
	})
	return list, err
}

func (s *Service) loadList(tx *guard.Tx, f Filter) (list List, err error) {
	var views counts
	var since time.Time
	err = tx.Together(
		func() (err error) { list, err = loadPage(tx, f); return err },
		func() (err error) { views, err = countViews(tx, f); return err },
		func() (err error) { since, err = Joined(tx); return err },
	)
	if err != nil {
		return list, err
	}
	list.Count, list.Tabs = views.open, views.tabs
	list.Shown, err = s.beside(tx, list.Projects, since)
	return list, err
}

// loadPage loads the projects of a page alone, and where the next one begins.
func loadPage(tx *guard.Tx, f Filter) (List, error) {
	statement, args, order := listStatement(f)
	list := List{Sort: order}
	err := tx.Together(
		func() (err error) { list.Stages, err = organisation.Stages(tx); return err },
		func() (err error) { list.Projects, err = loadLines(tx, statement, args, listTargets); return err },
	)
	if err != nil {
		return list, err
	}
	nameStages(list.Projects, list.Stages)
	if len(list.Projects) > pageSize {
		list.Projects = list.Projects[:pageSize]
		list.Next = cursorOf(list.Projects[pageSize-1], order, f)
	}
	return list, nil
}

// listStatement picks the statement whose index gives the page without sorting.
func listStatement(f Filter) (*guard.Statement, guard.Args, Sort) {
	args := guard.Args{"limit": pageSize + 1}
	if f.Text != "" {
		return searchStatement(f, args)
	}
	args["archived"] = f.Archived
	if f.Customer != "" {
		return customerStatement(f, args)
	}
	order := map[Sort]string{ByName: "by name", ByNumber: "by number"}[f.Sort]
	sort := f.Sort
	switch f.Sort {
	case ByName:
		args["after"], args["after_id"] = f.After.Text, f.After.ID
	case ByNumber:
		args["after"] = startBelow(f.After)
	default:
		order, sort = "recent", ByRecent
		args["after"], args["after_id"] = startBelow(f.After), f.After.ID
	}
	switch {
	case f.Stage != "":
		args["stage"] = f.Stage
		return listProjects.Choose("in stage", order), args, sort
	case f.Bucket != "":
		args["bucket"] = string(f.Bucket)
		return listProjects.Choose("in bucket", order), args, sort
	}
	return listProjects.Choose("all", order), args, sort
}

func customerStatement(f Filter, args guard.Args) (*guard.Statement, guard.Args, Sort) {
	args["customer"] = f.Customer
	args["after"], args["after_id"] = startBelow(f.After), f.After.ID
	if f.Bucket != "" {
		args["bucket"] = string(f.Bucket)
		return listOfCustomer.Choose("in bucket", "recent"), args, ByRecent
	}
	return listOfCustomer.Choose("recent"), args, ByRecent
}

func searchStatement(f Filter, args guard.Args) (*guard.Statement, guard.Args, Sort) {
	from := organisation.Fold(f.Text)
	args["until"] = organisation.After(from)
	if isNumber(f.Text) {
		args["after"] = before(from)
		if !f.After.Zero() {
			args["after"] = f.After.Text
		}
		return searchByNumber, args, ByNumber
	}
	args["archived"] = f.Archived
	args["after"], args["after_id"] = from, f.After.ID
	if !f.After.Zero() {
		args["after"] = f.After.Text
	}
	return searchByName, args, ByName
}

// before is a text just below a number, so that "greater than" finds the number itself.
func before(number string) string {
	return number[:len(number)-1] + string(number[len(number)-1]-1) + "\U0010ffff"
}

func isNumber(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

func startBelow(c organisation.Cursor) int64 {
	if c.Zero() {
		return math.MaxInt64
	}
	return c.Number
}

func cursorOf(l Line, order Sort, f Filter) organisation.Cursor {
	switch {
	case order == ByNumber && f.Text != "":
		return organisation.Cursor{Text: l.Number, ID: l.ID}
	case order == ByNumber:
		return organisation.Cursor{Number: l.Serial, ID: l.ID}
	case order == ByName:
		return organisation.Cursor{Text: organisation.Fold(l.Name), ID: l.ID}
	}
	return organisation.Cursor{Number: l.UpdatedAt.UnixMicro(), ID: l.ID}
}

// View is the name of the view that a filter shows: a bucket, "all" or "archived".
func (f Filter) View() string {
	switch {
	case f.Archived:
		return "archived"
	case f.Bucket != "":
		return string(f.Bucket)
	}
	return "all"
}

// counts are how many projects a list and its other views have.
type counts struct {
	open int
	tabs map[string]int
}

// countViews counts the open view up to CountLimit, and the others only as far as their
// tab shows.
func countViews(tx *guard.Tx, f Filter) (c counts, err error) {
	statement, args := countTabs, guard.Args{"limit_pending": TabLimit + 1, "limit_current": TabLimit + 1,
		"limit_completed": TabLimit + 1, "limit_all": TabLimit + 1, "limit_archived": TabLimit + 1}
	if f.Customer != "" {
		statement, args["customer"] = countTabsOfCustomer, f.Customer
	}
	if f.Stage == "" {
		args["limit_"+f.View()] = CountLimit + 1
	}
	var pending, current, completed, all, archived int
	if err := tx.One(statement, args, &pending, &current, &completed, &all, &archived); err != nil {
		return c, err
	}
	c.tabs = map[string]int{string(organisation.Pending): pending, string(organisation.Current): current, string(organisation.Completed): completed, "all": all, "archived": archived}
	c.open = c.tabs[f.View()]
	if f.Stage != "" {
		err = tx.One(countInStage, guard.Args{"archived": f.Archived, "stage": f.Stage, "limit": CountLimit + 1}, &c.open)
	}
	return c, err
}

// Group is one of the customer's three lists.
type Group struct {
	Bucket   organisation.Bucket
	Projects []Line
	Next     organisation.Cursor
}

// Groups gives the projects that the customer sees in Pending, Current and Completed
// (JB-04). more continues one group where its page ended.
func (s *Service) Groups(ctx context.Context, actor access.Actor, more organisation.Bucket, after organisation.Cursor) (groups []Group, shown Shown, err error) {
	err = s.store.View(ctx, actor, access.ProjectsRead, func(tx *guard.Tx) error {
		groups, shown, err = s.loadGroups(tx, more, after)
		return err
	})
	if err == nil && len(groups) == 0 {
		err = fault.New(fault.NotFound, "There is nothing at this address.")
	}
	return groups, shown, err
}

func (s *Service) loadGroups(tx *guard.Tx, more organisation.Bucket, after organisation.Cursor) (groups []Group, shown Shown, err error) {
	for _, bucket := range []organisation.Bucket{organisation.Pending, organisation.Current, organisation.Completed} {
		if more == "" || more == bucket {
			groups = append(groups, Group{Bucket: bucket})
		}
	}
	var stages []organisation.Stage
	var since time.Time
	steps := []func() error{
		func() (err error) { stages, err = organisation.Stages(tx); return err },
		func() (err error) { since, err = Joined(tx); return err },
	}
	for i := range groups {
		steps = append(steps, func() error { return loadGroup(tx, &groups[i], after) })
	}
	if err := tx.Together(steps...); err != nil {
		return nil, shown, err
	}
	var all []Line
	for i := range groups {
		nameStages(groups[i].Projects, stages)
		all = append(all, groups[i].Projects...)
	}
	shown, err = s.beside(tx, all, since)
	return groups, shown, err
}

// groupSize is how many projects of each group stand on a page: three groups are read on a phone.
const groupSize = 12

func loadGroup(tx *guard.Tx, g *Group, after organisation.Cursor) error {
	list, err := loadLines(tx, seenInBucket, guard.Args{"bucket": string(g.Bucket), "after": startBelow(after), "after_id": after.ID, "limit": groupSize + 1}, seenTargets)
	if err != nil {
		return err
	}
	if len(list) > groupSize {
		list = list[:groupSize]
		last := list[groupSize-1]
		g.Next = organisation.Cursor{Number: last.UpdatedAt.UnixMicro(), ID: last.ID}
	}
	g.Projects = list
	return nil
}
