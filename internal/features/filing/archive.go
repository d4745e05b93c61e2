package filing

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/file"
	"lintel/internal/platform/fault"
)

// Archive is a list of files to be written one after the other, each looked at again when its turn comes.
type Archive struct {
	Name    string // of the archive
	service *Service
	actor   access.Actor
	entries []entry
}

type entry struct {
	folder string
	file   file.File
}

// Archive prepares an archive of a project's files that the actor sees: those chosen, those of a folder, or all.
// Faults: NotFound for what they do not see, TooLarge for more than 2,000 files or 20 GB, Invalid when there is nothing.
func (s *Service) Archive(ctx context.Context, actor access.Actor, projectID, folderID string, ids []string) (a Archive, err error) {
	if len(ids) > mostChosen {
		return Archive{}, fault.New(fault.Invalid, "Please choose up to 500 files at once.")
	}
	err = s.store.View(ctx, actor, access.FilesRead, func(tx *guard.Tx) error {
		p, err := placeOf(tx, projectID)
		if err != nil {
			return err
		}
		a = Archive{Name: p.Name, service: s, actor: actor}
		switch {
		case len(ids) > 0:
			return a.addChosen(tx, p.ID, ids)
		case folderID != "":
			folder, err := folderIn(tx, p.ID, folderID)
			if err != nil {
				return err
			}
			a.Name += ", " + folder.Name
			return a.addFolder(tx, p.ID, folderID, "")
		}
		return a.addAll(tx, p.ID)
	})
	if err == nil && len(a.entries) == 0 {
		err = fault.New(fault.Invalid, "There are no files to download.")
	}
	return a, err
}

func (a *Archive) addChosen(tx *guard.Tx, projectID string, ids []string) error {
	files, err := a.service.files.ByIDs(tx, ids)
	if err != nil {
		return err
	}
	if len(files) != len(ids) {
		return fault.New(fault.NotFound, "One of the files is not here any more.")
	}
	for _, f := range files {
		if f.Hang.Project != projectID {
			return fault.New(fault.NotFound, "One of the files is not here any more.")
		}
		a.entries = append(a.entries, entry{file: f})
	}
	return a.check()
}

func (a *Archive) addAll(tx *guard.Tx, projectID string) error {
	if err := a.addFolder(tx, projectID, "", ""); err != nil {
		return err
	}
	folders, err := loadFolders(tx, projectID)
	if err != nil {
		return err
	}
	for _, folder := range folders {
		if err := a.addFolder(tx, projectID, folder.ID, folder.Name); err != nil {
			return err
		}
	}
	return nil
}

func (a *Archive) addFolder(tx *guard.Tx, projectID, folderID, name string) error {
	after := file.Place{}
	for {
		list, err := a.service.files.InProject(tx, file.Listing{Project: projectID, Folder: folderID, Order: file.ByName, After: after, Limit: mostChosen})
		if err != nil {
			return err
		}
		for _, f := range list {
			if !f.Waiting { // of viruses nothing is known yet
				a.entries = append(a.entries, entry{name, f})
			}
		}
		if err := a.check(); err != nil || len(list) < mostChosen {
			return err
		}
		after = file.PlaceOf(list[len(list)-1], file.ByName)
	}
}

func (a *Archive) check() error {
	total := int64(0)
	for _, e := range a.entries {
		total += e.file.Size
	}
	if len(a.entries) > mostInArchive || total > archiveBytes {
		return fault.New(fault.TooLarge, "This is too much for one archive. Please choose a folder or some files.")
	}
	return nil
}

// Write writes the archive. What has been revoked or removed since it was prepared ends it: an archive that is cut off
// is seen to be broken, one with files left out is not.
func (a Archive) Write(ctx context.Context, w io.Writer) error {
	out, taken := zip.NewWriter(w), names{}
	for _, e := range a.entries {
		if err := a.write(ctx, out, taken.path(file.CleanName(e.folder), file.CleanName(e.file.Name)), e.file); err != nil {
			return fmt.Errorf("write the archive: %w", err)
		}
	}
	return out.Close()
}

func (a Archive) write(ctx context.Context, out *zip.Writer, name string, f file.File) error {
	_, object, _, err := a.service.files.OpenPlain(ctx, a.actor, f.ID, false)
	if err != nil {
		return err
	}
	defer object.Close()
	header := &zip.FileHeader{Name: strings.TrimPrefix(name, "/"), Method: zip.Deflate, Modified: f.AddedAt}
	if packed(f.MediaType) {
		header.Method = zip.Store
	}
	into, err := out.CreateHeader(header)
	if err != nil {
		return err
	}
	_, err = io.Copy(into, object)
	return err
}

// packed reports whether making the bytes smaller again would only cost time.
func packed(mediaType string) bool {
	for _, kind := range []string{"image/", "video/", "audio/", "application/pdf", "application/zip", "application/vnd.openxmlformats"} {
		if strings.HasPrefix(mediaType, kind) {
			return mediaType != "image/bmp" && mediaType != "image/tiff" && mediaType != "image/svg+xml"
		}
	}
	return false
}
