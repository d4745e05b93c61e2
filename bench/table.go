//go:build linux

package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// The verdicts.
const (
	good   = "good"    // as the aim says
	passed = "ok"      // as the must says
	missed = "MISSED"  // worse than the must
	absent = "not yet" // the page is not there
	plain  = ""        // for information
)

// row is a line of the table.
type row struct{ work, measured, ratio, must, aim, verdict string }

// table is what is printed.
type table struct{ rows []row }

func (t *table) add(r row) { t.rows = append(t.rows, r) }

func (t *table) print(w io.Writer) {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "work\tmeasured\tratio\tmust\taim\tverdict")
	for _, r := range t.rows {
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\n", r.work, r.measured, r.ratio, r.must, r.aim, r.verdict)
	}
	out.Flush()
}

// judge is for figures of which less is better; aim 0 is no aim.
func judge(value, must, aim float64) string {
	switch {
	case must == 0:
		return ""
	case value > must:
		return missed
	case aim > 0 && value > aim:
		return passed
	}
	return good
}

// against adds a row of one target's CPU in units of another's.
func (t *table) against(work string, ours, unit *target, name string, must, aim float64) {
	if ours == nil {
		return
	}
	if ours.broken != nil || len(ours.cpu) == 0 {
		t.add(row{work: work, measured: fmt.Sprint(ours.broken), verdict: absent, must: bound(must, name), aim: bound(aim, name)})
		return
	}
	r := ratio(ours.cpu, unit.cpu)
	t.add(row{work, fmt.Sprintf("%.2f ms CPU", milliseconds(ours.cpu)), fmt.Sprintf("%.2f %s", r, name), bound(must, name), bound(aim, name), judge(r, must, aim)})
}

func bound(value float64, name string) string {
	if value == 0 {
		return ""
	}
	return fmt.Sprintf("≤ %g %s", value, name)
}

func (t *table) requests(ts map[string]*target) {
	for _, unit := range []struct{ name, work string }{{"fixed", "limit: fixed 20 KB"}, {"q", "limit: Q, 50 rows read and written as HTML"}, {"wfull", "limit: wfull, one durable insert"}, {"pdf", "limit: one-page PDF, synced"}} {
		t.add(row{work: unit.work, measured: fmt.Sprintf("%.2f ms CPU", milliseconds(ts[unit.name].cpu))})
	}
	q := ts["q"]
	t.against("customer's proposal page", ts["proposal"], q, "Q", 4, 2.5)
	t.against("customer's project list", ts["list"], q, "Q", 4, 2.5)
	t.against("  the same for somebody with 1,000 grants", ts["broad"], q, "Q", 0, 0)
	t.against("  1,000 grants against 2", ts["broad"], ts["list"], "x", 0, 0)
	t.against("office: projects, all, 100,000", ts["recent"], q, "Q", 5, 3)
	t.against("office: projects filtered, sorted, 100,000", ts["office"], q, "Q", 5, 3)
	t.against("  the same at 1,000", ts["office1k"], q, "Q", 5, 3)
	t.against("  100,000 against 1,000", ts["office"], ts["office1k"], "x", 1.3, 0)
	t.against("opening a signing link: 2 GET and the POST", ts["link"], q, "Q", 4, 2.5)
	t.against("approve, to the sealed PDF on disk", ts["approve"], ts["pdf"], "PDF", 10, 5)
	t.against("posting a comment", ts["comment"], ts["wfull"], "wfull", 5, 3)
	for _, pair := range []struct{ name, ours, unit string }{{"PostgreSQL: customer's proposal page", "pgproposal", "proposal"}, {"PostgreSQL: customer's project list", "pglist", "list"}, {"PostgreSQL: the same with 1,000 grants", "pgbroad", "broad"}, {"PostgreSQL: office's project list", "pgoffice", "office"}} {
		t.postgres(pair.name, ts[pair.ours], ts[pair.unit])
	}
}

// postgres compares waiting times, because the server's own work is not in our process.
func (t *table) postgres(work string, ours, unit *target) {
	switch {
	case ours == nil:
		t.add(row{work: work, measured: "LINTEL_TEST_POSTGRES is not set", must: "≤ 1.5 x"})
	case ours.broken != nil || len(ours.elapsed) == 0:
		t.add(row{work: work, measured: fmt.Sprint(ours.broken), must: "≤ 1.5 x", aim: "≤ 1.2 x", verdict: absent})
	default:
		r := ratio(ours.elapsed, unit.elapsed)
		t.add(row{work, fmt.Sprintf("%.2f ms (%.2f on SQLite), %.2f ms CPU", milliseconds(ours.elapsed), milliseconds(unit.elapsed), milliseconds(ours.cpu)), fmt.Sprintf("%.2f x SQLite", r), "≤ 1.5 x", "≤ 1.2 x", judge(r, 1.5, 1.2)})
	}
}

func (t *table) uploads(share, cpu, memory, rate float64) {
	verdict := passed
	if share < 0.4 {
		verdict = missed
	} else if share >= 0.6 {
		verdict = good
	}
	t.add(row{"upload of 100 MB", fmt.Sprintf("%.0f MB/s", rate), fmt.Sprintf("%.0f %% of the limit", share*100), "≥ 40 %", "≥ 60 %", verdict})
	t.add(row{"  CPU of it", fmt.Sprintf("%.2f s", cpu), "", "≤ 0.3 s", "", judge(cpu, 0.3, 0)})
	t.add(row{"  memory of it", fmt.Sprintf("%.1f MB", memory), "", "≤ 8 MB", "", judge(memory, 8, 0)})
}

func (t *table) firstView(name string, w weight, err error) {
	work := "first view: " + name
	if err != nil {
		t.add(row{work: work, measured: err.Error(), must: "≤ 80 KB, 8", verdict: absent})
		return
	}
	kilobytes := float64(w.bytes) / 1000
	measured := fmt.Sprintf("%.0f KB in %d requests", kilobytes, w.requests)
	if w.photos > 0 {
		measured += fmt.Sprintf(", and %d photos of %.0f KB", w.photos, float64(w.photoBytes)/1000)
	}
	verdict := max(judge(kilobytes, 80, 45), judge(float64(w.requests), 8, 5))
	if judge(kilobytes, 80, 45) == missed || judge(float64(w.requests), 8, 5) == missed {
		verdict = missed
	}
	t.add(row{work, measured, "", "≤ 80 KB, 8", "≤ 45 KB, 5", verdict})
}

func (t *table) binary(size float64, static bool) {
	verdict, how := judge(size, 40, 25), "static"
	if !static {
		verdict, how = missed, "not static"
	}
	t.add(row{"binary", fmt.Sprintf("%.1f MB, %s", size, how), "", "≤ 40 MB, static", "≤ 25 MB", verdict})
}

func (t *table) starts(existing, fresh []time.Duration) {
	was := milliseconds(existing)
	t.add(row{"cold start, 100,000 projects", fmt.Sprintf("%.0f ms", was), "", "≤ 150 ms", "≤ 80 ms", judge(was, 150, 80)})
	was = milliseconds(fresh)
	t.add(row{"first start, with all migrations", fmt.Sprintf("%.0f ms", was), "", "≤ 1,000 ms", "≤ 400 ms", judge(was, 1000, 400)})
}

func (t *table) memory(idle, idleOwn, busy, busyOwn float64, requests int, latencies []time.Duration) {
	t.add(row{"memory, idle", fmt.Sprintf("%.0f MB, %.0f of it not file pages", idle, idleOwn), "", "≤ 45 MB", "≤ 30 MB", judge(idle, 45, 30)})
	t.add(row{"memory, 16 connections", fmt.Sprintf("%.0f MB at most, %.0f not file pages", busy, busyOwn), "", "≤ 130 MB", "≤ 90 MB", judge(busy, 130, 90)})
	if len(latencies) == 0 {
		return
	}
	slices.Sort(latencies)
	p50, p99 := latencies[len(latencies)/2], latencies[len(latencies)*99/100]
	tail := float64(p99) / float64(p50)
	t.add(row{"p99 at 16 connections", fmt.Sprintf("%.0f ms, p50 %.0f ms, %d requests", float64(p99.Microseconds())/1000, float64(p50.Microseconds())/1000, requests), fmt.Sprintf("%.1f x p50", tail), "≤ 6 x p50", "", judge(tail, 6, 0)})
}
