package db

import (
	"context"
	"errors"
	"sync"
)

// readers are SQLite's read-only sessions. The one given back last is taken first: its
// cache is warm and its statements are prepared, so a quiet portal keeps one warm and not
// all of them.
type readers struct {
	free   chan struct{} // as many as there are sessions in idle
	mu     sync.Mutex
	idle   []*session
	shut   bool
	closed chan struct{} // for those who wait
}

func newReaders(most int) *readers {
	return &readers{free: make(chan struct{}, most), closed: make(chan struct{})}
}

// take waits for a session that nobody uses.
func (r *readers) take(ctx context.Context) (*session, error) {
	select {
	case <-r.free:
		return r.last(), nil
	case <-r.closed:
		return nil, errClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// close closes the sessions that nobody uses. Those in use are closed when they are given back, and nobody takes one any more.
func (r *readers) close() error {
	r.mu.Lock()
	r.shut = true
	r.mu.Unlock()
	close(r.closed)
	var errs []error
	for s := r.takeIdle(); s != nil; s = r.takeIdle() {
		errs = append(errs, s.close())
	}
	return errors.Join(errs...)
}

// takeIdle gives a session that nobody uses, or nil.
func (r *readers) takeIdle() *session {
	select {
	case <-r.free:
		return r.last()
	default:
		return nil
	}
}

func (r *readers) last() *session {
	r.mu.Lock()
	defer r.mu.Unlock()
	end := len(r.idle) - 1
	s := r.idle[end]
	r.idle = r.idle[:end]
	return s
}

func (r *readers) give(s *session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.shut {
		_ = s.close() // whoever closed the database has gone
		return
	}
	r.idle = append(r.idle, s)
	r.free <- struct{}{}
}
