package schedule

import "time"

// Day is a calendar day without a time zone, as "2026-05-03"; days compare as text.
type Day string

// DayOf is the day that it is at an instant, where the instant's zone says.
func DayOf(t time.Time) Day { return Day(t.Format(time.DateOnly)) }

// Valid reports whether it is a day of the calendar, in this century or the next.
func (d Day) Valid() bool {
	t, err := time.Parse(time.DateOnly, string(d))
	return err == nil && t.Year() >= 2000 && t.Year() < 2200
}

// Time is midnight of the day in UTC; zero for what is no day.
func (d Day) Time() time.Time {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}
	}
	return t
}

// Add is so many days later.
func (d Day) Add(days int) Day { return DayOf(d.Time().AddDate(0, 0, days)) }

// Since counts the days from another day to this one.
func (d Day) Since(other Day) int { return int(d.Time().Sub(other.Time()) / (24 * time.Hour)) }

// Monday is the first day of its week.
func (d Day) Monday() Day { return d.Add(-(int(d.Time().Weekday()) + 6) % 7) }

// Month is the first day of its month.
func (d Day) Month() Day {
	t := d.Time()
	return DayOf(time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC))
}
