package notify

import (
	"cmp"
	"context"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/features/outbox"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
)

// sendTo makes mails of the letters of one person that are due, and forgets them.
func (s *Service) sendTo(tx *guard.Tx, f firm, person access.PersonID, kind access.Kind) error {
	list, err := s.due(tx, person, kind)
	if err != nil {
		return err
	}
	to, err := readerOf(tx, f, person, kind, "")
	gone := fault.Is(err, fault.NotFound)
	if err != nil && !gone {
		return err
	}
	var wanted []held
	for _, h := range list {
		if _, err := tx.Exec(dropLetter, guard.Args{"id": h.id}); err != nil {
			return err
		}
		if gone || h.read {
			continue
		}
		ok, err := s.stillTheirs(tx, h)
		if err != nil {
			return err
		}
		if ok {
			wanted = append(wanted, h)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	if stop, err := s.suppressed(tx, to.email); stop || err != nil {
		return err
	}
	for _, group := range bundled(wanted, to.settings.Rhythm) {
		letter, err := s.letterOf(tx, f, to, group)
		if err != nil {
			return err
		}
		// Who has no address that mail could go to keeps the notice alone.
		if err := s.means.Mail(tx, letter); err != nil && !fault.Is(err, fault.Invalid) {
			return err
		}
	}
	return nil
}

func (s *Service) suppressed(tx *guard.Tx, address string) (bool, error) {
	if s.means.Suppressed == nil {
		return false, nil
	}
	return s.means.Suppressed(tx, address)
}

func (s *Service) due(tx *guard.Tx, person access.PersonID, kind access.Kind) (list []held, err error) {
	err = tx.Each(lettersDue, guard.Args{"person": string(person), "kind": string(kind)}, func(row guard.Row) error {
		h, sealed := held{}, ""
		if err := row(&h.id, &h.person, &h.kind, &h.event, &h.activity, &h.project, &h.bundle, &sealed, &h.read, &h.customer, &h.at, &h.about, &h.called); err != nil {
			return err
		}
		if err := s.unseal(tx.Org(), sealed, &h); err != nil {
			return err
		}
		list = append(list, h)
		return nil
	})
	return list, err
}

// stillTheirs reports whether the person may still read what the letter tells of: it waited, and access may have been taken
// away meanwhile (CP-22).
func (s *Service) stillTheirs(tx *guard.Tx, h held) (bool, error) {
	if h.kind != access.Customer || h.customer == "" {
		return true, nil
	}
	return identity.Holds(tx, h.person, identity.Scope{Customer: h.customer, Project: h.at}, access.NewModuleSet(h.activity.module(h.about)))
}

// bundled makes groups that become one mail each: those about one thing, and what waited for a digest.
func bundled(list []held, rhythm Rhythm) (groups [][]held) {
	at := map[string]int{}
	for _, h := range list {
		key := h.bundle
		if rhythm != AtOnce && h.activity.waits() {
			key = "digest"
		}
		if _, known := at[key]; !known {
			at[key] = len(groups)
			groups = append(groups, nil)
		}
		groups[at[key]] = append(groups[at[key]], h)
	}
	return groups
}

// letterOf makes one mail of one or more letters to one person.
func (s *Service) letterOf(tx *guard.Tx, f firm, to reader, group []held) (outbox.Letter, error) {
	ctx := to.in(context.Background(), tx.Now())
	last := group[len(group)-1]
	l := last.Letter
	if len(group) > 1 {
		l = together(ctx, f, group)
	}
	l.Person, l.To, l.ToName = last.person, cmp.Or(l.To, to.email), cmp.Or(l.ToName, to.name)
	l.Language = cmp.Or(l.Language, to.language)
	l.Subject, l.Title = cmp.Or(l.Subject, shortened(last.Title)), cmp.Or(l.Title, last.Title)
	l.Mark = cmp.Or(l.Mark, "event "+last.event+" to "+string(last.person))
	l.Button = cmp.Or(l.Button, i18n.T(ctx, "Open it in the portal"))
	if l.URL == "" {
		path, err := wayIn(tx, group)
		if err != nil {
			return l, err
		}
		l.URL = s.means.BaseURL + path
	}
	s.mayEnd(ctx, tx, &l, group)
	return l, nil
}

// together is one letter that tells of several things, in the order in which they happened. It carries the newest of their files.
func together(ctx context.Context, f firm, group []held) outbox.Letter {
	count, last := len(group), group[len(group)-1]
	l := outbox.Letter{Mark: "event " + last.event + " and those before it to " + string(last.person), AboutKind: last.Letter.AboutKind, About: last.Letter.About}
	l.Title = i18n.N(ctx, count, "{n} new thing from {firm}", "{n} new things from {firm}", "firm", f.Name)
	if place := place(group); place != "" {
		l.Title = i18n.N(ctx, count, "{n} new thing in {project}", "{n} new things in {project}", "project", place)
	}
	l.Subject, l.Preheader = shortened(l.Title), shortened(last.Title)
	for _, h := range group {
		l.AttachFile = cmp.Or(h.Letter.AttachFile, l.AttachFile)
		l.Paragraphs = append(l.Paragraphs, "**"+strings.ReplaceAll(h.Title, "**", "")+"**")
		if h.Letter.Quote != "" {
			l.Paragraphs = append(l.Paragraphs, "“"+strings.ReplaceAll(h.Letter.Quote, "**", "")+"”")
		}
	}
	if oneThread(group) {
		l.Thread, l.URL, l.Button, l.ReplyLine = last.Letter.Thread, last.Letter.URL, last.Letter.Button, last.Letter.ReplyLine
	}
	return l
}

// place is the name of the project that all letters are about, or empty.
func place(group []held) string {
	for _, h := range group {
		if h.project != group[0].project {
			return ""
		}
	}
	return group[0].called
}

func oneThread(group []held) bool {
	for _, h := range group {
		if h.Letter.Thread == "" || h.Letter.Thread != group[0].Letter.Thread {
			return false
		}
	}
	return true
}

// wayIn is the path behind a mail's button: for customers a personal link, because many of them have no password.
func wayIn(tx *guard.Tx, group []held) (string, error) {
	last := group[len(group)-1]
	project := last.project
	for _, h := range group {
		if h.project != project {
			project = ""
		}
	}
	if last.kind != access.Customer {
		if len(group) == 1 || project != "" {
			return last.URL, nil
		}
		slug, _, _ := strings.Cut(strings.TrimPrefix(last.URL, "/"), "/")
		return Path(slug, last.kind), nil
	}
	if project == "" {
		return identity.MakeLink(tx, identity.LinkRequest{Person: last.person, Purpose: identity.ForPortal})
	}
	return identity.MakeLink(tx, identity.LinkRequest{Person: last.person, Purpose: identity.ForDocument, ItemKind: "project", Item: project})
}

const longestSubject = 150

// shortened makes a sentence fit the subject of a mail.
func shortened(text string) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) <= longestSubject {
		return string(runes)
	}
	return string(runes[:longestSubject-1]) + "…"
}
