package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
)

// keptFor is how long a request that was done is remembered.
const keptFor = 24 * time.Hour

const longestKey = 100

// Requests remembers requests that must not happen twice.
type Requests struct {
	store *guard.Store
}

// New makes it.
func New(store *guard.Store) *Requests { return &Requests{store: store} }

// Post is one request that makes something.
type Post struct {
	Permission access.Permission // of the route
	Body       []byte
	Makes      string // kind of the subject whose event tells the id of what is made
	ID         string // or the id, when it is known before
}

// errDone says that another request with the same key was faster.
var errDone = errors.New("the request was done")

// Once runs do and gives the id of what it made. With an Idempotency-Key the same request
// is done once, whatever happens on the way: the key is stored in the transaction of the
// deed, and who asks again gets the same id (I02). Keys of another token, or of another
// organisation, have nothing to do with it. A refused request leaves no key behind.
// Faults: those of do; Invalid; Conflict for the key of a request with another body.
func (q *Requests) Once(r *route.Request, p Post, do func(ctx context.Context) (string, error)) (string, error) {
	mark := r.Header.Get("Idempotency-Key")
	if mark == "" {
		return do(r.Context())
	}
	if len(mark) > longestKey || strings.ContainsFunc(mark, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return "", fault.New(fault.Invalid, "An Idempotency-Key has up to 100 letters, digits and signs.")
	}
	sum := sha256.Sum256([]byte(r.Method + " " + r.URL.Path + "\n" + string(p.Body)))
	one := request{mark: mark, hash: hex.EncodeToString(sum[:]), token: r.Actor.Token(), nonce: id.New(), post: p}
	if made, err := q.before(r, one); made != "" || err != nil {
		return made, err
	}
	made, err := do(guard.Along(r.Context(), one.keep))
	if errors.Is(err, errDone) {
		return q.before(r, one)
	}
	return made, err
}

type request struct {
	mark, hash, token, nonce string
	post                     Post
}

// before finds what the request made when it was done before.
func (q *Requests) before(r *route.Request, one request) (made string, err error) {
	var hash string
	err = q.store.View(r.Context(), r.Actor, one.post.Permission, func(tx *guard.Tx) error {
		return tx.One(requestByMark, guard.Args{"token": one.token, "mark": one.mark, "since": tx.Now().Add(-keptFor)}, &hash, &made)
	})
	switch {
	case fault.Is(err, fault.NotFound):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("find a request that was done: %w", err)
	case hash != one.hash:
		return "", fault.New(fault.Conflict, "This Idempotency-Key was used for another request.")
	}
	return made, nil
}

// keep stores the key beside what the verb has written.
func (one request) keep(tx *guard.Tx) error {
	made := one.post.ID
	for _, subject := range tx.Recorded() {
		if made == "" && subject.Kind == one.post.Makes {
			made = subject.ID
		}
	}
	if made == "" {
		return fmt.Errorf("no event tells which %s was made", one.post.Makes)
	}
	stored, err := tx.Exec(keepRequest, guard.Args{"token": one.token, "mark": one.mark, "hash": one.hash, "request": one.nonce, "made": made, "since": tx.Now().Add(-keptFor)})
	if err == nil && stored == 0 {
		return errDone
	}
	return err
}
