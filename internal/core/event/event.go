// Package event is what happened: typed events written in the transaction that caused
// them, chained by hash per organisation, and handed to subscribers by jobs after the
// commit. The feed, the timelines and the audit trail all read this one table.
package event

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/platform/i18n"
)

// Event is something that happened to a subject. Its exported fields are stored as JSON.
type Event interface {
	// About names the kind of event, as "proposal.approved", and what it happened to.
	About() (kind string, subject Subject)
}

// Subject is the thing that an event happened to, and where in the portal it hangs.
type Subject struct {
	Kind     string // "proposal", "project", "person", …
	ID       string
	Customer string // empty: not a customer's business
	Project  string
}

// Recorded is an event as it stands in the log.
type Recorded struct {
	ID        string
	Org       access.OrgID
	Sequence  int64
	Kind      string
	At        time.Time
	ActorKind access.Kind
	Person    access.PersonID
	ActorName string
	Subject   Subject
	Data      json.RawMessage
}

// By names who did it, for the context's reader. What no person has done the portal did: customers know their firm's, and not
// the name of the program.
func (r Recorded) By(ctx context.Context) string {
	if r.ActorKind == access.System {
		return i18n.T(ctx, "The portal")
	}
	return r.ActorName
}

// Read decodes the event's own fields into target.
func (r Recorded) Read(target any) error {
	if err := json.Unmarshal(r.Data, target); err != nil {
		return fmt.Errorf("read event %s: %w", r.Kind, err)
	}
	return nil
}

// Visibility is who may see an event in a feed.
type Visibility string

// The visibilities.
const (
	OfficeOnly  Visibility = "office"
	WithPortal  Visibility = "customer" // the office and the customer it belongs to
	NobodysFeed Visibility = "audit"    // the audit trail only
)

// Kind describes one kind of event. Every event has one (an architecture test asks).
type Kind struct {
	Name       string
	Visibility Visibility
	Icon       string
	// Sentence says in one translated sentence what happened, from the view of the reader.
	Sentence func(ctx context.Context, r Recorded) string
	// Notice says who is told by mail, in words, or "nobody, because …".
	Notice string
}

// Subscriber wants to be told of events after their commit. Handle runs in a job, may run
// twice, and is retried until it returns nil.
type Subscriber struct {
	Name   string
	Kinds  []string                      // empty: all
	About  func(subjectKind string) bool // which of them, by what they are about; nil: all
	Handle func(ctx context.Context, r Recorded) error
}

// Registry holds what the program knows about events. It is filled by app while the
// program is put together and only read afterwards.
type Registry struct {
	kinds       map[string]Kind
	subscribers []Subscriber
}

// NewRegistry makes an empty registry.
func NewRegistry() *Registry { return &Registry{kinds: map[string]Kind{}} }

// Declare adds kinds of events. It panics on a second declaration of the same kind.
func (g *Registry) Declare(kinds ...Kind) {
	for _, k := range kinds {
		if _, twice := g.kinds[k.Name]; twice {
			panic("event declared twice: " + k.Name)
		}
		if said := k.Sentence; said != nil {
			k.Sentence = func(ctx context.Context, r Recorded) string {
				r.ActorName = r.By(ctx)
				return said(ctx, r)
			}
		}
		g.kinds[k.Name] = k
	}
}

// Subscribe adds a subscriber.
func (g *Registry) Subscribe(s Subscriber) { g.subscribers = append(g.subscribers, s) }

// Kind gives the description of a kind.
func (g *Registry) Kind(name string) (Kind, bool) { k, ok := g.kinds[name]; return k, ok }

// Kinds lists all kinds, for tests.
func (g *Registry) Kinds() map[string]Kind { return g.kinds }

// Subscribers lists all subscribers.
func (g *Registry) Subscribers() []Subscriber { return g.subscribers }

// For lists the names of those who want a kind.
func (g *Registry) For(kind string) []string {
	return g.names(func(s Subscriber) bool { return s.wants(kind) })
}

// receivers are the subscribers that one event is delivered to.
func (g *Registry) receivers(kind, subjectKind string) []string {
	return g.names(func(s Subscriber) bool { return s.wants(kind) && s.concerns(subjectKind) })
}

func (g *Registry) names(wanted func(Subscriber) bool) (names []string) {
	for _, s := range g.subscribers {
		if wanted(s) {
			names = append(names, s.Name)
		}
	}
	return names
}

func (s Subscriber) concerns(subjectKind string) bool { return s.About == nil || s.About(subjectKind) }

func (s Subscriber) wants(kind string) bool {
	for _, k := range s.Kinds {
		if k == kind {
			return true
		}
	}
	return len(s.Kinds) == 0
}
