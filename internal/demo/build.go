package demo

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"time"

	"lintel/internal/app"
	"lintel/internal/platform/mail"
)

// Build makes the firms that are named, or all of them, and leads each through its last
// weeks. c must be the program's clock and inbox its mail sender: codes are read from it.
// At the end the clock stands where it stood; nothing lies in its future.
func Build(ctx context.Context, a *app.App, c MovingClock, inbox *mail.Folder, firms ...string) (World, error) {
	s := &stage{ctx: ctx, app: a, clock: c, inbox: inbox, today: c.Now().Truncate(24 * time.Hour), start: c.Now(), letters: map[string]letters{}}
	for _, plan := range plans() {
		if len(firms) == 0 || slices.Contains(firms, plan.slug) {
			s.play(plan)
		}
	}
	if err := s.run(); err != nil {
		return World{}, fmt.Errorf("build the sample world: %w", err)
	}
	return Doors(ctx, a)
}

// plans are the four firms, one for each kind of portal.
func plans() []firmPlan { return []firmPlan{hartwell(), lumen(), northgate(), orchard()} }

// stage is where the plans are played, in the order of their days.
type stage struct {
	ctx     context.Context
	app     *app.App
	clock   MovingClock
	inbox   *mail.Folder
	start   time.Time
	today   time.Time
	steps   []step
	letters map[string]letters // by address
	read    int                // number of the newest message that was read
}

type step struct {
	at time.Time
	do func() error
}

// at puts a step on the timeline. Steps of one minute keep the order in which they were put.
func (s *stage) at(days int, clock string, do func() error) {
	hour, err := time.Parse("15:04", clock)
	if err != nil {
		panic("the sample world has a step at " + clock)
	}
	at := s.today.AddDate(0, 0, -days).Add(time.Duration(hour.Hour())*time.Hour + time.Duration(hour.Minute())*time.Minute)
	if latest := s.start.Add(-time.Minute); at.After(latest) {
		at = latest
	}
	s.steps = append(s.steps, step{at, do})
}

func (s *stage) run() error {
	sort.SliceStable(s.steps, func(i, j int) bool { return s.steps[i].at.Before(s.steps[j].at) })
	s.clock.Advance(s.steps[0].at.Sub(s.clock.Now()))
	for _, step := range s.steps {
		s.moveTo(step.at)
		if err := step.do(); err != nil {
			return err
		}
	}
	s.moveTo(s.start)
	return s.work()
}

// moveTo never moves back: what happens later on the timeline is later in the log.
func (s *stage) moveTo(at time.Time) {
	if ahead := at.Sub(s.clock.Now()); ahead > 0 {
		s.clock.Advance(ahead)
	}
}

// work does the jobs that are due: mails leave, subscribers tell people.
func (s *stage) work() error {
	_, err := s.app.Jobs.Drain(s.ctx)
	return err
}

// andTell does the jobs after a step that people are told of, so that their mails carry its
// day.
func (s *stage) andTell(err error) error {
	if err != nil {
		return err
	}
	return s.work()
}
