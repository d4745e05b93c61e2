package document

import (
	"context"
	"fmt"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/file"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/pdf"
)

// cleanPDFs replaces the PDFs that a draft carries by copies that always show the same:
// without scripts, forms, layers and earlier revisions (C12). What the customer opens, and
// what the hash in the signed content names, is the clean copy. A file that cannot be made
// clean is Invalid on "attachments".
//
// It reads and writes files, so it runs before the transaction that sends; the revision of
// the draft afterwards comes back.
func (s *Service) cleanPDFs(ctx context.Context, actor access.Actor, document string, revision int) (int, error) {
	w, err := s.Workshop(ctx, actor, document, 0)
	if err != nil || w.Version.State != proposal.Draft || w.Version.Revision != revision {
		return revision, err // Send says what is wrong
	}
	cleaned := map[string]file.Bytes{}
	for _, ref := range w.Version.Content.Attachments {
		if ref.MediaType != "application/pdf" || cleanedBefore(w.Files, ref.FileID) {
			continue
		}
		stored, err := s.cleanPDF(ctx, actor, ref)
		if err != nil {
			return revision, err
		}
		cleaned[ref.FileID] = stored
	}
	if len(cleaned) == 0 {
		return revision, nil
	}
	return s.swapAttachments(ctx, actor, document, revision, cleaned)
}

// cleanedBefore knows the clean copies that an earlier version already carries.
func cleanedBefore(files []file.File, id string) bool {
	for _, f := range files {
		if f.ID == id {
			return f.UploadedBy == "" // Lintel made it
		}
	}
	return false
}

func (s *Service) cleanPDF(ctx context.Context, actor access.Actor, ref proposal.AttachmentRef) (file.Bytes, error) {
	_, raw, err := s.files.Bytes(ctx, actor, ref.FileID)
	if err != nil {
		return file.Bytes{}, fmt.Errorf("read attachment %s: %w", ref.FileID, err)
	}
	_, clean, err := pdf.CheckUpload(raw)
	if f := fault.As(err); f != nil {
		return file.Bytes{}, fault.ForField("attachments", f.Message)
	}
	if err != nil {
		return file.Bytes{}, fmt.Errorf("check attachment %s: %w", ref.FileID, err)
	}
	return s.files.Store(ctx, actor.Org(), ref.Name, clean)
}

func (s *Service) swapAttachments(ctx context.Context, actor access.Actor, document string, revision int, cleaned map[string]file.Bytes) (int, error) {
	err := s.store.Change(ctx, actor, access.ProposalsWrite, func(tx *guard.Tx) error {
		d, draft, err := draftOf(tx, document)
		if err != nil {
			return err
		}
		content := draft.Content
		content.Attachments = append([]proposal.AttachmentRef(nil), content.Attachments...)
		system := tx.OnBehalfOf("the clean copy of an attachment is Lintel's")
		for i, ref := range content.Attachments {
			stored, ok := cleaned[ref.FileID]
			if !ok {
				continue
			}
			kept, err := s.files.Attach(system, stored, file.Hang{Kind: "proposal", On: d.ID, Item: d.ID, Customer: d.Customer, Project: d.Project, Visibility: file.Office, Quiet: true})
			if err != nil {
				return err
			}
			content.Attachments[i] = proposal.AttachmentRef{FileID: kept.ID, Name: kept.Name, MediaType: kept.MediaType, Size: kept.Size, SHA256: kept.SHA256}
			if err := s.files.Archive(tx, ref.FileID); err != nil {
				return err
			}
		}
		return storeDraft(tx, d, revision, content)
	})
	return revision + 1, err
}
