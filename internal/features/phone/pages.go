package phone

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// Pages are the app's addresses.
type Pages struct {
	service *Service
	frame   *organisation.Frame
}

// NewPages makes the pages.
func NewPages(service *Service, frame *organisation.Frame) *Pages { return &Pages{service, frame} }

// Routes adds the addresses of the app.
func (p *Pages) Routes(t *route.Table) {
	looks := access.Anyone("the looks of a firm's app; nothing of anybody")
	t.Get("/{org}/manifest.webmanifest", looks, p.manifest)
	t.Get("/{org}/icon/{picture}", looks, p.icon)
	t.Get("/{org}/worker.js", looks, p.worker)
	t.Get("/{org}/offline", access.Anyone("says that there is no signal; what was seen is read in the browser"), p.offline)
	t.Get("/{org}/profile/app", access.EitherWith(access.ProfileWrite), p.help)
}

// URL is the page that says how the portal becomes an app.
func URL(slug string) string { return "/" + slug + "/profile/app" }

func known(r *route.Request) error {
	if r.Organisation.ID == "" {
		return fault.New(fault.NotFound, "There is nothing at this address.")
	}
	return nil
}

// manifest is in the firm's language, because phones ask for it without saying who they are.
func (p *Pages) manifest(r *route.Request) (web.Reply, error) {
	if err := known(r); err != nil {
		return web.Reply{}, err
	}
	colour, _, err := p.service.ports.Looks(r.Context(), r.Organisation.ID)
	if err != nil {
		return web.Reply{}, err
	}
	ctx := i18n.WithReader(r.Context(), i18n.Reader{Language: r.Organisation.Language, Zone: r.Organisation.Zone})
	w := words{description: i18n.T(ctx, "Your projects with {firm}: messages, photos, dates and documents.", "firm", r.Organisation.Name),
		home: i18n.T(ctx, "Home"), inbox: i18n.T(ctx, "Inbox")}
	return web.Data(manifestOf(r.Organisation, colour, w)).WithHeader("Content-Type", "application/manifest+json").WithHeader("Cache-Control", "no-cache"), nil
}

func (p *Pages) icon(r *route.Request) (web.Reply, error) {
	if err := known(r); err != nil {
		return web.Reply{}, err
	}
	wanted, ok := iconNamed(r.PathValue("picture"))
	if !ok {
		return web.Reply{}, fault.New(fault.NotFound, "There is nothing at this address.")
	}
	drawn, err := p.service.icon(r.Context(), r.Organisation, wanted)
	if err != nil {
		return web.Reply{}, err
	}
	reply := web.Reply{Content: inMemory{bytes.NewReader(drawn)}, MediaType: "image/png", Inline: true}
	if r.URL.Query().Get("v") == version(r.Organisation) {
		return reply.WithHeader("Cache-Control", "public, max-age=31536000, immutable"), nil
	}
	return reply.WithHeader("Cache-Control", "no-cache"), nil
}

type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }

// task is what the worker of a firm is told. Other files or looks make another text, so that
// phones take the new worker.
type task struct {
	Scope   string   `json:"scope"`
	Offline string   `json:"offline"`
	Shell   []string `json:"shell"`
	Icon    string   `json:"icon"`
	Badge   string   `json:"badge"`
	Push    string   `json:"push"`
	Title   string   `json:"title"`
}

func taskOf(o access.Organisation) task {
	shell := ui.ShellAssets()
	for _, own := range []string{organisation.ThemeURL(o), App(o).IconURL} {
		if own != "" {
			shell = append(shell, own)
		}
	}
	return task{Scope: scopeOf(o.Slug), Offline: "/" + o.Slug + "/offline", Shell: shell, Icon: IconURL(o, "192.png"), Badge: IconURL(o, "badge-96.png"),
		Push: "/" + o.Slug + "/profile/push", Title: o.Name}
}

// worker is the program in the firm's own folder, so that it serves this firm's portal alone.
func (p *Pages) worker(r *route.Request) (web.Reply, error) {
	if err := known(r); err != nil {
		return web.Reply{}, err
	}
	told, err := json.Marshal(taskOf(r.Organisation))
	if err != nil {
		return web.Reply{}, fmt.Errorf("write the worker's task: %w", err)
	}
	program, err := ui.Worker()
	if err != nil {
		return web.Reply{}, err
	}
	text := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := fmt.Fprintf(w, "self.task=%s;\n%s", told, program)
		return err
	})
	return web.Page(text).WithHeader("Content-Type", "text/javascript; charset=utf-8").WithHeader("Cache-Control", "no-cache"), nil
}

func (p *Pages) offline(r *route.Request) (web.Reply, error) {
	if err := known(r); err != nil {
		return web.Reply{}, err
	}
	return p.frame.Gate(r, organisation.GateInfo{Title: i18n.T(r.Context(), "No signal"), Icon: "wifi-off", Keeps: true}, offlineCard()), nil
}

func (p *Pages) help(r *route.Request) (web.Reply, error) {
	back, err := p.service.ports.ComesBack(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	title := i18n.T(r.Context(), "App on your phone")
	v := helpView{slug: r.Organisation.Slug, firm: r.Organisation.Name, icon: IconURL(r.Organisation, "192.png"), comesBack: back}
	return p.frame.Portal(r, organisation.PageInfo{Title: title, Current: "profile", Breadcrumbs: p.frame.ProfileCrumbs(r, title)}, helpPage(v)), nil
}

// Hint offers to install the app, on a phone, from the second visit on. The script shows it.
func Hint(r *route.Request) templ.Component {
	if r.Actor.Zero() || r.Actor.SeenBy() != "" {
		return nil
	}
	return ui.InstallHint(ui.InstallHintProps{Text: i18n.T(r.Context(), "Put {firm} on your home screen", "firm", r.Organisation.Name),
		Line: i18n.T(r.Context(), "It opens like an app, also without a signal."), IconURL: IconURL(r.Organisation, "192.png"), HelpURL: URL(r.Organisation.Slug)})
}
