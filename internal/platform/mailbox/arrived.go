package mailbox

import (
	"context"
	"net/netip"
)

// Arrived is a mail that somebody has handed over.
type Arrived struct {
	From string   // on the envelope; empty for reports of mail servers, and for mail out of a mailbox
	To   []string // the addresses that it came for
	// Remote and HELO are of the server that handed it over, when that was not one of our own.
	Remote netip.Addr
	HELO   string
	Raw    []byte
	// Boxed mail came out of a mailbox, where the envelope is gone.
	Boxed bool
	// Cut: the mail was too large to be fetched, Raw is its header only.
	Cut bool
}

// Means is what the rest of the program does with mail.
type Means struct {
	// Known says whether there is such an address here. An error is a trouble of ours: the
	// sender tries again.
	Known func(ctx context.Context, address string) (bool, error)
	// Keep stores a mail for good before it returns.
	Keep func(ctx context.Context, mail Arrived) error
}

// The limits of what is taken in.
const (
	mostRecipients  = 20
	mostConnections = 50
	mostAtOnce      = 4 // mails that are being received into memory
)
