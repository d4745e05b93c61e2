package feed

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
	"lintel/internal/features/file"
	"lintel/internal/features/message"
)

const (
	pageItems = 15  // of a part of the feed
	mostItems = 100 // of a feed that somebody has long open, and that is drawn anew
)

// windows are how many events are looked at, one after the other, until a page is full.
var windows = []int{60, 400, 2000}

// Service reads feeds.
type Service struct {
	store    *guard.Store
	messages *message.Service
	files    *file.Service
	kinds    func() map[string]event.Kind
}

// New makes the service. kinds describes all events.
func New(store *guard.Store, messages *message.Service, files *file.Service, kinds func() map[string]event.Kind) *Service {
	return &Service{store: store, messages: messages, files: files, kinds: kinds}
}

// Part says which part of a project's feed is wanted.
type Part struct {
	Project string
	Show    Show
	Before  int64 // only what lies below this place; 0: from the newest on
	Since   int64 // everything down to this place, as far as the feed was shown; 0: a page
}

// shown is a part of a feed with what stands around it on a page.
type shown struct {
	part  Part
	page  Page
	field message.ConversationProps // the field for a message, on the page alone
	url   string                    // of the page that shows the feed
}

// read loads a part of the feed; withField also the field on top of it. NotFound for a project
// that the actor does not see.
func (s *Service) read(r *route.Request, part Part, withField bool) (v shown, err error) {
	err = s.store.View(r.Context(), r.Actor, access.ProjectsRead, func(tx *guard.Tx) error {
		t, err := s.messages.ThreadOf(tx, "project", part.Project)
		if err != nil {
			return err
		}
		v = shown{part: part, url: t.OfficeURL}
		if r.Actor.Kind() == access.Customer {
			v.url = t.CustomerURL
		}
		if v.page, err = s.load(tx, message.ViewOf(tx, r), part); err != nil {
			return err
		}
		v.field.ReadOnly = true
		if withField && tx.May(access.MessagesRead) {
			v.field, err = s.messages.FieldIn(tx, r, t)
		}
		return err
	})
	return v, err
}

// Page gives a part of a project's feed. Staff, and customers who see the project.
func (s *Service) Page(ctx context.Context, actor access.Actor, view message.View, part Part) (page Page, err error) {
	err = s.store.View(ctx, actor, access.ProjectsRead, func(tx *guard.Tx) error {
		if _, err := s.messages.ThreadOf(tx, "project", part.Project); err != nil {
			return err
		}
		page, err = s.load(tx, view, part)
		return err
	})
	return page, err
}

func (s *Service) load(tx *guard.Tx, view message.View, part Part) (page Page, err error) {
	wanted := pageItems
	c := cursor{project: part.Project, before: newest, since: part.Since, kinds: s.visible(tx.Actor(), part.Show)}
	if part.Before > 0 {
		c.before = part.Before
	}
	if part.Since > 0 {
		wanted = mostItems
	}
	end := false
	for round := 0; !end && len(page.Items) < wanted && round < len(windows)+2; round++ {
		var events []event.Recorded
		window := windows[min(round, len(windows)-1)]
		if events, end, err = c.load(tx, max(window, wanted), wanted-len(page.Items)); err != nil {
			return page, fmt.Errorf("load the feed: %w", err)
		}
		items, err := s.items(tx, view, events)
		if err != nil {
			return page, err
		}
		page.Items = joined(append(page.Items, items...))
	}
	if !end {
		page.Older = c.before
	}
	return page, nil
}

// visible lists the kinds of events that an actor may see in a feed.
func (s *Service) visible(actor access.Actor, show Show) (kinds []string) {
	staff := actor.Kind() == access.Staff
	for name, kind := range s.kinds() {
		if show.holds(name) && (kind.Visibility == event.WithPortal || staff && kind.Visibility == event.OfficeOnly) {
			kinds = append(kinds, name)
		}
	}
	slices.Sort(kinds)
	return kinds
}

// told is what the feed reads of events: the message or the file that they brought.
type told struct {
	Message string          `json:"message"`
	Parent  string          `json:"parent"`
	File    json.RawMessage `json:"file"`
	Files   json.RawMessage `json:"files"`
}

// files are the ids of the files that an event names; a number of files is none.
func (t told) files() (ids []string) {
	var one string
	if json.Unmarshal(t.File, &one) == nil && one != "" {
		ids = append(ids, one)
	}
	var several []string
	if json.Unmarshal(t.Files, &several) == nil {
		ids = append(ids, several...)
	}
	return ids
}

// items makes of events what is shown: a conversation stands where somebody has written in it
// last, so of all its messages one remains.
func (s *Service) items(tx *guard.Tx, view message.View, events []event.Recorded) (items []Item, err error) {
	said := make([]told, len(events))
	var roots, fileIDs []string
	for i, e := range events {
		_ = e.Read(&said[i]) // one whose content was erased reads empty
		if root := said[i].root(e); root != "" && !slices.Contains(roots, root) {
			roots = append(roots, root)
		}
		fileIDs = append(fileIDs, said[i].files()...)
	}
	talks, err := s.talks(tx, view, roots)
	if err != nil {
		return nil, err
	}
	files, err := s.byID(tx, fileIDs)
	if err != nil {
		return nil, err
	}
	for i, e := range events {
		item := Item{Recorded: e, Kind: s.kinds()[e.Kind]}
		if root := said[i].root(e); root != "" {
			talk, seen := talks[root]
			if !seen || talk.Talk.Last().ID != said[i].Message {
				continue
			}
			item.Talk = &talk
		} else {
			ids := said[i].files()
			item.Count = len(ids)
			for _, id := range ids {
				if f, seen := files[id]; seen {
					item.Files = append(item.Files, f)
				}
			}
		}
		items = append(items, item)
	}
	return items, nil
}

// root is the message that the conversation of an event began with; empty for what is none.
func (t told) root(e event.Recorded) string {
	if ModuleOf(e.Kind) != access.Messages {
		return ""
	}
	if t.Parent != "" {
		return t.Parent
	}
	return t.Message
}

func (s *Service) talks(tx *guard.Tx, view message.View, roots []string) (map[string]message.TalkProps, error) {
	out := map[string]message.TalkProps{}
	if len(roots) == 0 || !tx.May(access.MessagesRead) {
		return out, nil
	}
	cards, err := s.messages.Cards(tx, view, roots)
	for _, card := range cards {
		out[card.Talk.Root.ID] = card
	}
	return out, err
}

func (s *Service) byID(tx *guard.Tx, ids []string) (map[string]file.File, error) {
	out := map[string]file.File{}
	if len(ids) == 0 || !tx.May(access.FilesRead) {
		return out, nil
	}
	files, err := s.files.ByIDs(tx, ids)
	for _, f := range files {
		out[f.ID] = f
	}
	return out, err
}
