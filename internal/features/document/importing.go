package document

import (
	"cmp"
	"context"
	"fmt"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/document/estimate"
	"lintel/internal/features/file"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
)

// importKind is the kind of the files on which an import works. Only the office sees them,
// of it only who may see costs, because a spreadsheet has them; and they go when the lines
// are in.
const importKind = "proposal import"

// KeepEstimate reads an uploaded spreadsheet and keeps it for the import's next steps. It
// takes the place of an earlier one. Faults are those of estimate.Parse, and Conflict when
// the newest version is no draft.
func (s *Service) KeepEstimate(ctx context.Context, actor access.Actor, document, name string, content []byte) (string, error) {
	if _, err := estimate.Parse(content); err != nil {
		return "", err
	}
	var d Document
	err := s.store.Change(ctx, actor, access.ProposalsWrite, func(tx *guard.Tx) (err error) {
		if d, _, err = draftOf(tx, document); err != nil {
			return err
		}
		return s.dropEstimates(tx, document)
	})
	if err != nil {
		return "", err
	}
	hang := file.Hang{Kind: importKind, On: document, Customer: d.Customer, Project: d.Project, Visibility: file.Office, Quiet: true}
	kept, err := s.files.Save(ctx, actor, hang, name, "text/csv", content)
	return kept.ID, err
}

func (s *Service) dropEstimates(tx *guard.Tx, document string) error {
	files, err := s.files.Of(tx, importKind, document)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := s.files.Archive(tx, f.ID); err != nil {
			return err
		}
	}
	return nil
}

// Import is a kept spreadsheet, read, with what an import of it would do.
type Import struct {
	Document Document
	Draft    Version
	File     file.File
	Estimate estimate.Sheet
	Mapping  estimate.Mapping
	Options  estimate.Options
	Preview  estimate.Preview
	Problem  error // of the mapping: there is no preview then
	TooMuch  error // why what is ready cannot go into this proposal as a whole
}

// ImportChoices are a person's decisions; an empty Mapping is the one that the headers suggest.
type ImportChoices struct {
	Mapping estimate.Mapping
	Options estimate.Options // without a currency
	Unnamed string           // the name of a group for rows that have none
}

// PreviewImport says what an import would do; nothing changes. What it says is ready is what
// ImportLines takes. A file that was not kept for this proposal is NotFound.
func (s *Service) PreviewImport(ctx context.Context, actor access.Actor, document, kept string, choices ImportChoices) (Import, error) {
	i := Import{Options: choices.Options}
	err := s.store.View(ctx, actor, access.ProposalsWrite, func(tx *guard.Tx) (err error) {
		i.Document, i.Draft, err = draftOf(tx, document)
		return err
	})
	if err != nil {
		return i, err
	}
	var content []byte
	if i.File, content, err = s.files.Bytes(ctx, actor, kept); err != nil {
		return i, err
	}
	if i.File.Hang.Kind != importKind || i.File.Hang.On != document {
		return i, fault.New(fault.NotFound, "This file was not found.")
	}
	if i.Estimate, err = estimate.Parse(content); err != nil {
		return i, err
	}
	i.Options.Currency = i.Draft.Content.Currency
	if i.Mapping = choices.Mapping; len(i.Mapping) != len(i.Estimate.Columns) {
		i.Mapping = i.Estimate.Guess()
	}
	i.Preview, i.Problem = i.Estimate.Preview(i.Mapping, i.Options)
	if i.Problem != nil && fault.As(i.Problem) == nil {
		return i, i.Problem
	}
	if i.Problem == nil {
		i.TooMuch = i.Preview.Fit(i.Draft.Content, choices.Unnamed)
	}
	return i, nil
}

// ImportLines appends the lines that are ready as groups to the draft, in one transaction,
// and tells how many. Nothing is half-imported.
func (s *Service) ImportLines(ctx context.Context, actor access.Actor, document, kept string, choices ImportChoices) (int, error) {
	i, err := s.PreviewImport(ctx, actor, document, kept, choices)
	if err != nil {
		return 0, err
	}
	if err := cmp.Or(i.Problem, i.TooMuch); err != nil {
		return 0, err
	}
	if i.Preview.Ready() == 0 {
		return 0, fault.New(fault.Invalid, "No row of this file is ready yet.")
	}
	added := i.Preview.NewGroups(id.New, choices.Unnamed)
	err = s.store.Change(ctx, actor, access.ProposalsWrite, func(tx *guard.Tx) error {
		d, draft, err := draftOf(tx, document)
		if err != nil {
			return err
		}
		if draft.Revision != i.Draft.Revision {
			return fault.New(fault.Conflict, "Somebody else saved this proposal meanwhile. Look at the rows again, then import them.")
		}
		content, _ := estimate.Appended(draft.Content, added)
		if err := storeDraft(tx, d, draft.Revision, content); err != nil {
			return err
		}
		return s.dropEstimates(tx, document)
	})
	if err != nil {
		return 0, fmt.Errorf("import lines: %w", err)
	}
	return i.Preview.Ready(), nil
}
