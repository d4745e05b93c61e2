package app

import (
	"context"
	"io"
	"net/mail"
	"net/url"
	"path/filepath"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/api"
	"lintel/internal/features/contractor"
	"lintel/internal/features/customer"
	"lintel/internal/features/document"
	"lintel/internal/features/factor"
	"lintel/internal/features/file"
	"lintel/internal/features/filing"
	"lintel/internal/features/identity"
	"lintel/internal/features/message"
	"lintel/internal/features/openid"
	"lintel/internal/features/organisation"
	"lintel/internal/features/outbox"
	"lintel/internal/features/portalaccess"
	"lintel/internal/features/project"
	"lintel/internal/features/property"
	"lintel/internal/features/signing"
	"lintel/internal/features/staff"
	"lintel/internal/features/watch"
	"lintel/internal/platform/blob"
	"lintel/internal/platform/config"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	protocol "lintel/internal/platform/openid"
	"lintel/internal/platform/passkey"
	"lintel/internal/platform/secret"
)

// openBlobs opens where the bytes of files are kept.
func openBlobs(_ context.Context, c config.Config) (blob.Store, error) {
	if !c.HasS3() {
		return blob.OpenDisk(filepath.Join(c.DataDir, "files"))
	}
	return blob.OpenS3(blob.S3Config{Endpoint: c.S3.Endpoint, Region: c.S3.Region, Bucket: c.S3.Bucket, Prefix: c.S3.Prefix,
		AccessKey: c.S3.AccessKey, SecretKey: c.S3.SecretKey.Reveal(), PathStyle: c.S3.PathStyle, Staging: filepath.Join(c.DataDir, "staging")})
}

// buildFeatures makes the services from the lowest floor up.
func (a *App) buildFeatures(base *url.URL, options Options) error {
	passwords := secret.NewPasswords()
	a.Files = file.New(a.Store, a.Blobs, a.Log, 0)
	a.Files.UseSay(a.frame.Say)
	if network, address, set := a.Config.ScannerAddress(); set {
		a.Files.UseScanner(file.Clamd(network, address))
	}
	a.Organisations = organisation.New(a.Store, a.Blobs, a.organisationPorts(passwords))
	var err error
	if a.Outbox, err = outbox.New(a.Store, a.Box, a.outboxMeans(base, options)); err != nil {
		return err
	}
	origin, err := passkey.New(base)
	if err != nil {
		return err
	}
	a.Identity = identity.New(a.Store, a.Clock, a.Log, identity.Means{BaseURL: base, Passwords: passwords, Mail: a.Outbox.Queue, Describe: a.describe, Picture: a.linkPicture, Demo: a.Config.Demo, SignInService: a.signInService, SecondStep: a.secondStep, Passkeys: origin.Able})
	a.Factors = factor.New(a.Store, a.Identity, a.Outbox.Queue, origin, a.Box, a.Log)
	a.OpenID = openid.New(a.Store, a.Identity, protocol.New(a.client(options)), a.Box, strings.TrimSuffix(a.Config.BaseURL, "/"), a.Log)
	a.Staff = staff.New(a.Store, a.Identity)
	a.APIRequests = api.New(a.Store)
	if a.Inbox, err = a.newInbox(options); err != nil {
		return err
	}
	a.Signing = signing.New(a.Store, a.Box, a.Clock, a.client(options), a.Config.TimestampURL)
	a.Customers = customer.New(a.Store)
	a.Properties = property.New(a.Store)
	a.Contractors = contractor.New(a.Store, a.Identity, a.Files)
	a.Projects = project.New(a.Store, project.Ports{Leads: leads, ToSign: document.ToSign, Comments: message.Unread, NewFiles: filing.Unread, Pictures: a.projectPictures})
	a.Documents = document.New(a.Store, a.Files, a.Signing, a.Outbox, document.Means{BaseURL: strings.TrimSuffix(a.Config.BaseURL, "/"), Notices: a.Inbox}, a.Log)
	a.Messages = message.New(a.Store, a.Files, a.frame)
	a.Messages.Register("proposal", document.Conversation)
	a.Messages.Register("project", projectThread)
	a.PortalAccess = portalaccess.New(a.Store, a.Outbox.Queue, a.Config.BaseURL)
	a.buildRequests()
	a.Filing = filing.New(a.Store, a.Files, a.Inbox)
	a.buildSchedule(base)
	a.buildIncoming(base, options)
	a.buildSearch()
	a.registerHangers()
	a.followedThings()
	a.followRequests()
	return nil
}

func (a *App) outboxMeans(base *url.URL, options Options) outbox.Means {
	from := a.Config.SMTP.From
	if parsed, err := mail.ParseAddress(from); err == nil {
		from = parsed.Address
	}
	if from == "" {
		from = "portal@" + base.Hostname()
	}
	return outbox.Means{Sender: options.Sender, From: from, Host: base.Hostname(), Attachment: a.attachment, Logo: a.mailLogo, ReplyAddress: a.replyAddress}
}

// signInService names the firm's own sign-in service on its sign-in page.
func (a *App) signInService(ctx context.Context, slug string) string {
	return a.OpenID.Label(ctx, slug)
}

// secondStep asks for the second factor of somebody who has one.
func (a *App) secondStep(ctx context.Context, person access.PersonID, visit identity.Visit) (string, error) {
	return a.Factors.Begin(ctx, person, visit)
}

// attachment reads a file that a mail carries.
func (a *App) attachment(ctx context.Context, org access.OrgID, fileID string) (name, mediaType string, content []byte, err error) {
	f, content, err := a.Files.Bytes(ctx, access.NewSystem(org, "attach a file to a mail"), fileID)
	return f.Name, f.MediaType, content, err
}

// describe says what a personal link opens, for its landing page.
func (a *App) describe(ctx context.Context, organisation access.Organisation, person access.PersonID, kind, item string) (identity.LandingItem, error) {
	if kind == "project" || kind == "request" {
		return a.describeProject(ctx, organisation, person, item)
	}
	return a.Documents.Landing(ctx, organisation, person, item)
}

// linkPicture opens the preview of the picture that describe named.
func (a *App) linkPicture(ctx context.Context, org access.OrgID, fileID string) (io.ReadSeekCloser, string, error) {
	f, object, made, err := a.Files.OpenPreview(ctx, access.NewSystem(org, "show the picture of what a link opens"), fileID, false)
	if err != nil || made {
		return object, "image/jpeg", err
	}
	return object, f.MediaType, nil
}

func (a *App) organisationPorts(passwords *secret.Passwords) organisation.Ports {
	return organisation.Ports{
		NewSeal: func(_ context.Context, firm organisation.Settings) (organisation.Prepared, error) {
			store, err := a.Signing.PrepareSeal(firm.Name)
			return organisation.Prepared(store), err
		},
		NewOwner: func(ctx context.Context, owner organisation.Owner) (organisation.Prepared, error) {
			return a.newOwner(ctx, passwords, owner)
		},
		Mail: a.mailState,
		Seal: a.sealState,
		ReplaceSeal: func(ctx context.Context, actor access.Actor, pkcs12 []byte, password string) error {
			return a.Signing.ReplaceSeal(ctx, actor, pkcs12, password)
		},
		StageInUse:   project.StageInUse,
		EventKind:    a.Events.Kind,
		InviteStaff:  a.inviteStaff,
		SendTestMail: a.sendTestMail,
	}
}

func (a *App) sealState(ctx context.Context, actor access.Actor) (organisation.SealState, error) {
	info, err := a.Signing.Seal(ctx, actor)
	return organisation.SealState{Subject: info.Subject, Fingerprint: info.Fingerprint, From: info.MadeAt,
		Until: info.ValidUntil, OwnPKCS12: info.Origin != "made by Lintel"}, err
}

func (a *App) mailState() organisation.MailState {
	if a.Config.Demo {
		return organisation.MailState{Ready: true, Inside: true}
	}
	state := organisation.MailState{Ready: a.Config.HasSMTP(), Server: a.Config.SMTP.Host, Sender: a.Config.SMTP.From}
	if !state.Ready {
		state.Advice = i18n.Mark("No mail server is set. Set LINTEL_SMTP_HOST and LINTEL_SMTP_FROM, then start Lintel again.")
	}
	return state
}

func leads(tx *guard.Tx) (list []project.Lead, err error) {
	members, err := identity.StaffMembers(tx)
	for _, m := range members {
		list = append(list, project.Lead{Person: string(m.Person), Name: m.Name, Title: m.Title})
	}
	return list, err
}

// projectPictures lists what may become a project's cover.
func (a *App) projectPictures(tx *guard.Tx, of string) (list []project.Picture, err error) {
	files, err := a.Files.Of(tx, "project", of)
	for _, f := range files {
		if f.IsPhoto() {
			list = append(list, project.Picture{File: f.ID, Name: f.Name})
		}
	}
	return list, err
}

// hangOnProject lets staff hang pictures and papers on a project, for both sides to see.
func hangOnProject(tx *guard.Tx, of string) (file.Hang, error) {
	if err := tx.Require(access.ProjectsWrite); err != nil {
		return file.Hang{}, err
	}
	p, err := project.ProjectByID(tx, of)
	return file.Hang{Kind: "project", On: p.ID, Customer: p.Customer, Project: p.ID, Visibility: file.Shared}, err
}

// inviteStaff mails a colleague an invitation.
func (a *App) inviteStaff(ctx context.Context, tx *guard.Tx, email, name string, role access.Role) (access.PersonID, error) {
	return a.Staff.AddAndInvite(ctx, tx, email, name, role)
}

// sendTestMail asks the mail server whether it would take a mail, then queues one to
// whoever asks.
func (a *App) sendTestMail(ctx context.Context, actor access.Actor) error {
	if err := a.sender.Check(ctx); err != nil {
		return fault.Wrap(fault.Unavailable, "The mail server cannot be used just now. “lintel doctor” says why.", err)
	}
	return a.Store.Change(ctx, actor, access.SettingsWrite, func(tx *guard.Tx) error {
		settings, err := organisation.Of(tx)
		if err != nil {
			return err
		}
		ctx := i18n.WithReader(ctx, i18n.Reader{Language: settings.Language, Zone: settings.Location(), Now: tx.Now()})
		return a.Outbox.Queue(tx, outbox.Letter{Person: actor.Person(), To: actor.Email(), ToName: actor.Name(), Subject: i18n.T(ctx, "A test mail from {firm}", "firm", settings.Name),
			Title: i18n.T(ctx, "Mail works"), Paragraphs: []string{i18n.T(ctx, "You asked for this mail in the settings. Your customers' mails look like it.")}, Language: settings.Language})
	})
}

// followedThings are what open pages may follow, each with the question whether somebody sees it.
func (a *App) followedThings() {
	a.Watch = watch.New(a.Store, a.Live, a.Identity.Authenticate)
	a.Watch.Allow("project", func(tx *guard.Tx, id string) error { _, err := project.ProjectVisible(tx, id); return err })
	a.Watch.Allow("receipts", message.OwnReceipts)
	a.Watch.Allow("proposal", func(tx *guard.Tx, id string) error { _, err := a.Messages.ThreadOf(tx, "proposal", id); return err })
}
