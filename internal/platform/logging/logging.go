// Package logging makes the program's logger: slog, as JSON or text, with the request,
// organisation and person of the context on every line, and with secrets taken out.
//
// Security.md B15: no token, code, cookie or password is ever found in a log. So a value
// under a telling name is hidden whatever it is, links lose their token, and a value that
// is neither text, number, time nor error is written as the name of its type only.
package logging

import (
	"context"
	"io"
	"log/slog"
)

// New makes a logger that writes to w. format is "text" or "json", level one of debug, info,
// warn and error; anything else is json and info.
func New(w io.Writer, format, level string) *slog.Logger {
	options := &slog.HandlerOptions{Level: parseLevel(level), ReplaceAttr: redact}
	var lines slog.Handler = slog.NewJSONHandler(w, options)
	if format == "text" {
		lines = slog.NewTextHandler(w, options)
	}
	return slog.New(handler{lines})
}

func parseLevel(text string) slog.Level {
	var level slog.Level
	if err := level.UnmarshalText([]byte(text)); err != nil {
		return slog.LevelInfo
	}
	return level
}

type linesKey struct{}

// Who is whose work a log line belongs to; empty parts are left out.
type Who struct {
	Request      string // id of the HTTP request
	Job          string // id of the job
	Organisation string
	Person       string
}

// With puts more of Who into a context; parts that are empty keep what was known.
func With(ctx context.Context, who Who) context.Context {
	known := whoOf(ctx)
	who.Request = first(who.Request, known.Request)
	who.Job = first(who.Job, known.Job)
	who.Organisation = first(who.Organisation, known.Organisation)
	who.Person = first(who.Person, known.Person)
	return context.WithValue(ctx, linesKey{}, who)
}

// RequestID is the request's id in a context, for an error page.
func RequestID(ctx context.Context) string { return whoOf(ctx).Request }

func whoOf(ctx context.Context) Who {
	who, _ := ctx.Value(linesKey{}).(Who)
	return who
}

func first(text, otherwise string) string {
	if text != "" {
		return text
	}
	return otherwise
}

// handler adds the context's Who to each line.
type handler struct{ slog.Handler }

func (h handler) Handle(ctx context.Context, record slog.Record) error {
	if who := whoOf(ctx); who != (Who{}) {
		record = record.Clone()
		said := map[string]bool{}
		record.Attrs(func(a slog.Attr) bool { said[a.Key] = true; return true })
		for _, part := range []struct{ key, value string }{
			{"request", who.Request}, {"job", who.Job}, {"organisation", who.Organisation}, {"person", who.Person},
		} {
			if part.value != "" && !said[part.key] {
				record.AddAttrs(slog.String(part.key, part.value))
			}
		}
	}
	return h.Handler.Handle(ctx, record)
}

func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return handler{h.Handler.WithAttrs(attrs)}
}

func (h handler) WithGroup(name string) slog.Handler { return handler{h.Handler.WithGroup(name)} }
