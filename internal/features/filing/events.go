package filing

import (
	"context"

	"lintel/internal/core/event"
	"lintel/internal/features/file"
	"lintel/internal/platform/i18n"
)

// Changed happens when somebody arranges the files of a project.
type Changed struct {
	File string `json:"file,omitempty"`
	Name string `json:"name"` // of the file, the folder or the pair
	kind string
	of   event.Subject
}

// About implements event.Event.
func (c Changed) About() (string, event.Subject) { return c.kind, c.of }

func arranged(kind, project, customer, fileID, name string) Changed {
	return Changed{File: fileID, Name: name, kind: kind, of: event.Subject{Kind: "project", ID: project, Customer: customer, Project: project}}
}

func about(kind string, f file.File) Changed {
	return arranged(kind, f.Hang.Project, f.Hang.Customer, f.ID, f.Name)
}

const (
	quiet   = "nobody, because it changes no file"
	inHouse = "nobody, because the office did it itself"
)

// Events declares what this feature records.
func Events() []event.Kind {
	kind := func(name string, v event.Visibility, icon, notice, sentence string) event.Kind {
		return event.Kind{Name: name, Visibility: v, Icon: icon, Notice: notice, Sentence: func(ctx context.Context, r event.Recorded) string {
			var c Changed
			_ = r.Read(&c) // erased events read with an empty name
			return i18n.T(ctx, sentence, "who", r.ActorName, "name", c.Name)
		}}
	}
	return []event.Kind{
		kind("file.published", event.WithPortal, "eye", "the customer's people who have Files", i18n.Mark("{who} shared {name}")),
		kind("file.withdrawn", event.OfficeOnly, "eye-off", inHouse, i18n.Mark("{who} took {name} back from the customer")),
		kind("file.removed", event.OfficeOnly, "trash-2", inHouse, i18n.Mark("{who} removed the file {name}")),
		kind("file.restored", event.OfficeOnly, "rotate-ccw", inHouse, i18n.Mark("{who} restored the file {name}")),
		kind("file.renamed", event.NobodysFeed, "pencil", quiet, i18n.Mark("{who} renamed the file {name}")),
		kind("file.moved", event.NobodysFeed, "folder", quiet, i18n.Mark("{who} moved files to {name}")),
		kind("file.paired", event.NobodysFeed, "images", quiet, i18n.Mark("{who} made a pair of photos {name}")),
		kind("file.parted", event.NobodysFeed, "images", quiet, i18n.Mark("{who} took a pair of photos apart {name}")),
		kind("folder.made", event.NobodysFeed, "folder", quiet, i18n.Mark("{who} made the folder {name}")),
		kind("folder.renamed", event.NobodysFeed, "folder", quiet, i18n.Mark("{who} renamed a folder to {name}")),
		kind("folder.removed", event.NobodysFeed, "folder", quiet, i18n.Mark("{who} removed the folder {name}")),
	}
}
