package organisation

import (
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// NavItem is one line of the main menu, given by app. It is shown to those who have the
// permission, on its face only.
type NavItem struct {
	Key        string // what PageInfo.Current names
	Label      string // English, translated when shown
	Icon       string
	URL        func(slug string) string
	Permission access.Permission
	Face       access.Face // OfficeFace, CustomerFace, DeskFace or FieldFace
	Heading    string      // English; starts a group with this title
}

// Frame is the page around the content of every feature: the menu, the firm's name and
// colours, who is signed in. Features hand it a PageInfo and their content.
//
// The function fields are set once by app and may stay nil.
type Frame struct {
	nav  []NavItem
	tabs settingsTabs

	// Counts gives the numbers that the frame shows, once for a page.
	Counts func(r *route.Request) Counts
	// Badge stands beside a NavItem and keeps itself up to date; nil: the number of the Counts, if any.
	Badge func(r *route.Request, key string, count int) func(place string) templ.Component
	// OwnRole names a role that the firm has made itself, for the account menu.
	OwnRole func(r *route.Request) string
	// ProfileURL and SignOutURL are where the account menu leads.
	ProfileURL func(r *route.Request) string
	SignOutURL func(r *route.Request) string
	// SearchURL is the action of the search field; without it there is none.
	SearchURL func(r *route.Request) string
	// Bell stands at the end of the top bar.
	Bell func(r *route.Request, unread int) templ.Component
	// Portals lists the portals of whoever looks.
	Portals func(r *route.Request) []ui.Portal
	// App gives what makes the firm's portal an app: its manifest and icons.
	App func(o access.Organisation) ui.App
	// Bar lists the parts of a customer's one project, for the phone, where there is no menu (JT-10).
	Bar func(r *route.Request) []ui.NavItem
	// Hint offers to install the app, on the first page of a face.
	Hint func(r *route.Request) templ.Component
	// Secure marks cookies for HTTPS only.
	Secure bool
}

// Counts are the numbers in the frame of a page.
type Counts struct {
	Badges   map[string]int // new things by the Key of a NavItem
	Unread   int            // notices in the inbox
	Menuless bool           // a customer with one project only needs no menu (JT-10)
}

// NewFrame makes the frame with the menu of all faces.
func NewFrame(nav []NavItem) *Frame { return &Frame{nav: nav} }

// PageInfo says what a page is, for the frame around it.
type PageInfo struct {
	Title       string // translated; the window's title, not printed on the page
	Current     string // Key of the NavItem that this page belongs to
	Breadcrumbs []ui.Crumb
	Rail        bool            // narrow menu, for editors
	Dock        bool            // the page has a ui.DockBar on the phone
	Htmx        bool            // the page uses hx-* attributes
	Banner      templ.Component // above the content
	Top         templ.Component // before the bell in the top bar
	Search      string          // value of the search field
	ThemeURL    string          // other colours than the firm's, to try them
}

// DocumentInfo says what a document's page is.
type DocumentInfo struct {
	Title   string // translated; the window's title
	Line    string // under the firm's name: "Proposal PR-1042"
	Actions templ.Component
	Banner  templ.Component
	Htmx    bool
}

// GateInfo describes a card that a person passes on the way in.
type GateInfo struct {
	Title               string // translated; the window's title
	Icon                string // an icon in a tinted box
	ShowName            string // or the firm's mark with this line
	CoverURL, CoverText string // or a wide picture
	Foot, Below         templ.Component
	Wide                bool
	Keeps               bool // what the browser has kept of a person's pages stays: the page without a network
}

// Office is a page of the staff.
func (f *Frame) Office(r *route.Request, info PageInfo, content templ.Component) web.Reply {
	return f.portal(r, access.OfficeFace, info, content)
}

// Customer is a page of the customer's portal.
func (f *Frame) Customer(r *route.Request, info PageInfo, content templ.Component) web.Reply {
	return f.portal(r, access.CustomerFace, info, content)
}

// Desk is a page of somebody at a contractor's desk.
func (f *Frame) Desk(r *route.Request, info PageInfo, content templ.Component) web.Reply {
	return f.portal(r, access.DeskFace, info, content)
}

// Field is a page of a technician.
func (f *Frame) Field(r *route.Request, info PageInfo, content templ.Component) web.Reply {
	return f.portal(r, access.FieldFace, info, content)
}

// Portal is the page on the face that the actor belongs to, for pages of several faces.
func (f *Frame) Portal(r *route.Request, info PageInfo, content templ.Component) web.Reply {
	return f.portal(r, faceOf(r.Actor.Kind()), info, content)
}

func faceOf(kind access.Kind) access.Face {
	faces := map[access.Kind]access.Face{access.Customer: access.CustomerFace, access.Contractor: access.DeskFace, access.Technician: access.FieldFace}
	if face, other := faces[kind]; other {
		return face
	}
	return access.OfficeFace
}

// Document is the page of one document as the customer reads it.
func (f *Frame) Document(r *route.Request, info DocumentInfo, content templ.Component) web.Reply {
	face := access.CustomerFace
	if r.Actor.Kind() == access.Staff {
		face = access.OfficeFace
	}
	head := f.head(r, info.Title, ui.Customer)
	head.Htmx = info.Htmx
	props := ui.DocumentPageProps{HeadProps: head, OrganisationName: r.Organisation.Name, LogoURL: head.App.MarkURL,
		HomeURL: home(r.Organisation.Slug, face), Line: info.Line, Actions: info.Actions, Me: f.me(r, face), Banner: f.banner(r, info.Banner), Saying: saying(r), Portals: f.portals(r)}
	return keptBy(r, f.reply(r, inside(ui.DocumentPage(props), content)))
}

// Gate is a card without a menu. It also works without an organisation.
func (f *Frame) Gate(r *route.Request, info GateInfo, content templ.Component) web.Reply {
	name := r.Organisation.Name
	if name == "" {
		name = "Lintel"
	}
	head := f.head(r, info.Title, ui.Public)
	head.App.Forget = r.Actor.Zero()
	if info.Keeps {
		head.App.Forget, head.App.Reader, head.App.Scope = false, "", ""
	}
	props := ui.GateProps{HeadProps: head, OrganisationName: name, LogoURL: head.App.MarkURL,
		CoverURL: info.CoverURL, CoverText: info.CoverText, Icon: info.Icon, ShowName: info.ShowName, Foot: info.Foot, Wide: info.Wide,
		Below: f.banner(r, info.Below), Saying: saying(r)}
	return f.reply(r, inside(ui.Gate(props), content))
}

func (f *Frame) portal(r *route.Request, face access.Face, info PageInfo, content templ.Component) web.Reply {
	line, look := faceLine(r, face)
	counts := Counts{}
	if f.Counts != nil {
		counts = f.Counts(r)
	}
	head := f.head(r, info.Title, look)
	head.Htmx = info.Htmx
	if info.ThemeURL != "" {
		head.ThemeURL = info.ThemeURL
	}
	props := ui.PageProps{HeadProps: head, OrganisationName: r.Organisation.Name, LogoURL: head.App.MarkURL,
		HomeURL: home(r.Organisation.Slug, face), FaceLine: line, Nav: f.menu(r, face, info.Current, counts), Rail: info.Rail, Dock: info.Dock,
		Me: f.me(r, face), Search: f.search(r, face, info.Search), Breadcrumbs: info.Breadcrumbs, Banner: f.banner(r, info.Banner), Portals: f.portals(r),
		Top: f.top(r, info.Top, counts.Unread), Saying: saying(r)}
	if len(props.Nav) == 0 && f.Bar != nil && face == access.CustomerFace {
		props.Bar = f.Bar(r)
	}
	if f.Hint != nil && (r.URL.Path == props.HomeURL || len(props.Bar) > 0 && props.Bar[0].Current) {
		props.Hint = f.Hint(r)
	}
	return keptBy(r, f.reply(r, inside(ui.Page(props), content)))
}

// faceLine is what stands under the firm's name, and the style sheets of a face.
func faceLine(r *route.Request, face access.Face) (string, ui.Face) {
	switch face {
	case access.CustomerFace:
		return i18n.T(r.Context(), "Customer portal"), ui.Customer
	case access.DeskFace:
		return i18n.T(r.Context(), "Contractor desk"), ui.Office
	case access.FieldFace:
		return i18n.T(r.Context(), "Your work"), ui.Customer
	}
	return i18n.T(r.Context(), "Office"), ui.Office
}

func (f *Frame) head(r *route.Request, title string, face ui.Face) ui.HeadProps {
	head := ui.HeadProps{Title: title, Language: i18n.LocaleOf(r.Context()).Language, Face: face, ThemeURL: ThemeURL(r.Organisation)}
	if f.App != nil && r.Organisation.Slug != "" {
		head.App = f.App(r.Organisation)
		head.App.Reader, head.IconURL = readerMark(r.Actor), head.App.IconURL
		if r.Actor.Zero() || r.Actor.SeenBy() != "" {
			head.App.Scope = ""
		}
	}
	if r.Organisation.Name != "" {
		head.Title += " · " + r.Organisation.Name
	}
	if cookie, err := r.Cookie("theme"); err == nil && (cookie.Value == "light" || cookie.Value == "dark") {
		head.ColorTheme = cookie.Value
	}
	return head
}

func (f *Frame) menu(r *route.Request, face access.Face, current string, counts Counts) []ui.NavItem {
	if face == access.CustomerFace && counts.Menuless {
		return nil
	}
	var list []ui.NavItem
	for _, item := range f.nav {
		if item.Face != face || !r.Actor.May(item.Permission) {
			continue
		}
		line := ui.NavItem{Label: i18n.T(r.Context(), item.Label), URL: item.URL(r.Organisation.Slug), Icon: item.Icon,
			Count: counts.Badges[item.Key], Current: item.Key == current}
		if f.Badge != nil {
			line.Badge = f.Badge(r, item.Key, line.Count)
		}
		if item.Heading != "" {
			line.Heading = i18n.T(r.Context(), item.Heading)
		}
		list = append(list, line)
	}
	return list
}

// ProfileCrumbs leads from a page of the profile back to it.
func (f *Frame) ProfileCrumbs(r *route.Request, title string) []ui.Crumb {
	if f.ProfileURL == nil {
		return nil
	}
	return []ui.Crumb{{Label: i18n.T(r.Context(), "Your profile"), URL: f.ProfileURL(r)}, {Label: title}}
}

func (f *Frame) me(r *route.Request, face access.Face) ui.Me {
	if r.Actor.Zero() {
		return ui.Me{}
	}
	me := ui.Me{Name: r.Actor.Name(), Line: RoleName(r.Context(), r.Actor.Role())}
	if me.Line == "" && f.OwnRole != nil {
		me.Line = f.OwnRole(r)
	}
	if face != access.OfficeFace {
		me.Line = r.Actor.Email()
	}
	if f.ProfileURL != nil {
		me.ProfileURL = f.ProfileURL(r)
	}
	if f.SignOutURL != nil {
		me.SignOutURL = f.SignOutURL(r)
	}
	return me
}

func (f *Frame) search(r *route.Request, face access.Face, value string) *ui.Search {
	if f.SearchURL == nil {
		return nil
	}
	action := f.SearchURL(r)
	if action == "" {
		return nil
	}
	placeholder := i18n.T(r.Context(), "Search by name, word or number")
	if face == access.CustomerFace {
		placeholder = i18n.T(r.Context(), "Search your projects")
	}
	return &ui.Search{Action: action, Placeholder: placeholder, Value: value, Suggest: action + "/suggestions"}
}

func (f *Frame) top(r *route.Request, own templ.Component, unread int) templ.Component {
	var parts []templ.Component
	if own != nil {
		parts = append(parts, own)
	}
	if f.Bell != nil {
		if bell := f.Bell(r, unread); bell != nil {
			parts = append(parts, bell)
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return ui.Join(parts...)
}

// home is the first page of a face.
func home(slug string, face access.Face) string {
	if slug == "" {
		return "/"
	}
	path := map[access.Face]string{access.CustomerFace: "/home", access.DeskFace: "/desk", access.FieldFace: "/field"}[face]
	if path == "" {
		path = "/office"
	}
	return "/" + slug + path
}

// ThemeURL is where the organisation's style sheet is; its version makes it cacheable for ever.
func ThemeURL(o access.Organisation) string {
	if o.Slug == "" || o.Theme == "" {
		return ""
	}
	return "/" + o.Slug + "/theme.css?v=" + o.Theme
}

// LogoURL is where the organisation's logo is, or empty without one.
func LogoURL(o access.Organisation) string {
	if o.Slug == "" || o.Logo == "" {
		return ""
	}
	return "/" + o.Slug + "/logo.png?v=" + o.Logo
}

const sayingCookie = "said"

// Say is the redirect with a sentence that the next page shows and speaks once. The
// sentence is already in the reader's language.
func (f *Frame) Say(reply web.Reply, sentence string) web.Reply {
	return reply.WithCookie(&http.Cookie{Name: sayingCookie, Value: base64.RawURLEncoding.EncodeToString([]byte(sentence)), Path: "/",
		MaxAge: 60, HttpOnly: true, Secure: f.Secure, SameSite: http.SameSiteLaxMode})
}

func said(r *route.Request) string {
	cookie, err := r.Cookie(sayingCookie)
	if err != nil {
		return ""
	}
	sentence, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return ""
	}
	return strings.ToValidUTF8(string(sentence), "")
}

func saying(r *route.Request) templ.Component {
	if sentence := said(r); sentence != "" {
		return ui.Toast(ui.ToneOK, sentence)
	}
	return nil
}

// reply is the page; what was said is not said again.
func (f *Frame) reply(r *route.Request, page templ.Component) web.Reply {
	reply := web.Page(page)
	if said(r) == "" {
		return reply
	}
	return reply.WithCookie(&http.Cookie{Name: sayingCookie, Path: "/", MaxAge: -1, HttpOnly: true, Secure: f.Secure, SameSite: http.SameSiteLaxMode})
}
