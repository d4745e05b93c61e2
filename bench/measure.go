//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// visitor is a browser that keeps its connection and sends what browsers send.
type visitor struct {
	ctx     context.Context
	client  *http.Client
	cookies string
}

func newVisitor(ctx context.Context, cookies string) *visitor {
	return &visitor{ctx: ctx, cookies: cookies, client: &http.Client{
		Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 64},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       time.Minute,
	}}
}

var network atomic.Int64

// ask makes one request and reads the answer to its end. want 0 takes any success or redirect.
func (v *visitor) ask(method, url string, body io.Reader, headers map[string]string) (*http.Response, []byte, error) {
	request, err := http.NewRequestWithContext(v.ctx, method, url, body)
	if err != nil {
		return nil, nil, err
	}
	request.Header.Set("Accept-Encoding", "gzip")
	request.Header.Set("Accept", "text/html,application/xhtml+xml")
	request.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) bench")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	n := network.Add(1)
	request.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255))
	if v.cookies != "" {
		request.Header.Set("Cookie", v.cookies)
	}
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	response, err := v.client.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= 400 {
		err = fmt.Errorf("%s %s: %s", method, url, response.Status)
	}
	return response, content, err
}

func (v *visitor) get(url string) error { _, _, err := v.ask("GET", url, nil, nil); return err }

func (v *visitor) post(url, form string) error {
	_, _, err := v.ask("POST", url, strings.NewReader(form), map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
	return err
}

// enter opens a personal link as a new browser: the address, the landing page, the button.
func enter(ctx context.Context, base, token string) error {
	v := newVisitor(ctx, "")
	v.client.Transport = shared
	response, _, err := v.ask("GET", base+"/l/to/"+token, nil, nil)
	if err != nil {
		return err
	}
	for _, cookie := range response.Cookies() {
		v.cookies = cookie.Name + "=" + cookie.Value
	}
	if err := v.get(base + "/l"); err != nil {
		return err
	}
	response, _, err = v.ask("POST", base+"/l", strings.NewReader(""), map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
	if err == nil && (response.StatusCode != http.StatusSeeOther || !strings.Contains(response.Header.Get("Location"), "/home")) {
		err = fmt.Errorf("the link led to %s", response.Header.Get("Location"))
	}
	return err
}

var shared = &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 64}

// target is one thing that is measured.
type target struct {
	name    string
	child   *child
	server  func() time.Duration // what a database server beside it has worked; nil without one
	warm    int                  // before each visit, not measured: what another target left in the processor's caches is not ours
	count   int                  // in one visit
	do      func() error
	cpu     []time.Duration // per round, of one
	elapsed []time.Duration
	broken  error
}

// visit runs the target's work once for a round.
func (t *target) visit() {
	if t.broken != nil {
		return
	}
	for range t.warm {
		if t.broken = t.do(); t.broken != nil {
			return
		}
	}
	cpu, began := t.worked(), time.Now()
	for range t.count {
		if t.broken = t.do(); t.broken != nil {
			return
		}
	}
	t.elapsed = append(t.elapsed, time.Since(began)/time.Duration(t.count))
	t.cpu = append(t.cpu, (t.worked()-cpu)/time.Duration(t.count))
}

func (t *target) worked() time.Duration {
	if t.server == nil {
		return t.child.cpu()
	}
	return t.child.cpu() + t.server()
}

// visitAll goes round all targets in turn; the first round only warms up.
func visitAll(ctx context.Context, rounds int, targets []*target) error {
	for range rounds + 1 {
		for _, t := range targets {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			t.visit()
		}
	}
	for _, t := range targets {
		t.cpu, t.elapsed = t.cpu[min(1, len(t.cpu)):], t.elapsed[min(1, len(t.elapsed)):]
	}
	return nil
}

// printPlainly prints the figures of a few targets, for who changes what they measure.
func printPlainly(targets []*target, q *target) {
	for _, t := range targets {
		if t.broken != nil {
			fmt.Println(t.name, t.broken)
			continue
		}
		fmt.Printf("%-14s %8.2f ms CPU %8.2f ms %8.2f Q\n", t.name, milliseconds(t.cpu), milliseconds(t.elapsed), ratio(t.cpu, q.cpu))
	}
}

func median(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}

// ratio is the median of the rounds' ratios: both were measured in the same moments.
func ratio(a, b []time.Duration) float64 {
	var list []float64
	for i := range min(len(a), len(b)) {
		if b[i] > 0 {
			list = append(list, float64(a[i])/float64(b[i]))
		}
	}
	return median(list)
}

func milliseconds(list []time.Duration) float64 {
	var values []float64
	for _, d := range list {
		values = append(values, float64(d.Nanoseconds())/1e6)
	}
	return median(values)
}

// endless gives size bytes that are not all the same.
func filler(size int) []byte {
	return bytes.Repeat([]byte("0123456789abcdefghijklmnopqrstuvwxyz\n"), size/37+1)[:size]
}
