package db

import (
	"errors"
	"iter"

	"github.com/jackc/pgx/v5"
)

// Together runs steps that do not depend on each other. On PostgreSQL what they ask travels together: each step runs until it
// asks something, all questions go to the server in one message, and then each step goes on with its answer, one after the
// other and never at the same time. On SQLite, where a question has no way to go, they run one after the other.
//
// A step may ask as often as it likes, also by a Together of its own, and changes nothing. The first error is the answer;
// other steps may have run or not.
func (t *Tx) Together(steps ...func() error) error {
	switch {
	case t.postgres == nil:
		return t.inTurn(steps)
	case t.round != nil:
		return t.round.within(steps)
	}
	t.round = &round{tx: t}
	defer func() { t.round.end(); t.round, t.asked = nil, true }()
	return t.round.run(steps)
}

func (t *Tx) inTurn(steps []func() error) error {
	outer := t.stepping
	t.stepping = true
	defer func() { t.stepping, t.asked = outer, !outer }()
	for _, run := range steps {
		if err := run(); err != nil {
			return err
		}
	}
	return nil
}

var (
	errStepChanges = errors.New("a step that is asked together with others may only read")
	errStepEnded   = errors.New("another step has failed")
)

// round holds the steps of one Together on PostgreSQL.
type round struct {
	tx      *Tx
	running *step
	waiting []*step // for an answer, in the order in which they asked
	started []*step
	failed  error // the first error of a step that is in no other
}

// step is a function that stands still while its question is on the way, or while steps of its own are not done.
type step struct {
	parent   *step // whose Together it is in; nil: the outermost
	question *question
	err      error

	open    int   // of its own steps, how many are not done
	failed  error // the first error of these
	joining bool  // it stands still until they are done

	wait func(*question) bool
	next func() (*question, bool)
	stop func()
}

type question struct {
	text string
	args []any
	rows Rows
	err  error
}

func (r *round) run(steps []func() error) error {
	for _, run := range steps {
		r.start(nil, run)
	}
	for len(r.waiting) > 0 && r.failed == nil {
		if err := r.ask(); err != nil {
			return err
		}
	}
	return r.failed
}

// end lets go of what still waits after an error.
func (r *round) end() {
	for _, s := range r.started {
		s.stop()
	}
}

// within runs steps of the step that runs, which stands still meanwhile.
func (r *round) within(steps []func() error) error {
	parent := r.running
	parent.open, parent.failed = len(steps), nil
	for _, run := range steps {
		r.start(parent, run)
	}
	if parent.open > 0 {
		parent.joining = true
		if !parent.wait(nil) {
			return errStepEnded
		}
		parent.joining = false
	}
	return parent.failed
}

func (r *round) start(parent *step, run func() error) {
	s := &step{parent: parent}
	s.next, s.stop = iter.Pull(func(wait func(*question) bool) {
		s.wait = wait
		s.err = run()
	})
	r.started = append(r.started, s)
	r.goOn(s)
}

// goOn runs a step until it asks, waits for steps of its own, or ends.
func (r *round) goOn(s *step) {
	outer := r.running
	r.running = s
	defer func() { r.running = outer }()
	asked, stands := s.next()
	switch {
	case !stands:
		r.ended(s)
	case asked != nil:
		s.question = asked
		r.waiting = append(r.waiting, s)
	}
}

func (r *round) ended(s *step) {
	if s.parent == nil {
		r.failed = first(r.failed, s.err)
		return
	}
	s.parent.failed = first(s.parent.failed, s.err)
	s.parent.open--
	if s.parent.open == 0 && s.parent.joining {
		r.goOn(s.parent)
	}
}

func first(err, next error) error {
	if err != nil {
		return err
	}
	return next
}

// ask sends the questions of all that wait in one message and lets each go on with its answer.
func (r *round) ask() error {
	waiting, batch := r.waiting, &pgx.Batch{}
	r.waiting = nil
	session := r.tx.postgres
	if session.begun && session.access == glances {
		return errGlance
	}
	begins := session.queueBegin(batch)
	for _, s := range waiting {
		batch.Queue(s.question.text, s.question.args...)
	}
	results, err := session.send(r.tx.ctx, batch, begins)
	if err != nil {
		return asFault(err)
	}
	defer results.Close()
	for _, s := range waiting {
		rows, err := results.Query()
		s.question.rows, s.question.err = postgresRows{rows, nil}, asFault(err)
		r.goOn(s)
		rows.Close()
	}
	return asFault(results.Close())
}

// query hands a question over and comes back with its answer.
func (s *step) query(text string, args []any) (Rows, error) {
	q := &question{text: text, args: args}
	if !s.wait(q) {
		return nil, errStepEnded
	}
	return q.rows, q.err
}
