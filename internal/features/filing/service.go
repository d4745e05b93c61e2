package filing

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/file"
	"lintel/internal/features/notify"
	"lintel/internal/features/organisation"
	"lintel/internal/features/project"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
)

// Service holds the verbs on the files of projects.
type Service struct {
	store   *guard.Store
	files   *file.Service
	notices *notify.Service
}

// New makes the service and tells the files where uploads to projects go.
func New(store *guard.Store, files *file.Service, notices *notify.Service) *Service {
	s := &Service{store, files, notices}
	files.Register(Folders, hangInFolder)
	files.Register(NextVersions, s.hangAsVersion)
	return s
}

func number(n int) string { return strconv.Itoa(n) }

// place is a project as far as its files are concerned.
type place struct {
	ID, Customer, Name, Cover string
	Lead                      access.PersonID
}

// placeOf gives a project whose files the actor sees: staff every one, customers those on which Files was granted to
// them and whose stage they see. NotFound otherwise.
func placeOf(tx *guard.Tx, projectID string) (place, error) {
	if tx.Actor().SeesWholeOrganisation() {
		p, err := project.ProjectByID(tx, projectID)
		return place{ID: p.ID, Customer: p.Customer, Name: p.Name, Cover: p.Cover, Lead: access.PersonID(p.Lead)}, err
	}
	p := place{ID: projectID}
	err := tx.One(takesFiles, guard.Args{"project": projectID}, &p.Customer, &p.Name, &p.Lead, &p.Cover)
	return p, err
}

// hangInFolder lets the office and the customer's people add files to a project. What the office adds is shared unless
// it says otherwise, and inside a folder of the office it never is; what customers add is shared.
func hangInFolder(tx *guard.Tx, on string) (file.Hang, error) {
	projectID, folderID, visibility := readOn(on)
	p, err := placeOf(tx, projectID)
	if err != nil {
		return file.Hang{}, err
	}
	if tx.Actor().Kind() == access.Customer {
		visibility = file.Shared
	}
	hang := file.Hang{Kind: hungOnProject, On: p.ID, Customer: p.Customer, Project: p.ID, Visibility: visibility}
	if folderID == "" {
		return hang, nil
	}
	folder, err := folderIn(tx, p.ID, folderID)
	if err != nil {
		return file.Hang{}, err
	}
	if hang.Folder = folder.ID; folder.Inside() {
		hang.Visibility = file.Office
	}
	return hang, nil
}

// folderIn gives a folder of a project that the actor sees; NotFound for other projects' folders.
func folderIn(tx *guard.Tx, projectID, folderID string) (Folder, error) {
	folder, err := loadFolder(tx, folderID)
	if err == nil && folder.Project != projectID {
		err = fault.New(fault.NotFound, "This folder was not found.")
	}
	return folder, err
}

// hangAsVersion lets those who may change a file add its next version, which is seen by the same people.
func (s *Service) hangAsVersion(tx *guard.Tx, on string) (file.Hang, error) {
	f, err := s.changeable(tx, on)
	if err != nil {
		return file.Hang{}, err
	}
	hang := f.Hang
	hang.Replaces = f.ID
	return hang, nil
}

// changeable gives a file that the actor may rename, version or arrange. NotFound when they do not see it, Denied when
// they see it and may not.
func (s *Service) changeable(tx *guard.Tx, fileID string) (file.File, error) {
	f, err := s.files.Seen(tx, fileID)
	if err != nil {
		return file.File{}, err
	}
	if tx.Actor().Kind() == access.System && own(f) {
		return f, nil // finishes an upload that a crash interrupted
	}
	if !mayChange(tx.Actor(), f) {
		return file.File{}, fault.New(fault.Denied, "Only the office and whoever added this file can change it.")
	}
	return f, nil
}

// MakeFolder makes a folder; only the office does. Faults: Invalid on name, Conflict for a name that the project has.
func (s *Service) MakeFolder(ctx context.Context, actor access.Actor, projectID, name string, inside bool) (made Folder, err error) {
	name, err = folderName(name)
	if err != nil {
		return Folder{}, err
	}
	err = s.store.Change(ctx, actor, access.FilesWrite, func(tx *guard.Tx) error {
		p, err := officePlace(tx, projectID)
		if err != nil {
			return err
		}
		made = Folder{ID: id.New(), Project: p.ID, Customer: p.Customer, Name: name, Visibility: file.Shared, CreatorName: actor.Name(), CreatedAt: tx.Now()}
		if inside {
			made.Visibility = file.Office
		}
		return insert(tx, made)
	})
	return made, err
}

func insert(tx *guard.Tx, f Folder) error {
	count := 0
	if err := tx.One(countFolders, guard.Args{"project": f.Project}, &count); err != nil {
		return err
	}
	if count >= mostFolders {
		return fault.ForField("name", "A project can have up to 200 folders.")
	}
	stored, err := tx.Exec(insertFolder, guard.Args{"id": f.ID, "project": f.Project, "customer": f.Customer, "name": f.Name, "folded": organisation.Fold(f.Name),
		"visibility": f.Visibility, "creator": f.CreatorName})
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	if stored == 0 {
		return nameTaken()
	}
	return tx.Record(arranged("folder.made", f.Project, f.Customer, "", f.Name))
}

func nameTaken() error {
	return fault.ForField("name", "This project has a folder of this name.")
}

// officePlace is placeOf for what only the office does.
func officePlace(tx *guard.Tx, projectID string) (place, error) {
	if tx.Actor().Kind() == access.Customer {
		return place{}, fault.New(fault.Denied, "Only the office arranges files.")
	}
	return placeOf(tx, projectID)
}

// RenameFolder gives a folder another name. Staff only; faults as of MakeFolder.
func (s *Service) RenameFolder(ctx context.Context, actor access.Actor, folderID, name string) (folder Folder, err error) {
	name, err = folderName(name)
	if err != nil {
		return Folder{}, err
	}
	err = s.store.Change(ctx, actor, access.FilesWrite, func(tx *guard.Tx) error {
		if folder, err = loadFolder(tx, folderID); err != nil {
			return err
		}
		taken, args := 0, guard.Args{"id": folderID, "project": folder.Project, "folded": organisation.Fold(name)}
		if err := tx.One(folderNamed, args, &taken); err != nil {
			return err
		}
		if taken > 0 {
			return nameTaken()
		}
		if _, err := tx.Exec(renameFolder, guard.Args{"id": folderID, "name": name, "folded": organisation.Fold(name)}); err != nil {
			return fmt.Errorf("rename folder: %w", err)
		}
		return tx.Record(arranged("folder.renamed", folder.Project, folder.Customer, "", name))
	})
	return folder, err
}

// RemoveFolder takes an empty folder away. Staff only; Conflict while something is in it.
func (s *Service) RemoveFolder(ctx context.Context, actor access.Actor, folderID string) (folder Folder, err error) {
	err = s.store.Change(ctx, actor, access.FilesWrite, func(tx *guard.Tx) error {
		if folder, err = loadFolder(tx, folderID); err != nil {
			return err
		}
		held := 0
		if err := tx.One(folderInUse, guard.Args{"project": folder.Project, "folder": folderID}, &held); err != nil {
			return err
		}
		if held > 0 {
			return fault.New(fault.Conflict, "There are files in this folder. Move them out first.")
		}
		if _, err := tx.Exec(removeFolder, guard.Args{"id": folderID}); err != nil {
			return fmt.Errorf("remove folder: %w", err)
		}
		return tx.Record(arranged("folder.removed", folder.Project, folder.Customer, "", folder.Name))
	})
	return folder, err
}

// Move puts files into a folder of their project, or with an empty folder out of all. Staff only. In a folder of the
// office files are seen by the office alone. What hangs on a message or a document stays where it is; NotFound when
// nothing was moved.
func (s *Service) Move(ctx context.Context, actor access.Actor, projectID, folderID string, ids []string) (moved int, err error) {
	if err := chosen(ids); err != nil {
		return 0, err
	}
	err = s.store.Change(ctx, actor, access.FilesWrite, func(tx *guard.Tx) error {
		p, err := officePlace(tx, projectID)
		if err != nil {
			return err
		}
		visibility, name := "", ""
		if folderID != "" {
			folder, err := folderIn(tx, p.ID, folderID)
			if err != nil {
				return err
			}
			visibility, name = folder.Visibility, folder.Name
		}
		if moved, err = s.files.Move(tx, p.ID, folderID, visibility, ids); err != nil {
			return err
		}
		if visibility == file.Office {
			tx.Announce("project:"+p.ID, false)
		}
		return tx.Record(arranged("file.moved", p.ID, p.Customer, "", name))
	})
	return moved, err
}

func chosen(ids []string) error {
	switch {
	case len(ids) == 0:
		return fault.New(fault.Invalid, "Choose at least one file.")
	case len(ids) > mostChosen:
		return fault.New(fault.Invalid, "Please choose up to 500 files at once.")
	}
	return nil
}

// Rename gives a file another name and caption: the office any, customers their own.
func (s *Service) Rename(ctx context.Context, actor access.Actor, fileID, name, caption string) error {
	switch {
	case name == "":
		return fault.ForField("name", "Give the file a name.")
	case len([]rune(caption)) > longestCaption:
		return fault.ForField("caption", "This is too long.")
	}
	return s.change(ctx, actor, fileID, func(tx *guard.Tx, f file.File) error {
		if err := s.files.Rename(tx, f, name, caption); err != nil {
			return err
		}
		return tx.Record(about("file.renamed", f))
	})
}

func (s *Service) change(ctx context.Context, actor access.Actor, fileID string, do func(*guard.Tx, file.File) error) error {
	return s.store.Change(ctx, actor, access.FilesWrite, func(tx *guard.Tx) error {
		f, err := s.changeable(tx, fileID)
		if err != nil {
			return err
		}
		return do(tx, f)
	})
}

// Share lets the customer see a file that only the office saw. It is an act of its own, and an event (invariant 4).
// Staff only; Conflict inside a folder of the office.
func (s *Service) Share(ctx context.Context, actor access.Actor, fileID string) error {
	return s.change(ctx, actor, fileID, func(tx *guard.Tx, f file.File) error {
		if f.Hang.Visibility == file.Shared || !mayArrange(actor) {
			return nil
		}
		if f.Hang.Folder != "" {
			folder, err := loadFolder(tx, f.Hang.Folder)
			if err != nil {
				return err
			}
			if folder.Inside() {
				return fault.New(fault.Conflict, "This folder is the office’s own. Move the file out of it first.")
			}
		}
		if err := s.files.Publish(tx, f.ID); err != nil {
			return err
		}
		return tx.Record(about("file.published", f))
	})
}

// Withdraw hides a file and its versions from the customer. Staff only.
func (s *Service) Withdraw(ctx context.Context, actor access.Actor, fileID string) error {
	return s.change(ctx, actor, fileID, func(tx *guard.Tx, f file.File) error {
		if f.Hang.Visibility == file.Office || !mayArrange(actor) {
			return nil
		}
		if err := s.files.Withdraw(tx, f.Series); err != nil {
			return err
		}
		tx.Announce("project:"+f.Hang.Project, false) // it goes from the customer's open page too
		return tx.Record(about("file.withdrawn", f))
	})
}

// Remove puts a file with its versions into the bin: the office any, customers their own for a day. Conflict for the
// project's cover and for what is too old.
func (s *Service) Remove(ctx context.Context, actor access.Actor, fileID string) error {
	return s.change(ctx, actor, fileID, func(tx *guard.Tx, f file.File) error {
		versions, err := s.files.Versions(tx, f.Series)
		if err != nil {
			return err
		}
		if len(versions) == 0 || versions[0].ID != f.ID {
			return fault.New(fault.Conflict, "There is a newer version of this file. Remove that one.")
		}
		if !mayRemove(actor, versions[len(versions)-1], tx.Now()) { // a new version makes an old file no younger
			return fault.New(fault.Conflict, "You can remove a file for a day. Please ask the office.")
		}
		p, err := placeOf(tx, f.Hang.Project)
		if err != nil {
			return err
		}
		if p.Cover == f.ID {
			return fault.New(fault.Conflict, "This is the picture of the project. Choose another one first.")
		}
		if err := s.files.Bin(tx, f.Series); err != nil {
			return err
		}
		tx.Announce("project:"+f.Hang.Project, false)
		return tx.Record(about("file.removed", f))
	})
}

// Restore takes a file out of the bin of a project, into its folder when that is still there. Staff only. Conflict
// when it is not there any more.
func (s *Service) Restore(ctx context.Context, actor access.Actor, projectID, series string) error {
	return s.store.Change(ctx, actor, access.FilesWrite, func(tx *guard.Tx) error {
		p, err := officePlace(tx, projectID)
		if err != nil {
			return err
		}
		binned, err := s.files.Binned(tx, projectID)
		if err != nil {
			return err
		}
		for _, f := range binned {
			if f.Series != series {
				continue
			}
			_, err := loadFolder(tx, f.Hang.Folder)
			if err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
			if err := s.files.Restore(tx, p.ID, series, err != nil); err != nil {
				return err
			}
			tx.Announce("project:"+p.ID, false)
			return tx.Record(about("file.restored", f))
		}
		return fault.New(fault.Conflict, "This file is not in the bin any more.")
	})
}

// MarkSeen notes that the actor has looked at the files of a project.
func (s *Service) MarkSeen(ctx context.Context, actor access.Actor, projectID string) error {
	return s.store.Change(ctx, actor, access.FilesRead, func(tx *guard.Tx) error {
		if _, err := placeOf(tx, projectID); err != nil {
			return err
		}
		_, err := tx.Exec(saveSeen, guard.Args{"project": projectID})
		return err
	})
}

// Unread counts the files that are new to the actor, who joined at an instant, on each of the projects, up to 100. Projects whose
// files they do not see have none.
func Unread(tx *guard.Tx, projects []string, joined time.Time) (map[string]int, error) {
	counts := map[string]int{}
	if len(projects) == 0 || tx.Actor().Person() == "" {
		return counts, nil
	}
	args := guard.Args{"ids": guard.List(projects), "joined": joined.UnixMicro()}
	if tx.Actor().SeesWholeOrganisation() {
		args["me"] = string(tx.Actor().Person())
	}
	return counts, tx.Each(pick(tx, newForOffice, newForCustomer), args, func(row guard.Row) error {
		project, n := "", 0
		err := row(&project, &n)
		counts[project] = min(n, newLimit)
		return err
	})
}
