package signing

import (
	"context"

	"lintel/internal/core/event"
	"lintel/internal/platform/i18n"
)

// AgreementSealed says that the sealed PDF of a signature stands on disk.
type AgreementSealed struct {
	Signature string
	Document  string
	Version   int
	Number    string
	Title     string
	SHA256    string
	File      string
	Customer  string `json:"-"`
	Project   string `json:"-"`
}

// About names the event and its subject.
func (e AgreementSealed) About() (string, event.Subject) {
	return "agreement.sealed", event.Subject{Kind: "proposal", ID: e.Document, Customer: e.Customer, Project: e.Project}
}

// SealReplaced says that the organisation seals with another certificate from now on.
type SealReplaced struct {
	Seal    string
	Subject string
}

// About names the event and its subject.
func (e SealReplaced) About() (string, event.Subject) {
	return "seal.replaced", event.Subject{Kind: "organisation"}
}

// Events declares what this feature records.
func Events() []event.Kind {
	return []event.Kind{
		{Name: "agreement.sealed", Visibility: event.WithPortal, Icon: "file-check",
			Sentence: func(ctx context.Context, r event.Recorded) string {
				var e AgreementSealed
				if r.Read(&e) != nil {
					return i18n.T(ctx, "A signed agreement was sealed.")
				}
				return i18n.T(ctx, "The signed copy of {title} is ready.", "title", e.Title)
			},
			Notice: "both sides get the signed copy by e-mail"},
		{Name: "seal.replaced", Visibility: event.OfficeOnly, Icon: "shield-check",
			Sentence: func(ctx context.Context, r event.Recorded) string {
				var e SealReplaced
				if r.Read(&e) != nil {
					return i18n.T(ctx, "The firm's seal was replaced.")
				}
				return i18n.T(ctx, "{name} replaced the firm's seal by the certificate of {subject}.", "name", r.ActorName, "subject", e.Subject)
			},
			Notice: "nobody, because who replaces the seal sees it done, and the audit trail keeps it"},
	}
}
