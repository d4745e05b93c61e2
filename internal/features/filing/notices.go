package filing

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/features/file"
	"lintel/internal/features/notify"
	"lintel/internal/features/organisation"
	"lintel/internal/features/outbox"
	"lintel/internal/features/project"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/jobs"
)

// Subscribers tell the other side of files that stand on a project.
func (s *Service) Subscribers() []event.Subscriber {
	return []event.Subscriber{{Name: "tell of files", Kinds: []string{"file.shared", "file.published"}, Handle: s.tellOfFile}}
}

// tellOfFile tells the office of what a customer added, and the customer's people of what the office added or shared.
// Many files are many events: the notices collect them.
func (s *Service) tellOfFile(ctx context.Context, r event.Recorded) error {
	if r.Subject.Kind != hungOnProject {
		return nil // a message or a document tells of it
	}
	var added file.Added
	if err := r.Read(&added); err != nil {
		return jobs.NoRetry(err)
	}
	system := access.NewSystem(r.Org, "tell people of a project's files")
	return s.store.Change(ctx, system, access.SystemWork, func(tx *guard.Tx) error {
		f, err := s.files.Seen(tx, added.File)
		if fault.Is(err, fault.NotFound) || err == nil && f.Hang.Visibility != file.Shared {
			return nil // taken back meanwhile
		}
		if err != nil {
			return err
		}
		p, err := project.ProjectByID(tx, r.Subject.Project)
		if err != nil {
			return err
		}
		return s.tellOthers(ctx, tx, r, added, p)
	})
}

func (s *Service) tellOthers(ctx context.Context, tx *guard.Tx, r event.Recorded, added file.Added, p project.Project) error {
	settings, err := organisation.Of(tx)
	if err != nil {
		return err
	}
	kind := access.Customer
	people, err := []access.PersonID(nil), error(nil)
	if r.ActorKind == access.Customer {
		kind = access.Staff
		people, err = notify.OfficeOf(tx, access.PersonID(p.Lead))
	} else {
		people, err = notify.CustomersOf(tx, p.Customer, p.ID, access.Files)
	}
	if err != nil {
		return err
	}
	for _, person := range people {
		if person == r.Person {
			continue
		}
		words, err := s.notices.Reader(ctx, tx, person, kind)
		if err != nil {
			if fault.Is(err, fault.NotFound) {
				continue // has left
			}
			return err
		}
		err = s.notices.Tell(tx, notify.Telling{Person: person, Kind: kind, Event: r.ID, Activity: notify.Files, Title: told(words, r, added, p.Name), URL: SheetURL(settings.Slug, added.File),
			Icon: "files", Project: p.ID, Letter: outbox.Letter{Thread: "project:" + p.ID}})
		if err != nil {
			return err
		}
	}
	return nil
}

func told(ctx context.Context, r event.Recorded, added file.Added, projectName string) string {
	switch {
	case r.Kind == "file.published":
		return i18n.T(ctx, "{name} shared {file} with you: {project}", "name", r.ActorName, "file", added.Name, "project", projectName)
	case added.Version > 1:
		return i18n.T(ctx, "{name} added version {n} of {file} to {project}", "name", r.ActorName, "n", added.Version, "file", added.Name, "project", projectName)
	}
	return i18n.T(ctx, "{name} added {file} to {project}", "name", r.ActorName, "file", added.Name, "project", projectName)
}
