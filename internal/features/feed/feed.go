package feed

import (
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/features/file"
	"lintel/internal/features/message"
)

// Show picks what of the feed is shown.
type Show string

// What can be shown.
const (
	Everything Show = ""
	Messages   Show = "messages"
	Files      Show = "files"
	Documents  Show = "documents"
)

// beginnings are those of the names of events, with the module that they belong to. An event
// that begins like none of them is shown to nobody but the office and those who may use every
// module.
var beginnings = []struct {
	text   string
	module access.Module
}{
	{"message.", access.Messages},
	{"file.", access.Files}, {"folder.", access.Files}, {"photo.", access.Files},
	{"proposal.", access.Documents}, {"agreement.", access.Documents},
	{"project.", access.Projects}, {"log.", access.Projects}, {"dailylog.", access.Projects}, {"daily_log.", access.Projects},
	{"task.", access.Schedule}, {"milestone.", access.Schedule}, {"schedule.", access.Schedule},
	{"request.", access.AddJob},
}

// ModuleOf is the module that an event belongs to by its name; empty for one that the feed
// does not know.
func ModuleOf(kind string) access.Module {
	for _, b := range beginnings {
		if strings.HasPrefix(kind, b.text) {
			return b.module
		}
	}
	return ""
}

func (s Show) holds(kind string) bool {
	switch s {
	case Messages:
		return ModuleOf(kind) == access.Messages
	case Files:
		return ModuleOf(kind) == access.Files
	case Documents:
		return ModuleOf(kind) == access.Documents
	}
	return true
}

func showOf(text string) Show {
	switch s := Show(text); s {
	case Messages, Files, Documents:
		return s
	}
	return Everything
}

// Item is one thing that happened.
type Item struct {
	event.Recorded
	Kind  event.Kind
	Files []file.File        // that it brought, as far as the viewer sees them
	Count int                // how many files were added at once
	Talk  *message.TalkProps // of a message: the conversation that it ended last
}

// Page is a part of the feed, the newest first.
type Page struct {
	Items []Item
	// Older is where the next part begins, and where this one ends; 0 when there is no more.
	Older int64
}

// together is how far apart files may be added that one sentence tells of.
const together = 30 * time.Minute

// joined puts files that somebody added one after the other into one item.
func joined(items []Item) (out []Item) {
	for _, item := range items {
		if n := len(out); n > 0 && sameDeed(out[n-1], item) {
			last := &out[n-1]
			last.Files = append(last.Files, item.Files...)
			last.Count += item.Count
			continue
		}
		out = append(out, item)
	}
	return out
}

func sameDeed(newer, older Item) bool {
	return newer.Count > 0 && older.Count > 0 && newer.Recorded.Kind == older.Recorded.Kind && newer.Person == older.Person && newer.Subject == older.Subject &&
		newer.At.Sub(older.At) < together
}
