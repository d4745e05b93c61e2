package filing

import (
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/features/file"
)

func TestNamesInAnArchiveAreUniqueOnEverySystem(t *testing.T) {
	n := names{}
	for _, c := range []struct{ folder, name, want string }{
		{"", "plan.pdf", "plan.pdf"}, {"", "Plan.PDF", "Plan (2).PDF"}, {"", "plan (2).pdf", "plan (2) (2).pdf"}, {"", "plan.pdf", "plan (3).pdf"},
		{"Plans", "plan.pdf", "Plans/plan.pdf"}, {"Plans", "plan.pdf", "Plans/plan (2).pdf"}, {"a.b", "file", "a.b/file"}, {"a.b", "file", "a.b/file (2)"},
	} {
		if got := n.path(c.folder, c.name); got != c.want {
			t.Errorf("%s in %q is called %q, want %q", c.name, c.folder, got, c.want)
		}
	}
}

func TestWhereUploadsGoIsReadAsItWasWritten(t *testing.T) {
	for _, visibility := range []string{file.Office, file.Shared} {
		project, folder, seen := readOn(On("p1", "f1", visibility))
		if project != "p1" || folder != "f1" || seen != visibility {
			t.Errorf("%q %q %q", project, folder, seen)
		}
	}
	if project, folder, seen := readOn("p1"); project != "p1" || folder != "" || seen != file.Shared {
		t.Errorf("a project alone: %q %q %q", project, folder, seen)
	}
}

func TestWhoMayRemoveAFile(t *testing.T) {
	now := time.Date(2026, 10, 2, 12, 0, 0, 0, time.UTC)
	own, theirs := file.File{UploadedBy: "ada", AddedAt: now.Add(-23 * time.Hour)}, file.File{UploadedBy: "sam", AddedAt: now}
	own.Hang.Kind, theirs.Hang.Kind = "project", "project"
	old, hung := own, own
	old.AddedAt = now.Add(-25 * time.Hour)
	hung.Hang.Kind = "message"
	ada, sam, reader := who("ada", access.Customer, ""), who("sam", access.Staff, access.Member), who("rea", access.Staff, access.ReadOnly)
	for _, c := range []struct {
		what  string
		actor access.Actor
		file  file.File
		may   bool
	}{
		{"a customer's own", ada, own, true}, {"a customer's own after a day", ada, old, false}, {"the office's", ada, theirs, false}, {"what hangs on a message", ada, hung, false},
		{"the office, a customer's", sam, old, true}, {"the office, on a message", sam, hung, false}, {"who only reads", reader, theirs, false},
	} {
		if got := mayRemove(c.actor, c.file, now); got != c.may {
			t.Errorf("%s: %v", c.what, got)
		}
	}
}
