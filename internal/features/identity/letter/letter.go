// Package letter says what the mails of identity say: with a code, a link, an invitation, and
// those that tell a person what has changed in how they come in. Each is in the language of
// the firm that it comes from. Identity decides who gets one and queues it.
package letter

import (
	"cmp"
	"context"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/organisation"
	"lintel/internal/features/outbox"
	"lintel/internal/platform/i18n"
)

// Writer makes the letters.
type Writer struct {
	BaseURL string // the configured address of the portal, without a slash at its end
}

// To is who a letter goes to.
type To struct {
	Person  access.PersonID
	Name    string
	Address string
}

// Once is a one-time link.
type Once struct {
	ID      string
	To      To
	Path    string
	Ends    time.Time
	SignsIn bool // else it sets a password
}

// Renewed is a new personal link in the place of an ended one.
type Renewed struct {
	Path       string
	Kind, Item string // what it opens; empty: the portal
	Title      string // of the item, with its kind, or empty
}

// writing gives what every letter of the organisation needs: its name, and a context whose
// texts are in its language.
func writing(ctx context.Context, tx *guard.Tx) (context.Context, organisation.Settings, error) {
	firm, err := organisation.Of(tx)
	if err != nil {
		return ctx, firm, err
	}
	return i18n.WithReader(ctx, i18n.Reader{Language: firm.Language, Zone: firm.Location(), Now: tx.Now()}), firm, nil
}

// Code carries a six-digit code to the actor.
func (w Writer) Code(ctx context.Context, tx *guard.Tx, mark, code string, ends time.Time) (outbox.Letter, error) {
	ctx, firm, err := writing(ctx, tx)
	if err != nil {
		return outbox.Letter{}, err
	}
	actor := tx.Actor()
	return outbox.Letter{
		Person: actor.Person(), To: actor.Email(), ToName: actor.Name(), Language: firm.Language, Mark: "code " + mark, GoodUntil: ends,
		AboutKind: "person", About: string(actor.Person()), Code: code,
		Subject:    i18n.T(ctx, "Your code for {firm}", "firm", firm.Name),
		Preheader:  i18n.T(ctx, "Type it in the browser that asked for it."),
		Title:      i18n.T(ctx, "Your 6-digit code"),
		Paragraphs: []string{i18n.T(ctx, "Type this code in the browser that asked for it. It works for 10 minutes, once.")},
		Notes:      []string{i18n.T(ctx, "We never ask for this code by phone or e-mail. If you did not ask for it, you need not do anything.")},
	}, nil
}

// Password tells the address of the actor's account that it has a new password.
func (w Writer) Password(ctx context.Context, tx *guard.Tx, address string) (outbox.Letter, error) {
	ctx, firm, err := writing(ctx, tx)
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
		Button:     i18n.T(ctx, "It was not me"), URL: w.BaseURL + "/sign-in/ask?for=password",
	}, nil
}

// Once carries a one-time link that signs in, or sets a password.
func (w Writer) Once(ctx context.Context, tx *guard.Tx, link Once) (outbox.Letter, error) {
	ctx, firm, err := writing(ctx, tx)
	if err != nil {
		return outbox.Letter{}, err
	}
	letter := outbox.Letter{Person: link.To.Person, To: link.To.Address, ToName: link.To.Name, Language: firm.Language, Mark: "link " + link.ID, GoodUntil: link.Ends,
		AboutKind: "person", About: string(link.To.Person),
		Notes: []string{i18n.T(ctx, "The link works for 10 minutes, once, in the browser that asked for it."),
			i18n.T(ctx, "If you did not ask for it, you need not do anything. Nobody gets in without this e-mail.")}}
	if link.SignsIn {
		letter.Subject = i18n.T(ctx, "Your link to sign in to {firm}", "firm", firm.Name)
		letter.Title = i18n.T(ctx, "Sign in")
		letter.Paragraphs = []string{i18n.T(ctx, "Here is the one-time link that you asked for.")}
		letter.Button, letter.URL = i18n.T(ctx, "Sign in"), w.BaseURL+link.Path
	} else {
		letter.Subject = i18n.T(ctx, "Set your password for {firm}", "firm", firm.Name)
		letter.Title = i18n.T(ctx, "Set your password")
		letter.Paragraphs = []string{i18n.T(ctx, "Here is the link that you asked for. On its page you choose your new password.")}
		letter.Button, letter.URL = i18n.T(ctx, "Choose a password"), w.BaseURL+link.Path
	}
	letter.Preheader = letter.Paragraphs[0]
	return letter, nil
}

// Invitation asks a new colleague in. Its words fit those who choose a password behind the
// button and those who are led to sign in there, because they have an account or the firm a
// sign-in service; which it is, is found out behind it.
func (w Writer) Invitation(ctx context.Context, tx *guard.Tx, to To, path string, ends time.Time) (outbox.Letter, error) {
	ctx, firm, err := writing(ctx, tx)
	if err != nil {
		return outbox.Letter{}, err
	}
	by := cmp.Or(tx.Actor().Name(), firm.Name)
	return outbox.Letter{Person: to.Person, To: to.Address, ToName: to.Name, Language: firm.Language, GoodUntil: ends, AboutKind: "person", About: string(to.Person),
		Subject:    i18n.T(ctx, "{name} invites you to the portal of {firm}", "name", by, "firm", firm.Name),
		Preheader:  i18n.T(ctx, "One button, and you are in."),
		Title:      i18n.T(ctx, "Welcome to {firm}", "firm", firm.Name),
		Paragraphs: []string{i18n.T(ctx, "{name} has added you to the office of {firm}. The button leads you in: you choose a password there, or sign in as you do already.", "name", by, "firm", firm.Name)},
		Button:     i18n.T(ctx, "Continue"), URL: w.BaseURL + path,
		Notes: []string{i18n.T(ctx, "This invitation is for you only and works for a week.")}}, nil
}

// Renewed carries a new personal link in the place of an ended one.
func (w Writer) Renewed(ctx context.Context, tx *guard.Tx, to To, link Renewed) (outbox.Letter, error) {
	ctx, firm, err := writing(ctx, tx)
	if err != nil {
		return outbox.Letter{}, err
	}
	letter := outbox.Letter{Person: to.Person, To: to.Address, ToName: to.Name, Language: firm.Language, AboutKind: link.Kind, About: link.Item,
		Subject:    i18n.T(ctx, "Your new link from {firm}", "firm", firm.Name),
		Title:      i18n.T(ctx, "Here is your new link"),
		Paragraphs: []string{i18n.T(ctx, "Your earlier link had ended, so we made you a new one.")},
		Button:     i18n.T(ctx, "Open"), URL: w.BaseURL + link.Path,
		Notes: []string{i18n.T(ctx, "This is your personal link. Please do not forward it.")}}
	if link.Title != "" {
		letter.Paragraphs = append(letter.Paragraphs, link.Title)
	}
	letter.Preheader = letter.Paragraphs[0]
	return letter, nil
}

// Moved tells the old address and the new one of a change, each in its own words.
func (w Writer) Moved(ctx context.Context, tx *guard.Tx, to, address, masked string) (outbox.Letter, error) {
	ctx, firm, err := writing(ctx, tx)
	if err != nil {
		return outbox.Letter{}, err
	}
	actor := tx.Actor()
	letter := outbox.Letter{Person: actor.Person(), To: to, ToName: actor.Name(), Language: firm.Language, AboutKind: "person", About: string(actor.Person()),
		Subject: i18n.T(ctx, "Your e-mail address was changed"), Title: i18n.T(ctx, "Your e-mail address was changed")}
	if to == address {
		letter.Paragraphs = []string{i18n.T(ctx, "From now on you sign in with this address, and everything that {firm} sends you comes here.", "firm", firm.Name)}
	} else {
		letter.Paragraphs = []string{i18n.T(ctx, "The address of your account is now {address}. Nothing comes to this mailbox any more, and links that lie in it open nothing.", "address", masked),
			i18n.T(ctx, "If it was not you, tell {firm} at once: they can end every access of the account.", "firm", firm.Name)}
	}
	letter.Preheader = letter.Paragraphs[0]
	return letter, nil
}

// Taken tells the owner of an address that somebody wanted it for another account.
func (w Writer) Taken(ctx context.Context, tx *guard.Tx, address string) (outbox.Letter, error) {
	ctx, firm, err := writing(ctx, tx)
	if err != nil {
		return outbox.Letter{}, err
	}
	return outbox.Letter{To: address, Language: firm.Language, AboutKind: "person", About: string(tx.Actor().Person()),
		Subject:    i18n.T(ctx, "This address has an account already"),
		Preheader:  i18n.T(ctx, "No code was made for it."),
		Title:      i18n.T(ctx, "This address has an account already"),
		Paragraphs: []string{i18n.T(ctx, "Somebody wanted to use this address for another account. Nothing was changed. If it was you, sign in with this address instead.")},
		Button:     i18n.T(ctx, "Sign in"), URL: w.BaseURL + "/sign-in"}, nil
}

// Desk invites somebody to a contractor's desk; known reports that they have a password.
func (w Writer) Desk(ctx context.Context, tx *guard.Tx, to To, contractor, path string, known bool, ends time.Time) (outbox.Letter, error) {
	ctx, firm, err := writing(ctx, tx)
	if err != nil {
		return outbox.Letter{}, err
	}
	letter := outbox.Letter{Person: to.Person, To: to.Address, ToName: to.Name, Language: firm.Language, AboutKind: "person", About: string(to.Person),
		Subject:   i18n.T(ctx, "{firm} invites you to its contractor desk", "firm", firm.Name),
		Preheader: i18n.T(ctx, "Work from {firm} for {contractor}, in one place.", "firm", firm.Name, "contractor", contractor),
		Title:     i18n.T(ctx, "Welcome to {firm}", "firm", firm.Name),
		Paragraphs: []string{i18n.T(ctx, "{firm} has opened its portal to you as one of {contractor}. There you see the work that you are given, and look after your technicians.",
			"firm", firm.Name, "contractor", contractor)}}
	if known {
		letter.Button, letter.URL = i18n.T(ctx, "Sign in"), w.BaseURL+path+firm.Slug
		letter.Notes = []string{i18n.T(ctx, "You have a password already. It opens this portal too.")}
		return letter, nil
	}
	letter.Button, letter.URL = i18n.T(ctx, "Choose a password"), w.BaseURL+path
	letter.GoodUntil = ends
	letter.Notes = []string{i18n.T(ctx, "This invitation is for you only and works for a week.")}
	return letter, nil
}

// Technician carries a technician's own link.
func (w Writer) Technician(ctx context.Context, tx *guard.Tx, to To, contractor, path string) (outbox.Letter, error) {
	ctx, firm, err := writing(ctx, tx)
	if err != nil {
		return outbox.Letter{}, err
	}
	letter := outbox.Letter{Person: to.Person, To: to.Address, ToName: to.Name, Language: firm.Language, AboutKind: "person", About: string(to.Person),
		Subject:    i18n.T(ctx, "Your work for {firm}: your personal link", "firm", firm.Name),
		Preheader:  i18n.T(ctx, "No password needed. The link lets you in."),
		Title:      i18n.T(ctx, "Your work for {firm}", "firm", firm.Name),
		Paragraphs: []string{i18n.T(ctx, "This link shows you the visits that are yours, on your phone. You need no password.")},
		Button:     i18n.T(ctx, "Open my work"), URL: w.BaseURL + path,
		Notes: []string{i18n.T(ctx, "Keep this e-mail: the link works for 30 days. On another device it asks for a code that we send to this address."),
			i18n.T(ctx, "This is your personal link. Please do not forward it.")}}
	if contractor != "" {
		letter.Paragraphs = append([]string{i18n.T(ctx, "{contractor} has added you as a technician.", "contractor", contractor)}, letter.Paragraphs...)
	}
	return letter, nil
}
