package search

import (
	"fmt"
	"strings"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/platform/fault"
)

func TestWordsAreFoundByTheirBeginningWithoutCaseAndAccents(t *testing.T) {
	onBoth(t, func(w *world) {
		w.add(project("p1", "ruiz", "1042", "Küche & Bad, Müller-Straße 5", "Spüle aus Granit; EPDM-Dach, 50667 Köln"),
			project("p2", "ruiz", "1043", "Façade", "ΑΘΗΝΑ, Ødegård, naïve"), project("p3", "ruiz", "2042", "Roof", "slate"))
		office := staff("hartwell", access.Member)
		for text, want := range map[string]string{
			"kuche": "p1", "KÜCHE": "p1", "Küc": "p1", "Kueche": "p1", "mueller": "p1", "Müller": "p1", "muller strasse": "p1", "straße": "p1", "5 müller": "p1",
			"granit spüle": "p1", "epdm-dach": "p1", "dach epdm": "p1", "50667": "p1", "506": "p1", "facade": "p2", "αθην": "p2", "ødeg": "p2", "naive": "p2",
			"granit façade": "", "uche": "", "slates": "", "r": "p3", "f": "p2",
		} {
			w.finds(office, text, want)
		}
	})
}

func TestNumbersComeFirstThenTitlesThenTheNewest(t *testing.T) {
	onBoth(t, func(w *world) {
		w.add(message("m1", "ruiz", "p1", "Invoice 1042 is not ours"), project("p1", "ruiz", "P-1042", "Kitchen", ""), project("p2", "ruiz", "P-10421", "Bath", "kitchen tiles"),
			project("p3", "ruiz", "P-7", "1042 bricks", ""), message("m2", "ruiz", "p2", "Kitchen 1042"), project("p4", "ruiz", "P-8", "Roof", "for the kitchen"))
		office := staff("hartwell", access.Member)
		for text, want := range map[string]string{
			"1042": "p1 p2 p3 m2 m1", "P-1042": "p1 p2", "p1042": "p1 p2", "P 10421": "p2", "#1042": "p1 p2 p3 m2 m1", "kitchen": "p1 p4 p2 m2",
		} {
			w.finds(office, text, want)
		}
	})
}

func TestTelephoneNumbersAreFoundByAnyOfTheirEnds(t *testing.T) {
	onBoth(t, func(w *world) {
		w.add(Entry{Kind: "customer", ID: "c1", Office: true, Numbers: []string{"+49 (221) 555-0123"}, Title: "Ruiz"})
		for _, text := range []string{"+49 221 5550123", "0049 221 555 0123", "0221 555 0123", "0221/555", "555-0123", "0123"} {
			w.finds(staff("hartwell", access.Member), text, "c1")
		}
		w.finds(staff("hartwell", access.Member), "999", "")
	})
}

func TestNothingThatPeopleTypeIsAnError(t *testing.T) {
	onBoth(t, func(w *world) {
		w.add(project("p1", "ruiz", "1042", "O'Brien & Sons (roof)", "a* OR b"))
		office := staff("hartwell", access.Member)
		w.grant("maria", "ruiz", "", "")
		maria := contact("maria", "", access.EveryModule)
		for _, text := range []string{"", " ", "'", `"`, `""`, "*", "a*", "(", ")", "()", "AND", "OR", "NOT", "NEAR(a b)", "a AND", "-a", "a -b", "title:x", "^a", "a+b", ":*", "'a':*", "!a", "a & b", "a | b", "<->",
			`\`, `\'`, "a'); drop table search_entries; --", "%", "_", "\x00", "\xff\xfe", "😀", "\u202e", strings.Repeat("a", 100_000), strings.Repeat("word ", 20_000), strings.Repeat("1", 5000), "+", "0", "00", "a1", "ﬁ", "İ", "ǅ"} {
			for _, actor := range []access.Actor{office, maria} {
				if _, err := w.search.Find(w.Context(), actor, text); err != nil {
					t.Errorf("%.40q: %v", text, err)
				}
				if _, err := w.search.Suggest(w.Context(), actor, text); err != nil {
					t.Errorf("%.40q below the field: %v", text, err)
				}
				if _, err := w.search.FindKind(w.Context(), actor, text, "project", Cursor{}); err != nil {
					t.Errorf("%.40q of one kind: %v", text, err)
				}
			}
		}
		w.finds(office, "o'brien", "p1")
		w.finds(maria, "(O'Brien) roof*", "p1")
	})
}

// A08: no row, count or hint of another customer, by any word.
func TestA08ACustomerFindsOnlyWhatIsGranted(t *testing.T) {
	onBoth(t, func(w *world) {
		secret := message("m3", "stone", "p3", "canary kitchen")
		noted := message("m4", "ruiz", "p1", "canary note")
		noted.Office = true
		w.add(project("p1", "ruiz", "1", "Canary kitchen", ""), project("p2", "ruiz", "2", "Canary bath", ""), project("p3", "stone", "3", "Canary roof", ""),
			message("m1", "ruiz", "p1", "canary one"), message("m2", "ruiz", "p2", "canary two"), secret, noted,
			Entry{Kind: "customer", ID: "c1", Customer: "ruiz", Office: true, Title: "Canary Ruiz"},
			Entry{Kind: "project", ID: "p5", Customer: "ruiz", Project: "p5", Module: access.Projects, Title: "Canary five", OfficeText: "margin"})
		w.addTo("rival", project("r1", "ruiz", "9", "Canary rival", ""))
		w.grant("maria", "ruiz", "", "")
		w.grant("tom", "ruiz", "p1", "")
		w.grant("sam", "stone", "", "")
		w.grant("mel", "ruiz", "", "messages")
		for _, c := range []struct {
			actor access.Actor
			text  string
			want  string
		}{
			{contact("maria", "", access.EveryModule), "canary", "p5 p2 p1 m2 m1"},
			{contact("tom", "", access.EveryModule), "canary", "p1 m1"},
			{contact("sam", "", access.EveryModule), "canary", "p3 m3"},
			{contact("mel", "", access.EveryModule), "canary", "m2 m1"},
			{contact("maria", "", access.NewModuleSet(access.Messages)), "canary", "m2 m1"}, // the module is off for her
			{contact("maria", "p1", access.EveryModule), "canary", "p1"},                    // holds a link for one thing
			{contact("nobody", "", access.EveryModule), "canary", ""},
			{contact("maria", "", access.EveryModule), "margin", ""},
			{contact("maria", "", access.EveryModule), "3", ""},
			{staff("rival", access.Owner), "canary", "r1"},
			{staff("hartwell", access.Member), "margin", "p5"},
		} {
			w.finds(c.actor, c.text, c.want)
		}
		for _, kind := range []string{"customer", "unknown"} { // nor does an address name what is not for them
			if _, err := w.search.FindKind(w.Context(), contact("maria", "", access.EveryModule), "canary", kind, Cursor{}); !fault.Is(err, fault.NotFound) {
				t.Errorf("a customer asks for the kind %s: %v", kind, err)
			}
		}
	})
}

func TestA08CountsHoldNothingOfOthers(t *testing.T) {
	onBoth(t, func(w *world) {
		for i := range 120 {
			customer := "stone"
			if i%15 == 0 {
				customer = "ruiz"
			}
			w.add(message(fmt.Sprintf("m%03d", i), customer, "", "canary"))
		}
		w.grant("maria", "ruiz", "", "")
		f, err := w.search.Find(w.Context(), contact("maria", "", access.EveryModule), "canary")
		if err != nil || len(f.Groups) != 1 || f.Groups[0].Count != 8 || len(f.Groups[0].Results) != 5 {
			t.Fatalf("maria is told %+v: %v", f.Groups, err)
		}
		f, err = w.search.Find(w.Context(), staff("hartwell", access.Member), "canary")
		if err != nil || f.Groups[0].Count != mostCounted {
			t.Fatalf("the office is told of %d: %v", f.Groups[0].Count, err)
		}
	})
}

func TestAModuleThatTheFirmHasOffFindsNothing(t *testing.T) {
	onBoth(t, func(w *world) {
		w.add(message("m1", "ruiz", "p1", "canary"), project("p1", "ruiz", "1", "Canary", ""))
		w.grant("maria", "ruiz", "", "")
		w.exec(`update organisations set modules = 'projects' where id = 'hartwell'`)
		w.finds(contact("maria", "", access.EveryModule), "canary", "p1")
	})
}

func TestARoleWithoutAPermissionDoesNotFindItsThings(t *testing.T) {
	onBoth(t, func(w *world) {
		w.add(message("m1", "ruiz", "p1", "canary"), project("p1", "ruiz", "1", "Canary", ""))
		own := access.NewPermissionSet(access.HomeRead, access.ProjectsRead)
		clerk := access.NewActor(access.Identity{Org: "hartwell", Person: "pat", Kind: access.Staff, Custom: &own, Proof: access.SignedIn})
		w.finds(clerk, "canary", "p1")
	})
}

func TestAnEntryFollowsItsThing(t *testing.T) {
	onBoth(t, func(w *world) {
		office := staff("hartwell", access.Member)
		w.grant("maria", "ruiz", "", "")
		w.grant("sam", "stone", "", "")
		maria, sam := contact("maria", "", access.EveryModule), contact("sam", "", access.EveryModule)
		w.add(project("p1", "ruiz", "1042", "Kitchen", "granite"))
		w.add(project("p1", "ruiz", "1042", "Kitchen", "marble")) // edited
		w.finds(office, "granite", "")
		w.finds(maria, "marble", "p1")
		w.add(project("p1", "stone", "1042", "Kitchen", "marble")) // to another customer
		w.finds(maria, "marble", "")
		w.finds(sam, "marble", "p1")
		inside := project("p1", "stone", "1042", "Kitchen", "marble")
		inside.Office = true
		w.add(inside) // to the office alone
		w.finds(sam, "1042", "")
		w.finds(office, "1042", "p1")
		delete(w.things, "hartwell/p1") // away
		w.index("hartwell", Ref{"project", "p1"})
		w.finds(office, "marble", "")
		w.add(project("p1", "ruiz", "1042", "Kitchen", "")) // and back
		w.finds(maria, "kitchen", "p1")
	})
}

// The index may be a moment behind. What is shown is what the owner shows at that moment.
func TestAnEntryThatIsOutOfDateShowsNothing(t *testing.T) {
	onBoth(t, func(w *world) {
		w.grant("maria", "ruiz", "", "")
		maria := contact("maria", "", access.EveryModule)
		w.add(message("m1", "ruiz", "p1", "canary"), message("m2", "ruiz", "p1", "canary"))
		delete(w.things, "hartwell/m1") // taken back; no event has come yet
		w.finds(maria, "canary", "m2")
		w.finds(staff("hartwell", access.Member), "canary", "m2")
		w.hidden["m2"] = true // made internal; no event has come yet
		w.finds(maria, "canary", "")
		w.exec(`update grants set revoked_at = 1 where person = 'maria'`)
		delete(w.hidden, "m2")
		w.finds(maria, "canary", "")
	})
}

func TestPagesOfOneKindGoOnWhereTheyEnded(t *testing.T) {
	onBoth(t, func(w *world) {
		for i := range 50 {
			name, text := "Wall", "brick"
			if i%10 == 0 {
				name = "Brick"
			}
			w.add(project(fmt.Sprintf("p%02d", i), "ruiz", fmt.Sprint(2000+i), name, text))
		}
		var all []string
		after := Cursor{}
		for page := 0; ; page++ {
			f, err := w.search.FindKind(w.Context(), staff("hartwell", access.Member), "brick", "project", after)
			if err != nil || len(f.Groups) != 1 || page > 3 {
				t.Fatalf("page %d: %+v %v", page, f.Groups, err)
			}
			for _, r := range f.Groups[0].Results {
				all = append(all, r.ID)
			}
			if f.Groups[0].Next == "" {
				break
			}
			after = ParseCursor(f.Groups[0].Next)
		}
		if len(all) != 50 || strings.Join(all[:7], " ") != "p40 p30 p20 p10 p00 p49 p48" || all[49] != "p01" {
			t.Errorf("%d: %v", len(all), all)
		}
	})
}

func TestARoundFindsEverythingOnceAndForgetsWhatIsGone(t *testing.T) {
	onBoth(t, func(w *world) {
		system := access.NewSystem("hartwell", "test")
		for i := range 450 {
			e := message(fmt.Sprintf("m%03d", i), "ruiz", "p1", "canary")
			w.things["hartwell/"+e.ID] = e
		}
		if err := w.search.round(w.Context(), system); err != nil {
			t.Fatal(err)
		}
		w.finds(staff("hartwell", access.Member), "canary", "m449 m448 m447 m446 m445")
		w.things["hartwell/m449"] = message("m449", "ruiz", "p1", "other")
		if err := w.search.round(w.Context(), system); err != nil { // not due yet
			t.Fatal(err)
		}
		w.clock.Advance(roundEvery)
		if err := w.search.round(w.Context(), system); err != nil {
			t.Fatal(err)
		}
		w.finds(staff("hartwell", access.Member), "other", "m449")
		f, err := w.search.FindKind(w.Context(), staff("hartwell", access.Member), "canary", "message", Cursor{})
		if err != nil || f.Groups[0].Results[0].ID != "m448" {
			t.Errorf("%+v %v", f, err)
		}
		delete(w.things, "hartwell/m448")
		if err := w.search.Rebuild(w.Context(), "hartwell"); err != nil {
			t.Fatal(err)
		}
	})
}
