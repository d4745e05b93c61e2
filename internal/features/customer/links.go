package customer

import (
	"context"

	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/platform/i18n"
)

// Link is a personal link that still works, with what it opens; both are empty for a link to
// the whole portal, and for a thing that is no longer there.
type Link struct {
	identity.Link
	Number, Title string
}

// nameLinks writes into links what they open.
func nameLinks(tx *guard.Tx, links []Link) error {
	named := map[string][2]string{}
	var ids []string
	for _, l := range links {
		if _, seen := named[l.Item]; l.Item != "" && !seen {
			named[l.Item] = [2]string{}
			ids = append(ids, l.Item)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	err := tx.Each(linkedThings, guard.Args{"ids": guard.List(ids)}, func(row guard.Row) error {
		var id, number, title string
		err := row(&id, &number, &title)
		named[id] = [2]string{number, title}
		return err
	})
	for i, l := range links {
		links[i].Number, links[i].Title = named[l.Item][0], named[l.Item][1]
	}
	return err
}

// bundle is the links of one person to one thing, the newest first: who gets three notices of
// a proposal has three links to it.
type bundle struct {
	newest Link
	older  []Link
}

func bundles(links []Link) (list []bundle) {
	type key struct{ person, purpose, item string }
	at := map[key]int{}
	for _, l := range links {
		k := key{string(l.Person), l.Purpose, l.Item}
		if i, seen := at[k]; seen {
			list[i].older = append(list[i].older, l)
			continue
		}
		at[k] = len(list)
		list = append(list, bundle{newest: l})
	}
	return list
}

// linkTitle says what a personal link opens.
func linkTitle(ctx context.Context, l Link) string {
	switch {
	case l.Purpose != identity.ForDocument:
		return i18n.T(ctx, "Portal invitation")
	case l.Title == "":
		return i18n.T(ctx, "Document link")
	case l.ItemKind == "project":
		return i18n.T(ctx, "Project {name}", "name", l.Title)
	case l.ItemKind == "request":
		return i18n.T(ctx, "Request {number}, {title}", "number", l.Number, "title", l.Title)
	}
	return i18n.T(ctx, "Proposal {number}, {title}", "number", l.Number, "title", l.Title)
}

// linkLine says whose it is, and what came of it.
func linkLine(ctx context.Context, l Link) string {
	opened := i18n.T(ctx, "not opened")
	if l.EnteredFor > 0 {
		opened = i18n.N(ctx, l.EnteredFor, "opened once", "opened {n} times")
	}
	return i18n.T(ctx, "{who} · sent {date} · {opened} · ends {end}", "who", l.Name, "date", i18n.DateShort(ctx, l.MadeAt), "opened", opened, "end", i18n.DateShort(ctx, l.EndsAt))
}
