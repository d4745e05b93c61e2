package document

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/features/project"
	"lintel/internal/features/signing"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/jobs"
	"lintel/internal/platform/money"
)

// SaveProgress keeps what a customer chose and opened so far. Choices that the version does
// not offer are Invalid.
func (s *Service) SaveProgress(ctx context.Context, actor access.Actor, document string, version int, p Progress) (r Reading, err error) {
	err = s.store.Change(ctx, actor, access.ProposalsAnswer, func(tx *guard.Tx) error {
		d, err := loadDocument(tx, documentSeen, document)
		if err != nil {
			return err
		}
		shown, err := s.loadShown(tx, d, version)
		if err != nil {
			return err
		}
		if err := p.Choices.Check(shown.Content); err != nil {
			return err
		}
		p.Terms = knownTerms(shown.Content, p.Terms)
		if _, err := tx.Exec(saveProgress, guard.Args{"document": document, "version": version, "choices": guard.JSON{Value: p.Choices}, "terms": guard.JSON{Value: p.Terms}}); err != nil {
			return err
		}
		r, err = s.read(tx, document, version)
		return err
	})
	return r, err
}

func knownTerms(content proposal.CustomerContent, opened []string) []string {
	known := []string{}
	for _, term := range content.Terms {
		if slices.Contains(opened, term.ID) {
			known = append(known, term.ID)
		}
	}
	return known
}

// Viewed notes that a recipient opened a version. It is recorded once per person and
// version; the page asks for it by a POST, because a mail scanner only GETs.
func (s *Service) Viewed(ctx context.Context, actor access.Actor, document string, version int) error {
	return s.store.Change(ctx, actor, access.ProposalsRead, func(tx *guard.Tx) error {
		d, err := loadDocument(tx, documentSeen, document)
		if err != nil {
			return err
		}
		if version != d.SentVersion {
			return nil
		}
		changed, err := tx.Exec(viewedRecipient, guard.Args{"document": document, "version": version})
		if err != nil || changed == 0 {
			return err
		}
		if _, err := tx.Exec(viewedDocument, guard.Args{"id": document}); err != nil {
			return err
		}
		return tx.Record(WasViewed{Fact: factOf(d, version)})
	})
}

// Approval is what a person sends when pressing Approve. ShownSHA256 and Total say what
// was on the screen; the server trusts neither, it compares.
type Approval struct {
	Document       string
	Version        int
	ShownSHA256    string
	Total          money.Amount // as shown; the currency is the version's
	Progress       Progress
	ConsentVersion string
	Method         signing.Method
	Drawn          string // data:image/png;base64,…
	Typed          string
	Browser        route.Browser
}

// Approve signs and approves a version, once. In one transaction it checks that exactly
// what was shown is what stands, puts the signature under it and moves the state by
// compare-and-set. A second, parallel press gets the first one's signature back.
//
// Only a recipient who signs may do it. Faults: Conflict when the version changed
// meanwhile, was answered or is past; identity.CodeNeeded when the browser must be
// confirmed first; Precondition without consent, or without the opened terms and choices;
// Invalid for the drawing.
func (s *Service) Approve(ctx context.Context, actor access.Actor, a Approval) (signed signing.Signature, err error) {
	mark, err := signing.CheckMark(a.Method, a.Drawn, a.Typed)
	if err != nil {
		return signed, err
	}
	var fresh bool
	err = s.store.Change(ctx, actor, access.ProposalsAnswer, func(tx *guard.Tx) error {
		r, err := s.read(tx, a.Document, a.Version)
		if err != nil {
			return err
		}
		if r.Signature != nil {
			signed, err = again(*r.Signature, actor)
			return err
		}
		if err := s.mayAnswer(tx, r, a.ShownSHA256); err != nil {
			return err
		}
		if err := identity.RequireConfirmed(tx); err != nil {
			return err
		}
		consent, err := signing.CheckConsent(a.ConsentVersion)
		if err != nil {
			return err
		}
		agreement, err := agree(r, a)
		if err != nil {
			return err
		}
		signed, err = s.sign(tx, r, a, agreement, consent, mark)
		fresh = err == nil
		return err
	})
	if err == nil && fresh {
		s.sealNow(ctx, actor.Org(), signed.ID)
	}
	return signed, err
}

// again answers a second press: the same person gets the first result, anybody else learns
// that it is done.
func again(signature signing.Signature, actor access.Actor) (signing.Signature, error) {
	if signature.Person == actor.Person() {
		return signature, nil
	}
	return signing.Signature{}, fault.New(fault.Conflict, "This proposal has already been approved.")
}

// mayAnswer holds what approving, declining and asking for changes have in common.
func (s *Service) mayAnswer(tx *guard.Tx, r Reading, shown string) error {
	switch {
	case !r.Signs:
		return fault.New(fault.Denied, "This proposal was sent to you to read. The person it was sent to for signing can answer it.")
	case !r.Newest:
		return fault.New(fault.Conflict, "A newer version has replaced this one. Please look at what changed.")
	case r.Pending:
		return fault.New(fault.Conflict, "The office is working on a new version. You will get an e-mail when it is ready.")
	case r.Past:
		return fault.New(fault.Conflict, "This version is no longer valid. Ask the office for a new one.")
	case shown != r.Version.SHA256:
		return fault.New(fault.Conflict, "The proposal has changed since you opened it. Please look at it again.")
	}
	if _, err := r.Version.State.After(proposal.Approve); err != nil {
		return err
	}
	return nil
}

// agree puts together what is signed and refuses it unless it is what the person saw.
func agree(r Reading, a Approval) (proposal.Agreement, error) {
	if err := a.Progress.Choices.Check(r.Version.Content); err != nil {
		return proposal.Agreement{}, err
	}
	if missing := proposal.MissingToSign(r.Version.Content, a.Progress.Choices, a.Progress.Opened(), true); len(missing) > 0 {
		return proposal.Agreement{}, fault.New(fault.Precondition, "Something is still missing before you can approve: please make the choices and open all terms.")
	}
	totals, err := r.Version.Content.Totals(a.Progress.Choices)
	if err != nil {
		return proposal.Agreement{}, err
	}
	if totals.Total.Minor < 0 {
		return proposal.Agreement{}, fault.New(fault.Precondition, "With these choices the total is below zero, which nobody can sign. Please choose again, or ask for changes.")
	}
	if totals.Total.Minor != a.Total.Minor {
		return proposal.Agreement{}, fault.New(fault.Conflict, "The total has changed since you opened the page. Please look at it again.")
	}
	return proposal.Agreement{DocumentID: a.Document, Version: a.Version, Content: r.Version.Content, Choices: a.Progress.Choices, Total: totals.Total}, nil
}

func (s *Service) sign(tx *guard.Tx, r Reading, a Approval, agreement proposal.Agreement, consent signing.Consent, mark string) (signing.Signature, error) {
	self, err := recipientOf(tx, a.Document)
	if err != nil {
		return signing.Signature{}, err
	}
	choices, err := json.Marshal(a.Progress.Choices)
	if err != nil {
		return signing.Signature{}, err
	}
	d := r.Version.Document
	signature, twice, err := signing.Sign(tx, signing.Signature{Document: d.ID, Version: a.Version, Customer: d.Customer, Project: d.Project, Contact: self.Contact,
		Name: self.Name, Email: self.Email, Method: a.Method, Mark: mark, ContentSHA256: proposal.SHA256(agreement.Bytes()), Consent: consent, Choices: choices,
		Total: agreement.Total, Proof: tx.Actor().Proof(), Browser: a.Browser, BrowserID: tx.Actor().Session(), Title: d.Title, Number: d.Number})
	if err != nil {
		return signature, err
	}
	if twice {
		return again(signature, tx.Actor())
	}
	if err := answer(tx, d, a.Version, proposal.Approved, "", agreement.Total); err != nil {
		return signature, err
	}
	if err := tx.Record(WasApproved{Fact: factOf(d, a.Version), Signature: signature.ID, ContentSHA256: signature.ContentSHA256, Total: agreement.Total}); err != nil {
		return signature, err
	}
	if stage := r.Settings.SignedStage; stage != "" {
		if err := project.MoveStage(tx.OnBehalfOf("the firm moves signed projects by itself"), d.Project, stage); err != nil {
			return signature, err
		}
	}
	return signature, tx.Enqueue(jobs.Job{Kind: sealJob, Arguments: sealTask{signature.ID}, Unique: "seal " + signature.ID, RunAt: tx.Now().Add(sealSafetyNet)})
}

// answer moves a version and its document by compare-and-set; the first one wins.
func answer(tx *guard.Tx, d Document, version int, to proposal.State, reason string, total money.Amount) error {
	changed, err := tx.Exec(answerVersion, guard.Args{"document": d.ID, "version": version, "state": string(to), "reason": reason})
	if err != nil || changed == 0 {
		return orConflict(err)
	}
	changed, err = tx.Exec(answerDocument, guard.Args{"id": d.ID, "version": version, "state": string(to), "reason": reason, "total": total.Minor})
	if err != nil || changed == 0 {
		return orConflict(err)
	}
	return nil
}

// Refusal is a customer's no, or wish for something else.
type Refusal struct {
	Document    string
	Version     int
	ShownSHA256 string
	Reason      string
}

// Decline refuses a version with a reason, which the office is told.
func (s *Service) Decline(ctx context.Context, actor access.Actor, refusal Refusal) error {
	return s.refuse(ctx, actor, refusal, proposal.Decline, func(d Document) event.Event {
		return WasDeclined{factOf(d, refusal.Version), strings.TrimSpace(refusal.Reason)}
	})
}

// AskForChanges sends a version back with what should be different.
func (s *Service) AskForChanges(ctx context.Context, actor access.Actor, refusal Refusal) error {
	return s.refuse(ctx, actor, refusal, proposal.RequestChanges, func(d Document) event.Event {
		return ChangesWereRequested{factOf(d, refusal.Version), strings.TrimSpace(refusal.Reason)}
	})
}

func (s *Service) refuse(ctx context.Context, actor access.Actor, refusal Refusal, verb proposal.Verb, happened func(Document) event.Event) error {
	reason := strings.TrimSpace(refusal.Reason)
	switch {
	case reason == "" && verb == proposal.RequestChanges:
		return fault.ForField("reason", "Tell us what should be different.")
	case reason == "":
		return fault.ForField("reason", "Please say in a few words why, so that we can make it better.")
	}
	if utf8.RuneCountInString(reason) > proposal.MaxDescription {
		return fault.ForField("reason", "This is too long.")
	}
	return s.store.Change(ctx, actor, access.ProposalsAnswer, func(tx *guard.Tx) error {
		r, err := s.read(tx, refusal.Document, refusal.Version)
		if err != nil {
			return err
		}
		if err := s.mayAnswer(tx, r, refusal.ShownSHA256); err != nil {
			return err
		}
		after, err := r.Version.State.After(verb)
		if err != nil {
			return err
		}
		if err := answer(tx, r.Version.Document, refusal.Version, after, reason, r.Totals.Total); err != nil {
			return err
		}
		return tx.Record(happened(r.Version.Document))
	})
}

// ProjectSeen reports whether a customer sees a project: a link to one document opens that alone.
func (s *Service) ProjectSeen(ctx context.Context, actor access.Actor, id string) (seen bool, err error) {
	if id == "" || !actor.May(access.ProjectsRead) {
		return false, nil
	}
	err = s.store.View(ctx, actor, access.ProjectsRead, func(tx *guard.Tx) error {
		_, err := project.ProjectVisible(tx, id)
		if seen = err == nil; fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	})
	return seen, err
}

// Shown lists the sent proposals that a customer may see, newest first.
func (s *Service) Shown(ctx context.Context, actor access.Actor) (list []Document, agreements []signing.Signature, err error) {
	err = s.store.View(ctx, actor, access.ProposalsRead, func(tx *guard.Tx) error {
		if list, err = loadDocuments(tx, documentsSeen, nil); err != nil {
			return err
		}
		agreements, err = signing.Agreements(tx)
		return err
	})
	return list, agreements, err
}

// expireAll moves sent versions whose last day is over; the timetable calls it for each
// organisation.
func (s *Service) expireAll(ctx context.Context, org access.OrgID) error {
	system := access.NewSystem(org, "expire proposals whose last day is over")
	return s.store.Change(ctx, system, access.ProposalsWrite, func(tx *guard.Tx) error {
		settings, err := organisation.Of(tx)
		if err != nil {
			return err
		}
		var past []string
		today := tx.Now().In(settings.Location()).Format(time.DateOnly)
		err = tx.Each(documentIDsSent, guard.Args{"today": today}, func(row guard.Row) error {
			var document string
			err := row(&document)
			past = append(past, document)
			return err
		})
		if err != nil {
			return err
		}
		for _, document := range past {
			if err := expire(tx, document); err != nil {
				return err
			}
		}
		return nil
	})
}

func expire(tx *guard.Tx, document string) error {
	d, err := loadDocument(tx, documentByID, document)
	if err != nil {
		return err
	}
	v, err := loadVersion(tx, document, d.Version)
	if err != nil {
		return err
	}
	after, err := v.State.After(proposal.Expire)
	if err != nil {
		return nil // answered meanwhile
	}
	if err := move(tx, d, v, after); err != nil {
		return err
	}
	return tx.Record(HasExpired{factOf(d, v.Number)})
}
