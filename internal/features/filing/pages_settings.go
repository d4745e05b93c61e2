package filing

import (
	"net/http"
	"strconv"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
)

const gigabyte = int64(1) << 30

// storageView is how much space the organisation's files take.
type storageView struct {
	used, most     int64
	typed, problem string
	may            bool
	action         string
}

func (v storageView) percent() int { return int(min(100, 100*v.used/max(1, v.most))) }

func (p *Pages) storage(r *route.Request, typed, problem string) (web.Reply, error) {
	used, most, err := p.service.Storage(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	if problem == "" {
		typed = strconv.FormatInt(most/gigabyte, 10)
	}
	view := storageView{used, most, typed, problem, r.Actor.May(access.SettingsWrite), organisation.SettingsURL(r.Organisation.Slug, "storage")}
	return p.frame.Settings(r, "storage", storagePage(view)), nil
}

func (p *Pages) limitStorage(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	typed := form.Line("limit")
	limit, err := strconv.ParseInt(typed, 10, 32)
	if err != nil || limit < 1 {
		limit = -1
	}
	err = p.service.LimitStorage(r.Context(), r.Actor, limit*gigabyte)
	if problems, ok := organisation.ProblemsOf(r.Context(), err); ok {
		reply, err := p.storage(r, typed, problems["limit"])
		return reply.WithStatus(http.StatusUnprocessableEntity), err
	}
	if err != nil {
		return web.Reply{}, err
	}
	return p.frame.Say(web.Redirect(organisation.SettingsURL(r.Organisation.Slug, "storage")), i18n.T(r.Context(), "Saved.")), nil
}
