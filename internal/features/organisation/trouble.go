package organisation

import (
	"context"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"lintel/internal/core/route"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/logging"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// trouble is what the page of a refusal says.
type trouble struct {
	title, icon, sentence, advice string
	request                       string
	problems                      []string
	again                         bool // offer to try the same page again
	homeURL                       string
	address                       string
}

// Trouble is the page of a refusal: what happened, what to do next, and the id under
// which it stands in the log.
func (f *Frame) Trouble(r *route.Request, refusal *fault.Fault, status int) web.Reply {
	ctx := r.Context()
	t := troubleWords(ctx, status)
	t.sentence = i18n.T(ctx, refusal.Message, refusal.Values...)
	if r.Actor.SeenBy() != "" && status == http.StatusForbidden {
		t.sentence, t.advice = i18n.T(ctx, "You are looking at the portal as somebody else. Nothing can be changed."), ""
	}
	t.request = logging.RequestID(ctx)
	t.address = r.URL.RequestURI()
	for _, field := range refusal.Fields {
		t.problems = append(t.problems, i18n.T(ctx, field.Message, field.Values...))
	}
	if !r.Actor.Zero() {
		t.homeURL = home(r.Organisation.Slug, faceOf(r.Actor.Kind()))
	}
	if t.homeURL == "" && status == http.StatusNotFound {
		t.homeURL = firstPage(r.URL.Path)
	}
	if r.Method != http.MethodGet {
		t.again = false
	}
	return f.Gate(r, GateInfo{Title: t.title, Icon: t.icon, Foot: requestLine(t.request)}, troubleCard(t)).WithStatus(status)
}

// firstPage is where a lost reader may begin again: the portal that the address names, which leads each person to their
// own first page, or that of the installation when it names none.
func firstPage(path string) string {
	portal, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if rest == "" && !strings.HasSuffix(path, "/") || reserved[portal] {
		return "/"
	}
	return "/" + portal
}

func requestLine(request string) templ.Component {
	if request == "" {
		return nil
	}
	return requestID(request)
}

func troubleWords(ctx context.Context, status int) trouble {
	switch status {
	case http.StatusNotFound:
		return trouble{title: i18n.T(ctx, "This page is not here"), icon: "search-x",
			advice: i18n.T(ctx, "Check the address, or begin at the first page. What you look for may have moved, or it was never shared with you.")}
	case http.StatusForbidden:
		return trouble{title: i18n.T(ctx, "This is not yours to open"), icon: "lock",
			advice: i18n.T(ctx, "If you need it for your work, ask the owner of this portal to give you the right.")}
	case http.StatusConflict:
		return trouble{title: i18n.T(ctx, "Somebody was faster"), icon: "users",
			advice: i18n.T(ctx, "Open the page again to see the newest state, then repeat what you wanted to do.")}
	case http.StatusRequestEntityTooLarge:
		return trouble{title: i18n.T(ctx, "This is too large"), icon: "file-up",
			advice: i18n.T(ctx, "Go back, send less at once, and try again. What you sent before is safe.")}
	case http.StatusUnprocessableEntity:
		return trouble{title: i18n.T(ctx, "Something is missing or not right"), icon: "circle-alert",
			advice: i18n.T(ctx, "Go back with your browser: what you typed is still there.")}
	case http.StatusPreconditionRequired:
		return trouble{title: i18n.T(ctx, "One step is still missing"), icon: "list-checks", advice: i18n.T(ctx, "Go back and finish the step, then try again.")}
	case http.StatusTooManyRequests:
		return trouble{title: i18n.T(ctx, "That was a little too often"), icon: "timer",
			advice: i18n.T(ctx, "To keep accounts safe we pause for a moment. Wait a few minutes and try again."), again: true}
	case http.StatusServiceUnavailable:
		return trouble{title: i18n.T(ctx, "Not available right now"), icon: "clock",
			advice: i18n.T(ctx, "Nothing was lost. Please try again in a few minutes."), again: true}
	case http.StatusInsufficientStorage:
		return trouble{title: i18n.T(ctx, "No space left"), icon: "triangle-alert",
			advice: i18n.T(ctx, "Nothing was lost. Please tell the people who run this portal.")}
	case http.StatusUnauthorized:
		return trouble{title: i18n.T(ctx, "Please sign in"), icon: "log-in", advice: i18n.T(ctx, "Open the link from your last e-mail, or sign in.")}
	}
	return trouble{title: i18n.T(ctx, "Something went wrong on our side"), icon: "triangle-alert",
		advice: i18n.T(ctx, "Please try again. If it happens again, send the number below to the people who run this portal."), again: true}
}

func (t trouble) action(ctx context.Context) templ.Component {
	if t.homeURL != "" {
		return ui.Button(ui.ButtonProps{Label: i18n.T(ctx, "Go to the first page"), URL: t.homeURL, Kind: ui.Primary, Wide: true})
	}
	return nil
}
