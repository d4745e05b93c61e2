package file

import (
	"path"
	"strings"
	"time"
	"unicode"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
)

// Hang says on which thing a file hangs and whose business it is.
type Hang struct {
	Kind, On   string // "proposal", its id
	Item       string // the document that a link for one item opens; empty for other things
	Customer   string
	Project    string
	Visibility string // Office or Shared
	Folder     string // of a project's own files; empty: none
	Replaces   string // the file that this is the next version of
	// Quiet leaves no event: the feature that hangs the file tells of it in its own words.
	Quiet bool
}

// Who sees a file, beside the one who uploaded it.
const (
	Office = "office"
	Shared = "shared" // also the customer's people
)

// Hanger checks that the transaction's actor may hang files on a thing of its kind and says
// what the file then belongs to. NotFound when the actor does not see the thing.
type Hanger func(tx *guard.Tx, on string) (Hang, error)

// File is a stored file.
type File struct {
	ID            string
	Name          string
	MediaType     string // told from the bytes, without parameters
	Size          int64
	SHA256        string
	Width, Height int  // of a picture, as it stands upright; of a film, those of its poster
	HasPreview    bool // there is a picture that pages may show
	Hang          Hang
	UploadedBy    access.PersonID // empty for what Lintel made itself
	UploaderName  string          // then the firm's
	AddedAt       time.Time
	Waiting       bool // not served yet: it is being checked for viruses
	Caption       string
	Series        string    // id of the first version
	Version       int       // counts from 1
	TakenAt       time.Time // when the camera says, otherwise when it was added

	blob    string // key of the original
	preview string // key of the preview, which a job makes; empty when there will be none
	folded  string // the name as lists are sorted by it
	state   string // "stored", "waiting" or "refused"
}

// inline are the types that a browser may show on our origin: nothing in them can run.
var inline = map[string]bool{
	"image/jpeg": true, "image/png": true, "image/webp": true, "image/gif": true, "application/pdf": true,
	"video/mp4": true, "video/webm": true, "video/quicktime": true,
}

// Showable reports whether the file may be shown instead of saved.
func (f File) Showable() bool { return inline[f.MediaType] }

// IsVideo reports whether the file is a video that browsers play.
func (f File) IsVideo() bool { return f.Showable() && strings.HasPrefix(f.MediaType, "video/") }

// IsPhoto reports whether the file is a still picture that pages may show.
func (f File) IsPhoto() bool { return f.HasPreview && !f.IsVideo() }

// URL is where the file is saved from.
func (f File) URL(slug string) string { return "/" + slug + "/files/" + f.ID }

// ShowURL is where a showable file is looked at; for others it is URL.
func (f File) ShowURL(slug string) string {
	if f.Showable() {
		return f.URL(slug) + "?show=1"
	}
	return f.URL(slug)
}

// PreviewURL is the picture at a size for looking at, without the camera's notes.
func (f File) PreviewURL(slug string) string { return f.URL(slug) + "/preview" }

// ThumbURL is the picture at a size for lists.
func (f File) ThumbURL(slug string) string { return f.URL(slug) + "/thumb" }

func originalKey(org, fileID string) string { return "file/" + org + "/" + fileID + "/original" }

func previewKey(original string) string {
	return strings.TrimSuffix(original, "/original") + "/preview"
}

func thumbKey(preview string) string { return strings.TrimSuffix(preview, "/preview") + "/thumb" }

// CleanName is cleanName for other features' names that go into archives; an empty one stays empty.
func CleanName(name string) string {
	if name == "" {
		return ""
	}
	return cleanName(name)
}

// cleanName makes a name that is safe in headers, pages, mails and archives: one line,
// without folders, invisible characters or a leading dot.
func cleanName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, "_"), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp):
			return -1
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, name)
	name = strings.TrimLeft(strings.TrimSpace(name), ".")
	if name == "" || name == "/" {
		return "file"
	}
	return shorten(name)
}

// shorten keeps the ending of a name that is too long.
func shorten(name string) string {
	runes := []rune(name)
	if len(runes) <= longestName {
		return name
	}
	ending := []rune(path.Ext(name))
	if len(ending) > 12 {
		ending = nil
	}
	return string(runes[:longestName-len(ending)]) + string(ending)
}
