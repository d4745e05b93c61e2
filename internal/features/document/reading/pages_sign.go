package reading

import (
	"encoding/json"
	"net/http"
	"strconv"

	"lintel/internal/core/route"
	"lintel/internal/features/document"
	"lintel/internal/features/identity"
	"lintel/internal/features/signing"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// signingView is the last look before Approve.
type signingView struct {
	readingView
	consent signing.Consent
	signer  string
	errors  []ui.ErrorProps
}

func (v signingView) problemOf(field string) string {
	for _, e := range v.errors {
		if e.Field == field {
			return e.Text
		}
	}
	return ""
}

func (p *Pages) signForm(r *route.Request) (web.Reply, error) {
	view, err := p.view(r, 0)
	if err != nil {
		return web.Reply{}, err
	}
	switch {
	case view.Signature != nil:
		return web.Redirect(view.path() + "/signed"), nil
	case !view.Answerable():
		return web.Redirect(view.path()), nil
	case view.NeedsCode:
		return web.Redirect(identity.ConfirmURL(r.Organisation.Slug, view.path()+"/sign")), nil
	}
	view.refused = refusedBefore(r)
	return p.saidOnce(r, p.signingSheet(r, signingView{readingView: view})), nil
}

func (p *Pages) signingSheet(r *route.Request, v signingView) web.Reply {
	v.consent, v.signer, v.errors = signing.CurrentConsent(i18n.ReaderOf(r.Context()).Language), r.Actor.Name(), v.refused.errors(r)
	return p.frame.Document(r, p.info(r, v.readingView), signingPage(v))
}

// approve signs. Everything that can go wrong leads back to a page that says what to do.
func (p *Pages) approve(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	wanted := r.PathValue("document")
	path := document.CustomerPath(r.Organisation.Slug, wanted)
	approval, err := readApproval(form, wanted, r.Browser)
	if err != nil { // no page of ours sends this
		return web.Reply{}, err
	}
	_, err = p.service.Approve(r.Context(), r.Actor, approval)
	f := fault.As(err)
	switch {
	case err == nil:
		return web.Redirect(path + "/signed"), nil
	case f == identity.CodeNeeded:
		return p.around.AskForCode(r, path+"/sign")
	case f != nil && f.Kind == fault.Conflict:
		return p.answerRefused(r, path, refused{Status: http.StatusConflict, Problem: f.Message}, p.showNewest(r))
	case f != nil && (f.Kind == fault.Invalid || f.Kind == fault.Precondition):
		return p.answerRefused(r, path+"/sign", notSigned(form, f), func(again refused) (web.Reply, error) { return p.signAgain(r, again) })
	}
	return web.Reply{}, err
}

func readApproval(form *web.Form, wanted string, browser route.Browser) (document.Approval, error) {
	a := document.Approval{Document: wanted, ShownSHA256: form.Line("shown"), Method: signing.Drawn, Drawn: form.Raw("signature_image"), Typed: form.Line("signature_name"), Browser: browser}
	if form.Line("signature_kind") == "type" {
		a.Method = signing.Typed
	}
	if form.Checked("consent") {
		a.ConsentVersion = form.Line("consent_version")
	}
	unreadable := fault.New(fault.Invalid, "The form could not be read. Please open the proposal again.")
	var err error
	if a.Version, err = web.Whole(form.Line("version")); err != nil {
		return a, unreadable
	}
	if a.Total.Minor, err = strconv.ParseInt(form.Line("total"), 10, 64); err != nil {
		return a, unreadable
	}
	if json.Unmarshal([]byte(form.Raw("choices")), &a.Progress.Choices) != nil || json.Unmarshal([]byte(form.Raw("terms")), &a.Progress.Terms) != nil {
		return a, unreadable
	}
	return a, nil
}

// notSigned is what is wrong with an approval, with what was typed. A drawing does not travel.
func notSigned(form *web.Form, f *fault.Fault) refused {
	again := refused{Status: route.Status(f.Kind), Fields: f.Fields, Typed: map[string][]string{"signature_name": {form.Line("signature_name")}}}
	if form.Checked("consent") {
		again.Typed["consent"] = []string{"1"}
	}
	if len(again.Fields) == 0 {
		again.Fields = []fault.Field{{Name: "consent", Message: f.Message}}
	}
	return again
}

// signAgain shows the sheet with what was wrong and what was typed.
func (p *Pages) signAgain(r *route.Request, f refused) (web.Reply, error) {
	view, err := p.view(r, 0)
	if err != nil {
		return web.Reply{}, err
	}
	view.refused = f
	return p.signingSheet(r, signingView{readingView: view}), nil
}
