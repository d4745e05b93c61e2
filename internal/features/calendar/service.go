package calendar

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/features/schedule"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/id"
	"lintel/internal/platform/secret"
)

// Service makes feeds and answers calendar programs.
type Service struct {
	store    *guard.Store
	identity *identity.Service
	baseURL  string // without a slash at its end
	host     string
}

// New makes the service. baseURL is the configured address of the portal.
func New(store *guard.Store, people *identity.Service, baseURL, host string) *Service {
	return &Service{store: store, identity: people, baseURL: strings.TrimSuffix(baseURL, "/"), host: host}
}

// Own gives the actor's feed; ok is false when there is none.
func (s *Service) Own(ctx context.Context, actor access.Actor) (f Feed, ok bool, err error) {
	err = s.store.View(ctx, actor, access.ScheduleRead, func(tx *guard.Tx) error {
		scope := ""
		err := tx.One(ownFeed, guard.Args{"kind": string(actor.Kind())}, &f.ID, &scope, &f.MadeAt)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		f.All, ok = scope == scopeAll, err == nil
		return err
	})
	return f, ok, err
}

// Make gives the actor a feed with a new secret address, which is told here and never
// again. The one before opens nothing from then on. all is for the office: every project.
// It lasts longer than a link does, so whoever came by one proves first that the mailbox is theirs: CodeNeeded. Denied for who
// is here by a link to one document: the feed would show more (B21).
func (s *Service) Make(ctx context.Context, actor access.Actor, all bool) (address string, err error) {
	if actor.Item() != "" {
		return "", fault.New(fault.Denied, "This link opens one document and nothing that lasts longer. Please open the portal by your own account.")
	}
	token, scope := secret.Token(), scopeMine
	if all && actor.Kind() == access.Staff {
		scope = scopeAll
	}
	err = s.store.Change(ctx, actor, access.ScheduleRead, func(tx *guard.Tx) error {
		if err := identity.RequireConfirmed(tx); err != nil {
			return err
		}
		if _, err := tx.Exec(revokeFeed, guard.Args{"kind": string(actor.Kind())}); err != nil {
			return fmt.Errorf("end the feed before: %w", err)
		}
		if _, err := tx.Exec(addFeed, guard.Args{"id": id.New(), "kind": string(actor.Kind()), "scope": scope, "hash": secret.Hash(token)}); err != nil {
			return fmt.Errorf("add a feed: %w", err)
		}
		return tx.Record(Made{Person: actor.Person()})
	})
	return s.baseURL + "/calendar/" + token + ending, err
}

// Revoke ends the actor's feed: its address opens nothing any more.
func (s *Service) Revoke(ctx context.Context, actor access.Actor) error {
	return s.store.Change(ctx, actor, access.ScheduleRead, func(tx *guard.Tx) error {
		ended, err := tx.Exec(revokeFeed, guard.Args{"kind": string(actor.Kind())})
		if err != nil {
			return fmt.Errorf("end a feed: %w", err)
		}
		if ended == 0 {
			return nil
		}
		return tx.Record(Revoked{Person: actor.Person()})
	})
}

const (
	ending = ".ics"
	// back is how far a feed reaches into the past, in days.
	back = 60
	// most entries of a feed.
	most = 2000
)

// Read gives the calendar behind a secret address. NotFound for an address that opens
// nothing. Who has lost their access meanwhile reads an empty calendar, so that programs
// take out what they showed (A13).
func (s *Service) Read(ctx context.Context, name string) ([]byte, error) {
	token, named := strings.CutSuffix(name, ending)
	if !named || token == "" {
		return nil, nothing()
	}
	var h holder
	err := s.store.Across(ctx, "calendar: whose feed an address opens", func(tx *guard.AcrossTx) error {
		return tx.One(feedByHash, guard.Args{"hash": secret.Hash(token)}, &h.org, &h.feed, &h.person, &h.kind, &h.scope, &h.slug, &h.name, &h.language, &h.zone)
	})
	if fault.Is(err, fault.NotFound) {
		return nil, nothing()
	}
	if err != nil {
		return nil, fmt.Errorf("find a calendar feed: %w", err)
	}
	list, err := s.entries(ctx, h)
	if err != nil {
		return nil, err
	}
	return write(h.name, s.host, s.store.Now(), list), nil
}

func nothing() error { return fault.New(fault.NotFound, "There is no calendar at this address.") }

// entries are what the holder sees now.
func (s *Service) entries(ctx context.Context, h holder) (list []occasion, err error) {
	actor, err := s.identity.ByFeed(ctx, h.org, h.person, h.kind, h.feed)
	if fault.Is(err, fault.NotFound) || err == nil && !actor.May(access.ScheduleRead) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	zone := zoneOf(actor, h)
	ctx = i18n.WithReader(ctx, i18n.Reader{Language: cmp.Or(actor.Language(), h.language), Zone: zone, Now: s.store.Now()})
	err = s.store.View(ctx, actor, access.ScheduleRead, func(tx *guard.Tx) error {
		from := schedule.DayOf(tx.Now().In(zone)).Add(-back)
		entries, err := schedule.Upcoming(tx, from, h.scope != scopeAll, most)
		list = list[:0]
		for _, e := range entries {
			list = append(list, s.occasion(ctx, h, e))
		}
		return err
	})
	return list, err
}

func zoneOf(actor access.Actor, h holder) *time.Location {
	if actor.Zone() != nil {
		return actor.Zone()
	}
	return clock.ZoneOrUTC(h.zone)
}

// occasion is a published task as its holder's calendar shows it.
func (s *Service) occasion(ctx context.Context, h holder, e schedule.Entry) occasion {
	o := occasion{uid: e.ID, sequence: e.Revision, starts: string(e.Starts), ends: string(e.Ends), summary: e.Name + " · " + e.ProjectName, url: s.baseURL + schedule.OfficeURL(h.slug, e.Project)}
	if h.kind == access.Customer {
		o.url = s.baseURL + schedule.CustomerURL(h.slug, e.Project)
	}
	switch {
	case e.Own && e.Done():
		o.summary = i18n.T(ctx, "Done: {task}", "task", o.summary)
	case e.Own && h.kind == access.Customer:
		o.summary = i18n.T(ctx, "For you to do: {task}", "task", o.summary)
	case e.Kind == schedule.Milestone:
		o.summary = "◆ " + o.summary
	}
	lines := []string{}
	if e.Who != "" {
		lines = append(lines, e.Who)
	}
	if e.Note != "" {
		lines = append(lines, e.Note)
	}
	o.description = strings.Join(lines, "\n")
	return o
}
