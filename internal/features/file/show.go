package file

import (
	"context"
	"net/url"
	"path"
	"strings"

	"lintel/internal/platform/i18n"
	"lintel/internal/platform/money"
	"lintel/internal/ui"
)

// SizeText writes a size for people: "2.4 MB".
func SizeText(ctx context.Context, bytes int64) string {
	units := []string{i18n.Mark("{size} KB"), i18n.Mark("{size} MB"), i18n.Mark("{size} GB")}
	value, unit := max(bytes, 1000)*10/1000, 0 // tenths of a KB
	for value >= 10_000 && unit < len(units)-1 {
		value, unit = value/1000, unit+1
	}
	if value >= 100 {
		value = value / 10 * 10 // whole numbers from ten on
	}
	return i18n.T(ctx, units[unit], "size", money.FromScaled(value*1000))
}

// Line says under a file's name what it is: "PDF, 2.4 MB".
func Line(ctx context.Context, f File) string {
	return i18n.T(ctx, "{kind}, {size}", "kind", kindText(ctx, f), "size", SizeText(ctx, f.Size))
}

func kindText(ctx context.Context, f File) string {
	switch {
	case f.MediaType == "application/pdf":
		return "PDF"
	case strings.HasPrefix(f.MediaType, "image/"):
		return i18n.T(ctx, "Photo")
	case strings.HasPrefix(f.MediaType, "video/"):
		return i18n.T(ctx, "Video")
	}
	if ending := strings.TrimPrefix(path.Ext(f.Name), "."); ending != "" && len(ending) <= 5 {
		return strings.ToUpper(ending)
	}
	return i18n.T(ctx, "File")
}

// Icon is the name of the icon that stands for a file without a picture.
func Icon(f File) string {
	switch {
	case strings.HasPrefix(f.MediaType, "image/"):
		return "image"
	case strings.HasPrefix(f.MediaType, "video/"):
		return "file-video"
	case strings.Contains(f.MediaType, "sheet"), f.MediaType == "text/csv":
		return "file-spreadsheet"
	}
	return "file-text"
}

// Picture gives a file as a picture of a gallery; ok is false for what is neither a picture
// nor a video.
func Picture(slug string, f File) (p ui.Picture, ok bool) {
	switch {
	case f.IsVideo():
		p = ui.Picture{URL: f.ShowURL(slug), Text: readable(f.Name), Video: true}
		if f.HasPreview {
			p.ThumbURL, p.Poster = f.ThumbURL(slug), f.PreviewURL(slug)
		}
		return p, true
	case f.HasPreview:
		width, height := fit(f.Width, f.Height, previewSide)
		return ui.Picture{URL: f.PreviewURL(slug), ThumbURL: f.ThumbURL(slug), Text: readable(f.Name), Width: width, Height: height}, true
	}
	return ui.Picture{}, false
}

// Pictures gives those of the files that a gallery shows, and the rest.
func Pictures(slug string, files []File) (shown []ui.Picture, rest []File) {
	for _, f := range files {
		if p, ok := Picture(slug, f); ok {
			shown = append(shown, p)
		} else {
			rest = append(rest, f)
		}
	}
	return shown, rest
}

// Row gives a file as a row of a list.
func Row(ctx context.Context, slug string, f File) ui.FileProps {
	row := ui.FileProps{Name: f.Name, URL: f.ShowURL(slug), Line: Line(ctx, f), Icon: Icon(f)}
	if p, ok := Picture(slug, f); ok && f.HasPreview {
		row.Picture = &p
	}
	return row
}

// Rows gives files as rows of a list.
func Rows(ctx context.Context, slug string, files []File) []ui.FileProps {
	out := make([]ui.FileProps, 0, len(files))
	for _, f := range files {
		out = append(out, Row(ctx, slug, f))
	}
	return out
}

// uploadedProps is the row of a file just uploaded: it carries the file's id into the form
// that it stands in, and can be taken out again.
func uploadedProps(ctx context.Context, slug string, f File) ui.FileProps {
	row := Row(ctx, slug, f)
	if f.Waiting {
		row = ui.FileProps{Name: f.Name, Line: i18n.T(ctx, "Being checked for viruses"), Icon: Icon(f)}
	}
	row.Field, row.Value = "file", f.ID
	row.RemoveName, row.RemoveValue, row.RemoveLabel = "remove_file", f.ID, i18n.T(ctx, "Remove {name}", "name", f.Name)
	return row
}

// UploadURL is the endpoint of an upload zone for a thing.
func UploadURL(slug, kind, on string) string {
	return "/" + slug + "/uploads?" + url.Values{"kind": {kind}, "on": {on}}.Encode()
}
