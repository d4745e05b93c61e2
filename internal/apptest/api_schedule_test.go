package apptest

import (
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/features/schedule"
)

// A program reads the plan as the office works on it, published or not, with what follows what.
func TestAProgramReadsThePlanOfAProject(t *testing.T) {
	onPlans(t, func(t *testing.T, p planned) {
		c := p.bearer(p.firm.token(access.ScheduleRead))
		at := "/api/v1/projects/" + p.project + "/tasks"
		if empty := c.Get(at); empty.Body != `{"items":[]}` {
			t.Errorf("a project without a plan answers %d %s", empty.Status, empty.Body)
		}
		p.add(url.Values{"name": {"Xbeams"}, "starts": {"2026-10-05"}, "ends": {"2026-10-07"}, "who": {"Crew"}, "progress": {"40"}, "note": {"Oak"}})
		p.add(url.Values{"name": {"Xtiles"}, "starts": {"2026-10-08"}, "ends": {"2026-10-09"}, "own": {"1"}, "follows": {p.task("Xbeams").ID}})
		p.add(url.Values{"name": {"Xkeys"}, "kind": {"milestone"}, "starts": {"2026-10-12"}})
		beams, tiles, keys := p.task("Xbeams").ID, p.task("Xtiles").ID, p.task("Xkeys").ID
		none := []any{}
		want := []map[string]any{
			{"id": beams, "kind": "task", "name": "Xbeams", "starts": "2026-10-05", "ends": "2026-10-07", "progress": 40.0, "who": "Crew", "note": "Oak", "customer_task": false, "done_at": nil, "done_name": "", "follows": none},
			{"id": tiles, "kind": "task", "name": "Xtiles", "starts": "2026-10-08", "ends": "2026-10-09", "progress": 0.0, "who": "", "note": "", "customer_task": true, "done_at": nil, "done_name": "", "follows": []any{beams}},
			{"id": keys, "kind": "milestone", "name": "Xkeys", "starts": "2026-10-12", "ends": "2026-10-12", "progress": 0.0, "who": "", "note": "", "customer_task": false, "done_at": nil, "done_name": "", "follows": none},
		}
		if got := c.pageOf(at); !slices.EqualFunc(got.Items, want, func(a, b map[string]any) bool { return reflect.DeepEqual(a, b) }) || got.Next != "" {
			t.Errorf("the plan says %v, want %v", got, want)
		}
	})
}

// A program says how far a task is, as a colleague does on the page: the office sees it, the customer with the next publish, and
// what is the customer's own is done or not.
func TestAProgramSaysHowFarATaskIs(t *testing.T) {
	onPlans(t, func(t *testing.T, p planned) {
		p.add(url.Values{"name": {"Xbeams"}, "starts": {"2026-10-05"}, "ends": {"2026-10-07"}, "who": {"Crew"}})
		p.add(url.Values{"name": {"Xtiles"}, "starts": {"2026-10-08"}, "ends": {"2026-10-09"}, "own": {"1"}})
		p.publish()
		c := p.bearer(p.firm.token(access.ScheduleRead, access.ScheduleWrite))
		at := func(task string) string { return "/api/v1/projects/" + p.project + "/tasks/" + task + "/progress" }
		beams, tiles := at(p.task("Xbeams").ID), at(p.task("Xtiles").ID)
		set := func(c *Client, path, percent string) Answer { return c.send(path, map[string]any{"progress": percent}) }

		seen := p.plan().State.Revision
		set(c, beams, "60").says(t, http.StatusOK, map[string]any{"name": "Xbeams", "progress": 60.0, "who": "Crew"})
		if now := p.plan().State.Revision; now != seen+1 {
			t.Errorf("the plan that somebody may be about to publish is revision %d still, after %d", now, seen)
		}
		if shown := p.una.Get(p.home() + "?view=list").Body; strings.Contains(shown, "60 %") {
			t.Error("the customer sees progress that is not published")
		}
		p.publish()
		if shown := p.una.Get(p.home() + "?view=list").Body; !strings.Contains(shown, "60 %") {
			t.Error("the customer does not see the progress that was published")
		}
		revision := p.plan().State.Revision
		set(c, beams, "60").says(t, http.StatusOK, map[string]any{"progress": 60.0})
		if now := p.plan().State.Revision; now != revision {
			t.Error("saying what is so already changes the plan that somebody may be about to publish")
		}
		set(c, tiles, "100").says(t, http.StatusOK, map[string]any{"progress": 100.0, "done_name": p.firm.Owner.Name()})
		if list, err := p.App.Schedules.Own(t.Context(), p.una.Actor(p.firm.Slug, "/"+p.firm.Slug+"/home")); err != nil || slices.ContainsFunc(list, func(one schedule.Task) bool { return one.Name == "Xtiles" }) {
			t.Errorf("the customer is still asked for %v (%v)", list, err)
		}
		set(c, tiles, "0").says(t, http.StatusOK, map[string]any{"progress": 0.0, "done_at": nil})

		c.Header.Set("Idempotency-Key", "lost")
		set(c, beams, "70")
		set(p.bearer(p.firm.token(access.ScheduleWrite)), beams, "80")
		set(c, beams, "70").says(t, http.StatusOK, map[string]any{"progress": 80.0})
		c.Header.Del("Idempotency-Key")
		if answer := set(p.bearer(p.firm.token(access.ScheduleWrite)), beams, "90"); answer.Status != http.StatusNoContent || answer.Body != "" {
			t.Errorf("who may write and not read is answered %d %s", answer.Status, answer.Body)
		}
		if events := p.office.Get("/api/v1/events"); events.Status != http.StatusUnauthorized {
			t.Errorf("the office's browser is answered %d", events.Status)
		}
		if log := p.bearer(p.firm.token(access.AuditRead)).Get("/api/v1/events").Body; strings.Count(log, "changed Xbeams in the schedule") != 4 || strings.Count(log, "ticked Xtiles") != 1 {
			t.Errorf("the audit trail says %s", log)
		}

		things, other := p.firm.A.Things, p.other.A.Things
		c.refuses(t, []refusal{
			{"more than all", beams, `{"progress":"101"}`, http.StatusUnprocessableEntity},
			{"less than nothing", beams, `{"progress":"-1"}`, http.StatusUnprocessableEntity},
			{"no number", beams, `{"progress":"half"}`, http.StatusUnprocessableEntity},
			{"nothing", beams, `{}`, http.StatusUnprocessableEntity},
			{"a list", beams, `{"progress":["50"]}`, http.StatusUnprocessableEntity},
			{"a field that there is not", beams, `{"progress":"50","name":"X"}`, http.StatusUnprocessableEntity},
			{"half of the customer's own task", tiles, `{"progress":"50"}`, http.StatusUnprocessableEntity},
			{"a task of another project", at(things.Task), `{"progress":"100"}`, http.StatusNotFound},
			{"a task of another firm", "/api/v1/projects/" + other.Project + "/tasks/" + other.Task + "/progress", `{"progress":"100"}`, http.StatusNotFound},
		})
		if answer := set(p.bearer(p.firm.token(access.ScheduleRead)), beams, "95"); answer.Status != http.StatusForbidden {
			t.Errorf("who may only read is answered %d", answer.Status)
		}
	})
}
