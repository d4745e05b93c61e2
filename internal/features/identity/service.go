package identity

import (
	"context"
	"io"
	"log/slog"
	"net/url"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity/letter"
	"lintel/internal/features/identity/seen"
	"lintel/internal/features/identity/throttle"
	"lintel/internal/features/outbox"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/secret"
)

// Means is what identity needs from the rest of the program.
type Means struct {
	// BaseURL is the configured address of the portal: where every link in a mail leads,
	// whatever Host a request names (B13). With https, cookies are bound to the host.
	BaseURL   *url.URL
	Passwords *secret.Passwords
	// Mail queues a letter in the transaction: outbox.Service.Queue.
	Mail func(tx *guard.Tx, l outbox.Letter) error
	// Describe tells what a link of a person opens, for its landing page; NotFound also when
	// the person may not see it any more. The app asks the feature that
	// owns the kind. NotFound when the thing is gone.
	Describe func(ctx context.Context, organisation access.Organisation, person access.PersonID, itemKind, item string) (LandingItem, error)
	// Picture opens the preview of a file that Describe named. The caller has held its link
	// against the database and closes what it gets.
	Picture func(ctx context.Context, organisation access.OrgID, fileID string) (content io.ReadSeekCloser, mediaType string, err error)
	// Passkeys reports that people can sign in by passkeys here.
	Passkeys func() bool
	// SecondStep begins the second step of signing in, for a person who has a second factor,
	// and gives the page of it; empty for all others.
	SecondStep func(ctx context.Context, person access.PersonID, visit Visit) (page string, err error)
	// SignInService names the sign-in service of a firm's own (OpenID Connect), or is empty.
	SignInService func(ctx context.Context, slug string) string
	// Demo lets the demo command make links that sign staff in; never set in production.
	Demo bool
}

// LandingItem is what the landing page of a link says about the thing that it opens. It
// never holds an amount.
type LandingItem struct {
	Kind     string // in the reader's language: "Proposal"
	Title    string
	Place    string
	Deadline string // a whole sentence part: "Valid until 16 October"
	Picture  string // the file on top, which Means.Picture opens for the holder of the link, or empty
	URL      string // where the person goes after continuing
}

// Service answers who a browser belongs to and runs the ways in.
type Service struct {
	store   *guard.Store
	clock   clock.Clock
	log     *slog.Logger
	means   Means
	cookies cookies
	seen    *seen.Sightings
	tokens  seen.TokenUses
	front   throttle.Front
	letters letter.Writer
}

// New makes the service.
func New(store *guard.Store, c clock.Clock, log *slog.Logger, means Means) *Service {
	return &Service{store: store, clock: c, log: log, means: means, cookies: cookies{secure: means.BaseURL.Scheme == "https"}, seen: seen.NewSightings(),
		letters: letter.Writer{BaseURL: strings.TrimSuffix(means.BaseURL.String(), "/")}}
}

func noOrganisation() error { return fault.New(fault.NotFound, "There is no portal at this address.") }

// The paths of links in mails, each followed by a token. Their three parts keep them apart
// from /{org}/…. The pages of the ways in serve them.
const (
	LinkPath       = "/l/to/"
	SignInLinkPath = "/sign-in/link/"
	ResetLinkPath  = "/sign-in/reset/"
)
