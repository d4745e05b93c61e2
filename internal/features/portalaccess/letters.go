package portalaccess

import (
	"context"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/customer"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/features/outbox"
	"lintel/internal/features/project"
	"lintel/internal/platform/i18n"
)

// writing gives the firm, and a context whose texts are in its language.
func writing(ctx context.Context, tx *guard.Tx) (context.Context, organisation.Settings, error) {
	firm, err := organisation.Of(tx)
	if err != nil {
		return ctx, firm, err
	}
	return i18n.WithReader(ctx, i18n.Reader{Language: firm.Language, Zone: firm.Location(), Now: tx.Now()}), firm, nil
}

// invitation is the mail "You are invited", with one button (CP-02, CP-20).
func (s *Service) invitation(ctx context.Context, tx *guard.Tx, i identity.Invitation, by, path string, ends time.Time) (outbox.Letter, error) {
	ctx, firm, err := writing(ctx, tx)
	if err != nil {
		return outbox.Letter{}, err
	}
	what := i18n.T(ctx, "{name} invites you to the customer portal of {firm}. It takes a minute: choose a password and you are in.", "name", by, "firm", firm.Name)
	return outbox.Letter{Person: i.Person, To: i.Email, ToName: i.Name, Language: firm.Language, GoodUntil: ends, AboutKind: "person", About: string(i.Person),
		Subject:    i18n.T(ctx, "You are invited to the portal of {firm}", "firm", firm.Name),
		Preheader:  i18n.T(ctx, "Everything about your work with {firm} in one place.", "firm", firm.Name),
		Title:      i18n.T(ctx, "You are invited"),
		Paragraphs: []string{what},
		Button:     i18n.T(ctx, "Open the invitation"), URL: s.baseURL + path,
		Notes: []string{i18n.T(ctx, "The link is for you only and works until {date}.", "date", i18n.DateShort(ctx, ends)),
			i18n.T(ctx, "You did not expect this? You need not do anything.")}}, nil
}

// projectLetter is the one mail about one more project.
func (s *Service) projectLetter(ctx context.Context, tx *guard.Tx, person access.PersonID, k customer.Contact, to project.Project, path string) (outbox.Letter, error) {
	ctx, firm, err := writing(ctx, tx)
	if err != nil {
		return outbox.Letter{}, err
	}
	return outbox.Letter{Person: person, To: k.Email, ToName: k.Name, Language: firm.Language, AboutKind: "project", About: to.ID,
		Mark:       "access " + to.ID + " " + string(person) + " " + tx.Now().Format(time.RFC3339Nano),
		Subject:    i18n.T(ctx, "You can now see the project “{name}”", "name", to.Name),
		Preheader:  i18n.T(ctx, "It is in your portal at {firm}.", "firm", firm.Name),
		Title:      i18n.T(ctx, "One more project in your portal"),
		Paragraphs: []string{i18n.T(ctx, "{firm} has opened the project **{name}** for you.", "firm", firm.Name, "name", to.Name)},
		Button:     i18n.T(ctx, "Open the project"), URL: s.baseURL + path,
		Notes: []string{i18n.T(ctx, "This is your personal link. Please do not forward it.")}}, nil
}
