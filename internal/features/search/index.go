package search

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/platform/jobs"
)

const (
	roundJob   = "search round"
	changedJob = "search changes"

	atOnce       = 20 // things that one statement reads
	perChunk     = 200
	roundEvery   = 7 * 24 * time.Hour
	changedEvery = 5 * time.Minute
)

// Follow names the events that change what can be found, and what each concerns. app calls it once.
func (s *Service) Follow(kinds []string, affected Affected) { s.kinds, s.affected = kinds, affected }

// Subscriber keeps the index up to date after each commit.
func (s *Service) Subscriber() event.Subscriber {
	return event.Subscriber{Name: "search", Kinds: s.kinds, Handle: func(ctx context.Context, happened event.Recorded) error {
		system := access.NewSystem(happened.Org, "keep the search up to date")
		return s.store.Change(ctx, system, access.SystemWork, func(tx *guard.Tx) error {
			refs, err := s.affected(ctx, tx, happened)
			if err != nil {
				return fmt.Errorf("list what %s concerns: %w", happened.Kind, err)
			}
			return s.refresh(tx, refs)
		})
	}}
}

// refresh reads things anew and writes what has changed of them.
func (s *Service) refresh(tx *guard.Tx, refs []Ref) error {
	byKind := map[string][]string{}
	for _, ref := range refs {
		byKind[ref.Kind] = append(byKind[ref.Kind], ref.ID)
	}
	for _, source := range s.sources { // always in one order, so that two jobs never wait for each other
		ids := slices.Sorted(slices.Values(byKind[source.Kind]))
		for len(ids) > 0 {
			n := min(len(ids), atOnce)
			if err := s.refreshSome(tx, source, ids[:n]); err != nil {
				return fmt.Errorf("index %s: %w", source.Kind, err)
			}
			ids = ids[n:]
		}
	}
	return nil
}

func (s *Service) refreshSome(tx *guard.Tx, source Source, ids []string) error {
	marks := map[string]string{}
	for _, id := range ids {
		mark, err := hold(tx, Ref{source.Kind, id})
		if err != nil {
			return err
		}
		marks[id] = mark
	}
	entries, err := source.Load(tx, ids)
	if err != nil {
		return err
	}
	found := map[string]*Entry{}
	for i := range entries {
		found[entries[i].ID] = &entries[i]
	}
	for id, mark := range marks {
		if err := put(tx, source.Kind, id, mark, source.Titled, found[id]); err != nil {
			return err
		}
	}
	return nil
}

// Jobs names the handlers of the search's jobs. The round begins with the first start of a Lintel that has a search, and
// comes again each week: nothing stays lost that an event did not tell.
func (s *Service) Jobs(r *jobs.Runner) {
	r.Handle(roundJob, func(ctx context.Context, _ jobs.Task) error { return s.everywhere(ctx, s.round) })
	r.Every(time.Hour, jobs.Job{Kind: roundJob})
	r.Handle(changedJob, func(ctx context.Context, _ jobs.Task) error { return s.everywhere(ctx, s.changes) })
	r.Every(changedEvery, jobs.Job{Kind: changedJob})
}

func (s *Service) everywhere(ctx context.Context, do func(ctx context.Context, system access.Actor) error) error {
	organisations, err := s.store.Organisations(ctx)
	if err != nil {
		return err
	}
	for _, org := range organisations {
		if err := do(ctx, access.NewSystem(org, "keep the search up to date")); err != nil {
			return err
		}
	}
	return nil
}

// changes takes in what no event tells of, as drafts that save themselves.
func (s *Service) changes(ctx context.Context, system access.Actor) error {
	for _, source := range s.sources {
		if source.Changed == nil {
			continue
		}
		var ids []string
		err := s.store.View(ctx, system, access.SystemWork, func(tx *guard.Tx) (err error) {
			ids, err = source.Changed(tx, tx.Now().Add(-2*changedEvery))
			return err
		})
		if err != nil || len(ids) == 0 {
			return err
		}
		err = s.store.Change(ctx, system, access.SystemWork, func(tx *guard.Tx) error { return s.refresh(tx, refsOf(source.Kind, ids)) })
		if err != nil {
			return err
		}
	}
	return nil
}

func refsOf(kind string, ids []string) []Ref {
	refs := make([]Ref, len(ids))
	for i, id := range ids {
		refs[i] = Ref{kind, id}
	}
	return refs
}

// Rebuild goes over everything of one organisation now, whenever the last round was.
func (s *Service) Rebuild(ctx context.Context, org access.OrgID) error {
	system := access.NewSystem(org, "make the index of the search anew")
	for _, source := range s.sources {
		for reached, done := "", false; !done; {
			err := s.store.Change(ctx, system, access.SystemWork, func(tx *guard.Tx) (err error) {
				reached, done, err = s.chunk(tx, source, reached)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// round goes over everything of an organisation, a chunk in each transaction. One that was cut off goes on where it was.
func (s *Service) round(ctx context.Context, system access.Actor) error {
	for _, source := range s.sources {
		for done := false; !done; {
			due := false
			err := s.store.View(ctx, system, access.SystemWork, func(tx *guard.Tx) (err error) {
				_, due, err = roundOf(tx, source.Kind)
				return err
			})
			if err != nil {
				return err
			}
			if !due {
				break
			}
			err = s.store.Change(ctx, system, access.SystemWork, func(tx *guard.Tx) (err error) {
				done, err = s.nextChunk(tx, source)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) nextChunk(tx *guard.Tx, source Source) (done bool, err error) {
	reached, due, err := roundOf(tx, source.Kind)
	if err != nil || !due {
		return true, err
	}
	reached, done, err = s.chunk(tx, source, reached)
	if err != nil {
		return false, err
	}
	var finished time.Time
	if done {
		reached, finished = "", tx.Now()
	}
	_, err = tx.Exec(saveRound, guard.Args{"kind": source.Kind, "reached": reached, "finished": finished, "language": language})
	return done, err
}

// chunk indexes what comes after an id.
func (s *Service) chunk(tx *guard.Tx, source Source, after string) (reached string, done bool, err error) {
	ids, err := source.After(tx, after, perChunk)
	if err != nil {
		return after, false, fmt.Errorf("list %s: %w", source.Kind, err)
	}
	if len(ids) == 0 {
		return after, true, nil
	}
	return ids[len(ids)-1], len(ids) < perChunk, s.refresh(tx, refsOf(source.Kind, ids))
}

// roundOf tells where the round of a kind is, and whether there is anything to do.
func roundOf(tx *guard.Tx, kind string) (reached string, due bool, err error) {
	due = true
	err = tx.Each(loadRound, guard.Args{"kind": kind}, func(row guard.Row) error {
		var finished time.Time
		made := 0
		if err := row(&reached, &finished, &made); err != nil {
			return err
		}
		if made != language {
			reached = ""
		}
		due = made != language || finished.IsZero() || tx.Now().Sub(finished) >= roundEvery
		return nil
	})
	return reached, due, err
}
