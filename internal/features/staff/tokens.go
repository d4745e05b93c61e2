package staff

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
	"lintel/internal/platform/secret"
)

// mostTokens is how many tokens of one person work at a time.
const mostTokens = 50

// Lives are how many days a token can work.
var Lives = []int{30, 90, 365}

// Token is an API token as lists show it. What opens the API is nowhere.
type Token struct {
	ID          string
	Person      access.PersonID
	Maker       string
	Name        string
	Scopes      access.PermissionSet
	MadeAt      time.Time
	EndsAt      time.Time
	RevokedAt   time.Time
	LastUsed    time.Time // zero: never
	LastAddress string
	Asleep      bool // its maker is suspended or gone
}

// Live reports whether the token opens the API at now.
func (t Token) Live(now time.Time) bool {
	return t.RevokedAt.IsZero() && t.EndsAt.After(now) && !t.Asleep
}

// Tokens lists the tokens of all colleagues, the newest first; those that ended too. Staff
// with tokens:manage.
func (s *Service) Tokens(ctx context.Context, actor access.Actor) (list []Token, err error) {
	err = s.store.View(ctx, actor, access.TokensManage, func(tx *guard.Tx) error {
		list, err = s.loadTokens(tx, tokens, guard.Args{"limit": 200})
		return err
	})
	return list, err
}

// tokensOf lists the tokens of one colleague that work.
func (s *Service) tokensOf(tx *guard.Tx, person access.PersonID) (live []Token, err error) {
	list, err := s.loadTokens(tx, tokensOfPerson, guard.Args{"person": string(person)})
	for _, t := range list {
		if t.Live(tx.Now()) {
			live = append(live, t)
		}
	}
	return live, err
}

// TokenDraft is what the form of a token holds.
type TokenDraft struct {
	Name   string
	Scopes access.PermissionSet
	Days   int // one of Lives
}

func (d TokenDraft) check() error {
	var problems fault.Problems
	switch {
	case strings.TrimSpace(d.Name) == "":
		problems.Add("name", "Enter what will use this token.")
	case utf8.RuneCountInString(d.Name) > 60 || strings.ContainsFunc(d.Name, unicode.IsControl):
		problems.Add("name", "Enter a name of at most 60 characters, in one line.")
	}
	if d.Scopes == 0 || d.Scopes != d.Scopes.And(access.NewPermissionSet(Scopes...)) {
		problems.Add("scopes", "Tick at least one thing that the token may do.")
	}
	if !slices.Contains(Lives, d.Days) {
		problems.Add("days", "Choose how long the token works.")
	}
	return problems.Err()
}

// MakeToken makes an API token of the actor's and gives its text, once: only its hash is
// kept. Staff with tokens:manage, who have proven who they are in the last ten minutes
// (B19). Faults: identity.CodeNeeded; Invalid on name, scopes and days; Denied for a
// scope that the actor may not do.
func (s *Service) MakeToken(ctx context.Context, actor access.Actor, d TokenDraft) (text string, err error) {
	if err := d.check(); err != nil {
		return "", err
	}
	made, text := id.New(), identity.NewTokenText()
	scopes := access.NewPermissionSet(append(d.Scopes.List(), access.HomeRead)...) // every token may ask whose it is
	err = s.store.Change(ctx, actor, access.TokensManage, func(tx *guard.Tx) error {
		if err := identity.RequireFresh(tx); err != nil {
			return err
		}
		if !actor.Permissions().Covers(d.Scopes) {
			return fault.New(fault.Denied, "A token cannot do more than you may do yourself.")
		}
		live, err := s.tokensOf(tx, actor.Person())
		if err != nil {
			return err
		}
		if len(live) >= mostTokens {
			return fault.ForField("name", "You have 50 tokens that work. Revoke one first.")
		}
		if _, err := tx.Exec(addToken, guard.Args{"id": made, "person": string(actor.Person()), "name": d.Name, "hash": secret.Hash(text), "scopes": scopes.String(),
			"ends": tx.Now().Add(time.Duration(d.Days) * 24 * time.Hour)}); err != nil {
			return fmt.Errorf("add a token: %w", err)
		}
		return tx.Record(TokenMade{Token: made, Name: d.Name, Scopes: d.Scopes.String()})
	})
	return text, err
}

// RevokeToken ends a token, anybody's, with its next request. A second time does nothing.
// Staff with tokens:manage. NotFound when there is none.
func (s *Service) RevokeToken(ctx context.Context, actor access.Actor, token string) error {
	return s.store.Change(ctx, actor, access.TokensManage, func(tx *guard.Tx) error {
		list, err := s.loadTokens(tx, tokenByID, guard.Args{"id": token})
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fault.New(fault.NotFound, "This token was not found.")
		}
		changed, err := tx.Exec(revokeToken, guard.Args{"id": token, "by": string(actor.Person())})
		if err != nil || changed == 0 {
			return err
		}
		return tx.Record(TokenRevoked{Token: token, Name: list[0].Name, Maker: list[0].Maker})
	})
}
