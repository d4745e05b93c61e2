package filing

import (
	"context"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/file"
	"lintel/internal/features/project"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
)

// Shelf is a page of the files of a project, as one person sees them.
type Shelf struct {
	Project place
	Folder  *Folder  // the open one; nil at the top
	Folders []Folder // at the top only; of all for those who move files
	Files   []file.File
	Next    file.Place // zero at the end
	SeenAt  time.Time  // when the person last looked
	Pairs   []Pair     // with photos
	Now     time.Time
}

// New reports whether a file has come since the person last looked, by somebody else.
func (s Shelf) New(f file.File, viewer access.PersonID) bool {
	return f.AddedAt.After(s.SeenAt) && f.UploadedBy != viewer
}

// Shelf gives a page of a project's files in a folder, or at the top. NotFound for projects and folders that the actor
// does not see.
func (s *Service) Shelf(ctx context.Context, actor access.Actor, projectID, folderID string, order file.Order, after file.Place) (shelf Shelf, err error) {
	err = s.store.View(ctx, actor, access.FilesRead, func(tx *guard.Tx) error {
		if shelf, err = openShelf(tx, projectID); err != nil {
			return err
		}
		if folderID == "" || mayArrange(actor) {
			if shelf.Folders, err = loadFolders(tx, projectID); err != nil {
				return err
			}
		}
		if folderID != "" {
			folder, err := folderIn(tx, projectID, folderID)
			if err != nil {
				return err
			}
			shelf.Folder = &folder
		}
		list, err := s.files.InProject(tx, file.Listing{Project: projectID, Folder: folderID, Order: order, After: after, Limit: pageSize + 1})
		shelf.take(list, pageSize, func(f file.File) file.Place { return file.PlaceOf(f, order) })
		return err
	})
	return shelf, err
}

// take takes a page out of a list that was asked for one file more.
func (s *Shelf) take(list []file.File, size int, place func(file.File) file.Place) {
	if len(list) > size {
		list = list[:size]
		s.Next = place(list[size-1])
	}
	s.Files = list
}

// All gives a page of a project's files of all folders, the newest first, with the folders. Staff only; NotFound for other
// projects.
func (s *Service) All(ctx context.Context, actor access.Actor, projectID string, after file.Place) (shelf Shelf, err error) {
	err = s.store.View(ctx, actor, access.FilesRead, func(tx *guard.Tx) error {
		shelf = Shelf{}
		if shelf.Project, err = officePlace(tx, projectID); err != nil {
			return err
		}
		if shelf.Folders, err = loadFolders(tx, projectID); err != nil {
			return err
		}
		list, err := s.files.AllInProject(tx, projectID, after, pageSize+1)
		shelf.take(list, pageSize, func(f file.File) file.Place { return file.PlaceOf(f, file.ByDate) })
		return err
	})
	return shelf, err
}

func openShelf(tx *guard.Tx, projectID string) (shelf Shelf, err error) {
	shelf.Now = tx.Now()
	if shelf.Project, err = placeOf(tx, projectID); err != nil {
		return shelf, err
	}
	err = tx.One(seenByOne, guard.Args{"project": projectID}, &shelf.SeenAt)
	if fault.Is(err, fault.NotFound) {
		shelf.SeenAt, err = project.Joined(tx)
	}
	return shelf, err
}

// Photos gives a page of a project's pictures and videos, the last taken first, and its pairs on the first page.
func (s *Service) Photos(ctx context.Context, actor access.Actor, projectID string, after file.Place) (shelf Shelf, err error) {
	err = s.store.View(ctx, actor, access.FilesRead, func(tx *guard.Tx) error {
		if shelf, err = openShelf(tx, projectID); err != nil {
			return err
		}
		list, err := s.files.Photos(tx, projectID, after, photosPerPage+1)
		if err != nil {
			return err
		}
		if shelf.take(list, photosPerPage, file.PlaceInGallery); after == (file.Place{}) {
			shelf.Pairs, err = s.pairs(tx, projectID)
		}
		return err
	})
	return shelf, err
}

// pairs gives the pairs of which the actor sees both photos.
func (s *Service) pairs(tx *guard.Tx, projectID string) (seen []Pair, err error) {
	all, err := loadPairs(tx, projectID)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, p := range all {
		ids = append(ids, p.before, p.after)
	}
	photos, err := s.files.ByIDs(tx, ids)
	if err != nil {
		return nil, err
	}
	byID := map[string]file.File{}
	for _, f := range photos {
		byID[f.ID] = f
	}
	for _, p := range all {
		p.Before, p.After = byID[p.before], byID[p.after]
		if p.Before.IsPhoto() && p.After.IsPhoto() {
			seen = append(seen, p)
		}
	}
	return seen, nil
}

// Bin gives what was thrown away of a project in the last 30 days. Staff only.
func (s *Service) Bin(ctx context.Context, actor access.Actor, projectID string) (shelf Shelf, err error) {
	err = s.store.View(ctx, actor, access.FilesWrite, func(tx *guard.Tx) error {
		p, err := officePlace(tx, projectID)
		if err != nil {
			return err
		}
		shelf = Shelf{Project: p, Now: tx.Now()}
		shelf.Files, err = s.files.Binned(tx, projectID)
		return err
	})
	return shelf, err
}

// Storage tells how many bytes the organisation has stored and how many it may.
func (s *Service) Storage(ctx context.Context, actor access.Actor) (used, most int64, err error) {
	err = s.store.View(ctx, actor, access.SettingsRead, func(tx *guard.Tx) error {
		used, most, err = s.files.Used(tx)
		return err
	})
	return used, most, err
}

// LimitStorage says how many bytes the organisation may store. Invalid on limit for more than the installation allows.
func (s *Service) LimitStorage(ctx context.Context, actor access.Actor, most int64) error {
	return s.store.Change(ctx, actor, access.SettingsWrite, func(tx *guard.Tx) error { return s.files.Limit(tx, most) })
}

// Sheet is one file with all that its page shows.
type Sheet struct {
	File     file.File
	Versions []file.File // the newest first; empty when there is one only
	Project  place
	Folder   *Folder
	Folders  []Folder // where it could be moved
	Now      time.Time
}

// Newest is the id of the version that stands in the lists.
func (s Sheet) Newest() string {
	if len(s.Versions) == 0 {
		return s.File.ID
	}
	return s.Versions[0].ID
}

// Sheet gives a file of a project that the actor sees; NotFound otherwise.
func (s *Service) Sheet(ctx context.Context, actor access.Actor, fileID string) (sheet Sheet, err error) {
	err = s.store.View(ctx, actor, access.FilesRead, func(tx *guard.Tx) error {
		sheet = Sheet{Now: tx.Now()}
		if sheet.File, err = s.files.Seen(tx, fileID); err != nil {
			return err
		}
		if sheet.File.Hang.Project == "" {
			return fault.New(fault.NotFound, "This file was not found.")
		}
		return s.fill(tx, actor, &sheet)
	})
	return sheet, err
}

func (s *Service) fill(tx *guard.Tx, actor access.Actor, sheet *Sheet) (err error) {
	f := sheet.File
	sheet.Project, err = placeOf(tx, f.Hang.Project)
	if fault.Is(err, fault.NotFound) && !own(f) { // comes with a message or a document alone
		sheet.Project, err = place{}, nil
	}
	if err != nil || !own(f) {
		return err
	}
	versions, err := s.files.Versions(tx, f.Series)
	if err != nil {
		return err
	}
	if len(versions) > 1 {
		sheet.Versions = versions
	}
	if mayArrange(actor) {
		if sheet.Folders, err = loadFolders(tx, f.Hang.Project); err != nil {
			return err
		}
	}
	if f.Hang.Folder == "" {
		return nil
	}
	folder, err := loadFolder(tx, f.Hang.Folder)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	sheet.Folder = &folder
	return err
}

// Pair marks one photo of a project as before and another as after. Staff only. Invalid for what is no photo of the
// project, or the same one twice.
func (s *Service) Pair(ctx context.Context, actor access.Actor, projectID, before, after, title string) error {
	if len([]rune(title)) > longestFolder {
		return fault.ForField("title", "This is too long.")
	}
	return s.store.Change(ctx, actor, access.FilesWrite, func(tx *guard.Tx) error {
		p, err := officePlace(tx, projectID)
		if err != nil {
			return err
		}
		photos, err := s.files.ByIDs(tx, []string{before, after})
		if err != nil {
			return err
		}
		if len(photos) != 2 || before == after || !photoOf(photos[0], p.ID) || !photoOf(photos[1], p.ID) {
			return fault.New(fault.Invalid, "Choose two photos of this project: one before, one after.")
		}
		count := 0
		if err := tx.One(countPairs, guard.Args{"project": p.ID}, &count); err != nil {
			return err
		}
		if count >= mostPairs {
			return fault.New(fault.Invalid, "A project can have up to 100 pairs of photos.")
		}
		if _, err := tx.Exec(insertPair, guard.Args{"id": id.New(), "project": p.ID, "customer": p.Customer, "before": before, "after": after, "title": title}); err != nil {
			return err
		}
		return tx.Record(arranged("file.paired", p.ID, p.Customer, "", title))
	})
}

func photoOf(f file.File, projectID string) bool { return f.IsPhoto() && f.Hang.Project == projectID }

// Part takes a pair of photos apart; the photos stay. Staff only. It gives the project.
func (s *Service) Part(ctx context.Context, actor access.Actor, pairID string) (projectID string, err error) {
	err = s.store.Change(ctx, actor, access.FilesWrite, func(tx *guard.Tx) error {
		customer, title := "", ""
		if err := tx.One(pairByID, guard.Args{"id": pairID}, &projectID, &customer, &title); err != nil {
			return err
		}
		if _, err := tx.Exec(removePair, guard.Args{"id": pairID}); err != nil {
			return err
		}
		return tx.Record(arranged("file.parted", projectID, customer, "", title))
	})
	return projectID, err
}
