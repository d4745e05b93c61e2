package cli

import (
	"io"
	"net/http"
	"time"
)

const (
	// stall is how long a connection may stand still in the middle of a request or answer.
	stall = time.Minute
	// slowest is the fewest bytes a second at which a body may arrive, after the first
	// stall; a telephone at the edge of a cell is faster.
	slowest = 1 << 10
)

// paced cuts off whoever holds a request open without moving bytes, however long requests
// and answers may be otherwise. most is how long nothing may move.
func paced(next http.Handler, most time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pace := &pace{control: http.NewResponseController(w), began: time.Now(), most: most}
		// What an earlier request on this connection left behind must not end this one.
		_ = pace.control.SetWriteDeadline(time.Time{})
		if r.Body != nil && r.Body != http.NoBody {
			r.Body = &pacedBody{r.Body, pace}
		}
		next.ServeHTTP(&pacedWriter{w, pace}, r)
	})
}

type pace struct {
	control  *http.ResponseController
	began    time.Time
	most     time.Duration
	received int64
}

// readBy is until when the next bytes must have come.
func (p *pace) readBy(now time.Time) time.Time {
	idle, average := now.Add(p.most), p.began.Add(p.most+time.Duration(p.received/slowest)*time.Second)
	if average.Before(idle) {
		return average
	}
	return idle
}

type pacedBody struct {
	io.ReadCloser
	pace *pace
}

func (b *pacedBody) Read(into []byte) (int, error) {
	_ = b.pace.control.SetReadDeadline(b.pace.readBy(time.Now()))
	n, err := b.ReadCloser.Read(into)
	b.pace.received += int64(n)
	return n, err
}

// pacedWriter gives each piece of the answer its time.
type pacedWriter struct {
	http.ResponseWriter
	pace *pace
}

func (w *pacedWriter) allow() { _ = w.pace.control.SetWriteDeadline(time.Now().Add(w.pace.most)) }

func (w *pacedWriter) WriteHeader(status int) {
	w.allow()
	w.ResponseWriter.WriteHeader(status)
}

func (w *pacedWriter) Write(piece []byte) (int, error) {
	w.allow()
	return w.ResponseWriter.Write(piece)
}

// Flush sends what is buffered, for live pages.
func (w *pacedWriter) Flush() {
	w.allow()
	_ = w.pace.control.Flush()
}

// Unwrap lets http.ResponseController reach the connection.
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
