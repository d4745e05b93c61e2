package document

import (
	"cmp"
	"context"

	"lintel/internal/core/event"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/money"
)

// Fact is what all events of a proposal carry.
type Fact struct {
	Document string
	Number   string
	Title    string
	Version  int
	Customer string `json:",omitempty"`
	Project  string `json:",omitempty"`
}

func factOf(d Document, version int) Fact {
	return Fact{Document: d.ID, Number: d.Number, Title: d.Title, Version: version, Customer: d.Customer, Project: d.Project}
}

func (f Fact) subject() event.Subject {
	return event.Subject{Kind: "proposal", ID: f.Document, Customer: f.Customer, Project: f.Project}
}

// The events of a proposal.
type (
	// Created says that a draft was begun.
	Created struct{ Fact }
	// WasSent says that a version was frozen and mailed.
	WasSent struct {
		Fact
		SHA256     string
		Recipients []string
		Total      money.Amount
	}
	// WasRevised says that the office began the next version.
	WasRevised struct{ Fact }
	// WasViewed says that a recipient opened a version for the first time. Reader is their
	// name where the system notes it for them.
	WasViewed struct {
		Fact
		Reader string
	}
	// WasApproved says that a version was signed.
	WasApproved struct {
		Fact
		Signature     string
		ContentSHA256 string
		Total         money.Amount
	}
	// WasDeclined says that a version was refused.
	WasDeclined struct {
		Fact
		Reason string
	}
	// ChangesWereRequested says what the customer wants different.
	ChangesWereRequested struct {
		Fact
		Reason string
	}
	// HasExpired says that the last day of a version is over.
	HasExpired struct{ Fact }
	// WasVoided says that the office withdrew it.
	WasVoided struct {
		Fact
		Reason string
	}
)

// About names the event and its subject.
func (e Created) About() (string, event.Subject) { return "proposal.created", e.subject() }

// About names the event and its subject.
func (e WasSent) About() (string, event.Subject) { return "proposal.sent", e.subject() }

// About names the event and its subject.
func (e WasRevised) About() (string, event.Subject) { return "proposal.revised", e.subject() }

// About names the event and its subject.
func (e WasViewed) About() (string, event.Subject) { return "proposal.viewed", e.subject() }

// About names the event and its subject.
func (e WasApproved) About() (string, event.Subject) { return "proposal.approved", e.subject() }

// About names the event and its subject.
func (e WasDeclined) About() (string, event.Subject) { return "proposal.declined", e.subject() }

// About names the event and its subject.
func (e ChangesWereRequested) About() (string, event.Subject) {
	return "proposal.changes_requested", e.subject()
}

// About names the event and its subject.
func (e HasExpired) About() (string, event.Subject) { return "proposal.expired", e.subject() }

// About names the event and its subject.
func (e WasVoided) About() (string, event.Subject) { return "proposal.voided", e.subject() }

// sentence makes the sentence of an event from one English text with {name}, {title} and
// {version}.
func sentence(english string) func(context.Context, event.Recorded) string {
	return func(ctx context.Context, r event.Recorded) string {
		var f Fact
		if err := r.Read(&f); err != nil {
			return i18n.T(ctx, "A proposal changed.")
		}
		return i18n.T(ctx, english, "name", r.ActorName, "title", f.Title, "version", f.Version)
	}
}

func viewedSentence(ctx context.Context, r event.Recorded) string {
	var viewed WasViewed
	if err := r.Read(&viewed); err != nil {
		return i18n.T(ctx, "A proposal changed.")
	}
	return i18n.T(ctx, "{name} opened version {version} of {title}.", "name", cmp.Or(viewed.Reader, r.ActorName), "title", viewed.Title, "version", viewed.Version)
}

// Events declares what this feature records.
func Events() []event.Kind {
	return []event.Kind{
		{Name: "proposal.created", Visibility: event.OfficeOnly, Icon: "file-text", Sentence: sentence(i18n.Mark("{name} started the proposal {title}.")),
			Notice: "nobody, because a draft is the office's own business"},
		{Name: "proposal.sent", Visibility: event.WithPortal, Icon: "send", Sentence: sentence(i18n.Mark("{name} sent version {version} of {title}.")),
			Notice: "each recipient, by a mail with a personal link (SY-01)"},
		{Name: "proposal.revised", Visibility: event.OfficeOnly, Icon: "pen-line", Sentence: sentence(i18n.Mark("{name} started the next version of {title}.")),
			Notice: "nobody, because the new version announces itself when it is sent"},
		{Name: "proposal.viewed", Visibility: event.OfficeOnly, Icon: "eye", Sentence: viewedSentence,
			Notice: "nobody, because the office sees it in the list and on the proposal"},
		{Name: "proposal.approved", Visibility: event.WithPortal, Icon: "file-check", Sentence: sentence(i18n.Mark("{name} signed and approved version {version} of {title}.")),
			Notice: "the owner of the proposal, in the inbox and by mail; both sides get the sealed copy"},
		{Name: "proposal.declined", Visibility: event.WithPortal, Icon: "circle-x", Sentence: sentence(i18n.Mark("{name} declined version {version} of {title}.")),
			Notice: "the owner of the proposal, in the inbox and by mail, with the reason"},
		{Name: "proposal.changes_requested", Visibility: event.WithPortal, Icon: "reply", Sentence: sentence(i18n.Mark("{name} asked for changes to version {version} of {title}.")),
			Notice: "the owner of the proposal, in the inbox and by mail, with what is wanted"},
		{Name: "proposal.expired", Visibility: event.WithPortal, Icon: "clock", Sentence: sentence(i18n.Mark("Version {version} of {title} is no longer valid.")),
			Notice: "the owner of the proposal, in the inbox"},
		{Name: "proposal.voided", Visibility: event.WithPortal, Icon: "ban", Sentence: sentence(i18n.Mark("{name} withdrew {title}.")),
			Notice: "nobody, because the page says so to whoever opens it"},
	}
}
