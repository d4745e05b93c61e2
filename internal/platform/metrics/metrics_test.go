package metrics

import (
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

func shown(t *testing.T, s *Set) string {
	t.Helper()
	answer := httptest.NewRecorder()
	s.ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	if got := answer.Header().Get("Content-Type"); got != "text/plain; version=0.0.4; charset=utf-8" {
		t.Errorf("content type %s", got)
	}
	problems, err := promlint.New(strings.NewReader(answer.Body.String())).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("promtool would complain: %v %v in\n%s", problems, err, answer.Body)
	}
	return answer.Body.String()
}

func TestFiguresAreWrittenAsPrometheusReadsThem(t *testing.T) {
	s := &Set{}
	requests := s.Counter("requests_total", "Requests \\ by\nroute.", "route", "status")
	took := s.Histogram("duration_seconds", "Time.", []float64{.1, 1}, "route")
	s.Gauge("jobs", "Jobs.", func() []Sample { return []Sample{{3, []string{"state", "ready"}}, {0, []string{"state", "dead"}}} })
	s.Total("refused_total", "Refused.", func() []Sample { return One(7) })
	s.Gauge("unknown", "What cannot be read now.", func() []Sample { return nil })
	requests.Add(0, "/b", "200")
	requests.Add(1, "/a\"\\\n", "200")
	requests.Add(1, "/a\"\\\n", "200")
	for _, seconds := range []float64{.05, .1, .5, 20} {
		took.Observe(seconds, "/a")
	}
	want := `# HELP requests_total Requests \\ by\nroute.
# TYPE requests_total counter
requests_total{route="/a\"\\\n",status="200"} 2
requests_total{route="/b",status="200"} 0
# HELP duration_seconds Time.
# TYPE duration_seconds histogram
duration_seconds_bucket{route="/a",le="0.1"} 2
duration_seconds_bucket{route="/a",le="1"} 3
duration_seconds_bucket{route="/a",le="+Inf"} 4
duration_seconds_sum{route="/a"} 20.65
duration_seconds_count{route="/a"} 4
# HELP jobs Jobs.
# TYPE jobs gauge
jobs{state="ready"} 3
jobs{state="dead"} 0
# HELP refused_total Refused.
# TYPE refused_total counter
refused_total 7
# HELP unknown What cannot be read now.
# TYPE unknown gauge
`
	if got := shown(t, s); got != want {
		t.Errorf("shown\n%s\nwant\n%s", got, want)
	}
}

func TestNothingIsLostWhenManyCountAtOnce(t *testing.T) {
	s := &Set{}
	requests, took := s.Counter("requests_total", "Requests.", "route"), s.Histogram("duration_seconds", "Time.", []float64{1})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 500 {
				requests.Add(1, "/a")
				took.Observe(.5)
			}
		})
		all.Go(func() { shown(t, s) })
	}
	all.Wait()
	text := shown(t, s)
	for _, line := range []string{`requests_total{route="/a"} 4000`, `duration_seconds_bucket{le="1"} 4000`, `duration_seconds_count 4000`, `duration_seconds_sum 2000`} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("%s is missing in\n%s", line, text)
		}
	}
}

func TestTheProcessIsShown(t *testing.T) {
	s := &Set{}
	s.Process()
	text := shown(t, s)
	for _, name := range []string{"go_info{version=", "go_goroutines", "go_memstats_heap_alloc_bytes", "go_memstats_sys_bytes", "process_start_time_seconds",
		"process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds", "process_max_fds"} {
		_, value, found := strings.Cut(text, "\n"+name)
		line, _, _ := strings.Cut(value, "\n")
		if !found || strings.HasSuffix(line, " 0") && name != "process_cpu_seconds_total" {
			t.Errorf("%s is not shown or nothing: %q", name, line)
		}
	}
}
