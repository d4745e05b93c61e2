package notify

import (
	"fmt"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
)

// SettingsPath is a person's Notification Settings.
func SettingsPath(slug string) string { return "/" + slug + "/profile/notifications" }

// PushPath is where browsers write down that they take push messages.
func PushPath(slug string) string { return "/" + slug + "/profile/push" }

type settingsView struct {
	slug, firm string
	kind       access.Kind
	preferences
	problems organisation.Problems
	push     bool // push messages are set up
}

type preferences = Preferences

func (v settingsView) here() string { return SettingsPath(v.slug) }

// tick is the name of one in the form.
func tick(a Activity, m Method) string { return string(a) + "." + string(m) }

func (p *Pages) settings(r *route.Request) (web.Reply, error) {
	preferences, err := p.service.Preferences(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	return p.settingsWith(r, settingsView{preferences: preferences}), nil
}

func (p *Pages) settingsWith(r *route.Request, v settingsView) web.Reply {
	v.slug, v.firm, v.kind, v.push = r.Organisation.Slug, r.Organisation.Name, r.Actor.Kind(), p.service.PushKey() != ""
	title := i18n.T(r.Context(), "Notification Settings")
	return p.frame.Portal(r, organisation.PageInfo{Title: title, Current: "profile", Breadcrumbs: p.frame.ProfileCrumbs(r, title)}, settingsPage(v))
}

func (p *Pages) saveSettings(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	wanted := Settings{Own: !form.Checked("defaults"), Rhythm: Rhythm(form.Line("rhythm")), Choices: chosen(form, "", theirs(r.Actor.Kind()))}
	wanted.QuietFrom, wanted.QuietUntil = minuteOf(form, "quiet_from"), minuteOf(form, "quiet_until")
	if err = form.Err(); err == nil {
		err = p.service.Save(r.Context(), r.Actor, wanted)
	}
	if err == nil {
		return p.frame.Say(web.Redirect(SettingsPath(r.Organisation.Slug)), i18n.T(r.Context(), "Saved.")), nil
	}
	problems, ours := organisation.ProblemsOf(r.Context(), err)
	if !ours {
		return web.Reply{}, err
	}
	kept, err := p.service.Preferences(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	kept.Settings = wanted
	return p.settingsWith(r, settingsView{preferences: kept, problems: problems}).WithStatus(http.StatusUnprocessableEntity), nil
}

// chosen reads the ticks of a matrix.
func chosen(form *web.Form, prefix string, activities []Activity) Choices {
	out := Choices{}
	for _, a := range activities {
		out[a] = []Method{}
		for _, m := range Methods {
			if form.Checked(prefix + tick(a, m)) {
				out[a] = append(out[a], m)
			}
		}
	}
	return out
}

// minuteOf reads a time of day; empty is midnight, so that two empty ones are no quiet hours.
func minuteOf(form *web.Form, name string) int {
	text := form.Line(name)
	if text == "" {
		return 0
	}
	at, err := time.Parse("15:04", text)
	if err != nil {
		form.Problem(name, "Please enter a time, like 22:00.")
		return 0
	}
	return at.Hour()*60 + at.Minute()
}

func timeOfDay(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// quiet is a time of day for its field, empty when there are no quiet hours.
func (v settingsView) quiet(minute int) string {
	if v.QuietFrom == v.QuietUntil {
		return ""
	}
	return timeOfDay(minute)
}

// mute silences a project, or lets it speak again, and goes back to where the button stood.
func (p *Pages) mute(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	silent := form.Checked("silent")
	if err := p.service.Mute(r.Context(), r.Actor, form.Line("project"), silent); err != nil {
		return web.Reply{}, err
	}
	said := i18n.T(r.Context(), "You get mail and push messages about this project again.")
	if silent {
		said = i18n.T(r.Context(), "Muted. What happens here still stands in your inbox.")
	}
	slug := r.Organisation.Slug
	return p.frame.Say(web.Redirect(within(slug, form.Line("back"), SettingsPath(slug))), said), nil
}

// MuteCard is the card on a project's page that silences it for whoever looks.
func (p *Pages) MuteCard(r *route.Request, project string) (templ.Component, error) {
	if !r.Actor.May(access.NoticesWrite) {
		return nil, nil
	}
	muted, err := p.service.IsMuted(r.Context(), r.Actor, project)
	return muteCard(SettingsPath(r.Organisation.Slug), project, r.URL.Path, muted), err
}

type defaultsView struct {
	slug string
	may  bool
	list map[access.Kind]Choices
}

func (p *Pages) defaults(r *route.Request) (web.Reply, error) {
	list, err := p.service.Defaults(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	return p.frame.Settings(r, "notifications", defaultsTab(defaultsView{r.Organisation.Slug, r.Actor.May(access.SettingsWrite), list})), nil
}

func (p *Pages) saveDefaults(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	list := map[access.Kind]Choices{}
	for _, kind := range []access.Kind{access.Staff, access.Customer} {
		list[kind] = chosen(form, string(kind)+".", theirs(kind))
	}
	if err := form.Err(); err != nil {
		return web.Reply{}, err
	}
	if err := p.service.SaveDefaults(r.Context(), r.Actor, list); err != nil {
		return web.Reply{}, err
	}
	return p.frame.Say(web.Redirect(organisation.SettingsURL(r.Organisation.Slug, "notifications")), i18n.T(r.Context(), "Saved.")), nil
}
