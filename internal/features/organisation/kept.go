package organisation

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/platform/web"
)

// ReaderHeader tells the worker on a phone whose page it is, and with "keep" behind the mark
// that a copy may stay for the time without a network (decision 15).
const ReaderHeader = "Lintel-Reader"

// readerMark tells one reader of this firm from another: a person as what they are here, as
// far as they may look. It is the same in each of their sessions, names nobody, and is empty
// for nobody.
func readerMark(actor access.Actor) string {
	if actor.Zero() {
		return ""
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{"reader", string(actor.Org()), string(actor.Person()), string(actor.Kind()), actor.Item(), string(actor.SeenBy())}, "\x00")))
	return hex.EncodeToString(sum[:10])
}

// keptBy names the reader of a page of the portal to the worker.
func keptBy(r *route.Request, reply web.Reply) web.Reply {
	mark := readerMark(r.Actor)
	if mark == "" {
		return reply
	}
	if r.Method == http.MethodGet && r.Actor.SeenBy() == "" && keepable(r.Organisation.Slug, r.URL.Path) {
		mark += " keep"
	}
	return reply.WithHeader(ReaderHeader, mark)
}

// keepable reports whether a copy of a page may stay on a phone: what a person reads at work
// or at home may, and what lets people in or shows a secret once may not.
func keepable(slug, path string) bool {
	within, ours := strings.CutPrefix(path, "/"+slug+"/")
	if !ours {
		return false
	}
	for _, never := range []string{"profile", "confirm", "portals", "office/settings", "office/look", "home/users", "desk/preferences", "field/preferences"} {
		if within == never || strings.HasPrefix(within, never+"/") {
			return false
		}
	}
	for _, act := range []string{"/sign", "/decline", "/changes"} {
		if strings.HasSuffix(within, act) {
			return false
		}
	}
	return true
}
