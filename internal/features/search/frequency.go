package search

import (
	"math"
	"slices"
	"sort"
	"strings"
	"sync/atomic"
	"time"

	"lintel/internal/core/guard"
)

// frequencies are PostgreSQL's own statistics of the index: its most frequent words, in their order, and the share of all rows
// that have each. Its index gives all hits at once, so of a frequent word that is far too much; knowing beforehand, the search
// walks the newest things instead. They choose the way to an answer and nothing of the answer. SQLite needs none: its index
// walks.
type frequencies struct {
	read   time.Time
	total  float64 // rows of the index
	words  []string
	shares []float64
}

func (f *frequencies) sort() { sort.Sort(byWord{f}) }

// byWord keeps words and shares together.
type byWord struct{ *frequencies }

func (b byWord) Len() int           { return len(b.words) }
func (b byWord) Less(i, j int) bool { return b.words[i] < b.words[j] }
func (b byWord) Swap(i, j int) {
	b.words[i], b.words[j] = b.words[j], b.words[i]
	b.shares[i], b.shares[j] = b.shares[j], b.shares[i]
}

const frequenciesLast = 10 * time.Minute

// size is taken for large where nobody has counted yet.
func (f *frequencies) size() float64 {
	if f.total == 0 {
		return uncounted
	}
	return f.total
}

const (
	uncounted   = 100_000
	fewest      = 500 // rows are always few
	longestWalk = 20_000
)

// rows guesses how many rows have a word, or one that begins so.
func (f *frequencies) rows(word string, begins bool) float64 {
	if f == nil {
		return 0
	}
	without := 1.0
	at, _ := slices.BinarySearch(f.words, word)
	for ; at < len(f.words) && (f.words[at] == word || begins && strings.HasPrefix(f.words[at], word)); at++ {
		without *= 1 - f.shares[at]
	}
	return f.total * (1 - without)
}

// many is from how many hits on walking the newest things costs less than reading them all: the walk passes total/rows things
// for each line of the page, and each costs about three hits.
func (f *frequencies) many() float64 {
	if f == nil {
		return fewest
	}
	return max(fewest, math.Sqrt(3*perGroup*f.size()))
}

// walk is how many of the newest things are enough to find a page of what that many rows have; fewer, if it comes and goes, and
// then all of it is read.
func (f *frequencies) walk(rows float64, limit int) int {
	return int(min(longestWalk, 100+4*float64(limit)*f.size()/max(rows, f.many())))
}

// prepare makes ready for questions: on PostgreSQL frequencies are read now and then.
func prepare(tx *guard.Tx, kept *atomic.Pointer[frequencies]) (*frequencies, error) {
	if tx.Engine() != guard.PostgreSQL {
		return nil, nil
	}
	if f := kept.Load(); f != nil && tx.Now().Sub(f.read) < frequenciesLast {
		return f, nil
	}
	f := &frequencies{read: tx.Now()}
	err := tx.OnBehalfOf("search: how frequent words are, to choose the way to an answer").Each(frequentWords, nil, func(row guard.Row) error {
		var word string
		var share float64
		err := row(&word, &share, &f.total)
		f.words, f.shares = append(f.words, word), append(f.shares, share)
		return err
	})
	if err != nil {
		return nil, err
	}
	f.sort()
	kept.Store(f)
	return f, nil
}
