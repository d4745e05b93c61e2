package search

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"lintel/internal/core/guard"
)

// look is what is asked of one kind in one step, and what came of it.
type look struct {
	kind   string
	step   int
	match  match
	before int64
	limit  int // that fill a page
	most   int // that are read where they cost little
	brief  bool

	hits []hit
	more bool // there may be more than are told
	late bool // nothing was found among the newest, and there are too many older ones to read them now
	many bool // the index has very many, whether this person may see them or not
}

// run answers some looks with their newest hits.
func (s *Service) run(tx *guard.Tx, q question, looks []*look) error {
	if tx.Engine() == guard.PostgreSQL {
		return s.runPostgreSQL(tx, q, looks)
	}
	for len(looks) > 0 { // those of one step come one after another
		next := slices.IndexFunc(looks, func(l *look) bool { return l.step != looks[0].step })
		if next < 0 {
			next = len(looks)
		}
		if err := walkTogether(tx, q, looks[:next]); err != nil {
			return err
		}
		looks = looks[next:]
	}
	return nil
}

// walkTogether asks SQLite for looks of some kinds in one walk. Most words are seldom, and then that was all.
func walkTogether(tx *guard.Tx, q question, looks []*look) error {
	if len(looks) > 1 && len(q.customers) <= mostTogether {
		most := looks[0].most
		match := "(" + joined(looks, q.grammar.or, func(l *look) string { return l.match.whole }) + ")"
		byKind := map[string]*look{}
		for _, l := range looks {
			byKind[l.kind] = l
		}
		n, err := walk(tx, joined(looks, " ", func(l *look) string { return l.kind }), match, looks[0].before, most, byKind)
		if err != nil || n < most {
			return err
		}
	}
	for _, l := range looks {
		l.hits = nil
		n, err := walk(tx, l.kind, l.match.whole, l.before, l.most, map[string]*look{l.kind: l})
		if err != nil {
			return err
		}
		l.more = n >= l.most
	}
	return nil
}

// walk adds hits to the looks of their kinds and counts them.
func walk(tx *guard.Tx, kinds, match string, before int64, limit int, looks map[string]*look) (n int, err error) {
	err = tx.Each(pick(tx, hitsForOffice, hitsForCustomer), guard.Args{"kind": kinds, "match": match, "before": before, "limit": limit}, func(row guard.Row) error {
		kind, h := "", hit{}
		if err := row(&kind, &h.id, &h.row); err != nil {
			return err
		}
		if l := looks[kind]; l != nil {
			h.step = l.step
			l.hits = append(l.hits, h)
		}
		n++
		return nil
	})
	return n, err
}

// runPostgreSQL asks for all looks at once. What is seldom, the index gives. What is frequent is found among the newest things.
// What was frequent once, and is not among them, is read whole; but a page of all kinds, and the list below the field, says of
// what is very frequent that there may be older things, and leaves them to the page of the kind.
func (s *Service) runPostgreSQL(tx *guard.Tx, q question, looks []*look) error {
	few := min(q.frequent.many(), float64(s.few))
	var seldom, frequent, late []*look
	for _, l := range looks {
		if l.match.rows > few {
			frequent = append(frequent, l)
		} else {
			seldom = append(seldom, l)
		}
	}
	cut, err := s.fromIndex(tx, seldom, int64(few))
	if err != nil {
		return err
	}
	if cut, err = s.fromNewest(tx, q, append(frequent, cut...)); err != nil {
		return err
	}
	cut, late = apartIf(cut, func(l *look) bool { return l.brief && l.match.rows > tooMany*few })
	if cut, err = s.fromIndex(tx, cut, int64(tooMany*few)); err != nil {
		return err
	}
	cut, more := apartIf(cut, func(l *look) bool { return l.brief })
	for _, l := range append(late, more...) {
		l.late = true
	}
	_, err = s.fromIndex(tx, cut, allHits)
	return err
}

// apartIf parts looks in two.
func apartIf(looks []*look, is func(l *look) bool) (others, those []*look) {
	for _, l := range looks {
		if is(l) {
			those = append(those, l)
		} else {
			others = append(others, l)
		}
	}
	return others, those
}

// fromIndex reads hits of the index and gives the newest of them. Looks with more hits than few are given back.
func (s *Service) fromIndex(tx *guard.Tx, looks []*look, few int64) (cut []*look, err error) {
	if len(looks) == 0 {
		return nil, nil
	}
	args := together(looks)
	args["few"], args["limit"] = few, looks[0].most
	args["index"] = joined(looks, ";", func(l *look) string { return l.match.index })
	return settle(tx, pick(tx, hitsForOffice, hitsForCustomer), args, looks)
}

// fromNewest looks at the newest things of each kind, as far as the walk goes. Looks that it did not answer are given back.
func (s *Service) fromNewest(tx *guard.Tx, q question, looks []*look) (cut []*look, err error) {
	if len(looks) == 0 {
		return nil, nil
	}
	args, walk := together(looks), 0
	for _, l := range looks {
		l.many = true
		walk = max(walk, q.frequent.walk(l.match.rows, l.limit))
	}
	args["walk"], args["limit"] = walk, looks[0].limit
	if q.customers != nil {
		args["walk"] = 1 + walk/max(1, len(q.customers)) // of each
		args["customers"] = strings.Join(q.customers, " ")
	}
	return settle(tx, pick(tx, newestForOffice, newestForCustomer), args, looks)
}

// together are the arguments that looks share: each its place in a list.
func together(looks []*look) guard.Args {
	return guard.Args{"before": looks[0].before, "kind": joined(looks, " ", func(l *look) string { return l.kind }), "match": joined(looks, ";", func(l *look) string { return l.match.whole })}
}

func joined(looks []*look, between string, part func(l *look) string) string {
	parts := make([]string, len(looks))
	for i, l := range looks {
		parts[i] = part(l)
	}
	return strings.Join(parts, between)
}

const (
	mostTogether = 8       // customers of one person in a question about some kinds
	tooMany      = 10      // times few hits
	allHits      = 1 << 40 // more than any index gives
)

// settle runs a statement for some looks. A hit without an id says that its look was cut off.
func settle(tx *guard.Tx, s *guard.Statement, args guard.Args, looks []*look) (cut []*look, err error) {
	if err := tx.Each(s, args, take(looks)); err != nil {
		return nil, err
	}
	limit := args["limit"].(int)
	for _, l := range looks {
		if slices.ContainsFunc(l.hits, func(h hit) bool { return h.id == "" }) {
			l.hits = nil
			cut = append(cut, l)
			continue
		}
		slices.SortFunc(l.hits, func(a, b hit) int { return cmp.Compare(b.row, a.row) })
		l.more = len(l.hits) >= limit
		l.hits = l.hits[:min(len(l.hits), limit)]
	}
	return cut, nil
}

// take reads rows into the looks that they belong to.
func take(looks []*look) func(row guard.Row) error {
	return func(row guard.Row) error {
		place, h := 0, hit{}
		if err := row(&place, &h.id, &h.row); err != nil {
			return err
		}
		l := looks[place-1]
		h.step = l.step
		l.hits = append(l.hits, h)
		return nil
	}
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
