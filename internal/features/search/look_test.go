package search

import (
	"fmt"
	"strings"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest"
)

// talk is a long conversation of two customers: "brick" in all of it, "slate" in its beginning, some words now and then.
func (w *world) talk(count int) {
	for i := range count {
		customer, text := "ruiz", "brick"
		if i%3 == 0 {
			customer = "stone"
		}
		if i < count/5 {
			text += " slate"
		}
		if i%7 == 0 {
			text += " brickwork"
		}
		if i%40 == 5 {
			text += " copper"
		}
		e := message(fmt.Sprintf("m%03d", i), customer, fmt.Sprintf("p%d", i%2), text)
		e.Numbers = []string{fmt.Sprint("N-", i)}
		w.things["hartwell/"+e.ID] = e
	}
	if err := w.search.round(w.Context(), access.NewSystem("hartwell", "test")); err != nil {
		w.Fatal(err)
	}
}

// everything is what all pages of a kind show, and what the page of all does.
func (w *world) everything(actor access.Actor, text string) string {
	w.Helper()
	list := []string{w.found(actor, text), "|"}
	after := Cursor{}
	for {
		f, err := w.search.FindKind(w.Context(), actor, text, "message", after)
		if err != nil {
			w.Fatalf("%q: %v", text, err)
		}
		for _, g := range f.Groups {
			for _, r := range g.Results {
				list = append(list, r.ID)
			}
		}
		if len(f.Groups) == 0 || f.Groups[0].Next == "" {
			return strings.Join(list, " ")
		}
		after = ParseCursor(f.Groups[0].Next)
	}
}

// Nobody who searches sees which way PostgreSQL went to an answer: by the index, by a walk, or by all hits after a walk.
func TestEveryWayToAnAnswerFindsTheSame(t *testing.T) {
	onBoth(t, func(w *world) {
		w.talk(260)
		w.grant("maria", "ruiz", "", "")
		w.grant("sam", "ruiz", "p1", "")
		w.grant("sam", "stone", "", "")
		office := staff("hartwell", access.Member)
		actors := []access.Actor{office, contact("maria", "", access.EveryModule), contact("sam", "", access.EveryModule)}
		asked := []string{"brick", "bri", "b", "slate", "copper", "brick copper", "copper slate", "brickwork brick", "n1", "12", "N-12", "brick zinc", "zinc"}
		plain := map[string]string{}
		for _, actor := range actors {
			for _, text := range asked {
				plain[string(actor.Person())+text] = w.everything(actor, text)
			}
		}
		if got := plain["jonslate"]; !strings.HasPrefix(got, "m051 m050 m049 m048 m047 | m051") || strings.Count(got, "m0") != 5+52 {
			t.Fatalf("the office finds %s", got)
		}
		if got := plain["samcopper"]; got != "m245 m205 m165 m125 m085 | m245 m205 m165 m125 m085 m045 m005" {
			t.Fatalf("sam finds %s", got)
		}
		if w.database.Engine() != db.PostgreSQL {
			return
		}
		for _, way := range []struct {
			what  string
			few   int
			total float64
			share float64
		}{{"a walk that ends", 20, 1000, 0}, {"everything is walked", 0, 1e6, 0}, {"all is known to be frequent", 8, 1e6, 0.9}, {"all hits after a short walk", 30, 1e9, 0.9}} {
			w.search.few = way.few
			f := &frequencies{read: w.clock.Now(), total: way.total}
			for _, word := range []string{"brick", "brickwork", "slate"} {
				for _, customer := range []string{"", "ruiz", "stone"} {
					f.words, f.shares = append(f.words, mark("hartwell", "message", inText, customer)+word), append(f.shares, way.share)
				}
			}
			f.sort()
			w.search.frequencies.Store(f)
			for _, actor := range actors {
				for _, text := range asked {
					want, got := plain[string(actor.Person())+text], w.everything(actor, text)
					if way.share > 0 && actor.Person() == "jon" && text == "slate" { // the page of all leaves it to the page of the kind
						_, want, _ = strings.Cut(want, "|")
						want = " |" + want
					}
					if got != want {
						t.Errorf("%s: %s finds by %q\n%s\nand not\n%s", way.what, actor.Person(), text, got, want)
					}
				}
			}
		}
		found, err := w.search.Find(t.Context(), office, "slate")
		if err != nil || len(found.Groups) != 1 || !found.Groups[0].Late {
			t.Errorf("of what was frequent once the office is told %+v: %v", found.Groups, err)
		}
		suggested, err := w.search.Suggest(t.Context(), office, "slate")
		if err != nil || !suggested.Late || !suggested.Empty() {
			t.Errorf("below the field: %+v %v", suggested, err)
		}
	})
}

func TestFrequenciesAreThoseOfBeginnings(t *testing.T) {
	f := &frequencies{total: 1000, words: []string{"xkitchen", "xkitchens", "xkiln", "xroof"}, shares: []float64{0.5, 0.5, 0.1, 0.2}}
	f.sort()
	for _, c := range []struct {
		word   string
		begins bool
		want   float64
	}{{"xkitchen", false, 500}, {"xkitchen", true, 750}, {"xki", true, 775}, {"xki", false, 0}, {"x", true, 820}, {"xz", true, 0}, {"a", true, 0}} {
		if got := f.rows(c.word, c.begins); got < c.want-0.01 || got > c.want+0.01 {
			t.Errorf("%s: %v rows, want %v", c.word, got, c.want)
		}
	}
	var unknown *frequencies
	if unknown.rows("x", true) != 0 || unknown.many() != fewest {
		t.Error("of an engine that walks nothing is known")
	}
}

// After a change of how words are laid out everything is indexed anew, without anybody doing anything.
func TestAnIndexOfAnOlderLayoutIsMadeAnew(t *testing.T) {
	onBoth(t, func(w *world) {
		w.talk(12)
		office := staff("hartwell", access.Member)
		w.exec(`delete from search_words`)
		w.exec(`update search_entries set mark = 'of an older layout'`)
		w.exec(`update search_rounds set language = 1`)
		w.finds(office, "slate", "")
		if err := w.search.round(w.Context(), access.NewSystem("hartwell", "test")); err != nil {
			t.Fatal(err)
		}
		w.finds(office, "slate", "m001 m000")
	})
}

// SQLite walks the beginnings that stand in its index as terms of their own, which is all that anybody can ask for.
func TestEveryBeginningOfAWordIsATerm(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	text := ""
	err := w.database.Read(t.Context(), "*", func(tx *db.Tx) error {
		rows, err := tx.Query(`select sql from sqlite_schema where name = 'search_words'`)
		if err != nil {
			return err
		}
		defer rows.Close()
		rows.Next()
		return rows.Scan(&text)
	})
	if err != nil {
		t.Fatal(err)
	}
	_, lengths, _ := strings.Cut(text, "prefix='")
	lengths, _, _ = strings.Cut(lengths, "'")
	var want []string
	for letters := 1; letters <= longestWord; letters++ {
		want = append(want, fmt.Sprint(markLength+letters))
	}
	if lengths != strings.Join(want, " ") {
		t.Errorf("the index has the beginnings of %s letters, want %s", lengths, want)
	}
	long := strings.Repeat("a", longestWord) + "bcdefgh"
	w.add(message("m1", "ruiz", "p1", long))
	for _, asked := range []string{long, long[:longestWord+2], long[:longestWord], "aaa"} {
		w.finds(staff("hartwell", access.Member), asked, "m1")
	}
}
