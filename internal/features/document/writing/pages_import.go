package writing

import (
	"cmp"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"lintel/internal/core/route"
	"lintel/internal/features/document"
	"lintel/internal/features/document/estimate"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/file"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/money"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// uploadEstimate takes the file and leads to its preview. What is no estimate is said where
// another file can be chosen, and nothing is kept. Either is a page of its own, so that a
// reload sends nothing again.
func (p *Pages) uploadEstimate(r *route.Request) (web.Reply, error) {
	name, content, err := readUpload(r)
	var kept string
	if err == nil {
		kept, err = p.service.KeepEstimate(r.Context(), r.Actor, r.PathValue("document"), name, content)
	}
	upload := document.OfficePath(r.Organisation.Slug, r.PathValue("document")) + "/import"
	if refusal := fault.As(err); refusal != nil && (refusal.Kind == fault.Invalid || refusal.Kind == fault.TooLarge) {
		if _, err := p.service.Desk(r.Context(), r.Actor, r.PathValue("document"), 0); err != nil {
			return web.Reply{}, err
		}
		return web.Redirect(upload).WithCookie(p.remember(refusalCookie, upload, i18n.T(r.Context(), refusal.Message, refusal.Values...))), nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Redirect(upload + "/" + kept).WithCookie(p.remember(refusalCookie, upload, "")), nil
}

// What the pages of one proposal's import remember for a while.
const (
	refusalCookie  = "lintel-import"   // why a file was not taken
	importedCookie = "lintel-imported" // the file that was
)

// remember keeps a text for the pages of an import; "" forgets it.
func (p *Pages) remember(name, path, text string) *http.Cookie {
	const minutes = 10
	cookie := &http.Cookie{Name: name, Value: base64.RawURLEncoding.EncodeToString([]byte(text)), Path: path, MaxAge: minutes * 60,
		HttpOnly: true, Secure: p.frame.Secure, SameSite: http.SameSiteLaxMode}
	if text == "" {
		cookie.MaxAge = -1
	}
	return cookie
}

func remembered(r *route.Request, name string) string {
	cookie, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	text, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return ""
	}
	return strings.ToValidUTF8(string(text), "")
}

// readUpload reads the one file of the form. It is larger than a form may be, so that it is
// not read by ReadForm. A file that is too large is read to its end: a browser that still
// sends does not read an answer.
func readUpload(r *route.Request) (name string, content []byte, err error) {
	const patience = 256 << 20
	r.Body = io.NopCloser(io.LimitReader(r.Body, patience))
	parts, err := r.MultipartReader()
	if err != nil {
		return "", nil, fault.Wrap(fault.Invalid, "Choose a file first.", err)
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return "", nil, fault.New(fault.Invalid, "Choose a file first.")
		}
		if err != nil {
			return "", nil, fault.Wrap(fault.Invalid, "The file did not arrive whole. Please try again.", err)
		}
		if part.FormName() != "estimate" || part.FileName() == "" {
			continue
		}
		content, err := io.ReadAll(io.LimitReader(part, estimate.MaxBytes+1))
		if err == nil && len(content) > estimate.MaxBytes {
			size := int64(len(content))
			if rest, err := io.Copy(io.Discard, r.Body); err == nil {
				size = max(size+rest, r.ContentLength)
			}
			return "", nil, fault.New(fault.TooLarge, "This file has {size}, and an import takes up to {most}. Please split it.").
				With("size", file.SizeText(r.Context(), size), "most", file.SizeText(r.Context(), estimate.MaxBytes))
		}
		if err != nil {
			return "", nil, fault.Wrap(fault.Invalid, "The file did not arrive whole. Please try again.", err)
		}
		return part.FileName(), content, nil
	}
}

// chooseEstimate asks for a file, and says why the last one was not taken.
func (p *Pages) chooseEstimate(r *route.Request) (web.Reply, error) {
	desk, err := p.service.Desk(r.Context(), r.Actor, r.PathValue("document"), 0)
	if err != nil {
		return web.Reply{}, err
	}
	if desk.Version.State != proposal.Draft {
		return p.back(r, ""), nil
	}
	page := importAgain(document.OfficePath(r.Organisation.Slug, desk.Document.ID), remembered(r, refusalCookie))
	return p.frame.Office(r, importInfo(r, desk.Document), page), nil
}

func importInfo(r *route.Request, d document.Document) organisation.PageInfo {
	slug := r.Organisation.Slug
	return organisation.PageInfo{Title: i18n.T(r.Context(), "Import from CSV"), Current: navKey, Rail: true,
		Breadcrumbs: append(crumbs(r.Context(), slug, d), ui.Crumb{Label: d.Number, URL: document.OfficePath(slug, d.ID)})}
}

// previewImport shows what the headers suggest, or what was decided.
func (p *Pages) previewImport(r *route.Request) (web.Reply, error) {
	return p.showImport(r, r.URL.Query())
}

// longestAddress is how long an address can be on its way through proxies.
const longestAddress = 6_000

// applyImport imports, or leads to the preview with what was decided so far: its address has
// the decisions, so that it can be loaded again.
func (p *Pages) applyImport(r *route.Request) (web.Reply, error) {
	form, err := r.FormOf(draftSize)
	if err != nil {
		return web.Reply{}, err
	}
	choices, typedTax, wrong := p.choices(r, form.Values, form.Raw("act") == "suggested")
	decided := decisions(choices, typedTax)
	pages := document.OfficePath(r.Organisation.Slug, r.PathValue("document")) + "/import"
	again := web.Redirect(pages + "/" + r.PathValue("file") + "?" + decided.Encode())
	if len(again.Location) > longestAddress {
		again = web.Reply{}
	}
	if wrong == nil && form.Raw("act") == "import" {
		imported, err := p.service.ImportLines(r.Context(), r.Actor, r.PathValue("document"), r.PathValue("file"), choices)
		switch refusal := fault.As(err); {
		case err == nil:
			done := p.back(r, "").WithCookie(p.remember(importedCookie, pages, r.PathValue("file")))
			return p.frame.Say(done, i18n.N(r.Context(), imported, "{n} line imported.", "{n} lines imported.")), nil
		case fault.Is(err, fault.NotFound):
			return p.importGone(r, err)
		case refusal == nil || refusal.Kind != fault.Invalid && refusal.Kind != fault.Conflict:
			return web.Reply{}, err
		case again.Location != "":
			again = p.frame.Say(again, i18n.T(r.Context(), refusal.Message, refusal.Values...))
		}
	}
	shown, err := p.showImport(r, decided)
	if err == nil && shown.Location == "" && again.Location != "" {
		return again, nil
	}
	return shown, err
}

// importGone leads whoever comes back to a file that they have just imported to the proposal.
// Any other file that is not there is NotFound.
func (p *Pages) importGone(r *route.Request, gone error) (web.Reply, error) {
	if remembered(r, importedCookie) != r.PathValue("file") {
		return web.Reply{}, gone
	}
	return p.frame.Say(p.back(r, ""), i18n.T(r.Context(), "This file was imported already.")), nil
}

// decisions are choices as an address carries them.
func decisions(choices document.ImportChoices, tax string) url.Values {
	values := url.Values{}
	if len(choices.Mapping) > 0 {
		columns := make([]string, len(choices.Mapping))
		for i, field := range choices.Mapping {
			columns[i] = string(field)
		}
		values.Set("columns", strings.Join(columns, ","))
	}
	if tax != "" {
		values.Set("tax", tax)
	}
	for row, fields := range choices.Options.Corrections {
		for field, value := range fields {
			values.Set(fixName(row, field), value)
		}
	}
	return values
}

// showImport shows what an import would do.
func (p *Pages) showImport(r *route.Request, values url.Values) (web.Reply, error) {
	ctx, v := r.Context(), importView{slug: r.Organisation.Slug}
	choices, taxText, wrong := p.choices(r, values, false)
	state, err := p.service.PreviewImport(ctx, r.Actor, r.PathValue("document"), r.PathValue("file"), choices)
	if fault.Is(err, fault.NotFound) {
		return p.importGone(r, err)
	}
	if err != nil {
		return web.Reply{}, err
	}
	v.state, v.taxText, v.fixed = state, taxText, choices.Options.Corrections
	if v.taxText == "" {
		v.taxText = i18n.Percent(ctx, choices.Options.TaxWhenYes)
	}
	if refusal := fault.As(cmp.Or(wrong, state.Problem, state.TooMuch)); refusal != nil {
		v.problem = i18n.T(ctx, refusal.Message, refusal.Values...)
	}
	return p.frame.Office(r, importInfo(r, state.Document), importPage(v)), nil
}

// choices reads what was decided: where columns go, what Y means, which rows were put right.
// A field counts when it says something else than when it was shown, or when suggestions are
// taken: a suggestion that nobody took changes nothing.
func (p *Pages) choices(r *route.Request, values url.Values, suggested bool) (document.ImportChoices, string, error) {
	settings, err := p.service.Settings(r.Context(), r.Actor)
	if err != nil {
		return document.ImportChoices{}, "", err
	}
	choices := document.ImportChoices{Options: estimate.Options{Corrections: map[int]map[estimate.Field]string{}}, Unnamed: i18n.T(r.Context(), "Imported")}
	if columns := values.Get("columns"); columns != "" {
		for field := range strings.SplitSeq(columns, ",") {
			choices.Mapping = append(choices.Mapping, estimate.Field(field))
		}
	}
	for _, column := range numbersOf(values, "column.", "") {
		choices.Mapping = append(choices.Mapping, estimate.Field(values.Get("column."+strconv.Itoa(column))))
	}
	for name := range values {
		rest, found := strings.CutPrefix(name, "fix.")
		row, field, cut := strings.Cut(rest, ".")
		number, err := strconv.Atoi(row)
		value := oneLine(values, name)
		was, shown := oneLine(values, "was."+rest), values.Has("was."+rest)
		if !found || !cut || err != nil || shown && value == was && !(suggested && value != "") {
			continue
		}
		if choices.Options.Corrections[number] == nil {
			choices.Options.Corrections[number] = map[estimate.Field]string{}
		}
		choices.Options.Corrections[number][estimate.Field(field)] = value
	}
	choices.Options.TaxWhenYes, _ = money.ParsePercent(settings.TaxPercent, money.PointNotation) // 0 when the firm has none
	typed := oneLine(values, "tax")
	if typed == "" {
		return choices, "", nil
	}
	rate, err := money.ParsePercent(typed, i18n.Notation(r.Context()))
	if err != nil || rate.IsNegative() || rate.Compare(money.Whole(100)) > 0 {
		return choices, typed, fault.New(fault.Invalid, "The tax is a percentage from 0 to 100.")
	}
	choices.Options.TaxWhenYes = rate
	return choices, typed, nil
}
