package file

import (
	"fmt"
	"strings"
	"unicode"

	"lintel/internal/core/guard"
	"lintel/internal/platform/fault"
)

// What follows is for the feature that arranges the files of projects (filing): it has
// checked that the actor may do it, and only files that hang on a project itself are
// changed. Customers change their own alone.

// ofProjects is the kind of thing that a project's own files hang on.
const ofProjects = "project"

// Rename gives a file of a project another name and caption; NotFound when the actor may
// not. The ending stays as it is when the new name has none.
func (s *Service) Rename(tx *guard.Tx, f File, name, caption string) error {
	name = cleanName(name)
	if at := strings.LastIndexByte(f.Name, '.'); at > 0 && !strings.Contains(name, ".") {
		name += f.Name[at:]
	}
	args := guard.Args{"id": f.ID, "name": name, "folded": sortable(name), "caption": caption}
	if tx.Actor().SeesWholeOrganisation() {
		return oneRow(tx.Exec(renameAny, args))
	}
	args["kind"] = ofProjects
	return oneRow(tx.Exec(renameOwn, args))
}

// Move puts files of a project into one of its folders, or out of all. Moved into a folder
// of the office, a file is seen by the office alone. What hangs on a message or a document
// stays where it is. Staff only; NotFound when none was moved.
func (s *Service) Move(tx *guard.Tx, project, folder, visibility string, ids []string) (moved int, err error) {
	statement := moveFile
	if visibility == Office {
		statement = moveFileInside
	}
	for _, fileID := range ids {
		changed, err := tx.Exec(statement, guard.Args{"id": fileID, "project": project, "folder": folder})
		if err != nil {
			return 0, fmt.Errorf("move the file: %w", err)
		}
		if changed > 0 {
			moved++
		}
	}
	if moved == 0 {
		return 0, fault.New(fault.NotFound, "These files cannot be moved. They belong to a message or a document.")
	}
	return moved, nil
}

// Publish lets the customer see a file's newest version. Staff only.
func (s *Service) Publish(tx *guard.Tx, fileID string) error {
	return oneRow(tx.Exec(publishFile, guard.Args{"id": fileID}))
}

// Withdraw hides a file from the customer, with its versions. Staff only.
func (s *Service) Withdraw(tx *guard.Tx, series string) error {
	return oneRow(tx.Exec(withdrawFile, guard.Args{"series": series}))
}

// Bin puts a file of a project with its versions into the bin, where it stays for 30 days.
func (s *Service) Bin(tx *guard.Tx, series string) error {
	if tx.Actor().SeesWholeOrganisation() {
		return oneRow(tx.Exec(binAny, guard.Args{"series": series}))
	}
	return oneRow(tx.Exec(binOwn, guard.Args{"series": series, "kind": ofProjects}))
}

// Restore takes a file with its versions out of the bin; loose, out of its folder too.
// Staff only. NotFound when it is not in the bin of this project.
func (s *Service) Restore(tx *guard.Tx, project, series string, loose bool) error {
	statement := restoreFile
	if loose {
		statement = restoreLoose
	}
	return oneRow(tx.Exec(statement, guard.Args{"series": series, "project": project, "since": tx.Now().Add(-keepArchived)}))
}

func oneRow(changed int64, err error) error {
	if err != nil {
		return fmt.Errorf("change the file: %w", err)
	}
	if changed == 0 {
		return fault.New(fault.NotFound, "This file was not found.")
	}
	return nil
}

// supersede puts the version before out of the lists and gives the new one its place.
func supersede(tx *guard.Tx, f *File) error {
	tx = tx.OnBehalfOf("file: the next version takes the place of the one before")
	gone := fault.New(fault.Conflict, "Somebody else has just changed this file. Please look again.")
	err := tx.One(newestVersion, guard.Args{"id": f.Hang.Replaces}, &f.Series, &f.Version, &f.Caption)
	if fault.Is(err, fault.NotFound) {
		return gone
	}
	if err != nil {
		return err
	}
	f.Version++
	changed, err := tx.Exec(supersedeFile, guard.Args{"id": f.Hang.Replaces})
	if err == nil && changed == 0 {
		return gone
	}
	return err
}

// bringBack makes the version before the newest again, when the next one was refused.
func bringBack(tx *guard.Tx, f File) error {
	if f.Hang.Replaces == "" {
		return nil
	}
	_, err := tx.Exec(bringBackFile, guard.Args{"id": f.Hang.Replaces})
	return err
}

// sortable is a name as lists are sorted by it: "Plan 2" stands before "plan 10".
func sortable(name string) string {
	var out strings.Builder
	digits := 0
	letters := []rune(strings.ToLower(name))
	for i, r := range letters {
		if !unicode.IsDigit(r) {
			digits = 0
		} else if digits++; digits == 1 {
			length := 1
			for i+length < len(letters) && unicode.IsDigit(letters[i+length]) {
				length++
			}
			out.WriteString(strings.Repeat("0", max(0, 12-length)))
		}
		out.WriteRune(r)
	}
	return out.String()
}
