package identity

import (
	"context"
	"strings"

	"lintel/internal/platform/i18n"
)

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
