//go:build linux

package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	_ "modernc.org/sqlite" // registers the driver "sqlite"

	"lintel/internal/platform/db"
	"lintel/internal/platform/pdf"
)

// limit is the plainest program that could do the work.
type limit struct {
	database *db.DB  // for what is written
	plain    *sql.DB // for Q: what anybody would take, with its statement prepared
	rows     *sql.Stmt
	folder   string
	fixed    []byte
	photo    []byte
	number   atomic.Int64

	alone     sync.Mutex
	mu        sync.Mutex
	listeners map[chan struct{}]struct{}
}

const limitRows = 100_000

func playLimit() error {
	j, err := readJob()
	if err != nil {
		return err
	}
	l := &limit{folder: j.Folder, fixed: bytes.Repeat([]byte("0123456789abcdef"), 20<<10/16), photo: photo(), listeners: map[chan struct{}]struct{}{}}
	if err := l.open(); err != nil {
		return err
	}
	defer l.database.Close()
	defer l.plain.Close()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /fixed", func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(l.fixed) })
	mux.HandleFunc("GET /q", answer(l.page))
	mux.HandleFunc("POST /wfull", answer(l.insert))
	mux.HandleFunc("POST /upload", answer(l.upload))
	mux.HandleFunc("POST /pdf", answer(l.pdf))
	mux.HandleFunc("GET /listen", l.listen)
	mux.HandleFunc("POST /tell", l.tell)
	return serveUntilEnd(j.Address, mux)
}

func answer(do func(w http.ResponseWriter, r *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := do(w, r); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	}
}

func serveUntilEnd(address string, handler http.Handler) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	go giveBackMemory()
	fmt.Println("ready")
	waitForEnd()
	return server.Close()
}

// giveBackMemory does when it is told what the real program does whenever it is quiet: what a burst left behind goes back to
// the system.
func giveBackMemory() {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGUSR1)
	for range asked {
		debug.FreeOSMemory()
	}
}

func (l *limit) open() (err error) {
	ctx := context.Background()
	if l.database, err = db.Open(ctx, "", l.folder); err != nil {
		return err
	}
	err = l.database.Write(ctx, "*", func(tx *db.Tx) error {
		return tx.Script(fmt.Sprintf(`create table rows (org text not null, id text not null, number text not null, name text not null, customer text not null,
				place text not null, stage text not null, lead text not null, total bigint not null, updated bigint not null, primary key (org, id));
			create index rows_recent on rows (org, updated, id);
			create table notes (id integer primary key, body text not null, at bigint not null);
			with recursive n(i) as (select 1 union all select i + 1 from n where i < %d)
			insert into rows select 'org' || (i %% 4), 'row' || i, 'J-' || i, 'Kitchen & ground-floor refit ' || i, 'Family <' || (i %% 977) || '>', (i %% 90) || ' Orchard Row, Elmsbury EL1 7RP', 'Contract', 'Jon Sato', i * 100, i from n`, limitRows))
	})
	if err != nil {
		return err
	}
	// Q is measured with database/sql and the driver that is registered with it, whatever Lintel reads with.
	if l.plain, err = sql.Open("sqlite", "file:"+filepath.Join(l.folder, "lintel.db")+"?_pragma=query_only(1)&_pragma=cache_size(-4096)"); err != nil {
		return err
	}
	l.rows, err = l.plain.Prepare("select id, number, name, customer, place, stage, lead, total, updated from rows where org = $1 order by updated desc, id desc limit 50")
	return err
}

// page is Q.
func (l *limit) page(w http.ResponseWriter, r *http.Request) error {
	var out bytes.Buffer
	out.WriteString("<!doctype html><html><head><title>Projects</title></head><body><table>")
	rows, err := l.rows.QueryContext(r.Context(), "org1")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, number, name, customer, place, stage, lead string
		var total, updated int64
		if err := rows.Scan(&id, &number, &name, &customer, &place, &stage, &lead, &total, &updated); err != nil {
			return err
		}
		fmt.Fprintf(&out, `<tr class="list-row"><td class="list-cell"><a class="list-link" href="/hartwell/office/projects/%s">%s</a></td><td class="list-cell">%s</td><td class="list-cell">%s</td><td class="list-cell list-muted">%s</td><td class="list-cell"><span class="badge badge-stage">%s</span></td><td class="list-cell">%s</td><td class="list-cell list-money">%d.%02d EUR</td><td class="list-cell">%s</td></tr>`,
			id, number, html.EscapeString(name), html.EscapeString(customer), html.EscapeString(place), html.EscapeString(stage), html.EscapeString(lead), total/100, total%100, time.Unix(updated, 0).UTC().Format(time.DateOnly))
	}
	if err := rows.Err(); err != nil {
		return err
	}
	out.WriteString("</table></body></html>")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err = w.Write(out.Bytes())
	return err
}

// insert is wfull: one row, durable with synchronous FULL before the answer.
func (l *limit) insert(w http.ResponseWriter, r *http.Request) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	l.alone.Lock() // a commit for each: what gathers several is ours, not the limit's
	defer l.alone.Unlock()
	return l.database.Write(r.Context(), "*", func(tx *db.Tx) error {
		_, err := tx.Exec("insert into notes (body, at) values ($1, $2)", string(body), time.Now().UnixMicro())
		return err
	})
}

// listen and tell are the plainest stream of events: a line to everybody.
func (l *limit) listen(w http.ResponseWriter, r *http.Request) {
	woken := make(chan struct{}, 1)
	l.mu.Lock()
	l.listeners[woken] = struct{}{}
	l.mu.Unlock()
	defer func() { l.mu.Lock(); delete(l.listeners, woken); l.mu.Unlock() }()
	w.Header().Set("Content-Type", "text/event-stream")
	control := http.NewResponseController(w)
	for text := ":\n\n"; ; text = "data: news\n\n" {
		if _, err := w.Write([]byte(text)); err != nil || control.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-woken:
		}
	}
}

func (l *limit) tell(w http.ResponseWriter, _ *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for woken := range l.listeners {
		select {
		case woken <- struct{}{}:
		default:
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

// upload streams to disk and syncs.
func (l *limit) upload(w http.ResponseWriter, r *http.Request) error {
	file, err := os.Create(l.next("upload"))
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	if _, err := io.CopyBuffer(struct{ io.Writer }{file}, r.Body, make([]byte, 256<<10)); err != nil {
		return err
	}
	return file.Sync()
}

func (l *limit) next(kind string) string {
	return filepath.Join(l.folder, fmt.Sprintf("%s-%d", kind, l.number.Add(1)))
}

// pdf is one page with a table and a picture, written and synced.
func (l *limit) pdf(w http.ResponseWriter, r *http.Request) error {
	d := pdf.New(pdf.Options{Title: "Gutter repair", Author: "Hartwell & Sons", Language: "en", At: time.Now(), Letterhead: pdf.Letterhead{Name: "Hartwell & Sons", Lines: []string{"14 Mill Lane"}}})
	d.Heading(1, "Gutter repair")
	d.Paragraph("Thank you for showing us the north side.")
	d.Image(l.photo, "North gutter", 60)
	rows := make([][]pdf.Cell, 5)
	for i := range rows {
		rows[i] = []pdf.Cell{{Text: "Take down the old gutter", Note: "Includes disposal."}, {Text: "2 pcs"}, {Text: "€185.00"}, {Text: "€370.00"}}
	}
	d.Table(pdf.Table{Columns: []pdf.Column{{Title: "Item", Width: 9}, {Title: "Quantity", Width: 2.2}, {Title: "Unit price", Width: 2.4}, {Title: "Amount", Width: 2.6}}, Groups: []pdf.Group{{Rows: rows}}})
	content, err := d.Bytes()
	if err != nil {
		return err
	}
	file, err := os.Create(l.next("pdf"))
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	if _, err := file.Write(content); err != nil {
		return err
	}
	return file.Sync()
}

// photo is a picture of the size that letters and proposals carry.
func photo() []byte {
	picture := image.NewRGBA(image.Rect(0, 0, 960, 640))
	for y := range 640 {
		for x := range 960 {
			picture.Set(x, y, color.RGBA{uint8(x / 4), uint8(y / 3), uint8((x + y) / 8), 255})
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, picture, &jpeg.Options{Quality: 85}); err != nil {
		panic(strings.Clone(err.Error()))
	}
	return out.Bytes()
}
