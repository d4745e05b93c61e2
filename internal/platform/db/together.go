package db

import (
	"errors"
	"fmt"
	"iter"
	"runtime/debug"
	"slices"

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
	defer func() { t.round, t.asked = nil, true }()
	defer t.round.end()
	return t.round.run(steps)
}

func (t *Tx) inTurn(steps []func() error) error {
	if t.once && t.asked {
		return errGlance
	}
	outer := t.stepping
	t.stepping = true
	defer func() { t.stepping, t.asked = outer, true }()
	for _, run := range steps {
		t.asked = false
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
	done     bool
	dropped  bool // a step beside it has failed: it gets no more answers

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
		if r.failed == nil {
			r.start(nil, run)
		}
	}
	for len(r.waiting) > 0 && r.failed == nil {
		if err := r.ask(); r.failed == nil && err != nil {
			return err
		}
	}
	return r.failed
}

// end lets go of what still waits after an error, whatever each of the steps does then.
func (r *round) end() {
	for _, s := range r.started {
		defer r.drop(s)
	}
}

// drop ends a step and those in it.
func (r *round) drop(s *step) {
	if s.done {
		return
	}
	s.dropped, s.done = true, true
	for _, inner := range r.started {
		if inner.parent == s {
			r.drop(inner)
		}
	}
	outer := r.running
	r.running = s
	defer func() { r.running = outer }()
	s.stop()
}

// within runs steps of the step that runs, which stands still meanwhile.
func (r *round) within(steps []func() error) error {
	parent := r.running
	if parent == nil || parent.dropped {
		return errStepEnded
	}
	parent.open, parent.failed = 0, nil
	for _, run := range steps {
		if parent.failed == nil {
			parent.open++
			r.start(parent, run)
		}
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
		defer keepStack()
		s.wait = wait
		s.err = run()
	})
	r.started = append(r.started, s)
	r.goOn(s)
}

// keepStack lets a panic say where it began: what runs a step raises it anew.
func keepStack() {
	if p := recover(); p != nil {
		panic(fmt.Sprintf("%v\n%s", p, debug.Stack()))
	}
}

// goOn runs a step until it asks, waits for steps of its own, or ends.
func (r *round) goOn(s *step) {
	outer := r.running
	r.running = s
	asked, stands := s.next()
	r.running = outer
	switch {
	case !stands:
		r.ended(s)
	case asked != nil:
		s.question = asked
		r.waiting = append(r.waiting, s)
	}
}

// ended lets the step around go on when all of its own are done. The first that fails ends those beside it.
func (r *round) ended(s *step) {
	s.done = true
	parent := s.parent
	if parent == nil {
		r.failed = first(r.failed, s.err)
		return
	}
	parent.open--
	if s.err != nil && parent.failed == nil {
		parent.failed = s.err
		for _, beside := range r.started {
			if beside.parent == parent && !beside.done {
				parent.open--
				r.drop(beside)
			}
		}
	}
	if parent.open == 0 && parent.joining {
		r.goOn(parent)
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
	session := r.tx.postgres
	if session.begun && session.purpose == glances {
		return errGlance
	}
	waiting, batch := slices.DeleteFunc(r.waiting, func(s *step) bool { return s.done }), &pgx.Batch{}
	r.waiting = nil
	if len(waiting) == 0 {
		return nil
	}
	begins := session.queueBegin(batch)
	for _, s := range waiting {
		batch.Queue(s.question.text, s.question.args...)
	}
	results, err := session.send(r.tx.ctx, batch, begins)
	if err != nil { // the steps say what they asked
		for _, s := range waiting {
			r.answer(s, nil, err)
		}
		return asFault(err)
	}
	defer results.Close()
	for _, s := range waiting {
		rows, err := results.Query()
		r.answer(s, rows, err)
		rows.Close()
	}
	return asFault(results.Close())
}

// answer lets a step go on with its answer, which it reads to the end before it asks again.
func (r *round) answer(s *step, rows pgx.Rows, err error) {
	if s.done || r.failed != nil {
		return
	}
	own := &stepRows{postgresRows: postgresRows{rows, nil}}
	s.question.rows, s.question.err = own, asFault(err)
	r.goOn(s)
	own.passed = true
}

// stepRows are the answer to a step, until it asks again.
type stepRows struct {
	postgresRows
	read, passed bool
}

func (r *stepRows) Next() bool {
	more := !r.passed && r.postgresRows.Next()
	r.read = r.read || !more && !r.passed
	return more
}

// Close ends the answer early.
func (r *stepRows) Close() error {
	r.read = true
	return r.postgresRows.Close()
}

// Err says so when rows were left that the step came back for.
func (r *stepRows) Err() error {
	if r.passed && !r.read {
		return errWalking
	}
	return r.postgresRows.Err()
}

// query hands a question over and comes back with its answer.
func (r *round) query(text string, args []any) (Rows, error) {
	s := r.running
	if s == nil || s.dropped {
		return nil, errStepEnded
	}
	q := &question{text: text, args: args}
	if !s.wait(q) {
		return nil, errStepEnded
	}
	return q.rows, q.err
}
