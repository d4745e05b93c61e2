package document

import (
	"context"
	"encoding/json"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/file"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/features/signing"
	"lintel/internal/platform/fault"
)

// Reading is everything that the customer's page of a proposal shows.
type Reading struct {
	Version   ShownVersion
	Before    *ShownVersion // the sent version before, for the differences
	Changes   []proposal.Change
	Progress  Progress
	Carried   *Carried // the choices of an earlier version, while none was made in this one
	Totals    proposal.Totals
	Missing   []proposal.Missing // consent left out: it is given in the last step
	Files     map[string]file.File
	Signature *signing.Signature
	Signers   []string
	Signs     bool // this person is one who signs
	NeedsCode bool
	Settings  organisation.Settings
	Contact   identity.Member // who answers for it in the office
	Past      bool            // the last valid day is over
	Newest    bool            // no newer version was sent
	Pending   bool            // the office is working on the next version
}

// Answerable reports whether this person can approve, decline or ask for changes now.
func (r Reading) Answerable() bool {
	return r.Signs && r.Newest && !r.Pending && !r.Past && r.Version.State == proposal.Sent && r.Signature == nil
}

// Read loads a sent version (0: the newest) for a customer. A proposal that the person may
// not see, or that was never sent, is NotFound.
func (s *Service) Read(ctx context.Context, actor access.Actor, document string, version int) (r Reading, err error) {
	err = s.store.View(ctx, actor, access.ProposalsRead, func(tx *guard.Tx) error {
		r, err = s.read(tx, document, version)
		return err
	})
	return r, err
}

func (s *Service) read(tx *guard.Tx, document string, version int) (r Reading, err error) {
	d, err := loadDocument(tx, documentSeen, document)
	if err != nil {
		return r, err
	}
	return s.readVersion(tx, d, version)
}

// readVersion reads a version, or the newest for 0, of a document that the actor sees.
func (s *Service) readVersion(tx *guard.Tx, d Document, version int) (r Reading, err error) {
	document := d.ID
	if version == 0 {
		version = d.SentVersion
	}
	if version > d.SentVersion {
		return r, fault.New(fault.NotFound, "This was not found.")
	}
	r.Newest, r.Pending = version == d.SentVersion, d.Version > d.SentVersion
	var signature *signing.Signature
	err = tx.Together(
		func() (err error) { r.Version, err = s.loadShown(tx, d, version); return err },
		func() (err error) { r.Before, err = s.loadBefore(tx, d, version); return err },
		func() (err error) { r.Settings, err = organisation.Of(tx); return err },
		func() (err error) { r.Contact, err = contactOf(tx, d.Owner); return err },
		func() (err error) { r.NeedsCode, err = identity.NeedsCode(tx); return err },
		func() (err error) { r.Progress, err = progressOf(tx, document, version); return err },
		func() (err error) { signature, err = signatureOf(tx, document, version); return err },
		func() error { return r.addSigners(tx, document) },
		func() error { return s.addFiles(tx, &r, document) },
	)
	if err != nil {
		return r, err
	}
	r.Settings = settingsAsSent(r.Settings, r.Version.Content)
	if signature == nil && r.Signs && r.Newest && r.Before != nil && r.Progress.Choices.None() {
		if err := s.carryChoices(tx, &r); err != nil {
			return r, err
		}
	}
	r.Past = proposal.IsPast(r.Version.Content.ValidUntil, tx.Now(), r.Settings.Location())
	if r.Before != nil {
		if r.Changes, err = s.frozen.Difference(r.Before.sent(), r.Version.sent()); err != nil {
			return r, err
		}
	}
	err = r.addAnswer(signature)
	return r, err
}

// Carried says what became of the choices that a person had made in an earlier version.
type Carried struct {
	From int // the version
	Lost []proposal.Lost
}

// carryChoices takes over what the person had chosen in the newest version in which they chose something. Nothing is written by it:
// it stands until they choose in this version, or sign it.
func (s *Service) carryChoices(tx *guard.Tx, r *Reading) error {
	from, choices, err := choicesBefore(tx, r.Version.Document.ID, r.Version.Number)
	if err != nil || from == 0 {
		return err
	}
	before := *r.Before
	if from != before.Number {
		if before, err = s.loadShown(tx, r.Version.Document, from); err != nil {
			return err
		}
	}
	kept, lost := choices.CarryOver(before.Content, r.Version.Content)
	if kept.Says() || len(lost) > 0 {
		r.Carried = &Carried{From: from, Lost: lost}
	}
	r.Progress.Choices = kept
	return nil
}

// choicesBefore gives the version before one in which the person chose last; 0 for none.
func choicesBefore(tx *guard.Tx, document string, version int) (from int, choices proposal.Choices, err error) {
	err = tx.Each(progressUpTo, guard.Args{"document": document, "version": version - 1}, func(row guard.Row) error {
		var number int
		var made proposal.Choices
		if err := row(&number, guard.JSON{Value: &made}); err != nil {
			return err
		}
		if from == 0 && !made.None() {
			from, choices = number, made
		}
		return nil
	})
	return from, choices, err
}

// loadBefore gives the version that was sent before one; nil for the first.
func (s *Service) loadBefore(tx *guard.Tx, d Document, version int) (*ShownVersion, error) {
	for number := version - 1; number > 0; number-- {
		before, err := s.loadShown(tx, d, number)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		return &before, err
	}
	return nil, nil
}

// signatureOf gives the signature of a version; nil without one.
func signatureOf(tx *guard.Tx, document string, version int) (*signing.Signature, error) {
	signature, err := signing.SeenOfVersion(tx, document, version)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return &signature, err
}

// addSigners says who signs, and whether whoever looks does.
func (r *Reading) addSigners(tx *guard.Tx, document string) error {
	return tx.Together(
		func() error {
			self, err := recipientOf(tx, document)
			if fault.Is(err, fault.NotFound) {
				return nil
			}
			r.Signs = self.Signs
			return err
		},
		func() error {
			return tx.Each(signersShown, guard.Args{"document": document}, func(row guard.Row) error {
				var name string
				err := row(&name)
				r.Signers = append(r.Signers, name)
				return err
			})
		},
	)
}

// addAnswer adds what was answered, and the sums of what was chosen.
func (r *Reading) addAnswer(signature *signing.Signature) (err error) {
	if r.Signature = signature; signature != nil {
		if err := json.Unmarshal(signature.Choices, &r.Progress.Choices); err != nil {
			return err
		}
	}
	if r.Totals, err = r.Version.Content.Totals(r.Progress.Choices); err != nil {
		return err
	}
	r.Missing = proposal.MissingToSign(r.Version.Content, r.Progress.Choices, r.Progress.Opened(), true)
	return nil
}

func (s *Service) addFiles(tx *guard.Tx, r *Reading, document string) error {
	files, err := s.files.Of(tx, "proposal", document)
	r.Files = make(map[string]file.File, len(files))
	for _, f := range files {
		r.Files[f.ID] = f
	}
	return err
}

func recipientOf(tx *guard.Tx, document string) (Recipient, error) {
	r := Recipient{Person: tx.Actor().Person()}
	err := tx.One(recipientSelf, guard.Args{"document": document}, &r.Contact, &r.Name, &r.Email, &r.Signs, &r.Viewed)
	return r, err
}

func progressOf(tx *guard.Tx, document string, version int) (p Progress, err error) {
	err = tx.Each(loadProgress, guard.Args{"document": document, "version": version}, func(row guard.Row) error {
		return row(guard.JSON{Value: &p.Choices}, guard.JSON{Value: &p.Terms})
	})
	return p, err
}
