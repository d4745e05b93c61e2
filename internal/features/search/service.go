package search

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sort"
	"strings"
	"sync/atomic"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/fault"
)

const (
	perGroup      = 5   // results of a kind on the page of all
	perPage       = 20  // on the page of one kind
	perSuggestion = 3   // of a kind below the field
	mostSuggested = 8   // below the field
	mostCounted   = 100 // nobody is told more than "99+"
	mostCustomers = 50  // of one person
)

// Service finds things and keeps the index.
type Service struct {
	store    *guard.Store
	log      *slog.Logger
	sources  []Source
	kinds    []string // of events that it hears
	affected Affected

	frequencies atomic.Pointer[frequencies]
	few         int // hits that PostgreSQL's index may give at once; a test lets it be fewer
}

// New makes the service.
func New(store *guard.Store, log *slog.Logger) *Service {
	return &Service{store: store, log: log, few: allHits}
}

// Source makes a kind of things findable. app calls it while the program is put together, in the order in which results
// are shown.
func (s *Service) Source(source Source) {
	if _, twice := s.source(source.Kind); twice {
		panic("two sources of " + source.Kind + " for the search")
	}
	s.sources = append(s.sources, source)
}

func (s *Service) source(kind string) (Source, bool) {
	for _, source := range s.sources {
		if source.Kind == kind {
			return source, true
		}
	}
	return Source{}, false
}

// Result is one thing that was found.
type Result struct {
	Entry
	Place string // the part of the text that was found, when it is not in the title
}

// Group is what was found of one kind.
type Group struct {
	Source
	Results []Result
	Count   int    // as far as it is counted, mostCounted at most; 0 where it is not
	More    bool   // there may be more than are counted
	Late    bool   // too little of it is among the newest; the page of the kind looks at everything
	Next    string // where the next page begins; empty after the last
	best    int    // the step of its first hit: a number comes before everything
}

// Found is the answer to a question.
type Found struct {
	Groups []Group
	Late   bool // of some kind nothing is suggested, but the page of it may find older things
	words  []string
	number []string
}

// Empty reports that nothing was found.
func (f Found) Empty() bool { return len(f.Groups) == 0 }

// Find looks in everything that the actor may see, the best of each kind. Staff and customers; of a kind without its
// permission nothing is found. No text that people can type is an error.
func (s *Service) Find(ctx context.Context, actor access.Actor, text string) (Found, error) {
	return s.find(ctx, actor, text, perGroup, true)
}

// Suggest is Find for the list below the field: a few lines, uncounted.
func (s *Service) Suggest(ctx context.Context, actor access.Actor, text string) (Found, error) {
	found, err := s.find(ctx, actor, text, perSuggestion, false)
	left := mostSuggested
	for i := range found.Groups {
		results := found.Groups[i].Results
		found.Groups[i].Results = results[:min(len(results), left)]
		left -= len(found.Groups[i].Results)
	}
	found.Groups = slices.DeleteFunc(found.Groups, func(g Group) bool {
		found.Late = found.Late || g.Late
		return len(g.Results) == 0
	})
	return found, err
}

func (s *Service) find(ctx context.Context, actor access.Actor, text string, limit int, counted bool) (found Found, err error) {
	asked := ask(text)
	found = Found{words: asked.words, number: asked.numbers}
	if asked.Empty() {
		return found, nil
	}
	err = s.store.View(ctx, actor, access.HomeRead, func(tx *guard.Tx) error {
		q, err := s.questionOf(tx, asked)
		if err != nil {
			return err
		}
		var mine []Source
		for _, source := range s.sources {
			if mayFind(actor, source) {
				mine = append(mine, source)
			}
		}
		most := limit + 1
		if counted {
			most = max(most, mostCounted)
		}
		found.Groups, err = s.first(tx, q, mine, limit, most, true)
		found.Groups = slices.DeleteFunc(found.Groups, func(g Group) bool { return len(g.Results) == 0 && !g.Late })
		sort.SliceStable(found.Groups, func(i, j int) bool { return found.Groups[i].best < found.Groups[j].best })
		return err
	})
	return found, err
}

// FindKind is one page of what is found of one kind. NotFound for a kind that the actor does not find.
func (s *Service) FindKind(ctx context.Context, actor access.Actor, text, kind string, after Cursor) (found Found, err error) {
	source, known := s.source(kind)
	if !known || !mayFind(actor, source) {
		return Found{}, fault.New(fault.NotFound, "This was not found.")
	}
	asked := ask(text)
	found = Found{words: asked.words, number: asked.numbers}
	if asked.Empty() {
		return found, nil
	}
	err = s.store.View(ctx, actor, access.HomeRead, func(tx *guard.Tx) error {
		q, err := s.questionOf(tx, asked)
		if err != nil {
			return err
		}
		if after.row == 0 {
			found.Groups, err = s.first(tx, q, []Source{source}, perPage, mostCounted, false)
			return err
		}
		found.Groups, err = s.next(tx, q, source, after)
		return err
	})
	return found, err
}

func mayFind(actor access.Actor, source Source) bool {
	if actor.SeesWholeOrganisation() {
		return actor.May(source.Permission)
	}
	return source.Seen != nil && actor.May(cmp.Or(source.Portal, source.Permission))
}

func (s *Service) questionOf(tx *guard.Tx, a asked) (q question, err error) {
	q = question{asked: a, org: string(tx.Org()), grammar: grammarOf(tx.Engine())}
	if q.frequent, err = prepare(tx, &s.frequencies); err != nil {
		return q, fmt.Errorf("prepare a search: %w", err)
	}
	if tx.Actor().SeesWholeOrganisation() {
		return q, nil
	}
	customers, err := customersOf(tx)
	if err != nil {
		return q, fmt.Errorf("list the customers of who searches: %w", err)
	}
	q.customers = customers
	return q, nil
}

// first looks for the first page of some kinds. It asks the widest steps first: where a word stands in no text it stands in no
// title. What these find, as far as most, is also what is counted.
func (s *Service) first(tx *guard.Tx, q question, sources []Source, limit, most int, brief bool) (groups []Group, err error) {
	var wide, narrow []*look
	found := make([][steps]*look, len(sources))
	for i, source := range sources {
		for step, m := range q.matches(source.Kind, source.Titled) {
			found[i][step] = &look{kind: source.Kind, step: step, match: m, before: lastRow, limit: limit + 1, most: limit + 1, brief: brief && q.customers == nil}
			if !m.empty() && (step == beginOfNumber || step == ofText) {
				found[i][step].most = most
				wide = append(wide, found[i][step])
			}
		}
	}
	byStep := func(a, b *look) int { return cmp.Compare(a.step, b.step) }
	slices.SortStableFunc(wide, byStep)
	if err := s.run(tx, q, wide); err != nil {
		return nil, fmt.Errorf("look for things: %w", err)
	}
	for _, l := range found {
		for _, pair := range [][2]int{{beginOfNumber, veryNumber}, {ofText, ofTitle}} {
			if len(l[pair[0]].hits) > 0 && !l[pair[1]].match.empty() {
				narrow = append(narrow, l[pair[1]])
			}
		}
	}
	slices.SortStableFunc(narrow, byStep)
	if err := s.run(tx, q, narrow); err != nil {
		return nil, fmt.Errorf("look for the best things: %w", err)
	}
	for i, source := range sources {
		group, err := s.page(tx, q, source, found[i][:], limit)
		if err != nil {
			return nil, err
		}
		if len(group.Results) > 0 || group.Next != "" || group.Late {
			groups = append(groups, group)
		}
	}
	return groups, nil
}

// page puts a first page together from what the steps of a kind have found.
func (s *Service) page(tx *guard.Tx, q question, source Source, found []*look, limit int) (Group, error) {
	var all []hit
	group := Group{Source: source}
	known, late := map[string]bool{}, false
	for _, l := range found {
		for _, h := range l.hits {
			if !known[h.id] {
				known[h.id] = true
				all = append(all, h)
			}
		}
		if l.more && l.many && q.customers == nil { // a customer is told of what they may see, and of nothing else
			group.Count = mostCounted
		}
		group.More = group.More || l.more
		late = late || l.late
	}
	group.Late = late && len(all) <= limit
	group.More = group.More || late
	group.Count = min(max(group.Count, len(all)), mostCounted)
	err := s.fill(tx, q, &group, all, limit)
	return group, err
}

// next goes on after a hit.
func (s *Service) next(tx *guard.Tx, q question, source Source, after Cursor) ([]Group, error) {
	group := Group{Source: source, More: true}
	var all []hit
	for step, m := range q.apart(q.matches(source.Kind, source.Titled)) {
		if step < after.step || m.empty() {
			continue
		}
		l := &look{kind: source.Kind, step: step, match: m, before: lastRow, limit: perPage + 1 - len(all)}
		l.most = l.limit
		if step == after.step {
			l.before = after.row
		}
		if err := s.run(tx, q, []*look{l}); err != nil {
			return nil, fmt.Errorf("look for more of %s: %w", source.Kind, err)
		}
		if all = append(all, l.hits...); len(all) > perPage {
			break
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	err := s.fill(tx, q, &group, all, perPage)
	return []Group{group}, err
}

// fill reads the lines of a page of hits from their owner, for whoever looks. What is not there any more, or not for them, is
// left out: the index may be a moment behind.
func (s *Service) fill(tx *guard.Tx, q question, group *Group, list []hit, limit int) error {
	if len(list) == 0 {
		return nil
	}
	group.best = list[0].step
	if len(list) > limit {
		list = list[:limit]
		group.Next = list[limit-1].Cursor.String()
	}
	read := group.Seen
	if tx.Actor().SeesWholeOrganisation() {
		read = group.Load
	}
	ids := make([]string, len(list))
	for i, h := range list {
		ids[i] = h.id
	}
	entries, err := read(tx, ids)
	if err != nil {
		return fmt.Errorf("read what was found: %w", err)
	}
	byID := map[string]Entry{}
	for _, e := range entries {
		byID[e.ID] = e
	}
	for _, id := range ids {
		if e, there := byID[id]; there {
			r := Result{Entry: e, Place: placeOf(e, q.words)}
			if group.Quoted && r.Place == "" {
				r.Place = around(strings.Join(strings.Fields(e.Text), " "), 0)
			}
			group.Results = append(group.Results, r)
		}
	}
	return nil
}
