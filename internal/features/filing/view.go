package filing

import (
	"context"
	"net/url"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/features/file"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
	"lintel/internal/ui"
)

// view is the Files tab as one person sees it.
type view struct {
	Shelf
	slug, project string
	actor         access.Actor
	mode          string // "", "photos" or "bin"
	folder        string
	order         file.Order
	after         file.Place
	choosing      bool // boxes before the files, for what is done with several
}

func (v view) arranges() bool { return mayArrange(v.actor) }
func (v view) adds() bool     { return v.actor.May(access.FilesWrite) && v.mode != "bin" }

// marks reports whether looking counts: not for who only looks as somebody else.
func (v view) marks() bool { return v.actor.SeenBy() == "" && v.mode == "" }

// query is what the page shows, for addresses that lead back to it.
func (v view) query() url.Values {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set("view", v.mode)
	set("folder", v.folder)
	if v.order != file.ByDate {
		set("sort", string(v.order))
	}
	set("after", cursor(v.after))
	return q
}

func cursor(p file.Place) string {
	return organisation.Cursor{Text: p.Text, Number: p.Number, ID: p.ID}.String()
}

// placeIn reads what cursor wrote; anything else is the first page.
func placeIn(text string) file.Place {
	c := organisation.ParseCursor(text)
	return file.Place{Text: c.Text, Number: c.Number, ID: c.ID}
}

func (v view) tabURL(q url.Values) string {
	address := TabURL(v.slug, v.project, v.actor.Kind())
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	return address
}

// with is the address of the page with something changed, on its first page.
func (v view) with(pairs ...string) string {
	q := v.query()
	q.Del("after")
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			q.Del(pairs[i])
			continue
		}
		q.Set(pairs[i], pairs[i+1])
	}
	return v.tabURL(q)
}

func (v view) next() string {
	if v.Next == (file.Place{}) {
		return ""
	}
	return v.with("after", cursor(v.Next))
}

func (v view) first() string {
	if v.after == (file.Place{}) {
		return ""
	}
	return v.with()
}

// own is the address of the live part.
func (v view) own() string {
	address := "/" + v.slug + "/projects/" + v.project + "/files"
	if q := v.query(); len(q) > 0 {
		address += "?" + q.Encode()
	}
	return address
}

func (v view) archiveURL() string {
	address := "/" + v.slug + "/projects/" + v.project + "/files.zip"
	if v.folder != "" {
		address += "?" + url.Values{"folder": {v.folder}}.Encode()
	}
	return address
}

func (v view) seenURL() string { return "/" + v.slug + "/projects/" + v.project + "/files/seen" }

func (v view) officeURL(path string) string { return "/" + v.slug + "/office" + path }

func (v view) direction(order file.Order) string {
	switch {
	case v.order != order:
		return ""
	case order == file.ByName:
		return "ascending"
	}
	return "descending"
}

// endpoint is where uploads to the open folder go.
func (v view) endpoint(visibility string) string {
	return file.UploadURL(v.slug, Folders, On(v.project, v.folder, visibility))
}

// adder is the button that adds files here.
func (v view) adder(ctx context.Context) ui.AddFilesProps {
	p := ui.AddFilesProps{ID: "add-files", Label: i18n.T(ctx, "Add Files"), CameraLabel: i18n.T(ctx, "Take a photo"), Endpoint: v.endpoint(file.Shared), Around: ".files",
		DropText: i18n.T(ctx, "Drop the files to add them here"), Refresh: "#project-files", MaxBytes: file.MaxFile, MaxText: file.SizeText(ctx, file.MaxFile)}
	if v.arranges() && (v.Folder == nil || !v.Folder.Inside()) {
		p.PlacesLabel = i18n.T(ctx, "Who sees the files that you add")
		p.Places = []ui.UploadPlace{{Label: i18n.T(ctx, "Shared"), Icon: "eye", Endpoint: v.endpoint(file.Shared), On: On(v.project, v.folder, file.Shared)}, {Label: i18n.T(ctx, "Office only"), Icon: "lock", Endpoint: v.endpoint(file.Office), On: On(v.project, v.folder, file.Office)}}
	}
	return p
}

// line says under a file's name what it is and where it came from.
func (v view) line(ctx context.Context, f file.File) string {
	line := file.Line(ctx, f)
	if from := origin(ctx, f); from != "" {
		line += " · " + from
	}
	return line
}

// origin says where a file hangs that does not stand on the project itself.
func origin(ctx context.Context, f file.File) string {
	switch f.Hang.Kind {
	case hungOnProject:
		return ""
	case "message":
		return i18n.T(ctx, "from a message")
	case "proposal":
		return i18n.T(ctx, "from a proposal")
	case "agreement":
		return i18n.T(ctx, "signed agreement")
	case "daily log", "dailylog", "log":
		return i18n.T(ctx, "from the daily log")
	case "request":
		return i18n.T(ctx, "from a request")
	case "task":
		return i18n.T(ctx, "from the schedule")
	}
	return i18n.T(ctx, "from another page")
}

// day is one day of the gallery.
type day struct {
	title  string
	photos []file.File
}

// days groups photos, the last taken first, by the day in the reader's zone.
func days(ctx context.Context, photos []file.File) (list []day) {
	for _, f := range photos {
		title := i18n.DateFull(ctx, f.TakenAt)
		if len(list) == 0 || list[len(list)-1].title != title {
			list = append(list, day{title: title})
		}
		last := &list[len(list)-1]
		last.photos = append(last.photos, f)
	}
	return list
}

// picture is a file in the lightbox, under its caption when it has one.
func picture(slug string, f file.File) ui.Picture {
	p, _ := file.Picture(slug, f)
	if f.Caption != "" {
		p.Text = f.Caption
	}
	return p
}

func when(ctx context.Context, at time.Time) string { return i18n.DateShort(ctx, at) }

func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// sheetView is the page of a file.
type sheetView struct {
	Sheet
	slug     string
	actor    access.Actor
	source   string // page of the proposal that it hangs on
	problems organisation.Problems
}

func (v sheetView) changes() bool  { return mayChange(v.actor, v.File) && v.File.ID == v.Newest() }
func (v sheetView) arranges() bool { return mayArrange(v.actor) && v.changes() }
func (v sheetView) removes() bool  { return mayRemove(v.actor, v.first(), v.Now) && v.changes() }

// first is the oldest version, whose age counts.
func (v sheetView) first() file.File {
	if len(v.Versions) == 0 {
		return v.File
	}
	return v.Versions[len(v.Versions)-1]
}

func (v sheetView) url(path string) string { return "/" + v.slug + "/files/" + v.File.ID + path }

func (v sheetView) officeURL(path string) string { return "/" + v.slug + "/office" + path }

func (v sheetView) folderURL() string {
	return TabURL(v.slug, v.Project.ID, v.actor.Kind()) + "?" + url.Values{"folder": {v.File.Hang.Folder}}.Encode()
}

// folders are the places where the file could be moved.
func (v sheetView) folders(ctx context.Context) []ui.Option {
	return folderOptions(ctx, v.Folders, v.File.Hang.Folder)
}

func folderOptions(ctx context.Context, folders []Folder, open string) []ui.Option {
	list := []ui.Option{{Value: "", Label: i18n.T(ctx, "No folder"), Selected: open == ""}}
	for _, f := range folders {
		label := f.Name
		if f.Inside() {
			label = i18n.T(ctx, "{name} (office only)", "name", f.Name)
		}
		list = append(list, ui.Option{Value: f.ID, Label: label, Selected: f.ID == open})
	}
	return list
}

func (v sheetView) facts(ctx context.Context) []ui.Line {
	f := v.File
	lines := []ui.Line{{Label: i18n.T(ctx, "What"), Amount: file.Line(ctx, f)}, {Label: i18n.T(ctx, "Added by"), Amount: f.UploaderName}, {Label: i18n.T(ctx, "Added"), Amount: i18n.DateTime(ctx, f.AddedAt)}}
	if !f.TakenAt.Equal(f.AddedAt) {
		lines = append(lines, ui.Line{Label: i18n.T(ctx, "Taken"), Amount: i18n.DateTime(ctx, f.TakenAt)})
	}
	if f.Version > 1 {
		lines = append(lines, ui.Line{Label: i18n.T(ctx, "Version"), Amount: number(f.Version)})
	}
	if from := origin(ctx, f); from != "" {
		lines = append(lines, ui.Line{Label: i18n.T(ctx, "Where"), Amount: from})
	}
	return lines
}

func (v sheetView) nextVersion(ctx context.Context) ui.AddFilesProps {
	return ui.AddFilesProps{ID: "next-version", Label: i18n.T(ctx, "Add a new version"), Endpoint: file.UploadURL(v.slug, NextVersions, v.File.ID), Single: true, Plain: true,
		Refresh: "#no-list", MaxBytes: file.MaxFile, MaxText: file.SizeText(ctx, file.MaxFile)}
}

func isPDF(f file.File) bool { return f.MediaType == "application/pdf" }

// looksLikeHEIC are the photos of some phones, which few browsers show.
func looksLikeHEIC(f file.File) bool {
	return strings.HasPrefix(f.MediaType, "image/hei")
}
