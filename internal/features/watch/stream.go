package watch

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/live"
)

// reader is whoever looks at one open page. Thousands of them wait at a time, so it holds little: what is needed to ask again
// who it is, and a goroutine with a small stack.
type reader struct {
	service  *Service
	cookies  string
	agent    string
	slug     string
	actor    access.Actor
	asked    []string
	seat     seat
	listener *live.Listener
}

func (d *reader) leave() {
	d.listener.Close()
	d.service.rise(d.seat)
}

// serve writes the stream. On HTTP/1 it takes the connection: what the server keeps for a request under way, its buffers and
// the stack of all who handled it, is several times what the stream needs.
func (d *reader) serve(ctx context.Context, w http.ResponseWriter) error {
	connection, _, err := http.NewResponseController(innermost(w)).Hijack()
	if err != nil { // HTTP/2 has one connection for many requests
		defer d.leave()
		d.run(ctx, stream{w, http.NewResponseController(w).Flush})
		return nil
	}
	head := bytes.NewBufferString("HTTP/1.1 200 OK\r\n")
	_ = w.Header().Write(head)
	head.WriteString("Connection: close\r\n\r\n")
	go d.own(connection, head.Bytes())
	return nil
}

// innermost is the server's own writer: those around it compress, count and set deadlines, and do not all let go of a connection.
func innermost(w http.ResponseWriter) http.ResponseWriter {
	for {
		outer, wraps := w.(interface{ Unwrap() http.ResponseWriter })
		if !wraps {
			return w
		}
		w = outer.Unwrap()
	}
}

// writeLimit is how long a connection may take to swallow one message.
const writeLimit = 30 * time.Second

// own streams on a connection of its own until either side ends it.
func (d *reader) own(connection net.Conn, head []byte) {
	defer d.leave()
	defer connection.Close()
	if connection.SetDeadline(time.Time{}) != nil {
		return
	}
	ctx, gone := context.WithCancel(context.Background())
	defer gone()
	go func() { // the browser has nothing more to say: what comes is the end
		var one [1]byte
		_, _ = connection.Read(one[:])
		gone()
	}()
	to := stream{connection, func() error { return connection.SetWriteDeadline(clock.System().Now().Add(writeLimit)) }}
	if to.flush() == nil && to.write(string(head)) {
		d.run(ctx, to)
	}
}

// run tells what changes until the page goes, the program ends or the reader may not hear it any more.
func (d *reader) run(ctx context.Context, to stream) {
	if !to.begin(d.listener.Take()) {
		return
	}
	beat := time.NewTicker(d.service.beat)
	defer beat.Stop()
	for alive := true; alive; {
		select {
		case <-ctx.Done():
			return
		case <-d.service.broker.Closing:
			return
		case <-d.listener.Woken:
			news := d.listener.Take()
			alive = (!slices.Contains(news.Topics, own(d.actor)) || d.stillMay(to)) && to.news(news)
		case <-beat.C:
			alive = d.stillMay(to) && to.write(":\n\n")
		}
	}
}

// stillMay asks again who the browser belongs to and what they may hear. The stack that it needs is given back with its
// goroutine.
func (d *reader) stillMay(to stream) bool {
	answer := make(chan bool)
	go func() {
		d.service.asking <- struct{}{}
		defer func() { <-d.service.asking }()
		answer <- d.lookUp()
	}()
	may := <-answer
	if !may {
		to.write("event: end\ndata:\n\n")
	}
	return may
}

func (d *reader) lookUp() bool {
	ctx := context.Background()
	request := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/" + d.slug + "/live"}, Header: http.Header{"Cookie": {d.cookies}, "User-Agent": {d.agent}}}
	actor, _, err := d.service.authenticate(ctx, request, d.slug)
	if err != nil || actor.Zero() || actor.Person() != d.actor.Person() || actor.Kind() != d.actor.Kind() || !actor.May(access.HomeRead) {
		return false
	}
	topics, err := d.service.heard(ctx, actor, d.asked)
	if err != nil {
		return false
	}
	d.actor = actor
	d.listener.Keep(topics)
	return true
}

// stream is the answer being written, as text/event-stream.
type stream struct {
	w     io.Writer
	flush func() error // sends what was written, and gives the next piece its time
}

// begin tells the browser how long to wait before it comes back, each a little differently: after a restart they should not
// all come at once.
func (s stream) begin(news live.News) bool {
	if !s.write(fmt.Sprintf("retry: %d\n\n", 800+rand.IntN(2400))) || (news.All || len(news.Topics) > 0) && !s.news(news) {
		return false
	}
	return s.write("id: " + news.Mark + "\nevent: mark\ndata:\n\n")
}

func (s stream) news(news live.News) bool {
	topics := strings.Join(news.Topics, " ")
	if news.All {
		topics = "*"
	}
	return s.write("id: " + news.Mark + "\ndata: " + topics + "\n\n")
}

func (s stream) write(text string) bool {
	_, err := io.WriteString(s.w, text)
	return err == nil && s.flush() == nil
}
