package metrics

import (
	"bytes"
	"os"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"time"
)

// Process adds what the process itself takes, under the names that Prometheus' own
// library gives, so that common dashboards show it. What the machine does not tell is
// left out.
func (s *Set) Process() {
	began := time.Now()
	s.Gauge("go_info", "Always 1; the label says which Go made the program.", func() []Sample {
		return []Sample{{1, []string{"version", runtime.Version()}}}
	})
	s.runtime("go_goroutines", "Goroutines that exist.", "/sched/goroutines:goroutines")
	s.runtime("go_memstats_heap_alloc_bytes", "Bytes of the heap in use.", "/memory/classes/heap/objects:bytes")
	s.runtime("go_memstats_sys_bytes", "Bytes that Go has from the system.", "/memory/classes/total:bytes")
	s.Gauge("go_gc_gomemlimit_bytes", "Bytes that Go tries to stay below.", func() []Sample { return readRuntime("/gc/gomemlimit:bytes") })
	s.Gauge("process_start_time_seconds", "When the process began, in seconds since 1970.", func() []Sample {
		return One(float64(began.UnixMilli()) / 1000)
	})
	s.Total("process_cpu_seconds_total", "Seconds of processor time that the process took.", cpuSeconds)
	s.Gauge("process_resident_memory_bytes", "Bytes of memory that the process occupies.", residentBytes)
	s.Gauge("process_open_fds", "Files and connections that are open.", openFiles)
	s.Gauge("process_max_fds", "Files and connections that may be open.", mostFiles)
}

func (s *Set) runtime(name, help, source string) {
	s.Gauge(name, help, func() []Sample { return readRuntime(source) })
}

func readRuntime(source string) []Sample {
	read := []metrics.Sample{{Name: source}}
	metrics.Read(read)
	if read[0].Value.Kind() != metrics.KindUint64 {
		return nil
	}
	return One(float64(read[0].Value.Uint64()))
}

// ticks is how many of the kernel's clock ticks are a second; Linux shows 100 everywhere.
const ticks = 100

func cpuSeconds() []Sample {
	raw, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return nil
	}
	_, rest, _ := bytes.Cut(raw, []byte(") ")) // behind the name, which may hold spaces
	fields := strings.Fields(string(rest))
	if len(fields) < 13 {
		return nil
	}
	user, userErr := strconv.ParseFloat(fields[11], 64)
	system, systemErr := strconv.ParseFloat(fields[12], 64)
	if userErr != nil || systemErr != nil {
		return nil
	}
	return One((user + system) / ticks)
}

func residentBytes() []Sample {
	raw, err := os.ReadFile("/proc/self/statm")
	fields := strings.Fields(string(raw))
	if err != nil || len(fields) < 2 {
		return nil
	}
	pages, err := strconv.ParseFloat(fields[1], 64)
	if err != nil {
		return nil
	}
	return One(pages * float64(os.Getpagesize()))
}

func openFiles() []Sample {
	folder, err := os.Open("/proc/self/fd")
	if err != nil {
		return nil
	}
	defer folder.Close()
	names, err := folder.Readdirnames(-1)
	if err != nil {
		return nil
	}
	return One(float64(len(names) - 1)) // without the folder itself
}

func mostFiles() []Sample {
	raw, err := os.ReadFile("/proc/self/limits")
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(raw)) {
		rest, found := strings.CutPrefix(line, "Max open files")
		if fields := strings.Fields(rest); found && len(fields) > 0 {
			if most, err := strconv.ParseFloat(fields[0], 64); err == nil {
				return One(most)
			}
		}
	}
	return nil
}
