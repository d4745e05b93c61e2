package incoming

import (
	"context"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/message"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/secret"
)

// Addresses makes and checks the addresses that answers go to: reply+TOKEN@domain, where the
// token is an id of 12 bytes and a code of 10 that only this installation can make.
type Addresses struct {
	Local, Domain string // of the plain address, in lower case
	Box           secret.Box
}

// NewAddresses takes the plain address, as it is configured; it must be one.
func NewAddresses(address string, box secret.Box) Addresses {
	local, domain, _ := strings.Cut(strings.ToLower(address), "@")
	return Addresses{Local: local, Domain: domain, Box: box}
}

// The purposes of the codes: one made for anything else opens nothing here (B06).
const (
	macOfAddress = "mail-reply"
	macOfID      = "mail-reply-id"
)

const (
	idBytes, codeBytes = 12, 10
	tokenLength        = 36
	bounceLocal        = "bounce"
)

// tokenText survives mail servers that change the case of addresses.
var tokenText = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// answersTo is what an address names.
type answersTo struct {
	org      access.OrgID
	person   access.PersonID
	thread   message.Thread // only Kind and ID
	internal bool
}

// idOf is derived from what the address names: the same for every mail about one conversation.
func (a Addresses) idOf(to answersTo) []byte {
	text := fmt.Sprintf("%s %s %s %s %t", to.org, to.person, to.thread.Kind, to.thread.ID, to.internal)
	return a.Box.MAC(macOfID, []byte(text))[:idBytes]
}

func (a Addresses) signed(id []byte) []byte { return append([]byte(a.Domain+"\n"), id...) }

// of writes the address for an id.
func (a Addresses) of(id []byte) string {
	token := append(append(make([]byte, 0, idBytes+codeBytes), id...), a.Box.MAC(macOfAddress, a.signed(id))[:codeBytes]...)
	return a.Local + "+" + tokenText.EncodeToString(token) + "@" + a.Domain
}

// split takes an address apart. here: it is one of ours; id: of the token that it carries, empty
// for a plain one and for reports to bounce+…. A token that is not ours is no address of ours.
func (a Addresses) split(address string) (id string, here bool) {
	local, domain, found := strings.Cut(strings.ToLower(strings.TrimSpace(address)), "@")
	if !found || a.Domain == "" || domain != a.Domain {
		return "", false
	}
	base, tag, tagged := strings.Cut(local, "+")
	switch {
	case local == "postmaster" || local == "abuse" || base == bounceLocal:
		return "", true
	case base != a.Local:
		return "", false
	case !tagged:
		return "", true
	}
	raw, err := tokenText.DecodeString(tag)
	if err != nil || len(tag) != tokenLength || len(raw) != idBytes+codeBytes || !a.Box.CheckMAC(macOfAddress, a.signed(raw[:idBytes]), raw[idBytes:]) {
		return "", false
	}
	return tokenText.EncodeToString(raw[:idBytes]), true
}

// internalThread ends the name of a thread whose answers are internal notes.
const internalThread = ":internal"

// ReplyAddress gives the address under which a person's answers reach a thread ("project:ID", or
// "project:ID:internal" for a notice about an internal note, whose answers stay internal). It is
// empty when none can be made: answers then go to the firm.
func (s *Service) ReplyAddress(org access.OrgID, person access.PersonID, thread string) string {
	named, internal := strings.CutSuffix(thread, internalThread)
	kind, threadID, found := strings.Cut(named, ":")
	if !found || threadID == "" || person == "" || s.means.Addresses.Domain == "" {
		return ""
	}
	to := answersTo{org, person, message.Thread{Kind: kind, ID: threadID}, internal}
	id := s.means.Addresses.idOf(to)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := s.remember(ctx, tokenText.EncodeToString(id), to); err != nil {
		s.means.Log.Warn("make an address for answers", "organisation", org, "error", err)
		return ""
	}
	return s.means.Addresses.of(id)
}

// remember stores what an address names. Most are there already.
func (s *Service) remember(ctx context.Context, id string, to answersTo) error {
	actor := access.NewSystem(to.org, "incoming: make an address for answers")
	known := 0
	err := s.store.View(ctx, actor, access.SystemWork, func(tx *guard.Tx) error { return tx.One(countAddress, guard.Args{"id": id}, &known) })
	if err != nil || known > 0 {
		return err
	}
	return s.store.Change(ctx, actor, access.SystemWork, func(tx *guard.Tx) error {
		_, err := tx.Exec(insertAddress, guard.Args{"id": id, "person": string(to.person), "kind": to.thread.Kind, "thread": to.thread.ID, "internal": to.internal})
		return err
	})
}

// Known reports whether mail to an address is taken: the plain one, and those that were made
// here. For mailbox.Means.
func (s *Service) Known(ctx context.Context, address string) (bool, error) {
	id, here := s.means.Addresses.split(address)
	if !here || id == "" {
		return here, nil
	}
	_, err := s.named(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// named looks up what an address names.
func (s *Service) named(ctx context.Context, id string) (to answersTo, err error) {
	err = s.store.Across(ctx, "incoming: whose answer comes to an address", func(tx *guard.AcrossTx) error {
		return tx.One(addressByID, guard.Args{"id": id}, &to.org, &to.person, &to.thread.Kind, &to.thread.ID, &to.internal)
	})
	return to, err
}
