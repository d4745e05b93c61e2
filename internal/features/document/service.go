package document

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/file"
	"lintel/internal/features/notify"
	"lintel/internal/features/organisation"
	"lintel/internal/features/outbox"
	"lintel/internal/features/signing"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/id"
	"lintel/internal/platform/markup"
)

// Service has the verbs of proposals.
type Service struct {
	store  *guard.Store
	files  *file.Service
	seals  *signing.Service
	mails  *outbox.Service
	means  Means
	markup *markup.Writer
	frozen *proposal.Frozen
	log    *slog.Logger
}

// Means is what proposals need from the rest of the program.
type Means struct {
	BaseURL string // absolute URLs in mails start with it
	Notices *notify.Service
}

// New makes the service.
func New(store *guard.Store, files *file.Service, seals *signing.Service, mails *outbox.Service, means Means, log *slog.Logger) *Service {
	files.Restrict(importKind, access.CostsRead)
	return &Service{store: store, files: files, seals: seals, mails: mails, means: means, markup: markup.New(), frozen: proposal.NewFrozen(), log: log}
}

// Create begins a proposal for a project with the organisation's standard terms. Staff
// with proposals:write; a project that is not theirs is Invalid.
func (s *Service) Create(ctx context.Context, actor access.Actor, project, title string) (document string, err error) {
	err = s.store.Change(ctx, actor, access.ProposalsWrite, func(tx *guard.Tx) error {
		settings, err := organisation.Of(tx)
		if err != nil {
			return err
		}
		content, err := firstDraft(ctx, tx, settings, title)
		if err != nil {
			return err
		}
		document, err = s.insert(tx, project, content, actor.Person())
		return err
	})
	return document, err
}

// firstDraft is an empty proposal as the organisation usually begins one.
func firstDraft(ctx context.Context, tx *guard.Tx, settings organisation.Settings, title string) (proposal.Content, error) {
	templates, err := organisation.TermsTemplates(tx)
	if err != nil {
		return proposal.Content{}, err
	}
	content := proposal.Content{Title: strings.TrimSpace(title), Currency: settings.Currency, Pricing: proposal.TaxOnTop,
		ValidUntil: tx.Now().In(settings.Location()).AddDate(0, 0, settings.LinkDays).Format(time.DateOnly),
		Groups:     []proposal.Group{{ID: id.New(), Kind: proposal.Fixed, Name: firstGroup(ctx, settings)}}}
	for _, t := range templates {
		if t.Standard {
			content.Terms = append(content.Terms, proposal.Term{ID: id.New(), Title: t.Title, Body: t.Body})
		}
	}
	return content, nil
}

// firstGroup is what the first group is called until the office calls it something else, in
// the language in which the firm writes to its customers: who offers one thing need not think
// of a name, and what customers read and sign has one.
func firstGroup(ctx context.Context, settings organisation.Settings) string {
	return i18n.T(i18n.WithReader(ctx, i18n.Reader{Language: settings.Language, Zone: settings.Location()}), "Scope of work")
}

func (s *Service) insert(tx *guard.Tx, project string, content proposal.Content, owner access.PersonID) (string, error) {
	number, err := organisation.NextNumber(tx, "proposal", 101)
	if err != nil {
		return "", err
	}
	totals, err := content.Totals(proposal.Choices{})
	if err != nil {
		return "", err
	}
	document := id.New()
	written, err := tx.Exec(insertDocument, guard.Args{"id": document, "number": fmt.Sprintf("P-%04d", number), "title": content.Title, "folded": proposal.Fold(content.Title),
		"owner": string(owner), "total": totals.Total.Minor, "currency": content.Currency, "valid_until": content.ValidUntil, "project": project})
	if err != nil {
		return "", err
	}
	if written == 0 {
		return "", fault.ForField("project", "Choose one of your projects.")
	}
	if _, err := tx.Exec(insertVersion, guard.Args{"document": document, "version": 1, "content": string(content.Bytes()), "total": totals.Total.Minor, "by": string(owner)}); err != nil {
		return "", err
	}
	d, err := loadDocument(tx, documentByID, document)
	if err != nil {
		return "", err
	}
	return document, tx.Record(Created{factOf(d, 1)})
}

// Workshop is everything that the editor shows.
type Workshop struct {
	Document   Document
	Version    Version
	Versions   []Version
	Recipients []Recipient
	Totals     proposal.OfficeTotals // with what was chosen when it was signed
	Signatures []signing.Signature
	Files      []file.File // hung on the proposal: attachments and photos of lines
	Templates  []organisation.Terms
	Settings   organisation.Settings
	SeesCosts  bool
}

// Workshop loads a proposal with one of its versions (0: the newest) for staff. Costs are
// left out for those without costs:read.
func (s *Service) Workshop(ctx context.Context, actor access.Actor, document string, version int) (w Workshop, err error) {
	err = s.store.View(ctx, actor, access.ProposalsRead, func(tx *guard.Tx) error {
		w, err = s.workshop(tx, document, version)
		return err
	})
	return w, err
}

func (s *Service) workshop(tx *guard.Tx, document string, version int) (w Workshop, err error) {
	if w.Document, err = loadDocument(tx, documentByID, document); err != nil {
		return w, err
	}
	if version == 0 {
		version = w.Document.Version
	}
	if w.Version, err = loadVersion(tx, document, version); err != nil {
		return w, err
	}
	if w.Versions, err = loadVersions(tx, versionsOf, guard.Args{"document": document}); err != nil {
		return w, err
	}
	if w.Recipients, err = loadRecipients(tx, document); err != nil {
		return w, err
	}
	if w.Signatures, err = signing.OfDocument(tx, document); err != nil {
		return w, err
	}
	if w.Files, err = s.files.Of(tx, "proposal", document); err != nil {
		return w, err
	}
	if w.Templates, err = organisation.TermsTemplates(tx); err != nil {
		return w, err
	}
	if w.Settings, err = organisation.Of(tx); err != nil {
		return w, err
	}
	if w.SeesCosts = tx.May(access.CostsRead); !w.SeesCosts {
		w.Version.Content = w.Version.Content.WithoutCosts()
		for i := range w.Versions {
			w.Versions[i].Content = w.Versions[i].Content.WithoutCosts()
		}
	}
	choices, err := signedChoices(w.Signatures, version)
	if err != nil {
		return w, err
	}
	w.Totals, err = w.Version.Content.Totals(choices)
	return w, err
}

// signedChoices are what was chosen with the signature of a version; before there is one, the office's presets.
func signedChoices(signatures []signing.Signature, version int) (choices proposal.Choices, err error) {
	for _, signature := range signatures {
		if signature.Version == version {
			err = json.Unmarshal(signature.Choices, &choices)
			return choices, err
		}
	}
	return choices, nil
}

// SaveDraft stores the whole draft if nobody saved it since revision; otherwise Conflict.
// The saved revision comes back. Wrong content is Invalid, with the fields named like the
// form's.
func (s *Service) SaveDraft(ctx context.Context, actor access.Actor, document string, revision int, content proposal.Content) (saved Version, err error) {
	if err := content.Check(); err != nil {
		return Version{}, err
	}
	err = s.store.Change(ctx, actor, access.ProposalsWrite, func(tx *guard.Tx) error {
		d, before, err := draftOf(tx, document)
		if err != nil {
			return err
		}
		if !tx.May(access.CostsRead) {
			content = keepCosts(content, before.Content)
		}
		if content, err = s.withStoredFiles(tx, d, content); err != nil {
			return err
		}
		if err := storeDraft(tx, d, revision, content); err != nil {
			return err
		}
		saved, err = loadVersion(tx, document, d.Version)
		return err
	})
	return saved, err
}

func draftOf(tx *guard.Tx, document string) (Document, Version, error) {
	d, err := loadDocument(tx, documentByID, document)
	if err != nil {
		return d, Version{}, err
	}
	v, err := loadVersion(tx, document, d.Version)
	if err != nil {
		return d, v, err
	}
	_, err = v.State.After(proposal.Edit)
	return d, v, err
}

func storeDraft(tx *guard.Tx, d Document, revision int, content proposal.Content) error {
	totals, err := content.Totals(proposal.Choices{})
	if err != nil {
		return err
	}
	changed, err := tx.Exec(saveDraft, guard.Args{"document": d.ID, "version": d.Version, "revision": revision, "content": string(content.Bytes()),
		"total": totals.Total.Minor, "by": string(tx.Actor().Person())})
	if err != nil {
		return err
	}
	if changed == 0 {
		return fault.New(fault.Conflict, "Somebody else saved this proposal while you worked on it. Your text is still here: load the newer one in another tab and compare.")
	}
	_, err = tx.Exec(touchDraft, guard.Args{"id": d.ID, "title": content.Title, "folded": proposal.Fold(content.Title), "total": totals.Total.Minor, "currency": content.Currency, "valid_until": content.ValidUntil})
	return err
}

// keepCosts puts back the costs that the editing person could not see.
func keepCosts(edited, before proposal.Content) proposal.Content {
	costs := map[string]*int64{}
	for _, g := range before.Groups {
		for _, l := range g.Lines {
			costs[l.ID] = l.UnitCost
		}
	}
	for i := range edited.Groups {
		for j := range edited.Groups[i].Lines {
			edited.Groups[i].Lines[j].UnitCost = costs[edited.Groups[i].Lines[j].ID]
		}
	}
	return edited
}

// withStoredFiles replaces what the form says of files by what is stored, and drops files
// that do not hang on this proposal (A07).
func (s *Service) withStoredFiles(tx *guard.Tx, d Document, content proposal.Content) (proposal.Content, error) {
	stored, err := s.files.Of(tx, "proposal", d.ID)
	if err != nil {
		return content, err
	}
	known := map[string]proposal.AttachmentRef{}
	for _, f := range stored {
		known[f.ID] = proposal.AttachmentRef{FileID: f.ID, Name: f.Name, MediaType: f.MediaType, Size: f.Size, SHA256: f.SHA256}
	}
	content.Attachments = onlyKnown(content.Attachments, known)
	for i := range content.Groups {
		for j := range content.Groups[i].Lines {
			content.Groups[i].Lines[j].Photos = onlyKnown(content.Groups[i].Lines[j].Photos, known)
		}
	}
	if _, ok := known[content.Cover]; !ok {
		content.Cover = ""
	}
	return content, nil
}

func onlyKnown(refs []proposal.AttachmentRef, known map[string]proposal.AttachmentRef) []proposal.AttachmentRef {
	kept := refs[:0:0]
	for _, ref := range refs {
		if stored, ok := known[ref.FileID]; ok {
			kept = append(kept, stored)
		}
	}
	return kept
}

// SetRecipient adds a contact of the proposal's customer, or changes whether they sign.
// A contact of somebody else is Invalid.
func (s *Service) SetRecipient(ctx context.Context, actor access.Actor, document, contact string, signs bool) error {
	return s.store.Change(ctx, actor, access.ProposalsWrite, func(tx *guard.Tx) error {
		written, err := tx.Exec(addRecipient, guard.Args{"document": document, "contact": contact, "signs": signs})
		if err == nil && written == 0 {
			err = fault.ForField("contact", "Choose a contact of this customer.")
		}
		return err
	})
}

// RemoveRecipient takes a contact off. Whoever got a version already keeps what was sent.
func (s *Service) RemoveRecipient(ctx context.Context, actor access.Actor, document, contact string) error {
	return s.store.Change(ctx, actor, access.ProposalsWrite, func(tx *guard.Tx) error {
		_, err := tx.Exec(removeRecipient, guard.Args{"document": document, "contact": contact})
		return err
	})
}

// Revise begins the next version from the newest sent one. An awaited signature ends with
// it; a signature that was given stays with its version (C1.9).
func (s *Service) Revise(ctx context.Context, actor access.Actor, document string) error {
	return s.store.Change(ctx, actor, access.ProposalsWrite, func(tx *guard.Tx) error {
		d, err := loadDocument(tx, documentByID, document)
		if err != nil {
			return err
		}
		v, err := loadVersion(tx, document, d.Version)
		if err != nil {
			return err
		}
		after, err := v.State.After(proposal.Revise)
		if err != nil {
			return err
		}
		if err := move(tx, d, v, after); err != nil {
			return err
		}
		changed, err := tx.Exec(nextVersion, guard.Args{"id": document, "version": d.Version})
		if err != nil || changed == 0 {
			return orConflict(err)
		}
		content := v.Content
		content.ValidUntil = later(content.ValidUntil, tx.Now())
		if _, err := tx.Exec(insertVersion, guard.Args{"document": document, "version": d.Version + 1, "content": string(content.Bytes()), "total": v.Total.Minor, "by": string(actor.Person())}); err != nil {
			return err
		}
		return tx.Record(WasRevised{factOf(d, d.Version+1)})
	})
}

// later keeps a last valid day that still lies ahead; one that is over is left to the
// office to set anew.
func later(validUntil string, now time.Time) string {
	if validUntil != "" && validUntil < now.Format(time.DateOnly) {
		return ""
	}
	return validUntil
}

// move changes the state of a version by compare-and-set.
func move(tx *guard.Tx, d Document, v Version, to proposal.State) error {
	if v.State == to {
		return nil
	}
	changed, err := tx.Exec(setVersionState, guard.Args{"document": d.ID, "version": v.Number, "state": string(to), "before": string(v.State)})
	if err != nil || changed == 0 {
		return orConflict(err)
	}
	changed, err = tx.Exec(setState, guard.Args{"id": d.ID, "version": v.Number, "state": string(to)})
	if err != nil || changed == 0 {
		return orConflict(err)
	}
	return nil
}

func orConflict(err error) error {
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, "Somebody was faster. Please look at the proposal again.")
}

// Void withdraws a proposal; its page says so from then on. Once the next version was begun it is a Conflict: who presses it
// then has an old page before them, and what was signed or waits does not end with a draft.
func (s *Service) Void(ctx context.Context, actor access.Actor, document, reason string) error {
	return s.store.Change(ctx, actor, access.ProposalsWrite, func(tx *guard.Tx) error {
		d, err := loadDocument(tx, documentByID, document)
		if err != nil {
			return err
		}
		v, err := loadVersion(tx, document, d.Version)
		if err != nil {
			return err
		}
		if v.State == proposal.Draft && d.SentVersion > 0 {
			return fault.New(fault.Conflict, "The next version was begun meanwhile. Please look at the proposal again.")
		}
		after, err := v.State.After(proposal.Cancel)
		if err != nil {
			return err
		}
		if err := move(tx, d, v, after); err != nil {
			return err
		}
		return tx.Record(WasVoided{factOf(d, v.Number), reason})
	})
}

// List is one page of the office's list of proposals, newest first. state "" lists all;
// after is the last document of the page before.
func (s *Service) List(ctx context.Context, actor access.Actor, state proposal.State, afterTime time.Time, afterID string, limit int) (list []Document, err error) {
	err = s.store.View(ctx, actor, access.ProposalsRead, func(tx *guard.Tx) error {
		parts, args := []string{"recent"}, guard.Args{"limit": limit}
		if state != "" {
			parts, args["state"] = append(parts, "state"), string(state)
		}
		if afterID != "" {
			parts, args["after_at"], args["after_id"] = append(parts, "after"), afterTime, afterID
		}
		list, err = loadDocuments(tx, documentList.Choose(parts...), args)
		return err
	})
	return list, err
}

// OfProject lists a project's proposals for staff.
func OfProject(tx *guard.Tx, project string) ([]Document, error) {
	return loadDocuments(tx, documentsOfProj, guard.Args{"project": project})
}
