package identity

import (
	"context"
	"strings"
	"time"

	"lintel/internal/platform/i18n"
)

// Device names the browser of the session in words.
func (s Session) Device(ctx context.Context) string { return browserName(ctx, s.Agent) }

// Device names the browser in words.
func (b Browser) Device(ctx context.Context) string { return browserName(ctx, b.Agent) }

// browserName makes "Chrome, Android" of a User-Agent, for lists that people read.
func browserName(ctx context.Context, agent string) string {
	name := firstIn(agent, [][2]string{{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"},
		{"Chrome/", "Chrome"}, {"Safari/", "Safari"}})
	system := firstIn(agent, [][2]string{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Mac OS X", "Mac"}, {"Linux", "Linux"}})
	switch {
	case name == "" && system == "":
		return i18n.T(ctx, "A browser")
	case name == "" || system == "":
		return name + system
	}
	return name + ", " + system
}

func firstIn(text string, marks [][2]string) string {
	for _, mark := range marks {
		if strings.Contains(text, mark[0]) {
			return mark[1]
		}
	}
	return ""
}

func linkTitle(ctx context.Context, p LiveLinksProps, l Link) string {
	switch {
	case l.Purpose == ForPortal:
		return i18n.T(ctx, "Portal invitation")
	case p.Title != nil:
		return p.Title(l)
	}
	return i18n.T(ctx, "Document link")
}

// openedWords says how often a link was continued with.
func openedWords(ctx context.Context, l Link) string {
	if l.EnteredFor == 0 {
		return i18n.T(ctx, "not opened")
	}
	return i18n.N(ctx, l.EnteredFor, "opened once", "opened {n} times")
}

// endWords says how long a link works, or that it does not.
func endWords(ctx context.Context, l Link, now time.Time) string {
	switch {
	case !l.RevokedAt.IsZero():
		return i18n.T(ctx, "revoked {date}", "date", i18n.DateShort(ctx, l.RevokedAt))
	case !l.Live(now):
		return i18n.T(ctx, "ended {date}", "date", i18n.DateShort(ctx, l.EndsAt))
	}
	return i18n.T(ctx, "ends {date}", "date", i18n.DateShort(ctx, l.EndsAt))
}
