//go:build linux

package main

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"lintel/internal/platform/id"
)

// Each number of writers posts for postingTime, in turn with the plain insert and as often as postingRounds says: the disk's
// speed changes from second to second.
const (
	postingTime   = 700 * time.Millisecond
	postingRounds = 5
)

// posted is how many messages a second were acknowledged, each durable before its answer, and how many were refused.
type posted struct {
	rate   float64
	failed int64
}

func hammer(writers int, do func() error) posted {
	var done, failed atomic.Int64
	until := time.Now().Add(postingTime)
	began := time.Now()
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			for time.Now().Before(until) {
				if do() != nil {
					failed.Add(1)
					continue
				}
				done.Add(1)
			}
		})
	}
	group.Wait()
	return posted{float64(done.Load()) / time.Since(began).Seconds(), failed.Load()}
}

// inTurn gives the figures of the round whose ratio is the middle one, and all refusals.
func inTurn(writers int, insert, message func() error) (least, ours posted) {
	type round struct{ least, ours posted }
	var rounds []round
	var failed int64
	for range postingRounds {
		r := round{hammer(writers, insert), hammer(writers, message)}
		failed += r.ours.failed
		rounds = append(rounds, r)
	}
	slices.SortFunc(rounds, func(a, b round) int { return cmp.Compare(a.ours.rate/a.least.rate, b.ours.rate/b.least.rate) })
	middle := rounds[len(rounds)/2]
	middle.ours.failed = failed
	return middle.least, middle.ours
}

// posts compares messages with the plainest durable insert, by 1, 16 and 64 writers at a time, on each engine.
func (y *yard) posts() error {
	server, err := y.serve(y.large, "")
	if err != nil {
		return err
	}
	plain := newVisitor(y.ctx, "")
	insert := func() error {
		_, _, err := plain.ask("POST", y.limit.base+"/wfull", bytes.NewReader([]byte("Can the socket next to the window stay?")), nil)
		return err
	}
	message := func(s *served) func() error {
		return func() error {
			return s.client.post(s.base+"/"+slug+"/messages/proposal/"+talk, "id="+id.New()+"&text=Can+the+socket+next+to+the+window+stay%3F")
		}
	}
	hammer(4, message(server)) // warm
	for _, of := range []struct {
		writers int
		must    float64
	}{{1, 0.4}, {16, 0.5}, {64, 0}} {
		least, ours := inTurn(of.writers, insert, message(server))
		y.table.posts(fmt.Sprintf("posting, %d writers", of.writers), ours, least, of.must)
	}
	if y.postgres == nil {
		return nil
	}
	other, err := y.serve(y.postgres, "")
	if err != nil {
		return err
	}
	hammer(4, message(other))
	y.table.posts("PostgreSQL: posting, 16 writers", hammer(16, message(other)), posted{}, 0)
	return nil
}

func (t *table) posts(work string, ours, least posted, must float64) {
	r := row{work: work, measured: fmt.Sprintf("%.0f a second, %d errors", ours.rate, ours.failed), must: "0 errors", verdict: good}
	if least.rate > 0 {
		r.measured += fmt.Sprintf(" (wfull %.0f)", least.rate)
		r.ratio = fmt.Sprintf("%.0f %% of wfull", ours.rate/least.rate*100)
	}
	if must > 0 {
		r.must = fmt.Sprintf("≥ %.0f %%, 0 errors", must*100)
	}
	if ours.failed > 0 || least.rate > 0 && ours.rate/least.rate < must {
		r.verdict = missed
	}
	t.add(r)
}
