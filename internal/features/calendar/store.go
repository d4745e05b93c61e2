package calendar

import (
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
)

var (
	feedByHash = guard.AcrossSQL("calendar feed by its address", `select f.org, f.id, f.person, f.kind, f.scope, o.slug, o.name, o.language, o.zone from calendar_feeds f join organisations o on o.id = f.org
		where f.token_hash = :hash and f.revoked_at is null`)
	ownFeed    = guard.SQL("own calendar feed", `select f.id, f.scope, f.created_at from calendar_feeds f where f.org = :org and f.person = :viewer and f.kind = :kind and f.revoked_at is null order by f.created_at desc limit 1`)
	addFeed    = guard.SQL("add an own calendar feed", `insert into calendar_feeds (org, id, person, kind, scope, token_hash, created_at) values (:org, :id, :viewer, :kind, :scope, :hash, :now)`)
	revokeFeed = guard.SQL("revoke own calendar feeds", `update calendar_feeds set revoked_at = :now where org = :org and person = :viewer and kind = :kind and revoked_at is null`)
)

// Feed is somebody's calendar feed, without its address.
type Feed struct {
	ID     string
	All    bool // of the office: every project, not only the own ones
	MadeAt time.Time
}

// scopes of a feed.
const (
	scopeMine = "mine"
	scopeAll  = "all"
)

// holder is whose feed an address opens, and in which firm.
type holder struct {
	org                  access.OrgID
	feed                 string
	person               access.PersonID
	kind                 access.Kind
	scope                string
	slug, name, language string
	zone                 string
}
