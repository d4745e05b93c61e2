package live

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"lintel/internal/platform/db"
)

const (
	channel    = "lintel_live"
	waiting    = 4096                 // changes on their way to other processes
	gather     = 5 * time.Millisecond // notifying takes a lock of the whole database, so one statement carries many changes
	mostAtOnce = 40                   // changes in one payload, which may have 8,000 bytes
	retry      = 2 * time.Second
)

// parcel is what one process says to the others.
type parcel struct {
	From    string   `json:"f"`
	Changes []Change `json:"c,omitempty"`
	Lost    bool     `json:"l,omitempty"` // more than could be told
}

// Spread joins the brokers of all processes on one PostgreSQL database until the context ends. It does nothing on SQLite,
// which one process has for itself.
func (b *Broker) Spread(ctx context.Context, database *db.DB, log *slog.Logger) {
	if !database.Spreads() {
		return
	}
	b.mu.Lock()
	b.outgoing = make(chan Change, waiting)
	b.mu.Unlock()
	go b.carry(ctx, database, log)
	for ctx.Err() == nil {
		err := database.Listen(ctx, channel, b.Resync, b.receive)
		if ctx.Err() != nil {
			return
		}
		log.WarnContext(ctx, "live updates of other processes are cut", "error", err)
		pause(ctx, retry)
	}
}

func (b *Broker) send(changes []Change) {
	b.mu.Lock()
	outgoing := b.outgoing
	b.mu.Unlock()
	if outgoing == nil {
		return
	}
	for _, c := range changes {
		select {
		case outgoing <- c:
		default:
			// full: carry says so when it comes to the end of what waits
		}
	}
}

// carry takes what waits to the other processes.
func (b *Broker) carry(ctx context.Context, database *db.DB, log *slog.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case first := <-b.outgoing:
			pause(ctx, gather)
			payloads := b.pack(first, len(b.outgoing) == waiting)
			if err := database.Notify(ctx, channel, payloads); err != nil && ctx.Err() == nil {
				log.WarnContext(ctx, "tell other processes of changes", "error", err)
			}
		}
	}
}

func (b *Broker) pack(first Change, lost bool) (payloads []string) {
	next := parcel{From: b.name, Changes: []Change{first}, Lost: lost}
	for {
		select {
		case c := <-b.outgoing:
			next.Changes = append(next.Changes, c)
			if len(next.Changes) < mostAtOnce {
				continue
			}
			payloads = append(payloads, next.text())
			next = parcel{From: b.name}
		default:
			if len(next.Changes) > 0 {
				payloads = append(payloads, next.text())
			}
			return payloads
		}
	}
}

func (p parcel) text() string {
	text, err := json.Marshal(p)
	if err != nil {
		panic("a parcel of texts cannot be written: " + err.Error())
	}
	return string(text)
}

func (b *Broker) receive(payload string) {
	var p parcel
	if json.Unmarshal([]byte(payload), &p) != nil || p.From == b.name {
		return
	}
	if p.Lost {
		b.Resync()
	}
	b.tell(p.Changes)
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
