package db

import (
	"context"
	"sync"
)

// readers are SQLite's read-only sessions. The one given back last is taken first: its
// cache is warm and its statements are prepared, so a quiet portal keeps one warm and not
// all of them.
type readers struct {
	free chan struct{} // as many as there are sessions in idle
	mu   sync.Mutex
	idle []*session
}

func newReaders(most int) *readers { return &readers{free: make(chan struct{}, most)} }

// take waits for a session that nobody uses.
func (r *readers) take(ctx context.Context) (*session, error) {
	select {
	case <-r.free:
		return r.last(), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
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
	r.idle = append(r.idle, s)
	r.mu.Unlock()
	r.free <- struct{}{}
}
