package outbox

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/platform/i18n"
)

// Facts is what is told of a mail that did not arrive.
type Facts struct {
	Mail    string          `json:"mail"`
	Person  access.PersonID `json:"person,omitempty"`
	To      string          `json:"to"`
	Subject string          `json:"subject"`
	Reason  string          `json:"reason"`
	about   event.Subject
}

func (m pending) facts(l Letter, reason string) Facts {
	about := m.about
	if about.ID == "" {
		about = event.Subject{Kind: "mail", ID: m.id}
	}
	return Facts{Mail: m.id, Person: access.PersonID(m.person), To: l.To, Subject: l.Subject, Reason: reason, about: about}
}

// Returned happens when an address refused a mail for good, at once or by a delivery report.
type Returned struct{ Facts }

// About implements event.Event.
func (r Returned) About() (string, event.Subject) { return "mail.bounced", r.about }

// Complained happens when a reader has called a mail unwanted at their mailbox provider.
type Complained struct{ Facts }

// About implements event.Event.
func (c Complained) About() (string, event.Subject) { return "mail.complained", c.about }

// GivenUp happens when no mail server took a mail for a day and a half.
type GivenUp struct{ Facts }

// About implements event.Event.
func (g GivenUp) About() (string, event.Subject) { return "mail.failed", g.about }

// Events declares what this feature records.
func Events() []event.Kind {
	return []event.Kind{
		{Name: "mail.bounced", Visibility: event.OfficeOnly, Icon: "mail-x", Notice: "the office, in its inbox and by mail: an address is wrong",
			Sentence: func(ctx context.Context, r event.Recorded) string {
				return i18n.T(ctx, "The e-mail “{subject}” to {address} came back", pairs(r)...)
			}},
		{Name: "mail.complained", Visibility: event.OfficeOnly, Icon: "mail-x", Notice: "the office, in its inbox and by mail: the reader gets only what is needed from now on",
			Sentence: func(ctx context.Context, r event.Recorded) string {
				return i18n.T(ctx, "{address} has marked the e-mail “{subject}” as unwanted", pairs(r)...)
			}},
		{Name: "mail.failed", Visibility: event.OfficeOnly, Icon: "mail-x", Notice: "the office, in its inbox: the mail server needs somebody",
			Sentence: func(ctx context.Context, r event.Recorded) string {
				return i18n.T(ctx, "The e-mail “{subject}” to {address} could not be sent", pairs(r)...)
			}},
	}
}

func pairs(r event.Recorded) []any {
	var f Facts
	if err := r.Read(&f); err != nil {
		f = Facts{}
	}
	return []any{"subject", f.Subject, "address", f.To}
}
