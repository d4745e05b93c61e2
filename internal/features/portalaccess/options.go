package portalaccess

import (
	"context"
	"strings"

	"lintel/internal/platform/i18n"
	"lintel/internal/ui"
)

// reachable are the contacts that something can be sent to.
func (s Sheet) reachable() (list []Person) {
	for _, p := range s.People {
		if p.Email != "" {
			list = append(list, p)
		}
	}
	return list
}

func options(people []Person, chosen string) (list []ui.Option) {
	for _, p := range people {
		list = append(list, ui.Option{Value: p.ID, Label: p.Name + ", " + p.Email, Selected: p.ID == chosen})
	}
	return list
}

func (v sendView) contactOptions() []ui.Option { return options(v.reachable(), v.sending.Contact) }

func (v projectView) contactOptions() []ui.Option { return options(v.outside(), v.chosen) }

func (v sendView) scopeOptions(ctx context.Context) []ui.Option {
	list := []ui.Option{{Value: "", Label: i18n.T(ctx, "Everything of {customer}", "customer", v.Customer.Name), Selected: v.sending.Project == ""}}
	for _, p := range v.Projects {
		list = append(list, ui.Option{Value: p.ID, Label: i18n.T(ctx, "{project} only", "project", p.Name), Selected: p.ID == v.sending.Project})
	}
	return list
}

// sendNote says how long the link will work, and that one sent before ends.
func (v sendView) sendNote(ctx context.Context) string {
	note := i18n.T(ctx, "The link works until {date}, for this person only. Nothing more to do after sending.", "date", i18n.DateShort(ctx, v.Now.Add(14*day)))
	if v.to.Invited(v.Now) {
		note += " " + i18n.T(ctx, "The link of {date} ends now.", "date", i18n.DateShort(ctx, v.to.Invitation.SentAt))
	}
	return note
}

// howSeen says by what a person sees the project, and with which modules.
func (p Person) howSeen(ctx context.Context, v projectView) string {
	var words []string
	for _, at := range p.Places {
		if at.Project == "" || at.Project == v.project.ID {
			words = append(words, scopeWords(ctx, at, v.Customer.Name)+": "+moduleList(ctx, at.Modules.And(offeredAt(at.Project, v.Offered))))
		}
	}
	return strings.Join(words, "; ")
}
