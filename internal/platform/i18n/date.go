package i18n

import (
	"context"
	"time"
)

// Date writes the day in the reader's zone in full: "24 November 2026".
func Date(ctx context.Context, t time.Time) string {
	r := readerOf(ctx)
	return r.lang.mark(r.lang.rules.FmtDateLong(t.In(r.Zone)))
}

// DateShort writes the day in the reader's zone briefly: "24 Nov 2026", "24.11.2026".
func DateShort(ctx context.Context, t time.Time) string {
	r := readerOf(ctx)
	return r.lang.mark(r.lang.rules.FmtDateMedium(t.In(r.Zone)))
}

// DateFull writes the day in the reader's zone with its weekday: "Tuesday, 24 November 2026".
func DateFull(ctx context.Context, t time.Time) string {
	r := readerOf(ctx)
	return r.lang.mark(r.lang.rules.FmtDateFull(t.In(r.Zone)))
}

// Time writes the time of day in the reader's zone: "14:32", "2:32 pm".
func Time(ctx context.Context, t time.Time) string {
	r := readerOf(ctx)
	return r.lang.mark(r.lang.rules.FmtTimeShort(t.In(r.Zone)))
}

// DateTime writes day and time in the reader's zone: "24 Nov 2026, 14:32".
func DateTime(ctx context.Context, t time.Time) string {
	r := readerOf(ctx)
	return r.lang.mark(r.dateTime(t))
}

func (r *contextReader) dateTime(t time.Time) string {
	local := t.In(r.Zone)
	return r.lang.rules.FmtDateMedium(local) + ", " + r.lang.rules.FmtTimeShort(local)
}

// Weekday writes the day of the week in the reader's zone: "Tuesday".
func Weekday(ctx context.Context, t time.Time) string {
	r := readerOf(ctx)
	return r.lang.mark(r.lang.rules.WeekdayWide(t.In(r.Zone).Weekday()))
}

// Month writes the month in the reader's zone: "November".
func Month(ctx context.Context, t time.Time) string {
	r := readerOf(ctx)
	return r.lang.mark(r.lang.rules.MonthWide(t.In(r.Zone).Month()))
}

// Day writes a calendar day ("2026-12-18", as a document is valid until) in full. A calendar
// day is the same everywhere, so no zone moves it. Other text is given back as it is.
func Day(ctx context.Context, isoDate string) string {
	day, err := time.Parse(time.DateOnly, isoDate)
	if err != nil {
		return isoDate
	}
	l := readerOf(ctx).lang
	return l.mark(l.rules.FmtDateLong(day))
}

// DayShort is Day, briefly: "18 Dec 2026".
func DayShort(ctx context.Context, isoDate string) string {
	day, err := time.Parse(time.DateOnly, isoDate)
	if err != nil {
		return isoDate
	}
	l := readerOf(ctx).lang
	return l.mark(l.rules.FmtDateMedium(day))
}

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// Relative writes how long ago, or in how long, t is for the reader: "just now",
// "12 minutes ago", "yesterday", "in 3 days"; beyond a week the date.
func Relative(ctx context.Context, t time.Time) string {
	r := readerOf(ctx)
	if r.Now.IsZero() {
		return DateTime(ctx, t)
	}
	passed := r.Now.Sub(t)
	if passed >= week || passed <= -week {
		return DateShort(ctx, t)
	}
	if days := daysBetween(t.In(r.Zone), r.Now.In(r.Zone)); days != 0 && passed.Abs() >= 12*time.Hour {
		return relativeDays(ctx, days)
	}
	switch {
	case passed.Abs() < time.Minute:
		return T(ctx, "just now")
	case passed >= time.Hour:
		return N(ctx, int(passed/time.Hour), "{n} hour ago", "{n} hours ago")
	case passed > 0:
		return N(ctx, int(passed/time.Minute), "{n} minute ago", "{n} minutes ago")
	case passed <= -time.Hour:
		return N(ctx, int(-passed/time.Hour), "in {n} hour", "in {n} hours")
	}
	return N(ctx, int(-passed/time.Minute), "in {n} minute", "in {n} minutes")
}

// daysBetween counts midnights from the day of then to that of now; both in one zone.
func daysBetween(then, now time.Time) int {
	midnight := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(midnight(now).Sub(midnight(then)) / day)
}

func relativeDays(ctx context.Context, days int) string {
	switch {
	case days == 1:
		return T(ctx, "yesterday")
	case days == -1:
		return T(ctx, "tomorrow")
	case days > 0:
		return N(ctx, days, "{n} day ago", "{n} days ago")
	}
	return N(ctx, -days, "in {n} day", "in {n} days")
}
