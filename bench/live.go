//go:build linux

package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	openPages  = 5000
	liveEvents = 6
)

// pages are browsers that follow something: one connection each, and nothing else.
type pages struct {
	connections []net.Conn
	heard       chan time.Time
	readers     sync.WaitGroup
}

// openAll connects count pages to an address of a server and returns when each has heard the beginning of its stream.
func openAll(ctx context.Context, base, path, cookies string, count int) (*pages, error) {
	where, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	p := &pages{heard: make(chan time.Time, count), connections: make([]net.Conn, count)}
	begun, failed := make(chan struct{}, count), make(chan error, count)
	var workers sync.WaitGroup
	next := make(chan int)
	for range 64 {
		workers.Go(func() {
			for i := range next {
				if err := p.open(ctx, i, where.Host, path, cookies, begun); err != nil {
					failed <- err
				}
			}
		})
	}
	for i := range count {
		next <- i
	}
	close(next)
	workers.Wait()
	for range count {
		select {
		case <-begun:
		case err := <-failed:
			p.close()
			return nil, err
		case <-time.After(20 * time.Second):
			p.close()
			return nil, fmt.Errorf("not all of %d pages were answered", count)
		}
	}
	return p, nil
}

func (p *pages) open(ctx context.Context, i int, host, path, cookies string, begun chan<- struct{}) error {
	connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", host)
	if err != nil {
		return err
	}
	p.connections[i] = connection
	request := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\nAccept: text/event-stream\r\nSec-Fetch-Site: same-origin\r\nCookie: %s\r\nX-Forwarded-For: 10.1.%d.%d\r\n\r\n", path, host, cookies, i>>8&255, i&255)
	if _, err := connection.Write([]byte(request)); err != nil {
		return err
	}
	p.readers.Go(func() {
		lines := bufio.NewReaderSize(connection, 256)
		first := true
		for {
			line, err := lines.ReadString('\n')
			switch {
			case err != nil:
				return
			case first && (strings.HasPrefix(line, "event: mark") || strings.HasPrefix(line, ":")):
				first = false
				begun <- struct{}{}
			case !first && strings.HasPrefix(line, "data: "):
				p.heard <- time.Now()
			}
		}
	})
	return nil
}

func (p *pages) close() {
	for _, c := range p.connections {
		if c != nil {
			c.Close()
		}
	}
	p.readers.Wait()
}

// told is what one event to all pages took.
type told struct {
	delays []time.Duration // from the deed to the page
	cpu    time.Duration   // of the server, all pages
}

func (p *pages) tell(server *child, do func() error) (t told, err error) {
	before, began := server.cpu(), time.Now()
	if err := do(); err != nil {
		return t, err
	}
	for range p.connections {
		select {
		case at := <-p.heard:
			t.delays = append(t.delays, at.Sub(began))
		case <-time.After(20 * time.Second):
			return t, fmt.Errorf("only %d of %d pages heard", len(t.delays), len(p.connections))
		}
	}
	t.cpu = server.cpu() - before
	return t, nil
}

// followed is what many open pages cost one server.
type followed struct {
	memory   float64 // KB a page
	left     float64 // MB that stay after three times all pages
	cpu      float64 // microseconds a page and event
	p50, p99 time.Duration
}

func follow(ctx context.Context, server *child, path, cookies string, do func() error) (f followed, err error) {
	warm, err := openAll(ctx, server.base, path, cookies, 200)
	if err != nil {
		return f, err
	}
	if _, err := warm.tell(server, do); err != nil {
		return f, err
	}
	warm.close()
	empty := server.settled()
	for cycle := range 3 {
		p, err := openAll(ctx, server.base, path, cookies, openPages)
		if err != nil {
			return f, err
		}
		if cycle == 0 {
			f.memory = (server.settled() - empty) * 1024 / openPages
			if err := f.events(p, server, do); err != nil {
				return f, err
			}
		}
		p.close()
	}
	f.left = server.settled() - empty
	return f, nil
}

func (f *followed) events(p *pages, server *child, do func() error) error {
	var delays []time.Duration
	var cpu []float64
	for range liveEvents {
		t, err := p.tell(server, do)
		if err != nil {
			return err
		}
		delays, cpu = append(delays, t.delays...), append(cpu, float64(t.cpu.Microseconds())/openPages)
	}
	slices.Sort(delays)
	f.cpu, f.p50, f.p99 = median(cpu), delays[len(delays)/2], delays[len(delays)*99/100]
	return nil
}

// live compares 5,000 open pages of the portal with 5,000 of the plainest stream there is.
func (y *yard) live() error {
	server, err := y.serve(y.large, "")
	if err != nil {
		return err
	}
	plain := newVisitor(y.ctx, "")
	least, err := follow(y.ctx, y.limit, "/listen", "", func() error { return plain.post(y.limit.base+"/tell", "") })
	if err != nil {
		return fmt.Errorf("the limit's stream: %w", err)
	}
	number := 0
	ours, err := follow(y.ctx, server.child, "/"+slug+"/live?topic=proposal:"+talk, y.large.Client, func() error {
		number++
		return server.client.post(server.base+"/"+slug+"/messages/proposal/"+talk, fmt.Sprintf("text=News+number+%d", number))
	})
	if err != nil {
		return err
	}
	y.table.live(ours, least)
	return nil
}

func (t *table) live(ours, least followed) {
	t.add(row{fmt.Sprintf("%d open pages: memory of one", openPages), fmt.Sprintf("%.0f KB (limit %.0f KB)", ours.memory, least.memory), "", "≤ 40 KB", "≤ 30 KB", judge(ours.memory, 40, 30)})
	r := ours.cpu / least.cpu
	t.add(row{"  an event to all of them, CPU a page", fmt.Sprintf("%.0f µs (limit %.0f µs)", ours.cpu, least.cpu), fmt.Sprintf("%.2f x limit", r), "≤ 2 x", "≤ 1.3 x", judge(r, 2, 1.3)})
	t.add(row{"  from the click to the page", fmt.Sprintf("p50 %.0f ms, p99 %.0f ms (limit %.0f and %.0f)", ms(ours.p50), ms(ours.p99), ms(least.p50), ms(least.p99)), "", "p99 ≤ 1,000 ms", "", judge(ms(ours.p99), 1000, 0)})
	t.add(row{"  kept after three times all pages", fmt.Sprintf("%.0f MB (limit %.0f MB)", ours.left, least.left), "", "", "", ""})
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
