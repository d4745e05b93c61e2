package web

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
)

// StrictHeads gives a listener that refuses requests whose head a proxy in front and this server could cut at different
// places: with a line that ends in a line feed alone, or that goes on in the next one. net/http takes both, as it may
// (RFC 9112, 2.2 and 5.2), and answers 400 to what a connection refuses (H05). It is for plain HTTP, where such a proxy can
// be; who comes by TLS to this server itself has met no other parser.
func StrictHeads(listener net.Listener) net.Listener { return strictListener{listener} }

type strictListener struct{ net.Listener }

func (l strictListener) Accept() (net.Conn, error) {
	connection, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &strictConnection{Conn: connection}, nil
}

// strictConnection looks at the heads of the requests that come in on it.
type strictConnection struct {
	net.Conn
	requests requestReader
	refused  error
}

func (c *strictConnection) Read(p []byte) (int, error) {
	if c.refused != nil {
		return 0, c.refused
	}
	n, err := c.Conn.Read(p)
	if c.refused = c.requests.read(p[:n]); c.refused != nil {
		return 0, c.refused
	}
	return n, err
}

// ReadFrom lets the system send files by itself.
func (c *strictConnection) ReadFrom(r io.Reader) (int64, error) { return io.Copy(c.Conn, r) }

// CloseWrite lets an answer arrive although the request was not read to its end.
func (c *strictConnection) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

var (
	errBareLineFeed = errors.New("a line of a request ends with a line feed alone")
	errFoldedLine   = errors.New("a line of a request goes on in the next one")
	errLongLength   = errors.New("the length of a request is written in too many characters")
)

// keptOfLine is how much of a line is looked at: enough for the name of a field and a length.
const keptOfLine = 64

// requestReader follows a connection through heads and bodies. A body is as long as Content-Length says: bodies in chunks are
// refused, and the connection ends with them (oneLength).
type requestReader struct {
	line  []byte // the beginning of the line, keptOfLine bytes at most
	size  int    // of the line so far
	last  byte   // before what comes
	lines int    // of the head so far
	body  int64  // bytes of it that are still to come
	next  int64  // the body that follows the head
}

func (r *requestReader) read(p []byte) error {
	for len(p) > 0 {
		if r.body > 0 {
			passed := min(r.body, int64(len(p)))
			r.body -= passed
			p = p[passed:]
			continue
		}
		end := bytes.IndexByte(p, '\n')
		if end < 0 {
			r.add(p)
			return nil
		}
		r.add(p[:end])
		if err := r.endLine(); err != nil {
			return err
		}
		p = p[end+1:]
	}
	return nil
}

func (r *requestReader) add(piece []byte) {
	if len(piece) == 0 {
		return
	}
	r.line = append(r.line, piece[:min(len(piece), keptOfLine-len(r.line))]...)
	r.size += len(piece)
	r.last = piece[len(piece)-1]
}

func (r *requestReader) endLine() error {
	if r.size == 0 || r.last != '\r' {
		return errBareLineFeed
	}
	whole := r.size <= keptOfLine
	line := r.line
	if whole {
		line = line[:len(line)-1]
	}
	defer func() { r.line, r.size, r.last = r.line[:0], 0, 0 }()
	if len(line) == 0 {
		r.endHead()
		return nil
	}
	if r.lines++; r.lines == 1 {
		return nil
	}
	if line[0] == ' ' || line[0] == '\t' {
		return errFoldedLine
	}
	name, value, _ := strings.Cut(string(line), ":")
	if !strings.EqualFold(name, "Content-Length") {
		return nil
	}
	if !whole {
		return errLongLength
	}
	// What is no number, or another one than before, is refused by net/http, which reads nothing behind it.
	r.next, _ = strconv.ParseInt(strings.Trim(value, " \t"), 10, 64)
	return nil
}

func (r *requestReader) endHead() {
	if r.lines > 0 {
		r.body = max(0, r.next)
	}
	r.lines, r.next = 0, 0
}
