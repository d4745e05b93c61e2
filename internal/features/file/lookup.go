package file

import (
	"fmt"

	"lintel/internal/core/guard"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
)

// Of lists the files that hang on a thing and that the actor sees, the oldest first.
func (s *Service) Of(tx *guard.Tx, kind, on string) ([]File, error) {
	var out []File
	err := tx.Each(pick(tx, filesForOffice, filesForCustomer), guard.Args{"kind": kind, "on": on}, func(row guard.Row) error {
		f, err := scanFile(row)
		out = append(out, f)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load files: %w", err)
	}
	return out, nil
}

// OfSome lists the files of several things of one kind, by the thing's id.
func (s *Service) OfSome(tx *guard.Tx, kind string, ons []string) (map[string][]File, error) {
	if len(ons) == 0 {
		return map[string][]File{}, nil
	}
	files, err := loadFiles(tx, pick(tx, filesOfSomeForOffice, filesOfSomeForPortal), guard.Args{"kind": kind, "ids": guard.List(ons)})
	if err != nil {
		return nil, fmt.Errorf("load files: %w", err)
	}
	out := map[string][]File{}
	for _, f := range files {
		out[f.Hang.On] = append(out[f.Hang.On], f)
	}
	return out, nil
}

// ByIDs gives those of the files that exist and that the actor sees, in the order asked for.
func (s *Service) ByIDs(tx *guard.Tx, ids []string) ([]File, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	files, err := loadFiles(tx, pick(tx, filesByIDForOffice, filesByIDForCustomer), guard.Args{"ids": guard.List(ids)})
	if err != nil {
		return nil, fmt.Errorf("load files: %w", err)
	}
	byID := map[string]File{}
	for _, f := range files {
		byID[f.ID] = f
	}
	out := make([]File, 0, len(files))
	for _, wanted := range ids {
		if f, found := byID[wanted]; found {
			out = append(out, f)
		}
	}
	return out, nil
}

// Rehang moves files from the thing on which they were uploaded to another. Customers, and
// anybody for what was uploaded to a composer, only move what they uploaded themselves.
// Invalid when one of them does not hang there.
func (s *Service) Rehang(tx *guard.Tx, ids []string, fromKind, fromOn string, to Hang) error {
	if len(ids) == 0 {
		return nil
	}
	statement := rehangOwn
	if tx.Actor().SeesWholeOrganisation() && fromKind != Composer {
		statement = rehangAny
	}
	for _, fileID := range ids {
		moved, err := tx.Exec(statement, guard.Args{"id": fileID, "from_kind": fromKind, "from_on": fromOn, "kind": to.Kind, "on": to.On, "hang_item": to.Item,
			"customer": to.Customer, "project": to.Project, "visibility": to.Visibility})
		if err != nil {
			return fmt.Errorf("hang file: %w", err)
		}
		if moved == 0 {
			return fault.New(fault.Invalid, "One of the files is not here any more. Please attach it again.")
		}
	}
	return noteFiled(tx, to)
}

// Copy hangs copies of files on another thing, without storing their bytes again; it gives
// the copies' ids in the same order. Staff and system only.
func (s *Service) Copy(tx *guard.Tx, ids []string, to Hang) ([]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	copies := make([]string, 0, len(ids))
	for _, fileID := range ids {
		copied := id.New()
		n, err := tx.Exec(copyFile, guard.Args{"id": fileID, "copy": copied, "kind": to.Kind, "on": to.On, "hang_item": to.Item, "customer": to.Customer,
			"project": to.Project, "visibility": to.Visibility, "folder": to.Folder})
		if err != nil {
			return nil, fmt.Errorf("copy file: %w", err)
		}
		if n == 0 {
			return nil, fault.New(fault.NotFound, "One of the files is not here any more.")
		}
		copies = append(copies, copied)
	}
	return copies, noteFiled(tx, to)
}

// Archive puts a file away: nobody sees it from then on, and after 30 days its bytes are
// deleted. Staff and system only. NotFound when it is not there.
func (s *Service) Archive(tx *guard.Tx, fileID string) error {
	n, err := tx.Exec(archiveAny, guard.Args{"id": fileID})
	if err != nil {
		return fmt.Errorf("put the file away: %w", err)
	}
	if n == 0 {
		return fault.New(fault.NotFound, "This file was not found.")
	}
	return nil
}

// ArchiveOwnOf puts away what the actor uploaded to a thing of their own, as a message that
// they take back.
func (s *Service) ArchiveOwnOf(tx *guard.Tx, kind, on string) error {
	if _, err := tx.Exec(archiveOwnOf, guard.Args{"kind": kind, "on": on}); err != nil {
		return fmt.Errorf("put files away: %w", err)
	}
	return nil
}

// Attach makes stored bytes a file of the thing, in the caller's transaction, whose actor
// the caller has checked. The bytes were stored by Store before the transaction.
func (s *Service) Attach(tx *guard.Tx, bytes Bytes, hang Hang) (File, error) {
	if err := s.reserve(tx, bytes.size); err != nil {
		return File{}, err
	}
	f := bytes.file(hang)
	f.UploadedBy, f.UploaderName = tx.Actor().Person(), tx.Actor().Name()
	err := s.keep(tx, &f)
	return f, err
}
