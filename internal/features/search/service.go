package search

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sort"
	"strconv"
	"strings"

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
}

// New makes the service.
func New(store *guard.Store, log *slog.Logger) *Service { return &Service{store: store, log: log} }

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
	Count   int    // as far as it is counted; 0 where it is not
	Next    string // where the next page begins; empty after the last
	best    int    // the step of its first hit: a number comes before everything
}

// Found is the answer to a question.
type Found struct {
	Groups []Group
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
	found.Groups = slices.DeleteFunc(found.Groups, func(g Group) bool { return len(g.Results) == 0 })
	return found, err
}

func (s *Service) find(ctx context.Context, actor access.Actor, text string, limit int, counted bool) (found Found, err error) {
	asked := ask(text)
	found = Found{words: asked.words, number: asked.numbers}
	if asked.Empty() {
		return found, nil
	}
	err = s.store.View(ctx, actor, access.HomeRead, func(tx *guard.Tx) error {
		found.Groups = nil
		q, err := questionOf(tx, asked)
		if err != nil {
			return err
		}
		for _, source := range s.sources {
			group, err := s.group(tx, q, source, Cursor{}, limit)
			if err != nil {
				return err
			}
			if len(group.Results) == 0 {
				continue
			}
			if counted && group.Next != "" {
				if group.Count, err = count(tx, q, source.Kind, mostCounted); err != nil {
					return fmt.Errorf("count what was found: %w", err)
				}
			}
			found.Groups = append(found.Groups, group)
		}
		sort.SliceStable(found.Groups, func(i, j int) bool { return found.Groups[i].best < found.Groups[j].best })
		return nil
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
		found.Groups = nil
		q, err := questionOf(tx, asked)
		if err != nil {
			return err
		}
		group, err := s.group(tx, q, source, after, perPage)
		if err != nil || len(group.Results) == 0 && group.Next == "" {
			return err
		}
		if group.Count, err = count(tx, q, kind, mostCounted); err != nil {
			return fmt.Errorf("count what was found: %w", err)
		}
		found.Groups = []Group{group}
		return nil
	})
	return found, err
}

func mayFind(actor access.Actor, source Source) bool {
	if actor.SeesWholeOrganisation() {
		return actor.May(source.Permission)
	}
	return source.Seen != nil && actor.May(cmp.Or(source.Portal, source.Permission))
}

func questionOf(tx *guard.Tx, a asked) (question, error) {
	q := question{asked: a, org: string(tx.Org()), grammar: grammarOf(tx.Engine())}
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

// Cursor is where a page of results ended: the step of its last hit, and its row.
type Cursor struct {
	step int
	row  int64
}

// String writes the cursor for an address.
func (c Cursor) String() string { return strconv.Itoa(c.step) + "." + strconv.FormatInt(c.row, 10) }

// ParseCursor reads a cursor; anything else is the first page.
func ParseCursor(text string) Cursor {
	step, row, _ := strings.Cut(text, ".")
	s, err := strconv.Atoi(step)
	r, err2 := strconv.ParseInt(row, 10, 64)
	if err != nil || err2 != nil || s < 0 || r < 0 {
		return Cursor{}
	}
	return Cursor{s, r}
}

// group looks for things of one kind.
func (s *Service) group(tx *guard.Tx, q question, source Source, after Cursor, limit int) (Group, error) {
	group := Group{Source: source}
	if !mayFind(tx.Actor(), source) {
		return group, nil
	}
	look := firstHits
	if after.row > 0 {
		look = nextHits
	}
	all, err := look(tx, q, source, after, limit+1)
	if err != nil {
		return group, fmt.Errorf("look for %s: %w", source.Kind, err)
	}
	if len(all) > limit {
		group.Next = all[limit-1].Cursor.String()
		all = all[:limit]
	}
	if len(all) == 0 {
		return group, nil
	}
	group.best = all[0].step
	return group, s.fill(tx, q, &group, all)
}

// firstHits gives the first page. It asks the widest steps first: where a word stands in no text it stands in no title.
func firstHits(tx *guard.Tx, q question, source Source, _ Cursor, limit int) (all []hit, err error) {
	matches := q.matches(source.Kind, source.Titled)
	var found [steps][]hit
	for _, pair := range [][2]int{{beginOfNumber, veryNumber}, {ofText, ofTitle}} {
		for _, step := range pair {
			if matches[step] == "" {
				continue
			}
			if found[step], err = hits(tx, q, source.Kind, matches[step], Cursor{step, lastRow}, limit); err != nil {
				return nil, err
			}
			if len(found[step]) == 0 {
				break
			}
		}
	}
	known := map[string]bool{}
	for _, list := range found {
		for _, h := range list {
			if !known[h.id] {
				known[h.id] = true
				all = append(all, h)
			}
		}
	}
	return all, nil
}

// nextHits goes on after a hit.
func nextHits(tx *guard.Tx, q question, source Source, after Cursor, limit int) (all []hit, err error) {
	for step, match := range q.apart(q.matches(source.Kind, source.Titled)) {
		if step < after.step || match == "" {
			continue
		}
		before := Cursor{step, lastRow}
		if step == after.step {
			before = after
		}
		found, err := hits(tx, q, source.Kind, match, before, limit-len(all))
		if err != nil {
			return nil, err
		}
		if all = append(all, found...); len(all) >= limit {
			break
		}
	}
	return all, nil
}

// fill reads the lines of hits from their owner, for whoever looks. What is not there any more, or not for them, is left
// out: the index may be a moment behind.
func (s *Service) fill(tx *guard.Tx, q question, group *Group, list []hit) error {
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
