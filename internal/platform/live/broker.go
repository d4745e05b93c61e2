package live

import (
	"strconv"
	"strings"
	"sync"

	"lintel/internal/platform/id"
)

// Change says that a topic of a room has changed. A room is an organisation.
type Change struct {
	Room   string `json:"r"`
	Topic  string `json:"t"`
	Office bool   `json:"o,omitempty"` // only for listeners that hear everything
}

// kept is how many changes the broker remembers for pages that come back after a cut: a minute of a busy installation.
const kept = 8192

// Broker hands changes to listeners. It never blocks who publishes: a slow listener is told once what changed meanwhile.
type Broker struct {
	name  string // of this broker's life: a place of another one means nothing here
	mu    sync.Mutex
	place int64 // of the newest change
	ring  [kept]Change
	rooms map[string]map[string]map[*Listener]struct{} // room, topic
	count int

	outgoing chan Change   // to other processes; nil: there are none
	Closing  chan struct{} // closed when the program ends: streams end too, and their pages come back to the next one
	closing  sync.Once
}

// NewBroker makes a broker without listeners.
func NewBroker() *Broker {
	return &Broker{name: id.New()[18:], rooms: map[string]map[string]map[*Listener]struct{}{}, Closing: make(chan struct{})}
}

// Publish tells the listeners of each topic, here and in the other processes.
func (b *Broker) Publish(changes ...Change) {
	b.tell(changes)
	b.send(changes)
}

func (b *Broker) tell(changes []Change) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range changes {
		b.place++
		b.ring[b.place%kept] = c
		for l := range b.rooms[c.Room][c.Topic] {
			l.hear(c, b.place)
		}
	}
}

// Resync tells every listener that changes may have been missed: it refreshes all it shows.
func (b *Broker) Resync() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.place += kept // nobody's place from before is remembered any more
	b.ring = [kept]Change{}
	for _, topics := range b.rooms {
		for _, listeners := range topics {
			for l := range listeners {
				l.miss(b.place)
			}
		}
	}
}

// Mark is the place of the newest change: a page that is made from now on comes back with it and misses nothing.
func (b *Broker) Mark() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.mark(b.place)
}

func (b *Broker) mark(place int64) string { return b.name + "-" + strconv.FormatInt(place, 10) }

// Close ends all streams.
func (b *Broker) Close() { b.closing.Do(func() { close(b.Closing) }) }

// Listeners counts who listens now.
func (b *Broker) Listeners() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.count
}

// Listen starts to hear topics of a room. after is the mark of the last news that the page has seen, empty for a fresh one;
// when what came since is not remembered any more, the first news is that everything may have changed.
func (b *Broker) Listen(room string, topics []string, everything bool, after string) *Listener {
	l := &Listener{broker: b, room: room, topics: topics, everything: everything, Woken: make(chan struct{}, 1)}
	b.mu.Lock()
	defer b.mu.Unlock()
	l.place = b.place
	b.count++
	for _, topic := range topics {
		b.join(l, topic)
	}
	b.replay(l, after)
	return l
}

func (b *Broker) join(l *Listener, topic string) {
	if b.rooms[l.room] == nil {
		b.rooms[l.room] = map[string]map[*Listener]struct{}{}
	}
	if b.rooms[l.room][topic] == nil {
		b.rooms[l.room][topic] = map[*Listener]struct{}{}
	}
	b.rooms[l.room][topic][l] = struct{}{}
}

func (b *Broker) leave(l *Listener, topic string) {
	delete(b.rooms[l.room][topic], l)
	if len(b.rooms[l.room][topic]) == 0 {
		delete(b.rooms[l.room], topic)
	}
	if len(b.rooms[l.room]) == 0 {
		delete(b.rooms, l.room)
	}
}

// replay gives a listener that comes back what it has missed.
func (b *Broker) replay(l *Listener, after string) {
	if after == "" {
		return
	}
	name, number, _ := strings.Cut(after, "-")
	place, err := strconv.ParseInt(number, 10, 64)
	if err != nil || name != b.name || place < 0 || place > b.place || b.place-place >= kept {
		l.miss(b.place)
		return
	}
	for at := place + 1; at <= b.place; at++ {
		c := b.ring[at%kept]
		if c.Room == l.room && l.wants(c.Topic) {
			l.hear(c, at)
		}
	}
}

// Listener is one open page. Wait for Woken, then Take.
type Listener struct {
	// Woken has one value when there is news.
	Woken chan struct{}

	broker     *Broker
	room       string
	topics     []string
	everything bool // also what only the office is told
	place      int64
	changed    []string // topics, each once
	missed     bool
	closed     bool
}

// News is what a page is told.
type News struct {
	Mark   string   // where the page is now; it comes back with this
	Topics []string // that changed
	All    bool     // anything may have changed
}

func (l *Listener) wants(topic string) bool {
	for _, own := range l.topics {
		if own == topic {
			return true
		}
	}
	return false
}

// hear and miss are called with the broker's lock held.
func (l *Listener) hear(c Change, place int64) {
	l.place = place
	if c.Office && !l.everything {
		return
	}
	for _, known := range l.changed {
		if known == c.Topic {
			return
		}
	}
	l.changed = append(l.changed, c.Topic)
	l.wake()
}

func (l *Listener) miss(place int64) {
	l.place, l.missed = place, true
	l.wake()
}

func (l *Listener) wake() {
	select {
	case l.Woken <- struct{}{}:
	default:
	}
}

// Take gives what has changed since the last time.
func (l *Listener) Take() News {
	l.broker.mu.Lock()
	defer l.broker.mu.Unlock()
	news := News{Mark: l.broker.mark(l.place), Topics: l.changed, All: l.missed}
	l.changed, l.missed = nil, false
	return news
}

// Keep goes on with these of its topics only.
func (l *Listener) Keep(topics []string) {
	l.broker.mu.Lock()
	defer l.broker.mu.Unlock()
	for _, old := range l.topics {
		l.broker.leave(l, old)
	}
	l.topics = topics
	for _, topic := range topics {
		l.broker.join(l, topic)
	}
}

// Close ends listening. A second time does nothing.
func (l *Listener) Close() {
	l.broker.mu.Lock()
	defer l.broker.mu.Unlock()
	if l.closed {
		return
	}
	l.closed = true
	l.broker.count--
	for _, topic := range l.topics {
		l.broker.leave(l, topic)
	}
}
