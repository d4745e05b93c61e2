package identity

import (
	"context"
	"net/url"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/organisation"
	"lintel/internal/features/outbox"
	"lintel/internal/platform/i18n"
)

// writing gives what every letter of the organisation needs: its name, and a context whose
// texts are in its language.
func (s *Service) writing(ctx context.Context, tx *guard.Tx) (context.Context, organisation.Settings, error) {
	firm, err := organisation.Of(tx)
	if err != nil {
		return ctx, firm, err
	}
	return i18n.WithReader(ctx, i18n.Reader{Language: firm.Language, Zone: firm.Location(), Now: tx.Now()}), firm, nil
}

func (s *Service) codeLetter(ctx context.Context, tx *guard.Tx, mark, code string) (outbox.Letter, error) {
	ctx, firm, err := s.writing(ctx, tx)
	if err != nil {
		return outbox.Letter{}, err
	}
	actor := tx.Actor()
	return outbox.Letter{
		Person: actor.Person(), To: actor.Email(), ToName: actor.Name(), Language: firm.Language, Mark: "code " + mark, GoodUntil: tx.Now().Add(codeLife),
		AboutKind: "person", About: string(actor.Person()), Code: code,
		Subject:    i18n.T(ctx, "Your code for {firm}", "firm", firm.Name),
		Preheader:  i18n.T(ctx, "Type it in the browser that asked for it."),
		Title:      i18n.T(ctx, "Your 6-digit code"),
		Paragraphs: []string{i18n.T(ctx, "Type this code in the browser that asked for it. It works for 10 minutes, once.")},
		Notes:      []string{i18n.T(ctx, "We never ask for this code by phone or e-mail. If you did not ask for it, you need not do anything.")},
	}, nil
}

func (s *Service) passwordLetter(ctx context.Context, tx *guard.Tx, address string) (outbox.Letter, error) {
	ctx, firm, err := s.writing(ctx, tx)
	if err != nil {
		return outbox.Letter{}, err
	}
	actor := tx.Actor()
	return outbox.Letter{
		Person: actor.Person(), To: address, ToName: actor.Name(), Language: firm.Language, AboutKind: "person", About: string(actor.Person()),
		Subject:    i18n.T(ctx, "Your password was set"),
		Preheader:  i18n.T(ctx, "If it was not you, set a new one now."),
		Title:      i18n.T(ctx, "Your password was set"),
		Paragraphs: []string{i18n.T(ctx, "The password of your account was set just now, and other browsers that were signed in have to sign in again.")},
		Button:     i18n.T(ctx, "It was not me"), URL: s.absolute("/sign-in/ask?for=password"),
	}, nil
}

// onceLetter carries a sign-in or reset link.
func (s *Service) onceLetter(ctx context.Context, tx *guard.Tx, f found, token string) (outbox.Letter, error) {
	ctx, firm, err := s.writing(ctx, tx)
	if err != nil {
		return outbox.Letter{}, err
	}
	self := f.self()
	letter := outbox.Letter{Person: self.Person, To: f.address, ToName: self.Name, Language: firm.Language, Mark: "link " + f.id, GoodUntil: f.ends,
		AboutKind: "person", About: string(self.Person),
		Notes: []string{i18n.T(ctx, "The link works for 10 minutes, once, in the browser that asked for it."),
			i18n.T(ctx, "If you did not ask for it, you need not do anything. Nobody gets in without this e-mail.")}}
	if f.purpose == forSignIn {
		letter.Subject = i18n.T(ctx, "Your link to sign in to {firm}", "firm", firm.Name)
		letter.Title = i18n.T(ctx, "Sign in")
		letter.Paragraphs = []string{i18n.T(ctx, "Here is the one-time link that you asked for.")}
		letter.Button, letter.URL = i18n.T(ctx, "Sign in"), s.absolute(SignInLinkPath+token)
	} else {
		letter.Subject = i18n.T(ctx, "Set your password for {firm}", "firm", firm.Name)
		letter.Title = i18n.T(ctx, "Set your password")
		letter.Paragraphs = []string{i18n.T(ctx, "Here is the link that you asked for. On its page you choose your new password.")}
		letter.Button, letter.URL = i18n.T(ctx, "Choose a password"), s.absolute(ResetLinkPath+token)
	}
	letter.Preheader = letter.Paragraphs[0]
	return letter, nil
}

func (s *Service) inviteLetter(ctx context.Context, tx *guard.Tx, person access.PersonID, name, address, token string) (outbox.Letter, error) {
	ctx, firm, err := s.writing(ctx, tx)
	if err != nil {
		return outbox.Letter{}, err
	}
	by := orElse(tx.Actor().Name(), firm.Name)
	return outbox.Letter{Person: person, To: address, ToName: name, Language: firm.Language, GoodUntil: tx.Now().Add(inviteLife), AboutKind: "person", About: string(person),
		Subject:    i18n.T(ctx, "{name} invites you to the portal of {firm}", "name", by, "firm", firm.Name),
		Preheader:  i18n.T(ctx, "Choose a password and you are in."),
		Title:      i18n.T(ctx, "Welcome to {firm}", "firm", firm.Name),
		Paragraphs: []string{i18n.T(ctx, "{name} has added you to the office of {firm}. Choose a password and you are in.", "name", by, "firm", firm.Name)},
		Button:     i18n.T(ctx, "Choose a password"), URL: s.absolute(ResetLinkPath + token),
		Notes: []string{i18n.T(ctx, "This invitation is for you only and works for a week.")}}, nil
}

// renewedLetter carries a new personal link in the place of an ended one.
func (s *Service) renewedLetter(ctx context.Context, tx *guard.Tx, f found, member access.Identity, path string, item LandingItem) (outbox.Letter, error) {
	ctx, firm, err := s.writing(ctx, tx)
	if err != nil {
		return outbox.Letter{}, err
	}
	letter := outbox.Letter{Person: member.Person, To: member.Email, ToName: member.Name, Language: firm.Language, AboutKind: f.itemKind, About: f.item,
		Subject:    i18n.T(ctx, "Your new link from {firm}", "firm", firm.Name),
		Title:      i18n.T(ctx, "Here is your new link"),
		Paragraphs: []string{i18n.T(ctx, "Your earlier link had ended, so we made you a new one.")},
		Button:     i18n.T(ctx, "Open"), URL: s.absolute(path),
		Notes: []string{i18n.T(ctx, "This is your personal link. Please do not forward it.")}}
	if item.Title != "" {
		letter.Paragraphs = append(letter.Paragraphs, item.Kind+": "+item.Title)
	}
	letter.Preheader = letter.Paragraphs[0]
	return letter, nil
}

func escapeQuery(text string) string { return url.QueryEscape(text) }
