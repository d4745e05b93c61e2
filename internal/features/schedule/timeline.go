package schedule

import (
	"context"
	"strconv"
	"time"

	"lintel/internal/platform/i18n"
)

// timeline is the plan as bars over days. Places and widths are shares of its whole width,
// in percent, as SVG attributes take them.
type timeline struct {
	first Day // a Monday
	days  int
	size  string // class: how wide it is at least
	bars  []bar
	weeks []string // places of the lines between weeks
	marks []mark   // months
	today string   // place of the line, empty when today is outside
}

// mark is the name of a month at its place.
type mark struct{ at, name string }

// bar is one task on the timeline.
type bar struct {
	Task
	x, width, done string
	early          []string // what it does not wait for
	late           bool
}

// margin keeps room for the last bar to be moved to.
const margin = 7

func draw(ctx context.Context, tasks []Task, early map[string][]string, today Day) timeline {
	first, last := span(tasks)
	if today < first && first.Since(today) < 45 {
		first = today
	}
	if today > last && today.Since(last) < 45 {
		last = today
	}
	t := timeline{first: first.Monday()}
	t.days = (last.Since(t.first)/7+1)*7 + margin
	t.size = sizeOf(t.days)
	for at := 7; at < t.days; at += 7 * (1 + t.days/250) {
		t.weeks = append(t.weeks, t.share(at))
	}
	t.marks = t.months(ctx)
	if at := today.Since(t.first); at >= 0 && at < t.days {
		t.today = percent((float64(at) + .5) / float64(t.days))
	}
	for _, task := range tasks {
		b := bar{Task: task, x: t.share(task.Starts.Since(t.first)), width: t.share(task.Days()), early: early[task.ID], late: task.Late(today)}
		b.done = percent(float64(task.Days()*task.Percent()) / 100 / float64(t.days))
		t.bars = append(t.bars, b)
	}
	return t
}

func (t timeline) share(days int) string { return percent(float64(days) / float64(t.days)) }

func percent(share float64) string { return strconv.FormatFloat(share*100, 'f', 3, 64) + "%" }

// months names each month at its first day, and the one that the timeline begins in unless
// the next is too near.
func (t timeline) months(ctx context.Context) (list []mark) {
	step := 1 + t.days/400
	month := t.first.Month()
	for i := 0; ; i++ {
		at := month.Since(t.first)
		if at >= t.days-8 {
			return list
		}
		next := DayOf(month.Time().AddDate(0, 1, 0))
		if i%step == 0 && (at >= 0 || next.Since(t.first) > t.days/5) {
			list = append(list, mark{at: t.share(max(at, 0)), name: axisName(ctx, month, len(list) == 0)})
		}
		month = next
	}
}

func sizeOf(days int) string {
	switch {
	case days <= 63:
		return "tl-1"
	case days <= 126:
		return "tl-2"
	case days <= 252:
		return "tl-3"
	}
	return "tl-4"
}

// month is a page of the calendar: whole weeks with what goes on each day.
type month struct {
	first          Day
	name           string
	previous, next string // "2026-05"
	weeks          [][]cell
	weekdays       []string
}

// cell is one day of a month.
type cell struct {
	day            Day
	number         int
	outside, today bool
	tasks          []Task
}

// monthOf lays out a month. asked is as "2026-05"; anything else is the month of today, or
// the nearest in which there is something to see.
func monthOf(ctx context.Context, tasks []Task, asked string, today Day) month {
	first := Day(asked + "-01")
	if !first.Valid() {
		from, to := span(tasks)
		first = min(max(today, from), max(to, from))
		first = first.Month()
	}
	t := first.Time()
	m := month{first: first, name: monthName(ctx, first), previous: t.AddDate(0, -1, 0).Format("2006-01"), next: t.AddDate(0, 1, 0).Format("2006-01")}
	last := DayOf(t.AddDate(0, 1, -1))
	for day := first.Monday(); day <= last; {
		var week []cell
		for range 7 {
			c := cell{day: day, number: day.Time().Day(), outside: day < first || day > last, today: day == today}
			for _, task := range tasks {
				if task.Starts <= day && day <= task.Ends && !c.outside {
					c.tasks = append(c.tasks, task)
				}
			}
			week, day = append(week, c), day.Add(1)
		}
		m.weeks = append(m.weeks, week)
	}
	for i := range 7 {
		m.weekdays = append(m.weekdays, weekday(ctx, m.first.Monday().Add(i)))
	}
	return m
}

// days writes when a task is, briefly.
func days(ctx context.Context, t Task) string {
	if t.Starts == t.Ends {
		return i18n.DayShort(ctx, string(t.Starts))
	}
	return i18n.T(ctx, "{from} – {to}", "from", i18n.DayShort(ctx, string(t.Starts)), "to", i18n.DayShort(ctx, string(t.Ends)))
}

// noon is an instant of the day where the reader is: what names days and months asks for one.
func noon(ctx context.Context, d Day) time.Time {
	zone := i18n.ReaderOf(ctx).Zone
	if zone == nil {
		zone = time.UTC
	}
	t := d.Time()
	return time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, zone)
}

func monthName(ctx context.Context, d Day) string {
	return i18n.Month(ctx, noon(ctx, d)) + " " + strconv.Itoa(d.Time().Year())
}

// axisName is a month without its year, but where a year is read first.
func axisName(ctx context.Context, d Day, first bool) string {
	if first || d.Time().Month() == time.January {
		return monthName(ctx, d)
	}
	return i18n.Month(ctx, noon(ctx, d))
}

func weekday(ctx context.Context, d Day) string { return i18n.Weekday(ctx, noon(ctx, d)) }
