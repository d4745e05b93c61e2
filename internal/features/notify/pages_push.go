package notify

import (
	"encoding/json"
	"errors"
	"io"
	"strings"

	"lintel/internal/core/route"
	"lintel/internal/features/identity"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/push"
	"lintel/internal/platform/web"
)

// longestSubscription is far more than any browser sends.
const longestSubscription = 4 << 10

func (p *Pages) pushKey(*route.Request) (web.Reply, error) {
	key := p.service.PushKey()
	if key == "" {
		return web.Reply{}, fault.New(fault.NotFound, "Push messages are not set up here.")
	}
	return web.Data(struct {
		Key string `json:"key"`
	}{key}), nil
}

func (p *Pages) subscribe(r *route.Request) (web.Reply, error) {
	to, err := subscriptionOf(r)
	if err != nil {
		return web.Reply{}, err
	}
	err = p.service.Subscribe(r.Context(), r.Actor, to, identity.Browser{Agent: r.Browser.Agent}.Device(r.Context()))
	if errors.Is(err, identity.CodeNeeded) {
		return web.Data(struct {
			Confirm string `json:"confirm"` // the page that asks for the code
		}{identity.ConfirmURL(r.Organisation.Slug, SettingsPath(r.Organisation.Slug))}), nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Empty(), nil
}

func subscriptionOf(r *route.Request) (to push.Subscription, err error) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, longestSubscription+1))
	if err != nil {
		return to, fault.Wrap(fault.Invalid, "The subscription could not be read. Please try again.", err)
	}
	if len(raw) > longestSubscription {
		return to, fault.New(fault.TooLarge, "This is no subscription.")
	}
	if err := json.Unmarshal(raw, &to); err != nil {
		return to, fault.Wrap(fault.Invalid, "The subscription could not be read. Please try again.", err)
	}
	return to, nil
}

// unsubscribe takes a device away: the browser's own by its address as JSON, any other by its id from the list.
func (p *Pages) unsubscribe(r *route.Request) (web.Reply, error) {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		to, err := subscriptionOf(r)
		if err != nil {
			return web.Reply{}, err
		}
		return web.Empty(), p.service.RemoveEndpoint(r.Context(), r.Actor, to.Endpoint)
	}
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	if err := p.service.RemoveDevice(r.Context(), r.Actor, form.Line("device")); err != nil {
		return web.Reply{}, err
	}
	return p.frame.Say(web.Redirect(SettingsPath(r.Organisation.Slug)), i18n.T(r.Context(), "This device gets no more push messages.")), nil
}
