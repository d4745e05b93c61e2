package watch

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/live"
)

// Allowed answers nil when the transaction's actor may hear of a thing; NotFound otherwise.
type Allowed func(tx *guard.Tx, id string) error

// Authenticate finds who a request's cookies belong to, as on every page.
type Authenticate func(ctx context.Context, r *http.Request, slug string) (access.Actor, access.Organisation, error)

// Service decides who hears what.
type Service struct {
	store        *guard.Store
	broker       *live.Broker
	authenticate Authenticate
	allowed      map[string]Allowed
	beat         time.Duration
	asking       chan struct{} // how many readers are looked up at a time

	mu   sync.Mutex
	open map[seat]int // streams of one person from one address
}

// seat is who sits where.
type seat struct{ person, address string }

// mostTopics is how many topics one page may name.
const mostTopics = 24

// mostOpen is how many streams one person may have from one address at a time: more than anybody has pages in sight, and too few
// to take all connections from everybody else.
const mostOpen = 100

// New makes the service and lets it hear what transactions announce.
func New(store *guard.Store, broker *live.Broker, authenticate Authenticate) *Service {
	s := &Service{store: store, broker: broker, authenticate: authenticate, allowed: map[string]Allowed{}, beat: 25 * time.Second, asking: make(chan struct{}, 8), open: map[seat]int{}}
	store.OnCommit(s.publish)
	return s
}

// Allow tells who may hear of things of a kind. app calls it while the program is put together; a kind that is not allowed is
// heard by nobody.
func (s *Service) Allow(kind string, may Allowed) {
	if s.allowed[kind] != nil {
		panic("two rules for live updates of kind " + kind)
	}
	s.allowed[kind] = may
}

func (s *Service) publish(hints []guard.Hint) {
	changes := make([]live.Change, len(hints))
	for i, h := range hints {
		changes[i] = live.Change{Room: string(h.Org), Topic: h.Topic, Office: h.Office && !strings.HasPrefix(h.Topic, personal)}
	}
	s.broker.Publish(changes...)
}

// personal begins the topic of a person: their inbox, and their rights. Everybody hears their own.
const personal = "person:"

func own(actor access.Actor) string { return personal + string(actor.Person()) }

// heard gives those of the topics that the actor may hear, and their own.
func (s *Service) heard(ctx context.Context, actor access.Actor, asked []string) (topics []string, err error) {
	topics = []string{own(actor)}
	if len(asked) == 0 {
		return topics, nil
	}
	err = s.store.View(ctx, actor, access.HomeRead, func(tx *guard.Tx) error {
		topics = topics[:1]
		for _, topic := range asked {
			ok, err := s.may(tx, topic)
			if err != nil {
				return err
			}
			if ok {
				topics = append(topics, topic)
			}
		}
		return nil
	})
	return topics, err
}

func (s *Service) may(tx *guard.Tx, topic string) (bool, error) {
	kind, id, _ := strings.Cut(topic, ":")
	check := s.allowed[kind]
	if check == nil || id == "" {
		return false, nil
	}
	err := check(tx, id)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Denied) {
		return false, nil
	}
	return err == nil, err
}

// sit counts one more stream of a seat; false when there are enough.
func (s *Service) sit(at seat) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[at] >= mostOpen {
		return false
	}
	s.open[at]++
	return true
}

func (s *Service) rise(at seat) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[at]--; s.open[at] <= 0 {
		delete(s.open, at)
	}
}

// Open counts the pages that are connected now.
func (s *Service) Open() int { return s.broker.Listeners() }
