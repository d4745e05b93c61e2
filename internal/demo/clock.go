package demo

import (
	"sync/atomic"
	"time"

	"lintel/internal/platform/clock"
)

// MovingClock is a clock that the building of a world can set back and forth.
type MovingClock interface {
	clock.Clock
	Advance(time.Duration)
}

// Clock runs like the machine's, shifted. While a world is built it stands in the past;
// afterwards the shift is nothing, and it is the machine's clock.
type Clock struct{ shift atomic.Int64 }

// Now is the machine's time with the shift.
func (c *Clock) Now() time.Time { return clock.System().Now().Add(time.Duration(c.shift.Load())) }

// Advance shifts the clock, back when d is negative.
func (c *Clock) Advance(d time.Duration) { c.shift.Add(int64(d)) }

// BackToNow ends the shift.
func (c *Clock) BackToNow() { c.shift.Store(0) }
