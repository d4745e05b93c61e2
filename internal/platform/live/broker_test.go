package live_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest"
	"lintel/internal/platform/live"
)

func TestAListenerHearsItsTopicsOfItsRoomOnce(t *testing.T) {
	b := live.NewBroker()
	office := b.Listen("alder", []string{"project:1", "person:p"}, true, "")
	customer := b.Listen("alder", []string{"project:1"}, false, "")
	other := b.Listen("birch", []string{"project:1"}, true, "")
	b.Publish(live.Change{Room: "alder", Topic: "project:1"}, live.Change{Room: "alder", Topic: "project:1"}, live.Change{Room: "alder", Topic: "project:2"})
	for name, c := range map[string]struct {
		listener *live.Listener
		want     []string
	}{"office": {office, []string{"project:1"}}, "customer": {customer, []string{"project:1"}}, "another room": {other, nil}} {
		if news := c.listener.Take(); !slices.Equal(news.Topics, c.want) || news.All {
			t.Errorf("%s hears %v", name, news)
		}
	}
	b.Publish(live.Change{Room: "alder", Topic: "project:1", Office: true})
	if news := customer.Take(); len(news.Topics) > 0 {
		t.Errorf("a customer hears of what the office alone sees: %v", news)
	}
	if news := office.Take(); len(news.Topics) != 1 {
		t.Errorf("the office hears %v", news)
	}
	office.Keep([]string{"person:p"})
	b.Publish(live.Change{Room: "alder", Topic: "project:1"})
	if news := office.Take(); len(news.Topics) > 0 {
		t.Errorf("a topic that was let go is heard: %v", news)
	}
	for _, l := range []*live.Listener{office, customer, other, other} {
		l.Close()
	}
	if b.Listeners() != 0 {
		t.Errorf("%d listeners are left", b.Listeners())
	}
}

func TestWhoComesBackHearsWhatCameMeanwhileOrThatEverythingMayHaveChanged(t *testing.T) {
	b := live.NewBroker()
	first := b.Listen("alder", []string{"a"}, true, "")
	mark := first.Take().Mark
	first.Close()
	b.Publish(live.Change{Room: "alder", Topic: "a"}, live.Change{Room: "alder", Topic: "b"}, live.Change{Room: "birch", Topic: "a"})
	again := b.Listen("alder", []string{"a"}, true, mark)
	if news := again.Take(); !slices.Equal(news.Topics, []string{"a"}) || news.All {
		t.Errorf("after a cut: %v", news)
	}
	for i := range 10_000 {
		b.Publish(live.Change{Room: "alder", Topic: fmt.Sprint(i)})
	}
	if news := b.Listen("alder", []string{"a"}, true, mark).Take(); !news.All {
		t.Errorf("after more than is remembered: %v", news)
	}
	if news := b.Listen("alder", []string{"a"}, true, "elsewhere-3").Take(); !news.All {
		t.Errorf("with a mark of another process: %v", news)
	}
}

func TestPublishingWaitsForNobody(t *testing.T) {
	b := live.NewBroker()
	var listeners []*live.Listener
	for range 500 {
		listeners = append(listeners, b.Listen("alder", []string{"a"}, true, ""))
	}
	var writers sync.WaitGroup
	for range 8 {
		writers.Go(func() {
			for i := range 200 {
				b.Publish(live.Change{Room: "alder", Topic: "a"}, live.Change{Room: "alder", Topic: fmt.Sprint(i)})
			}
		})
	}
	writers.Wait() // nobody has taken anything
	for _, l := range listeners {
		<-l.Woken
		if news := l.Take(); len(news.Topics) != 1 {
			t.Fatalf("a slow listener hears %v", news)
		}
	}
}

func TestProcessesOnOneDatabaseTellEachOther(t *testing.T) {
	dbtest.OnBoth(t, func(t *testing.T, database *db.DB) {
		if !database.Spreads() {
			live.NewBroker().Spread(t.Context(), database, slog.New(slog.DiscardHandler)) // comes back at once
			return
		}
		here, there := live.NewBroker(), live.NewBroker()
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		for _, b := range []*live.Broker{here, there} {
			running.Go(func() { b.Spread(ctx, database, slog.New(slog.DiscardHandler)) })
		}
		l := there.Listen("alder", []string{"project:1"}, true, "")
		began := time.Now()
		for heard := false; !heard; {
			if time.Since(began) > 20*time.Second {
				t.Fatal("one process does not hear the other")
			}
			here.Publish(live.Change{Room: "alder", Topic: "project:1"}) // until the other listens
			select {
			case <-l.Woken:
				heard = slices.Contains(l.Take().Topics, "project:1")
			case <-time.After(100 * time.Millisecond):
			}
		}
		var fastest time.Duration
		for range 5 {
			l.Take()
			began := time.Now()
			here.Publish(live.Change{Room: "alder", Topic: "project:1"})
			<-l.Woken
			if took := time.Since(began); fastest == 0 || took < fastest {
				fastest = took
			}
		}
		t.Logf("from one process to the other in %v", fastest)
		stop()
		running.Wait()
	})
}
