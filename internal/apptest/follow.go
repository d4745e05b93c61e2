package apptest

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"
)

// Stream is an open page that hears of changes.
type Stream struct {
	News   chan string // the topics of each message, and "end"
	Missed []string    // what was told at the beginning, since the mark
	Status int
	Ended  chan struct{} // closed when the portal has ended the stream
	Close  func()
	mark   string // what was told up to its beginning; a page that comes back names it
}

// begun stands in News, before the mark, when a stream has begun.
const begun = "*begun "

// patience is how long a test waits for what comes at once.
const patience = 5 * time.Second

// Follow opens the live stream of a firm for topics. after is the mark of an earlier stream, or empty.
func (c *Client) Follow(slug, after string, topics ...string) *Stream {
	c.portal.t.Helper()
	query := url.Values{"topic": topics}
	if after != "" {
		query.Set("after", after)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := httptest.NewRequest(http.MethodGet, BaseURL+"/"+slug+"/live?"+query.Encode(), nil).WithContext(ctx)
	for name, values := range c.Header {
		r.Header[name] = values
	}
	for _, cookie := range c.cookies() {
		r.AddCookie(cookie)
	}
	out, in := io.Pipe()
	w := &streamWriter{header: http.Header{}, in: in, begun: make(chan struct{})}
	s := &Stream{News: make(chan string, 64), Ended: make(chan struct{})}
	s.Close = func() { cancel(); <-s.Ended }
	go func() {
		c.portal.App.Handler.ServeHTTP(w, r)
		w.WriteHeader(http.StatusOK)
		in.Close()
		close(s.Ended)
	}()
	go s.read(out)
	<-w.begun
	s.Status = w.status
	c.portal.t.Cleanup(cancel)
	if s.Status == http.StatusOK {
		for news := range s.News { // from its mark on nothing is missed
			if mark, found := strings.CutPrefix(news, begun); found {
				s.mark = mark
				break
			}
			s.Missed = append(s.Missed, news)
		}
	}
	return s
}

func (s *Stream) read(out io.Reader) {
	lines, mark := bufio.NewScanner(out), ""
	for lines.Scan() {
		line := lines.Text()
		if id, found := strings.CutPrefix(line, "id: "); found {
			mark = id
		}
		if line == "event: mark" {
			s.News <- begun + mark
		}
		if line == "event: end" {
			s.News <- "end"
		}
		if topics, found := strings.CutPrefix(line, "data: "); found {
			s.News <- topics
		}
	}
	close(s.News)
}

// Hears waits for the next news and tells whether it names the topic.
func (s *Stream) Hears(topic string) bool {
	select {
	case news := <-s.News:
		return strings.Contains(" "+news+" ", " "+topic+" ")
	case <-time.After(patience):
		return false
	}
}

// Quiet reports whether nothing has been told; ask it after something that certainly was.
func (s *Stream) Quiet() bool {
	select {
	case news, open := <-s.News:
		return !open || news == ""
	default:
		return true
	}
}

// streamWriter is a connection whose bytes are read while they are written.
type streamWriter struct {
	header http.Header
	in     *io.PipeWriter
	begun  chan struct{}
	status int
}

func (w *streamWriter) Header() http.Header { return w.header }

func (w *streamWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
		close(w.begun)
	}
}

func (w *streamWriter) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.in.Write(b)
}

func (w *streamWriter) Flush() {}

// cut ends a live stream at its first flush, so that a walk over all routes comes back from it.
type cut struct {
	*httptest.ResponseRecorder
	end context.CancelFunc
}

func (w cut) Flush() {
	w.ResponseRecorder.Flush()
	if w.Header().Get("Content-Type") == "text/event-stream" {
		w.end()
	}
}
