package identity

import (
	"context"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
	"lintel/internal/features/identity/seen"
	"lintel/internal/features/identity/store"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/secret"
)

// tokenPrefix begins every API token, so that people and programs that look for leaked
// secrets know one.
const tokenPrefix = "lintel_"

// NewTokenText makes the text of an API token. Only its secret.Hash is kept.
func NewTokenText() string { return tokenPrefix + secret.Token() }

// AuthenticateToken finds who acts through the API token in a request's Authorization
// header, and where: its maker as they are now, narrowed to the token's scopes. Cookies
// count for nothing here, and a token that stands in the address is refused (I01).
//
// Maker, role and token are read afresh every time. Where the firm wants a second factor
// of its staff, tokens of those without one open nothing (B21). Unauthenticated otherwise.
func (s *Service) AuthenticateToken(ctx context.Context, r *route.Request) (access.Actor, access.Organisation, error) {
	if strings.Contains(r.URL.RawQuery, tokenPrefix) {
		s.refused(ctx, "an API token in an address", r.Browser.Address)
		return access.Actor{}, access.Organisation{}, fault.New(fault.Unauthenticated, "A token belongs into the Authorization header. Revoke this one: addresses are kept in logs.")
	}
	text, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !bearer || !strings.HasPrefix(text, tokenPrefix) {
		return access.Actor{}, access.Organisation{}, noToken()
	}
	identity, organisation, err := s.tokenHolder(ctx, secret.Hash(text))
	if fault.Is(err, fault.NotFound) {
		s.refused(ctx, "an API token that opens nothing", r.Browser.Address)
		if !s.front.Allows(r.Browser.Address, s.clock.Now()) {
			return access.Actor{}, access.Organisation{}, fault.New(fault.TooMany, "Too many tries. Please wait a minute.")
		}
		return access.Actor{}, access.Organisation{}, noToken()
	}
	if err != nil {
		return access.Actor{}, access.Organisation{}, err
	}
	s.tokens.Note(seen.Token{Org: organisation.ID, Token: identity.Token}, seen.TokenUse{At: s.clock.Now(), Address: r.Browser.Address})
	return access.NewActor(identity), organisation, nil
}

func noToken() error {
	return fault.New(fault.Unauthenticated, "Send an API token that works: Authorization: Bearer lintel_…")
}

func (s *Service) tokenHolder(ctx context.Context, hash string) (i access.Identity, o access.Organisation, err error) {
	var zone, scopes string
	var narrowed Capacity
	err = s.store.AcrossGlance(ctx, "authenticate: whose is this API token", func(tx *guard.AcrossTx) error {
		return tx.One(store.TokenByHash, guard.Args{"hash": hash}, &i.Token, &i.Person, &scopes, &o.ID, &o.Slug, &o.Name, &o.Language, &zone, &o.Currency, &o.Theme, &o.Logo,
			&i.Role, &i.Name, &i.Email, &narrowed.Modules, &narrowed.Offered, &narrowed.Role, &narrowed.Permissions)
	})
	narrowed.narrow(&i)
	i.Org, i.Kind, i.Proof, i.Scopes = o.ID, access.Staff, access.HoldsToken, access.ParsePermissions(scopes)
	o.Zone = clock.ZoneOrUTC(zone)
	return i, o, err
}

// TokenUsed tells when and from where a token was used since the last flush; zero when not.
func (s *Service) TokenUsed(org access.OrgID, token string) (time.Time, string) {
	use := s.tokens.Last(seen.Token{Org: org, Token: token})
	return use.At, use.Address
}

// flushTokens writes down which tokens were used.
func (s *Service) flushTokens(ctx context.Context) error {
	uses := s.tokens.Take()
	if len(uses) == 0 {
		return nil
	}
	return s.store.AcrossChange(ctx, "identity: write down which API tokens were used", func(tx *guard.AcrossTx) error {
		for key, use := range uses {
			if _, err := tx.Exec(store.NoteTokenUsed, guard.Args{"org": string(key.Org), "id": key.Token, "at": use.At, "address": use.Address}); err != nil {
				return err
			}
		}
		return nil
	})
}

// LastSeen is when a member was seen: what the database says, or later in memory.
func (s *Service) LastSeen(org access.OrgID, m Member) time.Time {
	return s.seen.LastOfMember(seen.Member{Org: org, Person: m.Person, Kind: m.Kind}, m.LastSeen)
}
