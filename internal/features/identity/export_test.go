package identity

import (
	"context"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
)

// What the tests need besides what other features may call: they come in by the pages, which
// are a part above, and so stand outside of this package.
const (
	CodeConfirm   = codeConfirm
	CodePassword  = codePassword
	ForDemo       = forDemo
	ForInvite     = forInvite
	ForJoin       = forJoin
	ForReset      = forReset
	ForSignIn     = forSignIn
	FreshFor      = freshFor
	SessionCookie = sessionCookie
)

var (
	AfterSignIn = afterSignIn
	OrToken     = orToken
)

// RunAsDemo makes links of the demo work, or no more.
func (s *Service) RunAsDemo(on bool) { s.means.Demo = on }

// SendCode mails a code of any purpose.
func (s *Service) SendCode(ctx context.Context, person access.Actor, purpose string, visit Visit) error {
	return s.sendCode(ctx, person, purpose, visit)
}

// CheckCode judges a try of a code of any purpose.
func (s *Service) CheckCode(ctx context.Context, person access.Actor, purpose, code string, visit Visit, then func(*guard.Tx) error) (bool, error) {
	return s.checkCode(ctx, person, purpose, code, visit, then)
}

// StoreLink makes a link of any purpose, to the proposal p1, for an hour.
func StoreLink(tx *guard.Tx, person access.PersonID, purpose, address string) (token string, err error) {
	_, token, err = newLink{person: person, purpose: purpose, itemKind: "proposal", item: "p1", sentTo: address, expires: tx.Now().Add(time.Hour)}.store(tx)
	return token, err
}
