package notify

import (
	"context"
	"encoding/base32"
	"fmt"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/outbox"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
)

// unsubscribePurpose binds what ends mail to just that: a token that was made for anything else does not open (B06).
const unsubscribePurpose = "unsubscribe"

// letters are those of an address that mail programs neither cut nor change.
var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Subscription is what a token ends: mail about some activities to one person of one organisation.
type Subscription struct {
	Org        access.OrgID
	Person     access.PersonID
	Kind       access.Kind
	Activities []Activity
}

// token makes the word in the address under which a person ends mail without signing in. It works for ever: a mail may be
// read years later.
func (s *Service) token(sub Subscription) string {
	parts := []string{string(sub.Org), string(sub.Person), string(sub.Kind)}
	for _, a := range sub.Activities {
		parts = append(parts, string(a))
	}
	return letters.EncodeToString(s.means.Box.Seal([]byte(strings.Join(parts, " ")), unsubscribePurpose))
}

// subscription reads what token wrote; NotFound for everything else.
func (s *Service) subscription(token string) (sub Subscription, err error) {
	nothing := fault.New(fault.NotFound, "This link does not work. You can change what you are mailed in your profile.")
	raw, err := letters.DecodeString(strings.ToLower(token))
	if err != nil {
		return sub, nothing
	}
	plain, err := s.means.Box.Open(raw, unsubscribePurpose)
	if err != nil {
		return sub, nothing
	}
	parts := strings.Split(string(plain), " ")
	if len(parts) < 4 {
		return sub, nothing
	}
	sub = Subscription{Org: access.OrgID(parts[0]), Person: access.PersonID(parts[1]), Kind: access.Kind(parts[2])}
	for _, a := range parts[3:] {
		sub.Activities = append(sub.Activities, Activity(a))
	}
	return sub, nil
}

// mayEnd says at the end of a mail why it came and how to end such mail.
func (s *Service) mayEnd(ctx context.Context, tx *guard.Tx, l *outbox.Letter, group []held) {
	sub := Subscription{Org: tx.Org(), Person: group[0].person, Kind: group[0].kind}
	seen := map[Activity]bool{}
	for _, h := range group {
		if !seen[h.activity] {
			seen[h.activity] = true
			sub.Activities = append(sub.Activities, h.activity)
		}
	}
	address := s.means.BaseURL + UnsubscribePath + s.token(sub)
	if strings.HasPrefix(address, "https://") {
		l.Unsubscribe = address
	}
	l.Notes = append(l.Notes, i18n.T(ctx, "You get this because you are told of: {activities}.", "activities", names(ctx, sub.Activities)))
	l.SettingsLabel, l.SettingsURL = i18n.T(ctx, "Change what you get by e-mail"), address
}

// Ending is what the page behind such an address shows.
type Ending struct {
	Organisation access.Organisation
	Language     string
	Address      string
	Activities   []Activity
	Ended        bool // no mail about any of them comes any more
}

// Ending tells what a token would end, and changes nothing. NotFound when it is none of ours.
func (s *Service) Ending(ctx context.Context, token string) (e Ending, err error) {
	sub, err := s.subscription(token)
	if err != nil {
		return e, err
	}
	err = s.store.View(ctx, access.NewSystem(sub.Org, "notify: what a link ends"), access.SystemWork, func(tx *guard.Tx) error {
		f, err := loadFirm(tx)
		if err != nil {
			return err
		}
		to, err := readerOf(tx, f, sub.Person, sub.Kind, "")
		if err != nil {
			return err
		}
		e = Ending{Organisation: f.Brief(), Language: to.language, Address: to.email, Activities: sub.Activities, Ended: true}
		for _, a := range sub.Activities {
			e.Ended = e.Ended && !to.settings.Choices.Wants(a, Email)
		}
		return nil
	})
	return e, err
}

// End ends mail about what the token names: the person's own choice from now on. A second time changes nothing. NotFound
// when the token is none of ours.
func (s *Service) End(ctx context.Context, token string) error {
	sub, err := s.subscription(token)
	if err != nil {
		return err
	}
	return s.store.Change(ctx, access.NewSystem(sub.Org, "notify: end mail that a person does not want"), access.SystemWork, func(tx *guard.Tx) error {
		f, err := loadFirm(tx)
		if err != nil {
			return err
		}
		to, err := readerOf(tx, f, sub.Person, sub.Kind, "")
		if err != nil {
			return fmt.Errorf("look who wants no mail: %w", err)
		}
		to.settings.Own, to.settings.Choices = true, to.settings.Choices.without(Email, sub.Activities...)
		return saveSettings(tx, sub.Person, to.settings)
	})
}

func names(ctx context.Context, list []Activity) string {
	var words []string
	for _, a := range list {
		words = append(words, a.Name(ctx))
	}
	return strings.Join(words, ", ")
}
