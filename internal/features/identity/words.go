package identity

import (
	"context"
	"strings"

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
