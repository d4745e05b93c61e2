package app

import (
	"context"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
	"lintel/internal/features/contractor"
	"lintel/internal/features/identity"
	"lintel/internal/features/incoming"
	"lintel/internal/features/notify"
	"lintel/internal/features/organisation"
	"lintel/internal/features/oversight"
	"lintel/internal/features/phone"
	"lintel/internal/features/profile"
	"lintel/internal/features/project"
	"lintel/internal/features/request"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// menu is the main menu of all faces.
func menu() []organisation.NavItem {
	in := func(path string) func(string) string { return func(slug string) string { return "/" + slug + path } }
	return []organisation.NavItem{
		{Key: "home", Label: i18n.Mark("Home"), Icon: "house", URL: in("/office"), Permission: access.HomeRead, Face: access.OfficeFace},
		{Key: "inbox", Label: i18n.Mark("Inbox"), Icon: "inbox", URL: in("/office/inbox"), Permission: access.HomeRead, Face: access.OfficeFace},
		{Key: "customers", Label: i18n.Mark("Customers"), Icon: "building-2", URL: in("/office/customers"), Permission: access.CustomersRead, Face: access.OfficeFace},
		{Key: "projects", Label: i18n.Mark("Projects"), Icon: "folder-kanban", URL: in("/office/projects"), Permission: access.ProjectsRead, Face: access.OfficeFace},
		{Key: "requests", Label: i18n.Mark("Requests"), Icon: "clipboard-check", URL: in("/office/requests"), Permission: access.ProjectsRead, Face: access.OfficeFace},
		{Key: "proposals", Label: i18n.Mark("Proposals"), Icon: "file-text", URL: in("/office/proposals"), Permission: access.ProposalsRead, Face: access.OfficeFace},
		{Key: "properties", Label: i18n.Mark("Properties"), Icon: "map-pin", URL: in("/office/properties"), Permission: access.CustomersRead, Face: access.OfficeFace},
		{Key: "mails", Label: i18n.Mark("E-mails"), Icon: "mail", URL: in("/office/mails"), Permission: access.MessagesRead, Face: access.OfficeFace},
		{Key: "contractors", Label: i18n.Mark("Contractors"), Icon: "hard-hat", URL: in("/office/contractors"), Permission: access.ContractorsRead, Face: access.OfficeFace},
		{Key: "settings", Label: i18n.Mark("Settings"), Icon: "settings", URL: in("/office/settings"), Permission: access.SettingsRead, Face: access.OfficeFace},
		{Key: "home", Label: i18n.Mark("Home"), Icon: "house", URL: in("/home"), Permission: access.HomeRead, Face: access.CustomerFace},
		{Key: "projects", Label: i18n.Mark("Projects"), Icon: "folder-kanban", URL: in("/home/projects"), Permission: access.ProjectsRead, Face: access.CustomerFace},
		{Key: "proposals", Label: i18n.Mark("Proposals"), Icon: "file-text", URL: in("/home/proposals"), Permission: access.ProposalsRead, Face: access.CustomerFace},
		{Key: "agreements", Label: i18n.Mark("Signed Agreements"), Icon: "file-check", URL: in("/home/agreements"), Permission: access.ProposalsRead, Face: access.CustomerFace},
		{Key: "users", Label: i18n.Mark("Users"), Icon: "users", URL: in("/home/users"), Permission: access.UsersManage, Face: access.CustomerFace},
		{Key: "home", Label: i18n.Mark("Home"), Icon: "house", URL: in("/desk"), Permission: access.HomeRead, Face: access.DeskFace},
		{Key: "technicians", Label: i18n.Mark("Technicians"), Icon: "hard-hat", URL: in("/desk/technicians"), Permission: access.TechniciansManage, Face: access.DeskFace},
		{Key: "preferences", Label: i18n.Mark("Preferences"), Icon: "signature", URL: in("/desk/preferences"), Permission: access.ProfileWrite, Face: access.DeskFace},
		{Key: "today", Label: i18n.Mark("Today"), Icon: "calendar-check", URL: in("/field"), Permission: access.HomeRead, Face: access.FieldFace},
		{Key: "preferences", Label: i18n.Mark("Preferences"), Icon: "signature", URL: in("/field/preferences"), Permission: access.ProfileWrite, Face: access.FieldFace},
	}
}

// newFrame makes the page around all pages.
func (a *App) newFrame(secure bool) *organisation.Frame {
	frame := organisation.NewFrame(menu())
	frame.Secure = secure
	frame.ProfileURL = profileURL
	frame.SignOutURL = func(*route.Request) string { return "/sign-out" }
	frame.Badge = a.badge
	frame.Counts = a.counts
	frame.Bell = a.bell
	frame.OwnRole = a.ownRole
	frame.SearchURL = searchURL
	frame.Bar = a.oneProjectBar
	frame.App = phone.App
	frame.Hint = phone.Hint
	return frame
}

// profileURL is where the account menu leads. Technicians have no password to look after,
// only their own preferences.
func profileURL(r *route.Request) string {
	if r.Actor.Kind() == access.Technician {
		return contractor.PreferencesURL(r.Organisation.Slug, access.Technician)
	}
	return profile.URL(r.Organisation.Slug)
}

// figure is one of the numbers around a page; count holds it, or what stands for it while it is not known.
type figure struct {
	name  string
	count int
	ask   func(*guard.Tx) (int, error)
}

// counts are the numbers around a page of the office or of a customer. A page is shown without one of them rather than
// not at all.
func (a *App) counts(r *route.Request) (c organisation.Counts) {
	staff := r.Actor.Kind() == access.Staff
	if !staff && r.Actor.Kind() != access.Customer || !r.Actor.May(access.HomeRead) {
		return c
	}
	inbox := &figure{name: "inbox", ask: notify.Unread}
	if !staff {
		seen := &figure{name: "projects", count: severalProjects, ask: seenProjects}
		a.glance(r, inbox, seen)
		return organisation.Counts{Unread: inbox.count, Badges: map[string]int{"inbox": inbox.count}, Menuless: needsNoMenu(r.Actor, seen.count)}
	}
	mails, requests := &figure{name: "mails", ask: incoming.Waiting}, &figure{name: "requests", ask: request.Waiting}
	a.glance(r, inbox, mails, requests)
	return organisation.Counts{Unread: inbox.count, Badges: map[string]int{"mails": mails.count, "requests": requests.count, "inbox": inbox.count}}
}

// glance asks for all figures together, which is one message to PostgreSQL and fails as one there. Then each is asked by
// itself: the log names the one that fails, and the others stand.
func (a *App) glance(r *route.Request, figures ...*figure) {
	err := a.ask(r, figures)
	if err == nil {
		return
	}
	if r.Context().Err() != nil { // nobody waits for the page any more
		a.Log.WarnContext(r.Context(), "count what is new", "error", err)
		return
	}
	for _, f := range figures {
		if err := a.ask(r, []*figure{f}); err != nil {
			a.Log.WarnContext(r.Context(), "count what is new", "figure", f.name, "error", err)
		}
	}
}

func (a *App) ask(r *route.Request, figures []*figure) error {
	return a.Store.Glance(r.Context(), r.Actor, access.HomeRead, func(tx *guard.Tx) error {
		var steps []func() error
		for _, f := range figures {
			steps = append(steps, func() error {
				count, err := f.ask(tx)
				if err == nil {
					f.count = count
				}
				return err
			})
		}
		return tx.Together(steps...)
	})
}

// severalProjects are as many as make a menu worth having.
const severalProjects = 2

// seenProjects counts what a customer sees, two at most; who is not shown projects at all has a menu for the rest.
func seenProjects(tx *guard.Tx) (int, error) {
	if !tx.May(access.ProjectsRead) {
		return severalProjects, nil
	}
	return project.Seen(tx, severalProjects)
}

// needsNoMenu holds for a customer with one project at most (JT-10); whoever adds users of their company needs it to get there.
func needsNoMenu(actor access.Actor, seen int) bool {
	return seen < severalProjects && !actor.May(access.UsersManage)
}

// badge counts what is unread, in the office's menu, and goes on counting.
func (a *App) badge(r *route.Request, key string, count int) func(place string) templ.Component {
	if key != "inbox" || r.Actor.Kind() != access.Staff {
		return nil
	}
	return func(place string) templ.Component { return notify.Badge(r, count, place) }
}

// portalMenu lists the portals of whoever looks, behind the firm's mark (JT-11).
func (a *App) portalMenu(pages *oversight.Pages) func(r *route.Request) []ui.Portal {
	return func(r *route.Request) []ui.Portal {
		list, err := pages.PortalMenu(r)
		if err != nil {
			a.Log.WarnContext(r.Context(), "list portals", "error", err)
		}
		return list
	}
}

// ownRole names the role of the firm's own that a colleague is in.
func (a *App) ownRole(r *route.Request) string {
	name, err := a.Staff.NameOf(r.Context(), r.Actor)
	if err != nil {
		a.Log.WarnContext(r.Context(), "name a role", "error", err)
	}
	return name
}

// bell leads customers to their inbox, which stands in no menu; many have none (JT-10).
func (a *App) bell(r *route.Request, unread int) templ.Component {
	if r.Actor.Kind() != access.Customer {
		return nil
	}
	return notify.Bell(r, unread)
}

// edge is what the route table asks the features.
func (a *App) edge(outer web.Outer) route.Edge {
	return route.Edge{
		Authenticate: a.Identity.Authenticate,
		Token:        a.Identity.AuthenticateToken,
		Reader:       a.reader,
		Trouble:      a.frame.Trouble,
		SignIn:       identity.SignInURL,
		Address:      outer.ClientAddress,
		Log:          a.Log,
	}
}

// reader puts the language and zone of whoever reads into the context: the firm's on its
// pages, the browser's elsewhere.
func (a *App) reader(ctx context.Context, r *route.Request) context.Context {
	reader := i18n.Reader{Language: r.Organisation.Language, Zone: r.Organisation.Zone, Now: a.Clock.Now()}
	if own := r.Actor.Language(); own != "" {
		reader.Language = own
	}
	if zone := r.Actor.Zone(); zone != nil {
		reader.Zone = zone
	}
	if reader.Language == "" {
		reader.Language = i18n.Match(r.Header.Get("Accept-Language"))
	}
	ctx = i18n.WithReader(ctx, reader)
	return ui.WithLiveMark(ui.WithWords(ctx, a.wordsOf(ctx)), a.Live.Mark())
}

// profileDoors are the other pages about whoever looks, at the end of their profile.
func profileDoors() []profile.Door {
	own := func(path string) func(string) string {
		return func(slug string) string { return profile.URL(slug) + path }
	}
	return []profile.Door{
		{Icon: "smartphone", Title: i18n.Mark("App on your phone"), Text: i18n.Mark("Put the portal on your home screen."), URL: phone.URL},
		{Icon: "shield-check", Title: i18n.Mark("Passkeys and second factor"), Text: i18n.Mark("Come in with your finger or face, or with codes of an app."), URL: own("/factors"),
			Shown: func(a access.Actor) bool { return a.Kind() != access.Technician }},
		{Icon: "bell", Title: i18n.Mark("Notification Settings"), Text: i18n.Mark("What you are told, on which ways and when."), URL: notify.SettingsPath,
			Shown: func(a access.Actor) bool { return a.Kind() == access.Staff || a.Kind() == access.Customer }},
		{Icon: "monitor", Title: i18n.Mark("Sign-in and browsers"), Text: i18n.Mark("Where you are inside, and how you come in."), URL: own("/sessions")},
		calendarDoor(),
	}
}

// wordsOf are the words of the reader's language.
func (a *App) wordsOf(ctx context.Context) *ui.Words {
	if words := a.words[i18n.ReaderOf(ctx).Language]; words != nil {
		return words
	}
	return translated(ctx) // the tests' own language
}

func translated(ctx context.Context) *ui.Words {
	return ui.TranslateWords(func(english string) string { return i18n.T(ctx, english) })
}

// wordsOfAll are the words that pages and their scripts need, in each language.
func wordsOfAll() map[string]*ui.Words {
	all := map[string]*ui.Words{}
	for _, language := range i18n.Languages() {
		all[language.Tag] = translated(i18n.WithReader(context.Background(), i18n.Reader{Language: language.Tag}))
	}
	return all
}
