// Package metrics counts what a program does and shows the figures in the text format that
// Prometheus reads (version 0.0.4).
//
// It is small on purpose: Prometheus' own library brings protocol buffers, which are two
// megabytes of the program and no figure more.
package metrics

import (
	"bufio"
	"io"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Set is figures that are shown together, in the order in which they were made.
type Set struct {
	mu   sync.Mutex
	list []figure
}

// figure is one name with its samples.
type figure struct {
	name, help, kind string
	write            func(to *bufio.Writer)
}

func (s *Set) add(name, help, kind string, write func(*bufio.Writer)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, figure{name, help, kind, write})
}

// ServeHTTP shows all figures.
func (s *Set) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_ = s.write(w) // the reader has gone
}

func (s *Set) write(to io.Writer) error {
	s.mu.Lock()
	list := slices.Clone(s.list)
	s.mu.Unlock()
	out := bufio.NewWriter(to)
	for _, f := range list {
		out.WriteString("# HELP " + f.name + " " + helpEscapes.Replace(f.help) + "\n# TYPE " + f.name + " " + f.kind + "\n")
		f.write(out)
	}
	return out.Flush()
}

// Counter counts one thing, apart for each combination of its labels' values.
type Counter struct {
	name   string
	labels []string
	mu     sync.Mutex
	counts map[string]float64 // by the labels as they are written
}

// Counter adds a count, whose name ends in _total.
func (s *Set) Counter(name, help string, labels ...string) *Counter {
	c := &Counter{name: name, labels: labels, counts: map[string]float64{}}
	s.add(name, help, "counter", c.write)
	return c
}

// Add counts n more for these values of the labels. Zero makes them show from the start.
func (c *Counter) Add(n float64, values ...string) {
	key := written(c.labels, values)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[key] += n
}

func (c *Counter) write(to *bufio.Writer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(c.counts)) {
		sample(to, c.name, key, c.counts[key])
	}
}

// Histogram counts how large things were.
type Histogram struct {
	name    string
	labels  []string
	limits  []float64
	mu      sync.Mutex
	measure map[string]*measured
}

type measured struct {
	counts []uint64 // by limit; larger ones are in total only
	total  uint64
	sum    float64
}

// Histogram adds one with the upper limits of its buckets, which rise.
func (s *Set) Histogram(name, help string, limits []float64, labels ...string) *Histogram {
	h := &Histogram{name: name, labels: labels, limits: limits, measure: map[string]*measured{}}
	s.add(name, help, "histogram", h.write)
	return h
}

// Observe counts one thing of this size.
func (h *Histogram) Observe(size float64, values ...string) {
	key := written(h.labels, values)
	h.mu.Lock()
	defer h.mu.Unlock()
	m := h.measure[key]
	if m == nil {
		m = &measured{counts: make([]uint64, len(h.limits))}
		h.measure[key] = m
	}
	m.total++
	m.sum += size
	if at, _ := slices.BinarySearch(h.limits, size); at < len(h.limits) {
		m.counts[at]++
	}
}

func (h *Histogram) write(to *bufio.Writer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(h.measure)) {
		m, below := h.measure[key], uint64(0)
		for i, limit := range h.limits {
			below += m.counts[i]
			sample(to, h.name+"_bucket", with(key, "le", number(limit)), float64(below))
		}
		sample(to, h.name+"_bucket", with(key, "le", "+Inf"), float64(m.total))
		sample(to, h.name+"_sum", key, m.sum)
		sample(to, h.name+"_count", key, float64(m.total))
	}
}

// Sample is one value of a figure that is read when it is asked for.
type Sample struct {
	Value  float64
	Labels []string // name, value, name, value, …
}

// Gauge adds a figure that goes up and down. Without an answer it is not shown.
func (s *Set) Gauge(name, help string, read func() []Sample) { s.asked(name, help, "gauge", read) }

// Total adds a count that somebody else keeps.
func (s *Set) Total(name, help string, read func() []Sample) { s.asked(name, help, "counter", read) }

func (s *Set) asked(name, help, kind string, read func() []Sample) {
	s.add(name, help, kind, func(to *bufio.Writer) {
		for _, one := range read() {
			key := ""
			for pair := range slices.Chunk(one.Labels, 2) {
				key = with(key, pair[0], pair[1])
			}
			sample(to, name, key, one.Value)
		}
	})
}

// One is the answer of a figure without labels.
func One(value float64) []Sample { return []Sample{{Value: value}} }

var (
	helpEscapes  = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
	valueEscapes = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
)

// written is labels as the format has them, without the braces.
func written(labels, values []string) string {
	key := ""
	for i, label := range labels {
		key = with(key, label, values[i])
	}
	return key
}

func with(key, label, value string) string {
	if key != "" {
		key += ","
	}
	return key + label + `="` + valueEscapes.Replace(value) + `"`
}

func sample(to *bufio.Writer, name, key string, value float64) {
	to.WriteString(name)
	if key != "" {
		to.WriteString("{" + key + "}")
	}
	to.WriteString(" " + number(value) + "\n")
}

func number(value float64) string {
	if math.IsInf(value, 1) {
		return "+Inf"
	}
	return strconv.FormatFloat(value, 'g', -1, 64)
}
