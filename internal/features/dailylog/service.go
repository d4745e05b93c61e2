package dailylog

import (
	"context"
	"fmt"
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

// Kind is what the files of a daily log hang on.
const Kind = "dailylog"

// Service holds the verbs on daily logs.
type Service struct {
	store   *guard.Store
	files   *file.Service
	notices *notify.Service
}

// New makes the service.
func New(store *guard.Store, files *file.Service, notices *notify.Service) *Service {
	return &Service{store: store, files: files, notices: notices}
}

// pageSize is how many logs one page shows.
const pageSize = 20

// List is one page of a project's logs, the newest first.
type List struct {
	Project project.Line
	Logs    []Log
	Next    organisation.Cursor // zero: that was all
}

// latest is behind every day.
const latest = "9999-12-31"

// List gives a project's logs from a cursor on: the office all, a customer those that are
// shared. NotFound for who does not see the project.
func (s *Service) List(ctx context.Context, actor access.Actor, projectID string, from organisation.Cursor) (list List, err error) {
	if from.Zero() {
		from = organisation.Cursor{Text: latest, ID: "~"}
	}
	err = s.store.View(ctx, actor, access.LogsRead, func(tx *guard.Tx) error {
		list = List{}
		if list.Project, err = project.ProjectVisible(tx, projectID); err != nil {
			return err
		}
		if list.Logs, err = loadLogs(tx, projectID, from.Text, from.ID, pageSize+1); err != nil {
			return err
		}
		if len(list.Logs) > pageSize {
			next := list.Logs[pageSize]
			list.Logs, list.Next = list.Logs[:pageSize], organisation.Cursor{Text: next.Day, ID: next.ID}
		}
		return s.addPhotos(tx, list.Logs)
	})
	return list, err
}

// addPhotos fills in the photos that the actor sees.
func (s *Service) addPhotos(tx *guard.Tx, logs []Log) error {
	ids := make([]string, len(logs))
	for i, l := range logs {
		ids[i] = l.ID
	}
	files, err := s.files.OfSome(tx, Kind, ids)
	if err != nil {
		return err
	}
	for i := range logs {
		if err := addFiles(tx, &logs[i], files[logs[i].ID]); err != nil {
			return err
		}
	}
	return nil
}

func addFiles(tx *guard.Tx, l *Log, files []file.File) error {
	if len(files) == 0 {
		return nil
	}
	var going map[string]bool
	if tx.Actor().SeesWholeOrganisation() {
		var err error
		if going, err = loadGoing(tx, l.ID); err != nil {
			return err
		}
	}
	for _, f := range files {
		l.Photos = append(l.Photos, Photo{File: f, Shared: going == nil || going[f.ID]})
	}
	return nil
}

// Entry is one log with its project.
type Entry struct {
	Project project.Line
	Log     Log
}

// Get gives one log of a project to whoever may read it; NotFound otherwise.
func (s *Service) Get(ctx context.Context, actor access.Actor, projectID, log string) (e Entry, err error) {
	err = s.store.View(ctx, actor, access.LogsRead, func(tx *guard.Tx) error {
		e = Entry{}
		if e.Project, err = project.ProjectVisible(tx, projectID); err != nil {
			return err
		}
		e.Log, err = s.load(tx, projectID, log)
		return err
	})
	return e, err
}

// load gives a log of a project with its photos.
func (s *Service) load(tx *guard.Tx, projectID, log string) (Log, error) {
	l, err := loadLog(tx, log)
	if err != nil {
		return Log{}, err
	}
	if l.Project != projectID {
		return Log{}, fault.New(fault.NotFound, "This daily log was not found.")
	}
	files, err := s.files.Of(tx, Kind, log)
	if err != nil {
		return Log{}, err
	}
	err = addFiles(tx, &l, files)
	return l, err
}

// Begin makes an internal log of a day.
func (s *Service) Begin(ctx context.Context, actor access.Actor, projectID, day string) (l Log, err error) {
	err = s.store.Change(ctx, actor, access.LogsWrite, func(tx *guard.Tx) error {
		of, err := project.ProjectByID(tx, projectID)
		if err != nil {
			return err
		}
		if err := (Details{Day: day}).check(); err != nil {
			return err
		}
		l = Log{ID: id.New(), Project: of.ID, Customer: of.Customer, Day: day, Author: actor.Person(), AuthorName: actor.Name(), Revision: 1, UpdatedAt: tx.Now()}
		if _, err := tx.Exec(insertLog, guard.Args{"id": l.ID, "project": l.Project, "customer": l.Customer, "day": l.Day, "by": string(l.Author), "name": l.AuthorName}); err != nil {
			return fmt.Errorf("store daily log: %w", err)
		}
		return tx.Record(Begun{aboutLog(l)})
	})
	return l, err
}

// change runs a verb of the office on one log.
func (s *Service) change(ctx context.Context, actor access.Actor, projectID, log string, do func(tx *guard.Tx, l Log) error) error {
	return s.store.Change(ctx, actor, access.LogsWrite, func(tx *guard.Tx) error {
		l, err := s.load(tx, projectID, log)
		if err != nil {
			return err
		}
		if l.Shared() { // what customers see changes without an event of theirs
			tx.Announce("project:"+l.Project, false)
		}
		return do(tx, l)
	})
}

// Save changes a log that its writer saw at a revision; when somebody has written in it
// since, it is a Conflict.
func (s *Service) Save(ctx context.Context, actor access.Actor, projectID, log string, revision int, d Details) error {
	return s.change(ctx, actor, projectID, log, func(tx *guard.Tx, l Log) error {
		if err := d.check(); err != nil {
			return err
		}
		saved, err := tx.Exec(saveLog, guard.Args{"id": log, "revision": revision, "day": d.Day, "weather": string(d.Weather), "temperature": d.Temperature, "on_site": d.OnSite, "notes": d.Notes})
		if err != nil {
			return fmt.Errorf("save daily log: %w", err)
		}
		if saved == 0 {
			refusal := fault.ForField("revision", "Somebody has written in this log in the meantime. Please look at what it says now.")
			refusal.Kind = fault.Conflict
			return refusal
		}
		l.Day = d.Day
		return tx.Record(Changed{aboutLog(l)})
	})
}

// Share shows a log to the customer, with the photos that go along. One without words or
// photos is Invalid.
func (s *Service) Share(ctx context.Context, actor access.Actor, projectID, log string) error {
	return s.change(ctx, actor, projectID, log, func(tx *guard.Tx, l Log) error {
		if l.Empty() {
			return fault.New(fault.Invalid, "There is nothing in this log yet. Write something, or add a photo.")
		}
		shared, err := tx.Exec(shareLog, guard.Args{"id": log, "by": string(actor.Person())})
		if err != nil {
			return fmt.Errorf("share daily log: %w", err)
		}
		if shared == 0 {
			return nil
		}
		l.SharedAt = tx.Now()
		if err := s.showPhotos(tx, l); err != nil {
			return err
		}
		return tx.Record(Shared{about: aboutLog(l), Excerpt: excerpt(l.Notes), Photos: l.Going()})
	})
}

// excerpt is what a notice quotes of the notes.
func excerpt(notes string) string {
	runes := []rune(notes)
	if len(runes) <= 300 {
		return notes
	}
	return string(runes[:299]) + "…"
}

// Withdraw takes a shared log back, and its photos with it.
func (s *Service) Withdraw(ctx context.Context, actor access.Actor, projectID, log string) error {
	return s.change(ctx, actor, projectID, log, func(tx *guard.Tx, l Log) error {
		withdrawn, err := tx.Exec(unshareLog, guard.Args{"id": log})
		if err != nil {
			return fmt.Errorf("take a daily log back: %w", err)
		}
		if withdrawn == 0 {
			return nil
		}
		l.SharedAt = time.Time{}
		if err := s.showPhotos(tx, l); err != nil {
			return err
		}
		return tx.Record(Withdrawn{aboutLog(l)})
	})
}

// ChoosePhotos says of photos of a log whether they go along when it is shared; at once,
// when it is. NotFound for a file that is not of the log.
func (s *Service) ChoosePhotos(ctx context.Context, actor access.Actor, projectID, log string, photos []string, shared bool) error {
	return s.change(ctx, actor, projectID, log, func(tx *guard.Tx, l Log) error {
		statement := hidePhoto
		if shared {
			statement = sharePhoto
		}
		for _, one := range photos {
			at := l.photo(one)
			if at < 0 {
				return fault.New(fault.NotFound, "This photo is not in the log any more.")
			}
			if _, err := tx.Exec(statement, guard.Args{"log": log, "file": one}); err != nil {
				return fmt.Errorf("choose a photo: %w", err)
			}
			l.Photos[at].Shared = shared
		}
		if err := s.showPhotos(tx, l); err != nil {
			return err
		}
		return tx.Record(PhotosChosen{about: aboutLog(l), Photos: l.Going()})
	})
}

// photo is the place of a file among the log's photos, -1 when it is none.
func (l Log) photo(fileID string) int {
	for i, p := range l.Photos {
		if p.ID == fileID {
			return i
		}
	}
	return -1
}

// showPhotos gives each file the visibility that follows from its log and its own choice.
func (s *Service) showPhotos(tx *guard.Tx, l Log) error {
	for _, p := range l.Photos {
		to := l.hang()
		if l.Shared() && p.Shared {
			to.Visibility = file.Shared
		}
		if p.Hang.Visibility == to.Visibility {
			continue
		}
		if err := s.files.Rehang(tx, []string{p.ID}, Kind, l.ID, to); err != nil {
			return err
		}
	}
	return nil
}

func (l Log) hang() file.Hang {
	return file.Hang{Kind: Kind, On: l.ID, Customer: l.Customer, Project: l.Project, Visibility: file.Office}
}

// RemovePhoto puts a photo of a log away.
func (s *Service) RemovePhoto(ctx context.Context, actor access.Actor, projectID, log, photo string) error {
	return s.change(ctx, actor, projectID, log, func(tx *guard.Tx, l Log) error {
		if l.photo(photo) < 0 {
			return fault.New(fault.NotFound, "This photo is not in the log any more.")
		}
		if _, err := tx.Exec(hidePhoto, guard.Args{"log": log, "file": photo}); err != nil {
			return fmt.Errorf("remove a photo: %w", err)
		}
		if err := s.files.Archive(tx, photo); err != nil {
			return err
		}
		return tx.Record(Changed{aboutLog(l)})
	})
}

// Remove puts a log away with its photos.
func (s *Service) Remove(ctx context.Context, actor access.Actor, projectID, log string) error {
	return s.change(ctx, actor, projectID, log, func(tx *guard.Tx, l Log) error {
		if _, err := tx.Exec(archiveLog, guard.Args{"id": log}); err != nil {
			return fmt.Errorf("put a daily log away: %w", err)
		}
		for _, p := range l.Photos {
			if err := s.files.Archive(tx, p.ID); err != nil {
				return err
			}
		}
		return tx.Record(Removed{aboutLog(l)})
	})
}

// HangOnLog lets those who write daily logs hang photos on one; it is a file.Hanger. They
// are internal until somebody lets them go along.
func HangOnLog(tx *guard.Tx, log string) (file.Hang, error) {
	if err := tx.Require(access.LogsWrite); err != nil {
		return file.Hang{}, err
	}
	l, err := loadLog(tx, log)
	if err != nil {
		return file.Hang{}, err
	}
	return l.hang(), nil
}
