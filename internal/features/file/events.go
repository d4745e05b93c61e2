package file

import (
	"context"

	"lintel/internal/core/event"
	"lintel/internal/platform/i18n"
)

// Added happens when a file was hung on a thing.
type Added struct {
	File      string `json:"file"`
	Name      string `json:"name"`
	MediaType string `json:"type"`
	Size      int64  `json:"size"`
	Shared    bool   `json:"shared"`
	Picture   bool   `json:"picture"`
	Version   int    `json:"version,omitempty"` // of a file that was there before, from 2
	subject   event.Subject
}

func added(f File) Added {
	a := Added{File: f.ID, Name: f.Name, MediaType: f.MediaType, Size: f.Size, Shared: f.Hang.Visibility == Shared, Picture: f.HasPreview,
		subject: event.Subject{Kind: f.Hang.Kind, ID: f.Hang.On, Customer: f.Hang.Customer, Project: f.Hang.Project}}
	if f.Version > 1 {
		a.Version = f.Version
	}
	return a
}

// About implements event.Event. A file that the customer sees is another kind of event than
// one that only the office sees, because a kind has one visibility.
func (a Added) About() (string, event.Subject) {
	if a.Shared {
		return "file.shared", a.subject
	}
	return "file.added", a.subject
}

// Events declares what this feature records.
func Events() []event.Kind {
	return []event.Kind{
		{Name: "file.added", Visibility: event.OfficeOnly, Icon: "paperclip", Sentence: sentence, Notice: "nobody, because the office keeps its own files"},
		{Name: "file.shared", Visibility: event.WithPortal, Icon: "paperclip", Sentence: sentence, Notice: "the other side, when the file stands on a project itself; what a proposal or message carries they tell of"},
	}
}

func sentence(ctx context.Context, r event.Recorded) string {
	var a Added
	if err := r.Read(&a); err != nil || a.Name == "" {
		return i18n.T(ctx, "A file was added")
	}
	if a.Version > 1 {
		return i18n.T(ctx, "{name} added version {n} of {file}", "name", r.ActorName, "n", a.Version, "file", a.Name)
	}
	return i18n.T(ctx, "{name} added {file}", "name", r.ActorName, "file", a.Name)
}
