package incoming

import (
	"context"

	"lintel/internal/platform/i18n"
)

// Sentence says why a mail was not posted.
func (r Reason) Sentence(ctx context.Context) string {
	switch r {
	case plainAddress:
		return i18n.T(ctx, "It is no answer to a notice, so nobody knows which conversation it belongs to.")
	case otherSender:
		return i18n.T(ctx, "It came to the address of another person than the one it says it is from.")
	case notProven:
		return i18n.T(ctx, "Nothing proves that it is really from this sender: the mail carries no valid signature of their mail server.")
	case noAccess:
		return i18n.T(ctx, "Its sender may not write in this conversation any more.")
	case unreadable:
		return i18n.T(ctx, "It is damaged and cannot be read.")
	case tooLarge:
		return i18n.T(ctx, "It is too large to be fetched. The mail itself is still in the mailbox.")
	case refusedByPost:
		return i18n.T(ctx, "The conversation did not take it.")
	case byMachine:
		return i18n.T(ctx, "A machine wrote it, not a person.")
	case ourOwn:
		return i18n.T(ctx, "It is a mail of this portal that came back.")
	case tooMany:
		return i18n.T(ctx, "More answers came in an hour than a person writes.")
	case nothingIn:
		return i18n.T(ctx, "There is nothing in it but what it quotes.")
	case notOurs:
		return i18n.T(ctx, "It is a report about a mail that is not ours.")
	}
	return ""
}

// Short is Sentence in a word or two, for lists.
func (r Reason) Short(ctx context.Context) string {
	switch r {
	case plainAddress:
		return i18n.T(ctx, "No conversation")
	case otherSender:
		return i18n.T(ctx, "Another sender")
	case notProven:
		return i18n.T(ctx, "Sender not proven")
	case noAccess:
		return i18n.T(ctx, "No access any more")
	case unreadable:
		return i18n.T(ctx, "Damaged")
	case tooLarge:
		return i18n.T(ctx, "Too large")
	case refusedByPost:
		return i18n.T(ctx, "Not taken")
	case byMachine:
		return i18n.T(ctx, "Automatic mail")
	case ourOwn:
		return i18n.T(ctx, "Our own mail")
	case tooMany:
		return i18n.T(ctx, "Too many")
	case nothingIn:
		return i18n.T(ctx, "Empty")
	case notOurs:
		return i18n.T(ctx, "Foreign report")
	}
	return ""
}
