// Package mailbox shows the mails of the demo at /dev/mail, each as its reader sees it,
// with links that work. Only the demo command serves it; it knows no secrets of its own,
// but everybody's mail is in it.
package mailbox

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/mail"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// Path is where the mailbox is.
const Path = "/dev/mail"

//go:embed mailbox.css fit.js
var assets embed.FS

// box reads messages from the folder and remembers their envelopes, which never change.
type box struct {
	folder *mail.Folder
	mu     sync.Mutex
	known  map[int]envelope
}

// envelope is a message in the list.
type envelope struct {
	number      int
	from, to    string
	subject     string
	at          time.Time
	attachments int
}

// Handler serves the mailbox under Path.
func Handler(folder *mail.Folder, base *url.URL, log *slog.Logger) http.Handler {
	b := &box{folder: folder, known: map[int]envelope{}}
	open := access.Anyone("the demo's own mailbox: everybody there is made up")
	table := &route.Table{}
	table.Get(Path, open, b.list)
	table.Get(Path+"/mailbox.css", open, asset("mailbox.css", "text/css; charset=utf-8"))
	table.Get(Path+"/fit.js", open, asset("fit.js", "text/javascript; charset=utf-8"))
	table.Get(Path+"/{number}", open, b.show)
	table.Get(Path+"/{number}/html", open, b.html)
	table.Get(Path+"/{number}/eml", open, b.raw)
	table.Get(Path+"/{number}/attachments/{part}", open, b.attachment)
	outer := web.Outer{BaseURL: base, AnyHost: true, Log: log}
	return outer.Wrap(table.Handler(route.Edge{Reader: reader, Trouble: trouble, Address: outer.ClientAddress, Log: log,
		SignIn: func(*route.Request) string { return Path }}))
}

// reader has no firm: the mailbox speaks English.
func reader(ctx context.Context, _ *route.Request) context.Context {
	ctx = i18n.WithReader(ctx, i18n.Reader{Language: "en", Zone: time.Local})
	return ui.WithWords(ctx, ui.TranslateWords(func(english string) string { return english }))
}

func trouble(r *route.Request, f *fault.Fault, _ int) web.Reply {
	return web.Page(page(look(r, "Mailbox"), notice(f.Message)))
}

func look(r *route.Request, title string) ui.HeadProps {
	head := ui.HeadProps{Title: title, Language: "en", ThemeURL: Path + "/mailbox.css", Face: ui.Office}
	if cookie, err := r.Cookie("theme"); err == nil && (cookie.Value == "light" || cookie.Value == "dark") {
		head.ColorTheme = cookie.Value
	}
	return head
}

func (b *box) list(r *route.Request) (web.Reply, error) {
	envelopes, err := b.envelopes()
	if err != nil {
		return web.Reply{}, err
	}
	return web.Page(page(look(r, "Mailbox"), listing(envelopes, b.folder.Path()))), nil
}

// envelopes lists all messages, the newest first.
func (b *box) envelopes() ([]envelope, error) {
	numbers, err := b.folder.List()
	if err != nil {
		return nil, err
	}
	all := make([]envelope, 0, len(numbers))
	for _, number := range numbers {
		e, err := b.envelope(number)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	slices.SortStableFunc(all, func(one, other envelope) int {
		return cmp.Or(other.at.Compare(one.at), cmp.Compare(other.number, one.number))
	})
	return all, nil
}

func (b *box) envelope(number int) (envelope, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e, known := b.known[number]; known {
		return e, nil
	}
	_, parsed, err := b.read(number)
	if err != nil {
		return envelope{}, err
	}
	e := envelope{number, parsed.From, parsed.To, parsed.Subject, parsed.Date, len(parsed.Attachments)}
	b.known[number] = e
	return e, nil
}

func (b *box) read(number int) (raw []byte, parsed mail.Parsed, err error) {
	if raw, err = b.folder.Read(number); err != nil {
		return nil, parsed, fault.Wrap(fault.NotFound, "There is no such message.", err)
	}
	parsed, err = mail.Parse(raw)
	return raw, parsed, err
}

func (b *box) asked(r *route.Request) (number int, raw []byte, parsed mail.Parsed, err error) {
	if number, err = strconv.Atoi(r.PathValue("number")); err != nil {
		return 0, nil, parsed, fault.New(fault.NotFound, "There is no such message.")
	}
	raw, parsed, err = b.read(number)
	return number, raw, parsed, err
}

func (b *box) show(r *route.Request) (web.Reply, error) {
	number, _, parsed, err := b.asked(r)
	if err != nil {
		return web.Reply{}, err
	}
	return web.Page(page(look(r, parsed.Subject), message(number, parsed, r.URL.Query().Get("as")))), nil
}

// html is the message's own page. It is a document of its own in a sandboxed frame: it may
// use the inline styles that mails need, and nothing in it can run. Its links lead out of
// the frame.
func (b *box) html(r *route.Request) (web.Reply, error) {
	_, _, parsed, err := b.asked(r)
	if err != nil {
		return web.Reply{}, err
	}
	if parsed.HTML == "" {
		return web.Reply{}, fault.New(fault.NotFound, "This message has no HTML.")
	}
	shown := strings.Replace(parsed.HTML, "<head>", `<head><base target="_top">`, 1)
	return content([]byte(shown), "text/html; charset=utf-8", "", true).WithHeader("X-Frame-Options", "SAMEORIGIN"), nil
}

func (b *box) raw(r *route.Request) (web.Reply, error) {
	number, raw, _, err := b.asked(r)
	if err != nil {
		return web.Reply{}, err
	}
	return content(raw, "message/rfc822", fmt.Sprintf("%06d.eml", number), false), nil
}

func (b *box) attachment(r *route.Request) (web.Reply, error) {
	_, _, parsed, err := b.asked(r)
	if err != nil {
		return web.Reply{}, err
	}
	part, err := strconv.Atoi(r.PathValue("part"))
	if err != nil || part < 0 || part >= len(parsed.Attachments) {
		return web.Reply{}, fault.New(fault.NotFound, "There is no such attachment.")
	}
	found := parsed.Attachments[part]
	return content(found.Bytes, found.ContentType, found.Name, false), nil
}

func asset(name, mediaType string) route.Handler {
	return func(*route.Request) (web.Reply, error) {
		raw, err := assets.ReadFile(name)
		return content(raw, mediaType, "", true), err
	}
}

type memory struct{ *bytes.Reader }

// Close implements io.Closer.
func (memory) Close() error { return nil }

func content(raw []byte, mediaType, name string, inline bool) web.Reply {
	return web.Reply{Content: memory{bytes.NewReader(raw)}, MediaType: mediaType, FileName: name, Inline: inline}
}
