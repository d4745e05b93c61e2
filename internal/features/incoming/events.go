package incoming

import (
	"context"

	"lintel/internal/core/event"
	"lintel/internal/platform/i18n"
)

// facts is what is told of a mail.
type facts struct {
	Mail    string `json:"mail"`
	From    string `json:"from"`
	Subject string `json:"subject"`
	Title   string `json:"title,omitempty"` // of the conversation that it was placed in
	As      string `json:"as,omitempty"`    // whose message it became
	By      string `json:"by,omitempty"`    // the colleague who placed it
	Reason  Reason `json:"reason,omitempty"`
}

func factsOf(m Mail) facts {
	from := m.SenderName
	if from == "" {
		from = m.Sender
	}
	return facts{Mail: m.ID, From: from, Subject: m.Subject, Reason: m.Reason}
}

func (f facts) about() event.Subject { return event.Subject{Kind: "mail-in", ID: f.Mail} }

// unplaced happens when a mail came that could not be posted; the office is told.
type unplaced struct{ facts }

// placed happens when a colleague put a mail into a conversation.
type placed struct{ facts }

// setAside happens when a colleague found that a mail needs nobody.
type setAside struct{ facts }

// takenUp happens when a colleague takes such a mail up again.
type takenUp struct{ facts }

// About implements event.Event.
func (u unplaced) About() (string, event.Subject) { return "mail.unplaced", u.about() }

// About implements event.Event.
func (p placed) About() (string, event.Subject) { return "mail.placed", p.about() }

// About implements event.Event.
func (a setAside) About() (string, event.Subject) { return "mail.set_aside", a.about() }

// About implements event.Event.
func (t takenUp) About() (string, event.Subject) { return "mail.taken_up", t.about() }

// Events declares what this feature records.
func Events() []event.Kind {
	return []event.Kind{
		{Name: "mail.unplaced", Visibility: event.OfficeOnly, Icon: "mail", Notice: "the office, in its inbox: somebody has to look at the mail", Sentence: func(ctx context.Context, r event.Recorded) string {
			return i18n.T(ctx, "An e-mail from {name} belongs to no conversation: {subject}", sentence(r)...)
		}},
		{Name: "mail.placed", Visibility: event.OfficeOnly, Icon: "mail-open", Notice: "nobody, because the message that it became tells of it", Sentence: func(ctx context.Context, r event.Recorded) string {
			return i18n.T(ctx, "{by} put the e-mail from {name} into {title}", sentence(r)...)
		}},
		{Name: "mail.set_aside", Visibility: event.OfficeOnly, Icon: "mail-open", Notice: "nobody, because a colleague did it", Sentence: func(ctx context.Context, r event.Recorded) string {
			return i18n.T(ctx, "{actor} set the e-mail from {name} aside", sentence(r)...)
		}},
		{Name: "mail.taken_up", Visibility: event.OfficeOnly, Icon: "mail-open", Notice: "nobody, because a colleague did it", Sentence: func(ctx context.Context, r event.Recorded) string {
			return i18n.T(ctx, "{actor} took the e-mail from {name} up again", sentence(r)...)
		}},
	}
}

func sentence(r event.Recorded) []any {
	var f facts
	if err := r.Read(&f); err != nil {
		f = facts{}
	}
	return []any{"actor", r.ActorName, "name", f.From, "subject", f.Subject, "title", f.Title, "by", f.By}
}
