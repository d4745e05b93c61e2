package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	contractordesk "lintel/internal/desks/contractor"
	customerdesk "lintel/internal/desks/customer"
	officedesk "lintel/internal/desks/office"
	techniciandesk "lintel/internal/desks/technician"
	"lintel/internal/features/api"
	"lintel/internal/features/contractor"
	"lintel/internal/features/customer"
	"lintel/internal/features/dailylog"
	"lintel/internal/features/document"
	"lintel/internal/features/document/reading"
	"lintel/internal/features/document/writing"
	"lintel/internal/features/factor"
	"lintel/internal/features/feed"
	"lintel/internal/features/file"
	"lintel/internal/features/filing"
	"lintel/internal/features/identity"
	"lintel/internal/features/identity/entering"
	"lintel/internal/features/incoming"
	"lintel/internal/features/message"
	"lintel/internal/features/notify"
	"lintel/internal/features/openid"
	"lintel/internal/features/organisation"
	"lintel/internal/features/outbox"
	"lintel/internal/features/oversight"
	"lintel/internal/features/portalaccess"
	"lintel/internal/features/profile"
	"lintel/internal/features/project"
	"lintel/internal/features/property"
	"lintel/internal/features/request"
	"lintel/internal/features/schedule"
	"lintel/internal/features/signing"
	"lintel/internal/features/staff"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/config"
	"lintel/internal/platform/db"
	"lintel/internal/platform/secret"
	"lintel/internal/ui"
)

// declareEvents tells the event log what each feature records and who listens.
func (a *App) declareEvents() {
	a.Events.Declare(slices.Concat(organisation.Events(), identity.Events(), staff.Events(), openid.Events(), factor.Events(), file.Events(), filing.Events(), outbox.Events(), notify.Events(), message.Events(), customer.Events(),
		property.Events(), contractor.Events(), project.Events(), document.Events(), signing.Events(), portalaccess.Events(), request.Events(), scheduleEvents(), incoming.Events())...)
	for _, s := range a.subscribers() {
		a.Events.Subscribe(s)
	}
}

func (a *App) subscribers() []event.Subscriber {
	return append(append(slices.Concat(a.Documents.Subscribers(), a.Messages.Subscribers(a.Inbox, "proposal")), a.Customers.Bounces(a.Inbox), a.Customers.Addresses(), a.Projects.StageChanges()), slices.Concat(a.requestSubscribers(), a.Filing.Subscribers(), a.scheduleSubscribers(), a.Incoming.Subscribers(), []event.Subscriber{a.Search.Subscriber()})...)
}

// handleJobs names who does which job.
func (a *App) handleJobs() {
	a.Identity.Jobs(a.Jobs)
	a.Factors.Jobs(a.Jobs)
	a.Files.Jobs(a.Jobs)
	a.Outbox.Jobs(a.Jobs)
	a.Incoming.Jobs(a.Jobs)
	a.Inbox.Jobs(a.Jobs)
	a.APIRequests.Jobs(a.Jobs)
	a.Documents.Jobs(a.Jobs)
	a.Schedules.Jobs(a.Jobs)
	a.Search.Jobs(a.Jobs)
	for _, s := range a.Events.Subscribers() {
		a.Jobs.Handle(event.JobKind(s.Name), a.Store.Deliver(s))
	}
}

// addRoutes fills the table of all URLs.
func (a *App) addRoutes() {
	a.Table.Mount("/static/{path...}", access.Anyone("styles, scripts, fonts and icons are the same for everybody"), ui.Assets())
	// Pages without a head of ours, such as an opened PDF or a mail, are asked for by this name.
	a.Table.Mount("/favicon.ico", access.Anyone("the icon is the same for everybody"), http.RedirectHandler(ui.Asset("icon.svg"), http.StatusFound))
	a.addDoors()
	a.operationRoutes(a.Table)
	firms := organisation.NewPages(a.Organisations, a.frame)
	firms.Welcome = a.welcomeOwner
	firms.Routes(a.Table)
	entering.NewPages(a.Identity, a.frame).Routes(a.Table)
	profile.NewPages(a.Identity, a.frame, profileDoors()...).Routes(a.Table)
	staff.NewPages(a.Staff, a.frame).Routes(a.Table)
	a.apiRoutes()
	factor.NewPages(a.Factors, a.Identity, a.frame).Routes(a.Table)
	openid.NewPages(a.OpenID, a.Identity, a.frame).Routes(a.Table)
	a.Watch.Routes(a.Table)
	a.addPhone()
	a.Files.Routes(a.Table)
	a.searchPages().Routes(a.Table)
	files := filing.NewPages(a.Filing, a.frame, a.proposalURL)
	files.Routes(a.Table)
	a.Messages.Routes(a.Table)
	incoming.NewPages(a.Incoming, a.frame).Routes(a.Table)
	notices := notify.NewPages(a.Inbox, a.Identity, a.frame)
	notices.Routes(a.Table)
	signing.NewPages(a.Signing, a.frame).Routes(a.Table)
	readers := oversight.NewPages(oversight.New(a.Store, a.Identity), a.Identity, a.frame)
	readers.Routes(a.Table)
	a.frame.Portals = a.portalMenu(readers)
	activity := feed.NewPages(feed.New(a.Store, a.Messages, a.Files, a.Events.Kinds), pageOfSubject)
	activity.Routes(a.Table)
	home := customerdesk.NewPages(customerdesk.New(a.Store, a.Inbox, a.Projects), a.frame, previewURL, schedule.NewPages(a.Schedules, a.frame).Needs)
	home.Actions = initiate
	home.Routes(a.Table)
	office := officedesk.NewPages(officedesk.New(a.Store, a.Documents, a.Inbox), a.frame)
	office.Routes(a.Table)
	properties := property.NewPages(a.Properties, a.frame)
	portal := portalaccess.NewPages(a.PortalAccess, a.Identity, a.frame)
	portal.Routes(a.Table)
	requests := a.requestPages()
	requests.Routes(a.Table)
	projects := project.NewPages(a.Projects, a.frame, a.projectAddresses(), a.withSchedule(withFiles(a.withRequests(a.projectSlots(activity, home, office, portal, readers, notices), requests), files)))
	properties.Routes(a.Table)
	contractor.NewPages(a.Contractors, a.frame).Routes(a.Table)
	contractordesk.NewPages(a.Contractors, a.frame).Routes(a.Table)
	techniciandesk.NewPages(a.Contractors, a.frame).Routes(a.Table)
	projects.Routes(a.Table)
	customer.NewPages(a.Customers, a.frame, projects.CustomerCard, properties.CustomerCard, readers.CustomerCard).Routes(a.Table)
	writing.NewPages(a.Documents, a.frame, writing.Around{Conversation: a.conversation, Readers: readers.ProposalCard, Form: a.Files.FormOf}).Routes(a.Table)
	reading.NewPages(a.Documents, a.frame, reading.Around{Conversation: a.conversationIn, AskForCode: a.Identity.AskForCode}).Routes(a.Table)
}

// apiRoutes adds /api/v1, where programs come with a token.
func (a *App) apiRoutes() {
	api.NewFirm(a.Organisations).Routes(a.Table)
	customer.NewAPI(a.Customers, a.APIRequests).Routes(a.Table)
	property.NewAPI(a.Properties, a.APIRequests).Routes(a.Table)
	projects := project.NewAPI(a.Projects, a.APIRequests)
	projects.Routes(a.Table)
	request.NewAPI(a.Requests, a.APIRequests, projects.Made).Routes(a.Table)
	schedule.NewAPI(a.Schedules, a.APIRequests).Routes(a.Table)
	dailylog.NewAPI(a.DailyLogs).Routes(a.Table)
	filing.NewAPI(a.Filing).Routes(a.Table)
	document.NewAPI(a.Documents).Routes(a.Table)
	message.NewAPI(a.Messages, a.APIRequests).Routes(a.Table)
}

// projectAddresses are where a project's pictures are shown and taken.
func (a *App) projectAddresses() project.Addresses {
	return project.Addresses{
		Picture: previewURL,
		Upload:  func(slug, id string) string { return file.UploadURL(slug, "project", id) },
	}
}

// previewURL is where a picture is shown.
func previewURL(slug, picture string) string { return file.File{ID: picture}.PreviewURL(slug) }

// newOwner prepares the first person of an organisation.
func (a *App) newOwner(ctx context.Context, passwords *secret.Passwords, owner organisation.Owner) (organisation.Prepared, error) {
	hash := ""
	if owner.Password != "" {
		var err error
		if hash, err = passwords.HashPassword(ctx, owner.Password); err != nil {
			return nil, fmt.Errorf("hash the owner's password: %w", err)
		}
	}
	return func(tx *guard.Tx) error {
		person, err := staff.Add(tx, owner.Email, owner.Name, access.Owner)
		if err != nil || hash == "" {
			return err
		}
		return identity.SetPassword(tx, person, hash)
	}, nil
}

func (a *App) mailLogo(ctx context.Context, org access.OrgID) (mediaType string, content []byte, err error) {
	var settings organisation.Settings
	err = a.Store.View(ctx, access.NewSystem(org, "put the logo into a mail"), access.SystemWork, func(tx *guard.Tx) (err error) {
		settings, err = organisation.Of(tx)
		return err
	})
	if err != nil {
		return "", nil, err
	}
	content, err = a.Organisations.LogoForMail(ctx, org, settings.Logo)
	return "image/jpeg", content, err
}

// registerHangers says who may hang files on what.
func (a *App) registerHangers() {
	a.Files.Register("proposal", document.HangOnProposal)
	a.Files.Register("project", hangOnProject)
}

// Audit is the state of one organisation's event log.
type Audit struct {
	Slug string
	event.Audit
}

// VerifyAudit checks the event logs of all organisations, without starting the program.
func VerifyAudit(ctx context.Context, c config.Config) ([]Audit, error) {
	database, err := db.Open(ctx, c.DatabaseURL.Reveal(), c.DataDir)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	defer database.Close()
	store := guard.New(database, event.NewRegistry(), clock.System(), slog.New(slog.DiscardHandler), func() {})
	organisations, err := store.Organisations(ctx)
	if err != nil {
		return nil, err
	}
	var audits []Audit
	for _, org := range organisations {
		audit, err := store.VerifyChain(ctx, org)
		if err != nil {
			return nil, err
		}
		var slug string
		err = store.View(ctx, access.NewSystem(org, "name the firm whose log was checked"), access.SystemWork, func(tx *guard.Tx) error {
			settings, err := organisation.Of(tx)
			slug = settings.Slug
			return err
		})
		if err != nil {
			return nil, err
		}
		audits = append(audits, Audit{Slug: slug, Audit: audit})
	}
	return audits, nil
}
