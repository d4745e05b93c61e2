package reading

import (
	"encoding/base64"
	"encoding/json"
	"net/http"

	"lintel/internal/core/route"
	"lintel/internal/features/document"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// refused is what the next page says of something that was not done, with what was typed. It travels
// in a cookie, as the sentences of Frame.Say do, so that what answers a press is a redirect:
// loading the page again, or going back to it, then never asks whether to send a form twice.
type refused struct {
	Status  int                 `json:"-"` // of the page that answers in place
	Problem string              `json:"problem,omitempty"`
	Fields  []fault.Field       `json:"fields,omitempty"`
	Typed   map[string][]string `json:"typed,omitempty"` // by the form's names
}

const (
	refusedCookie = "refused"
	cookieLimit   = 3500 // bytes that every browser keeps
)

// first is the one value of a field, as it was typed.
func (f refused) first(name string) string {
	if len(f.Typed[name]) == 0 {
		return ""
	}
	return f.Typed[name][0]
}

func (f refused) has(name string) bool {
	_, typed := f.Typed[name]
	return typed
}

func (f refused) errors(r *route.Request) (list []ui.ErrorProps) {
	for _, field := range f.Fields {
		list = append(list, ui.ErrorProps{Field: field.Name, Text: i18n.T(r.Context(), field.Message)})
	}
	return list
}

// answerRefused leads to the page that says it. What is too long for a cookie is said at once, in the place of losing it.
func (p *Pages) answerRefused(r *route.Request, address string, f refused, inPlace func(refused) (web.Reply, error)) (web.Reply, error) {
	raw, err := json.Marshal(f)
	if err != nil {
		return web.Reply{}, err
	}
	value := base64.RawURLEncoding.EncodeToString(raw)
	if len(value) > cookieLimit {
		reply, err := inPlace(f)
		return reply.WithStatus(f.Status), err
	}
	return web.Redirect(address).WithCookie(p.refusedCookie(r, value, 60)), nil
}

func (p *Pages) refusedCookie(r *route.Request, value string, age int) *http.Cookie {
	return &http.Cookie{Name: refusedCookie, Value: value, Path: document.CustomerPath(r.Organisation.Slug, r.PathValue("document")), MaxAge: age,
		HttpOnly: true, Secure: p.frame.Secure, SameSite: http.SameSiteLaxMode}
}

// refusedBefore is what was refused just now, if anything.
func refusedBefore(r *route.Request) (f refused) {
	cookie, err := r.Cookie(refusedCookie)
	if err != nil {
		return refused{}
	}
	raw, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil || json.Unmarshal(raw, &f) != nil {
		return refused{}
	}
	return f
}

// saidOnce forgets what a page has just said.
func (p *Pages) saidOnce(r *route.Request, reply web.Reply) web.Reply {
	if _, err := r.Cookie(refusedCookie); err != nil {
		return reply
	}
	return reply.WithCookie(p.refusedCookie(r, "", -1))
}
