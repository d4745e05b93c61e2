package filing

import (
	"strings"
	"time"
	"unicode/utf8"

	"lintel/internal/core/access"
	"lintel/internal/features/file"
	"lintel/internal/platform/fault"
)

// The limits of filing.
const (
	pageSize       = 50
	photosPerPage  = 60
	mostFolders    = 200
	mostPairs      = 100
	longestCaption = 500
	longestFolder  = 80
	mostChosen     = 500             // files in one act
	removableFor   = 24 * time.Hour  // a customer's own file
	mostInArchive  = 2_000           // files
	archiveBytes   = int64(20) << 30 // of one archive
	newLimit       = 100             // counting new files stops here; marks say "99+"
	hungOnProject  = "project"       // kind of the things that a project's own files hang on
	Folders        = "files"         // kind of the things that uploads to the Files tab name: see On
	NextVersions   = "file"          // kind of the things that uploads of a next version name: the file
)

// Folder is a drawer of a project's files.
type Folder struct {
	ID, Project, Customer string
	Name                  string
	Visibility            string // file.Office: customers see neither it nor what is in it
	CreatorName           string
	CreatedAt             time.Time
}

// Inside reports whether only the office sees the folder.
func (f Folder) Inside() bool { return f.Visibility == file.Office }

// Pair is two photos of one place, before the work and after it.
type Pair struct {
	ID, Project, Title string
	Before, After      file.File
	before, after      string
}

// On names the place that an upload to a project's files goes to: the project, one of its folders, and who sees it.
func On(project, folder, visibility string) string {
	return project + "/" + folder + "/" + visibility
}

// readOn takes apart what On has put together.
func readOn(on string) (project, folder, visibility string) {
	project, rest, _ := strings.Cut(on, "/")
	folder, visibility, _ = strings.Cut(rest, "/")
	if visibility != file.Office {
		visibility = file.Shared
	}
	return project, folder, visibility
}

// own reports whether the file stands on the project itself, where it can be arranged. Others hang on a message or a
// document and are arranged there.
func own(f file.File) bool { return f.Hang.Kind == hungOnProject }

// mayChange reports whether somebody may rename a file and add versions to it.
func mayChange(actor access.Actor, f file.File) bool {
	return own(f) && actor.May(access.FilesWrite) && (actor.Kind() == access.Staff || f.UploadedBy == actor.Person())
}

// mayRemove reports whether somebody may throw a file away: the office any, a customer their own for a day.
func mayRemove(actor access.Actor, f file.File, now time.Time) bool {
	return mayChange(actor, f) && (actor.Kind() == access.Staff || now.Before(f.AddedAt.Add(removableFor)))
}

// mayArrange reports whether somebody makes folders, moves files and says who sees them.
func mayArrange(actor access.Actor) bool {
	return actor.Kind() == access.Staff && actor.May(access.FilesWrite)
}

// folderName tidies the name of a folder.
func folderName(text string) (string, error) {
	name := file.CleanName(text)
	switch {
	case strings.TrimSpace(text) == "":
		return "", fault.ForField("name", "Give the folder a name.")
	case utf8.RuneCountInString(name) > longestFolder:
		return "", fault.ForField("name", "A folder's name can have up to 80 characters.")
	}
	return name, nil
}

// names gives each file of an archive a path of its own: two of one name in one folder become "plan.pdf" and
// "plan (2).pdf".
type names map[string]int

func (n names) path(folder, name string) string {
	if folder != "" {
		name = folder + "/" + name
	}
	key := strings.ToLower(name) // as on Windows and macOS
	n[key]++
	if n[key] == 1 {
		return name
	}
	base, ending := name, ""
	if at := strings.LastIndexByte(name, '.'); at > strings.LastIndexByte(name, '/')+1 {
		base, ending = name[:at], name[at:]
	}
	return n.path("", base+" ("+number(n[key])+")"+ending)
}
