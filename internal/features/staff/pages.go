package staff

import (
	"net/http"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
)

// Pages are this feature's tabs of the settings.
type Pages struct {
	service *Service
	frame   *organisation.Frame
}

// NewPages makes the pages and adds their tabs.
func NewPages(service *Service, frame *organisation.Frame) *Pages {
	frame.AddSettingsTabs(organisation.SettingsTab{Key: "people", Label: i18n.Mark("People"), Permission: access.SettingsRead},
		organisation.SettingsTab{Key: "roles", Label: i18n.Mark("Roles"), Permission: access.SettingsRead},
		organisation.SettingsTab{Key: "tokens", Label: i18n.Mark("API tokens"), Permission: access.TokensManage})
	return &Pages{service: service, frame: frame}
}

// Routes adds the addresses.
func (p *Pages) Routes(t *route.Table) {
	read, manage, tokens := access.OfficeWith(access.SettingsRead), access.OfficeWith(access.PeopleManage), access.OfficeWith(access.TokensManage)
	const base = "/{org}/office/settings"
	t.Get(base+"/people", read, p.people)
	t.Post(base+"/people", manage, p.invite)
	t.Get(base+"/people/{colleague}", read, p.person)
	t.Post(base+"/people/{colleague}", manage, p.change)
	t.Post(base+"/people/{colleague}/invitation", manage, p.inviteAgain)
	t.Post(base+"/people/{colleague}/suspend", manage, p.suspend)
	t.Post(base+"/people/{colleague}/back", manage, p.takeBack)
	t.Post(base+"/people/{colleague}/remove", manage, p.remove)
	t.Get(base+"/roles", read, p.roles)
	t.Get(base+"/roles/new", manage, p.newRole)
	t.Post(base+"/roles", manage, p.addRole)
	t.Get(base+"/roles/{role}", read, p.role)
	t.Post(base+"/roles/{role}", manage, p.saveRole)
	t.Post(base+"/roles/{role}/remove", manage, p.removeRole)
	t.Get(base+"/tokens", tokens, p.tokens)
	t.Post(base+"/tokens", tokens, p.makeToken)
	t.Post(base+"/tokens/{key}/revoke", tokens, p.revokeToken)
}

func (p *Pages) done(r *route.Request, to, sentence string) web.Reply {
	return p.frame.Say(web.Redirect(organisation.SettingsURL(r.Organisation.Slug, to)), sentence)
}

// again shows a form once more with what is wrong in it; every other error goes on.
func again(r *route.Request, err error, show func(organisation.Problems) (web.Reply, error)) (web.Reply, error) {
	problems, ok := organisation.ProblemsOf(r.Context(), err)
	if !ok {
		return web.Reply{}, err
	}
	reply, err := show(problems)
	return reply.WithStatus(http.StatusUnprocessableEntity), err
}

func (p *Pages) tab(r *route.Request, tab string, content templ.Component) web.Reply {
	return p.frame.Settings(r, tab, content)
}
