package schedule

import (
	"context"
	"slices"
	"strings"
	"testing"

	"lintel/internal/platform/fault"
)

// plan makes tasks from "name starts ends follows…"; the name is the id too.
func plan(lines ...string) (tasks []Task) {
	for i, line := range lines {
		words := strings.Fields(line)
		tasks = append(tasks, Task{ID: words[0], Name: words[0], Kind: Work, Starts: Day("2026-05-" + words[1]), Ends: Day("2026-05-" + words[2]), Follows: words[3:], Position: i + 1})
	}
	return tasks
}

func TestDaysCountAcrossMonthsAndSummerTime(t *testing.T) {
	if got := Day("2026-02-27").Add(3); got != "2026-03-02" {
		t.Errorf("three days after 27 February are %s", got)
	}
	if got := Day("2026-11-02").Since("2026-10-20"); got != 13 {
		t.Errorf("from 20 October to 2 November are %d days", got)
	}
	for day, monday := range map[Day]Day{"2026-05-03": "2026-04-27", "2026-05-04": "2026-05-04", "2026-05-10": "2026-05-04"} {
		if got := day.Monday(); got != monday {
			t.Errorf("the Monday of %s is %s, want %s", day, got, monday)
		}
	}
	for _, bad := range []Day{"", "2026-13-01", "2026-02-30", "1999-01-01", "2026-5-3", "2200-01-01"} {
		if bad.Valid() {
			t.Errorf("%q counts as a day", bad)
		}
	}
}

func TestWhatWaitsForItselfIsACircle(t *testing.T) {
	tasks := plan("a 1 2", "b 3 4 a", "c 5 6 b", "d 7 8")
	tests := []struct {
		task    string
		follows []string
		want    bool
	}{{"a", []string{"c"}, true}, {"a", []string{"a"}, true}, {"a", []string{"d"}, false}, {"d", []string{"c", "a"}, false}, {"b", []string{"c"}, true}}
	for _, test := range tests {
		if got := circle(tasks, test.task, test.follows); got != test.want {
			t.Errorf("%s after %v: circle %v, want %v", test.task, test.follows, got, test.want)
		}
	}
}

func TestWhatFollowsMovesByTheSameDays(t *testing.T) {
	tasks := plan("a 01 02", "b 03 04 a", "other 03 04", "c 10 11 b other")
	var got []string
	for _, task := range moved(tasks, "a", 3) {
		got = append(got, task.ID+" "+string(task.Starts)+" "+string(task.Ends))
	}
	if want := []string{"b 2026-05-06 2026-05-07", "c 2026-05-13 2026-05-14"}; !slices.Equal(got, want) {
		t.Errorf("moved %v, want %v", got, want)
	}
	if tasks[1].Starts != "2026-05-03" {
		t.Error("the plan itself was changed")
	}
}

func TestBeginningBeforeAnotherEndsIsTooEarly(t *testing.T) {
	got := tooEarly(plan("a 01 05", "b 04 06 a", "c 05 07 a", "d 02 03 gone"))
	if len(got) != 1 || !slices.Equal(got["b"], []string{"a"}) {
		t.Errorf("too early: %v", got)
	}
}

func TestAPublishSaysWhatItChanges(t *testing.T) {
	was := plan("a 01 02", "b 03 04", "goes 05 06", "same 07 08 a")
	now := plan("a 02 03", "b 03 04 a", "same 07 08 a", "comes 09 09")
	now[1].Name = "better"
	now[0].Progress = 50
	var got []string
	for _, c := range difference(was, now) {
		got = append(got, string(c.What)+" "+c.Task.ID)
	}
	want := []string{"moves a", "progress a", "rewords b", "order b", "comes comes", "goes goes"}
	if !slices.Equal(got, want) {
		t.Errorf("changes %v, want %v", got, want)
	}
	if list := difference(was, was); len(list) != 0 {
		t.Errorf("nothing changed, and %v is told", list)
	}
	turned := []Task{was[1], was[0], was[2], was[3]}
	if list := difference(was, turned); len(list) != 1 || list[0].What != Reorder {
		t.Errorf("another order is told as %v", list)
	}
}

func TestATickIsNoChangeOfThePlan(t *testing.T) {
	was := plan("tiles 01 02")
	was[0].Own = true
	now := slices.Clone(was)
	now[0].Progress = 100
	if list := difference(was, now); len(list) != 0 {
		t.Errorf("a customer's own task has changes %v", list)
	}
}

func TestTheCustomerIsAskedForWhatIsNewlyTheirs(t *testing.T) {
	was := plan("a 01 02", "b 03 04")
	now := plan("a 01 02", "b 03 04", "c 05 06")
	now[1].Own, now[2].Own = true, true
	got := ids(asked(difference(was, now)))
	if !slices.Equal(got, []string{"b", "c"}) {
		t.Errorf("asked for %v", got)
	}
	if again := asked(difference(now, now)); len(again) != 0 {
		t.Errorf("asked again for %v", ids(again))
	}
}

func TestDraftsThatMakeNoSense(t *testing.T) {
	good := Draft{Name: "Tiling", Kind: Work, Starts: "2026-05-01", Ends: "2026-05-04"}
	if err := good.settled().check(); err != nil {
		t.Error(err)
	}
	tests := map[string]func(*Draft){
		"name": func(d *Draft) { d.Name = "" }, "kind": func(d *Draft) { d.Kind = "wish" }, "starts": func(d *Draft) { d.Starts = "soon" },
		"ends": func(d *Draft) { d.Ends = "2026-04-30" }, "progress": func(d *Draft) { d.Progress = 101 },
	}
	for field, spoil := range tests {
		d := good
		spoil(&d)
		f := fault.As(d.settled().check())
		if f == nil || f.Fields[0].Name != field {
			t.Errorf("a wrong %s is answered with %v", field, f)
		}
	}
	far := good
	far.Ends = "2036-05-01"
	if far.settled().check() == nil {
		t.Error("a task of ten years is taken")
	}
	point := good
	point.Kind = Milestone
	if got := point.settled(); got.Ends != got.Starts {
		t.Error("a milestone has more than one day")
	}
}

func TestPlacesKeepTheRest(t *testing.T) {
	tasks := plan("a 1 1", "b 1 1", "c 1 1")
	for by, want := range map[int][]string{1: {"b", "a", "c"}, 5: {"b", "c", "a"}, -1: {"a", "b", "c"}} {
		if got := ids(placed(tasks, "a", by)); !slices.Equal(got, want) {
			t.Errorf("a by %d: %v, want %v", by, got, want)
		}
	}
}

func TestProgressWeighsDays(t *testing.T) {
	tasks := plan("long 01 09", "short 10 10")
	tasks[1].Progress = 100
	if got := Progress(tasks); got != 10 {
		t.Errorf("one day of ten is %d percent", got)
	}
	if Progress(nil) != 0 {
		t.Error("nothing is more than nothing")
	}
}

func TestATimelineHoldsItsBarsAndToday(t *testing.T) {
	drawn := draw(context.Background(), plan("a 04 10", "b 20 20"), nil, "2026-05-06")
	if drawn.first != "2026-05-04" || drawn.days%7 != 0 || drawn.today == "" {
		t.Errorf("it begins on %s, has %d days, today at %q", drawn.first, drawn.days, drawn.today)
	}
	if drawn.bars[0].x != "0.000%" || drawn.bars[0].width != "25.000%" {
		t.Errorf("the first bar is at %s, wide %s", drawn.bars[0].x, drawn.bars[0].width)
	}
	if late := draw(context.Background(), plan("a 04 10"), nil, "2027-05-06"); late.today != "" || !late.bars[0].late {
		t.Error("a year later today is still on the timeline, or nothing is late")
	}
}

func TestAMonthHasWholeWeeks(t *testing.T) {
	m := monthOf(context.Background(), plan("a 04 10"), "2026-05", "2026-05-06")
	if len(m.weeks) != 5 || m.weeks[0][0].day != "2026-04-27" || !m.weeks[0][0].outside || m.previous != "2026-04" || m.next != "2026-06" {
		t.Errorf("%d weeks from %s, before %s, after %s", len(m.weeks), m.weeks[0][0].day, m.previous, m.next)
	}
	on := 0
	for _, week := range m.weeks {
		for _, c := range week {
			on += len(c.tasks)
		}
	}
	if on != 7 {
		t.Errorf("a week of work stands on %d days", on)
	}
	if near := monthOf(context.Background(), plan("a 04 10"), "nonsense", "2030-01-01"); near.first != "2026-05-01" {
		t.Errorf("without a month it opens %s", near.first)
	}
}
