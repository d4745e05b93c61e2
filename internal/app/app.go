// Package app is the only place where the program is put together: it builds each feature,
// hands it what it needs, and collects routes, jobs, events and the menu.
package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"

	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
	"lintel/internal/features/api"
	"lintel/internal/features/calendar"
	"lintel/internal/features/contractor"
	"lintel/internal/features/customer"
	"lintel/internal/features/dailylog"
	"lintel/internal/features/document"
	"lintel/internal/features/factor"
	"lintel/internal/features/file"
	"lintel/internal/features/filing"
	"lintel/internal/features/identity"
	"lintel/internal/features/incoming"
	"lintel/internal/features/message"
	"lintel/internal/features/notify"
	"lintel/internal/features/openid"
	"lintel/internal/features/organisation"
	"lintel/internal/features/outbox"
	"lintel/internal/features/portalaccess"
	"lintel/internal/features/project"
	"lintel/internal/features/property"
	"lintel/internal/features/request"
	"lintel/internal/features/schedule"
	"lintel/internal/features/search"
	"lintel/internal/features/signing"
	"lintel/internal/features/staff"
	"lintel/internal/features/watch"
	"lintel/internal/platform/blob"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/config"
	"lintel/internal/platform/db"
	"lintel/internal/platform/httpclient"
	"lintel/internal/platform/jobs"
	"lintel/internal/platform/live"
	"lintel/internal/platform/mail"
	"lintel/internal/platform/migrate"
	"lintel/internal/platform/secret"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// Options are what a program is started with.
type Options struct {
	Config config.Config
	Clock  clock.Clock
	Log    *slog.Logger
	Sender mail.Sender // where mails leave; the demo and tests keep them in a folder
	// Reachable lists networks that outgoing requests may also go to: tests' own servers.
	Reachable []netip.Prefix
	// Names answers what incoming mail is checked by; nil: the DNS.
	Names mail.Resolver
	// MailsAtOnce lets no mail wait for others about the same thing: for tests that wait for one.
	MailsAtOnce bool
	// PushHosts are more hosts that push messages may go to: tests' own.
	PushHosts []string
}

// GarbagePercent is how far memory may grow before the collector works, see debug.SetGCPercent. A page leaves behind little
// and keeps nothing, and what is alive is a few megabytes: at the usual 100 the collector took a tenth of a page's time.
const GarbagePercent = 200

// App is the whole program, ready to serve.
type App struct {
	Config   config.Config
	Log      *slog.Logger
	Clock    clock.Clock
	Database *db.DB
	Blobs    blob.Store
	Store    *guard.Store
	Jobs     *jobs.Runner
	Live     *live.Broker
	Events   *event.Registry
	Table    *route.Table
	Handler  http.Handler
	Box      secret.Box
	frame    *organisation.Frame
	words    map[string]*ui.Words // by language
	sender   mail.Sender

	Organisations *organisation.Service
	Watch         *watch.Service
	Identity      *identity.Service
	Staff         *staff.Service
	APIRequests   *api.Requests
	OpenID        *openid.Service
	Factors       *factor.Service
	Files         *file.Service
	Filing        *filing.Service
	Outbox        *outbox.Service
	Inbox         *notify.Service
	Signing       *signing.Service
	Messages      *message.Service
	Incoming      *incoming.Service
	Customers     *customer.Service
	Properties    *property.Service
	Projects      *project.Service
	Contractors   *contractor.Service
	Documents     *document.Service
	PortalAccess  *portalaccess.Service
	Search        *search.Service
	Schedules     *schedule.Service
	DailyLogs     *dailylog.Service
	Calendars     *calendar.Service
	Requests      *request.Service
}

// New opens the data, brings it to the newest schema and puts the program together.
// Nothing runs yet: serve the Handler and run the Jobs.
func New(ctx context.Context, options Options) (*App, error) {
	a := &App{Config: options.Config, Log: options.Log, Clock: options.Clock, Table: &route.Table{}, Events: event.NewRegistry(), sender: options.Sender}
	base, err := url.Parse(options.Config.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("read the base URL: %w", err)
	}
	if err := a.openData(ctx); err != nil {
		return nil, err
	}
	a.Jobs = jobs.New(a.Database, a.Clock, a.Log)
	a.Store = guard.New(a.Database, a.Events, a.Clock, a.Log, a.Jobs.Wake)
	a.Live = live.NewBroker()
	a.words = wordsOfAll()
	a.frame = a.newFrame(base.Scheme == "https")
	if err := a.buildFeatures(base, options); err != nil {
		return nil, fmt.Errorf("put the program together: %w", err)
	}
	a.declareEvents()
	a.handleJobs()
	a.addRoutes()
	outer := web.Outer{BaseURL: base, TrustedProxy: prefixes(options.Config.TrustedProxies), AnyHost: options.Config.Demo, Log: a.Log}
	a.Handler = outer.Wrap(a.Table.Handler(a.edge(outer)))
	return a, nil
}

// Run does what a running program does beside answering: jobs, and live updates from and to other processes. It ends with the
// context, after the jobs under way.
func (a *App) Run(ctx context.Context) {
	go a.Live.Spread(ctx, a.Database, a.Log)
	a.Jobs.Run(ctx)
}

// Close ends the connections to the data.
func (a *App) Close() error { return a.Database.Close() }

func (a *App) openData(ctx context.Context) error {
	box, err := secret.OpenOrCreateKey(filepath.Join(a.Config.DataDir, "lintel.key"))
	if err != nil {
		return fmt.Errorf("open the key file: %w", err)
	}
	a.Box = box
	if a.Database, err = db.Open(ctx, a.Config.DatabaseURL.Reveal(), a.Config.DataDir); err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	if _, err := migrate.Up(ctx, a.Database, a.Clock.Now()); err != nil {
		return err
	}
	a.Blobs, err = openBlobs(ctx, a.Config)
	return err
}

func prefixes(networks []string) []netip.Prefix {
	var out []netip.Prefix
	for _, text := range networks {
		if prefix, err := netip.ParsePrefix(text); err == nil {
			out = append(out, prefix)
		} else if address, err := netip.ParseAddr(text); err == nil { // one proxy; config.Check has named what is neither
			out = append(out, netip.PrefixFrom(address, address.BitLen()))
		}
	}
	return out
}

func (a *App) client(options Options) *httpclient.Client {
	return httpclient.New(httpclient.Options{AllowPrivate: options.Reachable})
}
