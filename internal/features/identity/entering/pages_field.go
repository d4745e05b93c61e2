package entering

import (
	"cmp"
	"net/http"

	"lintel/internal/core/route"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// deviceView is the card with the code that a technician's link asks for on a new device.
type deviceView struct {
	masked, problem string
	sent            bool
}

// askForDeviceCode mails the code and leads to the page where it is typed.
func (p *Pages) askForDeviceCode(r *route.Request) (web.Reply, error) {
	visit, answer := p.service.VisitWithBrowser(r)
	err := p.service.SendDeviceCode(r.Context(), p.token(r), visit)
	if fault.Is(err, fault.NotFound) {
		return p.gone(r), nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	return answer(web.Redirect("/l/code")), nil
}

func (p *Pages) deviceCode(r *route.Request) (web.Reply, error) { return p.deviceCard(r, "") }

func (p *Pages) deviceCard(r *route.Request, problem string) (web.Reply, error) {
	l, sent, err := p.service.DeviceCodeWaits(r.Context(), p.token(r), p.service.VisitOf(r))
	if fault.Is(err, fault.NotFound) {
		return p.gone(r), nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	p.service.ShowAt(r, l.Organisation, l.Language)
	ctx := r.Context()
	info := organisation.GateInfo{Title: i18n.T(ctx, "New device"), Icon: "shield-check", Foot: ui.IconLine("info", i18n.T(ctx, "We never ask for this code by phone."))}
	reply := p.gate(r, info, deviceCodeCard(deviceView{masked: l.Masked, problem: problem, sent: sent || problem != ""}))
	if problem != "" {
		reply = reply.WithStatus(http.StatusUnprocessableEntity)
	}
	return reply, nil
}

// enterWithCode is the POST that lets a technician in on a new device.
func (p *Pages) enterWithCode(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	entered, err := p.service.EnterWithCode(r.Context(), p.token(r), form.Line("code"), p.service.VisitOf(r))
	switch {
	case fault.Is(err, fault.NotFound):
		return p.gone(r), nil
	case answerable(err):
		fields, whole := problems(r, err)
		return p.deviceCard(r, cmp.Or(fields["code"], whole))
	case err != nil:
		return web.Reply{}, err
	}
	return p.service.Admit(entered), nil
}
