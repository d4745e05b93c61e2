package organisation

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
	"lintel/internal/platform/blob"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/migrate"
	"lintel/internal/platform/web"
)

type world struct {
	t       *testing.T
	service *Service
	store   *guard.Store
	owners  []Owner
	invited []string
	firm    access.Organisation
	actor   access.Actor
	handler http.Handler
}

func onBoth(t *testing.T, run func(w *world)) {
	dbtest.OnBoth(t, func(t *testing.T, database *db.DB) { run(newWorld(t, database)) })
}

func newWorld(t *testing.T, database *db.DB) *world {
	t.Helper()
	w := &world{t: t}
	now := clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	_, err := migrate.Up(t.Context(), database, now.Now())
	w.must(err)
	events := event.NewRegistry()
	events.Declare(Events()...)
	w.store = guard.New(database, events, now, slog.New(slog.DiscardHandler), func() {})
	blobs, err := blob.OpenDisk(t.TempDir())
	w.must(err)
	t.Cleanup(func() { blobs.Close() })
	w.service = New(w.store, blobs, Ports{
		NewOwner: func(_ context.Context, o Owner) (Prepared, error) {
			if o.Password == "password12" {
				return nil, fault.ForField("password", "This password is too easy to guess.")
			}
			return func(*guard.Tx) error { w.owners = append(w.owners, o); return nil }, nil
		},
		InviteStaff: func(_ context.Context, _ *guard.Tx, email, _ string, _ access.Role) (access.PersonID, error) {
			if !strings.Contains(email, "@") {
				return "", fault.ForField("email", "Enter a full address.")
			}
			w.invited = append(w.invited, email)
			return "jon", nil
		},
		Mail:      func() MailState { return MailState{Ready: true, Server: "mail.example:587", Sender: "Portal"} },
		EventKind: events.Kind,
	})
	frame := NewFrame(nil)
	table := &route.Table{}
	NewPages(w.service, frame).Routes(table)
	table.Get("/{org}/office/breaks", access.OfficeWith(access.HomeRead), func(*route.Request) (web.Reply, error) { return web.Reply{}, io.ErrUnexpectedEOF })
	w.handler = table.Handler(route.Edge{
		Authenticate: func(_ context.Context, _ *http.Request, slug string) (access.Actor, access.Organisation, error) {
			return w.actor, w.firm, nil
		},
		Reader:  func(ctx context.Context, _ *route.Request) context.Context { return ctx },
		Trouble: frame.Trouble, SignIn: func(*route.Request) string { return "/sign-in" }, Address: func(*http.Request) string { return "192.0.2.1" },
		Log: slog.New(slog.DiscardHandler),
	})
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// found makes a firm and signs its owner in.
func (w *world) found(name string) {
	w.t.Helper()
	var err error
	w.firm, err = w.service.Found(w.t.Context(), Founding{Firm: FirmDetails{Name: name}})
	w.must(err)
	w.actor = w.as(access.Owner)
}

func (w *world) as(role access.Role) access.Actor {
	return access.NewActor(access.Identity{Org: w.firm.ID, Person: "dana", Kind: access.Staff, Role: role, Name: "Dana Kowal", Email: "dana@hartwell.example", Proof: access.SignedIn})
}

func (w *world) send(r *http.Request) *httptest.ResponseRecorder {
	out := httptest.NewRecorder()
	w.handler.ServeHTTP(out, r)
	return out
}

func (w *world) get(address string) *httptest.ResponseRecorder {
	return w.send(httptest.NewRequest(http.MethodGet, address, nil))
}

func (w *world) post(address string, fields url.Values, file string, content []byte) *httptest.ResponseRecorder {
	w.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, values := range fields {
		w.must(form.WriteField(name, values[0]))
	}
	if file != "" {
		part, err := form.CreateFormFile(file, "picture.png")
		w.must(err)
		_, err = part.Write(content)
		w.must(err)
	}
	w.must(form.Close())
	r := httptest.NewRequest(http.MethodPost, address, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return w.send(r)
}

func TestA20AddressesThatPeopleCouldTakeForOneAnotherAreOneAddress(t *testing.T) {
	cases := []struct{ typed, want string }{
		{"hartwell", "hartwell"}, {"HartWell", "hartwell"}, {"hartwell.", "hartwell"}, {"hartwell%2e", "hartwell"}, {"ｈａｒｔｗｅｌｌ", "hartwell"}, {" hartwell ", "hartwell"},
		{"hаrtwell", ""}, {"hart/well", ""}, {"office-", ""}, {"setup", ""}, {"Static", ""}, {"h", ""}, {"hart--well", ""}, {"hart%2fwell", ""}, {strings.Repeat("a", 41), ""},
	}
	for _, c := range cases {
		got, err := CanonicalSlug(c.typed)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%q becomes %q, %v; want %q", c.typed, got, err, c.want)
		}
	}
}

func TestAnAddressIsSuggestedFromTheName(t *testing.T) {
	for name, want := range map[string]string{"Hartwell & Sons": "hartwell-sons", "Müller Straße 7": "muller-strasse-7", "O’Neill’s": "oneills", "Office": "firm-office", "日本": "firm"} {
		if got := SuggestSlug(name); got != want {
			t.Errorf("%q suggests %q, want %q", name, got, want)
		}
		if _, err := CanonicalSlug(SuggestSlug(name)); err != nil {
			t.Errorf("the suggestion for %q is refused: %v", name, err)
		}
	}
}

func TestA20ATakenAddressIsAConflict(t *testing.T) {
	onBoth(t, func(w *world) {
		w.found("Hartwell")
		for _, slug := range []string{"hartwell", "HARTWELL", "hartwell.", "hartwell%2e", "ｈartwell"} {
			_, err := w.service.Found(t.Context(), Founding{Slug: slug, Firm: FirmDetails{Name: "Another"}})
			if !fault.Is(err, fault.Conflict) {
				t.Errorf("%q answers %v", slug, err)
			}
		}
	})
}

func TestANewFirmHasItsStagesTermsAndPolicies(t *testing.T) {
	onBoth(t, func(w *world) {
		w.found("Hartwell & Sons")
		var s Settings
		var stages []Stage
		var terms []Terms
		w.must(w.store.View(t.Context(), w.actor, access.SettingsRead, func(tx *guard.Tx) (err error) {
			if s, err = Of(tx); err != nil {
				return err
			}
			if stages, err = Stages(tx); err != nil {
				return err
			}
			terms, err = TermsTemplates(tx)
			return err
		}))
		if s.Slug != "hartwell-sons" || s.LinkDays != 30 || s.ConfirmPolicy != ConfirmFirst || s.Theme == "" || s.CreatedAt.IsZero() {
			t.Errorf("the settings begin as %+v", s)
		}
		groups := map[Bucket]int{}
		for _, stage := range stages {
			groups[stage.Bucket]++
			if stage.ID == s.SignedStage && stage.Name != "Contract" {
				t.Errorf("a signed project would move to %s", stage.Name)
			}
		}
		if groups[Pending] != 4 || groups[Current] != 3 || groups[Completed] != 1 || groups[Hidden] != 2 || len(terms) != 4 {
			t.Errorf("stages are %v, terms %d", groups, len(terms))
		}
	})
}

func TestTheSetUpLinkWorksOnceAndKeepsWhatWasTyped(t *testing.T) {
	onBoth(t, func(w *world) {
		path, err := w.service.OpenSetup(t.Context())
		w.must(err)
		if page := w.get(path); page.Code != http.StatusOK || !strings.Contains(page.Body.String(), "Set up your portal") {
			t.Fatalf("the link answers %d: %.200s", page.Code, page.Body)
		}
		typed := url.Values{"name": {"Hartwell & Sons"}, "trade": {"builder"}, "language": {"en"}, "zone": {"Europe/London"}, "currency": {"GBP"}, "tax_percent": {"20"},
			"tax_name": {"VAT"}, "colour": {"#0b7a53"}, "owner_name": {"Dana Kowal"}, "owner_email": {"dana@hartwell.example"}, "owner_password": {"short"}}
		if page := w.post(path, typed, "", nil); page.Code != http.StatusUnprocessableEntity || !strings.Contains(page.Body.String(), "Hartwell &amp; Sons") {
			t.Errorf("a short password answers %d", page.Code)
		}
		typed.Set("owner_password", "password12")
		if page := w.post(path, typed, "", nil); page.Code != http.StatusUnprocessableEntity || !strings.Contains(page.Body.String(), `id="owner_password-error"`) {
			t.Errorf("an easy password answers %d, or not beside its field", page.Code)
		}
		typed.Set("owner_password", "three unusual words")
		typed.Set("slug", "setup")
		if page := w.post(path, typed, "", nil); page.Code != http.StatusUnprocessableEntity {
			t.Errorf("a reserved address answers %d", page.Code)
		}
		typed.Del("slug")
		typed.Set("colleague_email", "jon")
		if page := w.post(path, typed, "", nil); page.Code != http.StatusUnprocessableEntity || !strings.Contains(page.Body.String(), `id="colleague_email-error"`) {
			t.Errorf("half an address of the colleague answers %d, or not beside its field", page.Code)
		}
		typed.Set("colleague_name", "Jon Sato")
		typed.Set("colleague_email", "jon@hartwell.example")
		if page := w.post(path, typed, "logo", picture(40, 40)); page.Header().Get("Location") != "/hartwell-sons/office" {
			t.Fatalf("the set-up answers %d: %.400s", page.Code, page.Body)
		}
		if len(w.invited) != 1 || w.invited[0] != "jon@hartwell.example" {
			t.Errorf("invited are %v", w.invited)
		}
		if len(w.owners) == 0 || w.owners[0].Email != "dana@hartwell.example" {
			t.Errorf("the owner is %+v", w.owners)
		}
		for _, again := range []*httptest.ResponseRecorder{w.get(path), w.post(path, typed, "", nil)} {
			if again.Code != http.StatusNotFound {
				t.Errorf("the used link answers %d", again.Code)
			}
		}
		if path, err := w.service.OpenSetup(t.Context()); err != nil || path != "" {
			t.Errorf("a second set-up is offered: %q, %v", path, err)
		}
	})
}

func picture(width, height int) []byte {
	canvas := image.NewNRGBA(image.Rect(0, 0, width, height))
	canvas.Set(1, 1, color.NRGBA{R: 200, A: 255})
	var out bytes.Buffer
	if err := png.Encode(&out, canvas); err != nil {
		panic(err) // an encoder into memory
	}
	return out.Bytes()
}

func TestALogoIsDrawnAnewAndServedForEver(t *testing.T) {
	onBoth(t, func(w *world) {
		w.found("Hartwell")
		refused := map[string][]byte{"text": []byte("<svg onload=alert(1)>"), "empty": nil, "cut": picture(40, 40)[:60]}
		for name, content := range refused {
			if page := w.post("/hartwell/office/settings/looks/logo", nil, "logo", content); page.Code != http.StatusUnprocessableEntity {
				t.Errorf("%s answers %d", name, page.Code)
			}
		}
		with := append(picture(1600, 800), []byte("<script>after the picture</script>")...)
		if page := w.post("/hartwell/office/settings/looks/logo", nil, "logo", with); page.Code != http.StatusSeeOther {
			t.Fatalf("a picture answers %d: %.300s", page.Code, page.Body)
		}
		s, err := w.service.Settings(t.Context(), w.actor)
		w.must(err)
		w.actor = access.Actor{} // nobody is signed in on the sign-in page
		page := w.get(LogoURL(s.Brief()))
		config, err := png.DecodeConfig(bytes.NewReader(page.Body.Bytes()))
		if err != nil || config.Width != 512 || config.Height != 256 || bytes.Contains(page.Body.Bytes(), []byte("script")) {
			t.Errorf("the logo is %dx%d, %v", config.Width, config.Height, err)
		}
		if page.Header().Get("Cache-Control") != forEver {
			t.Errorf("the logo is kept %q", page.Header().Get("Cache-Control"))
		}
		small, err := w.service.LogoForMail(t.Context(), w.firm.ID, s.Logo)
		if err != nil || len(small) == 0 {
			t.Errorf("the logo for mails: %d bytes, %v", len(small), err)
		}
	})
}

func TestAColourIsTriedBeforeItIsSavedAndServedForEver(t *testing.T) {
	onBoth(t, func(w *world) {
		w.found("Hartwell")
		before := w.firm.Theme
		page := w.get("/hartwell/office/settings/looks?colour=%23c02060")
		if !strings.Contains(page.Body.String(), "looks/theme.css?colour=%23c02060") || !strings.Contains(page.Body.String(), "Save this colour") {
			t.Errorf("the tried colour is not on the page: %d", page.Code)
		}
		if page := w.get("/hartwell/office/settings/looks/theme.css?colour=%23c02060"); !strings.Contains(page.Body.String(), "--brand:") || page.Header().Get("Content-Type") != "text/css; charset=utf-8" {
			t.Errorf("the tried style sheet is %.80s", page.Body)
		}
		if page := w.post("/hartwell/office/settings/looks/colour", url.Values{"colour": {"red;}"}}, "", nil); page.Code != http.StatusUnprocessableEntity {
			t.Errorf("what is no colour answers %d", page.Code)
		}
		if page := w.post("/hartwell/office/settings/looks/colour", url.Values{"colour": {"#c02060"}}, "", nil); page.Code != http.StatusSeeOther {
			t.Errorf("a colour answers %d", page.Code)
		}
		s, err := w.service.Settings(t.Context(), w.actor)
		w.must(err)
		if s.Theme == before {
			t.Error("the version of the style sheet stays the same")
		}
		if page := w.get(ThemeURL(s.Brief())); page.Header().Get("Cache-Control") != forEver {
			t.Errorf("the style sheet is kept %q", page.Header().Get("Cache-Control"))
		}
	})
}

func TestEveryTabOfTheSettingsOpensAndOnlyTheRightRolesChangeThem(t *testing.T) {
	onBoth(t, func(w *world) {
		w.found("Hartwell")
		for tab, word := range map[string]string{"": "Your firm", "/looks": "Colour to try", "/stages": "Opportunity", "/terms": "Warranty", "/terms/new": "two stars",
			"/signing": "The first time in a browser", "/mail": "mail.example:587", "/audit": "was set up"} {
			if page := w.get("/hartwell/office/settings" + tab); page.Code != http.StatusOK || !strings.Contains(page.Body.String(), word) {
				t.Errorf("settings%s answers %d without %q", tab, page.Code, word)
			}
		}
		if page := w.post("/hartwell/office/settings/audit/check", nil, "", nil); !strings.Contains(page.Body.String(), "The log is whole.") {
			t.Errorf("the check of the log answers %d", page.Code)
		}
		w.actor = w.as(access.Manager)
		if page := w.post("/hartwell/office/settings/signing", url.Values{"link_days": {"1"}}, "", nil); page.Code != http.StatusForbidden {
			t.Errorf("a manager's change answers %d", page.Code)
		}
	})
}

func TestStagesTermsAndPoliciesAreChangedByTheirForms(t *testing.T) {
	onBoth(t, func(w *world) {
		w.found("Hartwell")
		base := "/hartwell/office/settings"
		stages, err := w.service.Stages(t.Context(), w.actor)
		w.must(err)
		steps := []struct {
			address string
			fields  url.Values
			want    int
		}{
			{base + "/stages", url.Values{"name": {"Snagging"}, "bucket": {"current"}, "customer_visible": {"1"}}, 303},
			{base + "/stages", url.Values{"name": {""}, "bucket": {"nowhere"}}, 422},
			{base + "/stages/" + stages[1].ID, url.Values{"act": {"up"}}, 303},
			{base + "/stages/" + stages[0].ID, url.Values{"name": {"Lead"}, "bucket": {"pending"}}, 303},
			{base + "/stages/" + stages[9].ID, url.Values{"act": {"remove"}}, 303},
			{base + "/terms", url.Values{"title": {"Parking"}, "body": {"You provide a place."}}, 303},
			{base + "/terms", url.Values{"title": {""}, "body": {"kept words"}}, 422},
			{base + "/signing", url.Values{"confirm_policy": {"always"}, "link_policy": {"item"}, "link_days": {"14"}, "signed_stage": {stages[5].ID}, "margin_floor": {"12.5"}}, 303},
			{base + "/signing", url.Values{"confirm_policy": {"always"}, "link_policy": {"item"}, "link_days": {"0"}, "signed_stage": {"nothing"}}, 422},
			{base, url.Values{"name": {"Hartwell"}, "trade": {"builder"}, "language": {"en"}, "zone": {"Mars/Base"}, "currency": {"EUR"}, "tax_percent": {"20"}}, 422},
			{base, url.Values{"name": {"Hartwell Ltd"}, "trade": {"builder"}, "language": {"de"}, "zone": {"Europe/Berlin"}, "currency": {"CHF"}, "tax_percent": {"7.7"}}, 303},
		}
		for _, step := range steps {
			if page := w.post(step.address, step.fields, "", nil); page.Code != step.want {
				t.Errorf("POST %s %v answers %d, want %d", step.address, step.fields, page.Code, step.want)
			}
		}
		after, err := w.service.Stages(t.Context(), w.actor)
		w.must(err)
		if len(after) != 10 || after[0].Name != "Estimate" || after[1].Name != "Lead" || after[1].CustomerVisible || after[9].Name != "Snagging" {
			t.Errorf("the stages are %+v", after)
		}
		s, err := w.service.Settings(t.Context(), w.actor)
		w.must(err)
		if s.LinkDays != 14 || s.LinkPolicy != LinkItem || s.MarginFloor != "12.5" || s.Name != "Hartwell Ltd" || s.Currency != "CHF" {
			t.Errorf("the settings are %+v", s)
		}
	})
}

func TestNumbersAreCountedForEachFirmAndKind(t *testing.T) {
	onBoth(t, func(w *world) {
		w.found("Hartwell")
		var got []int64
		w.must(w.store.Change(t.Context(), w.actor, access.ProjectsWrite, func(tx *guard.Tx) error {
			got = nil
			for _, kind := range []string{"project", "project", "proposal"} {
				n, err := NextNumber(tx, kind, 1001)
				if err != nil {
					return err
				}
				got = append(got, n)
			}
			return nil
		}))
		if got[0] != 1001 || got[1] != 1002 || got[2] != 1001 {
			t.Errorf("the numbers are %v", got)
		}
	})
}

func TestTroubleIsSaidKindlyAndShowsNothingOfTheCause(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.found("Hartwell")
	page := w.get("/hartwell/office/breaks")
	if page.Code != http.StatusInternalServerError || strings.Contains(page.Body.String(), "EOF") || !strings.Contains(page.Body.String(), "Something went wrong on our side") {
		t.Errorf("a bug answers %d: %.300s", page.Code, page.Body)
	}
	page = w.get("/hartwell/office/settings/terms/nothing")
	if page.Code != http.StatusNotFound || !strings.Contains(page.Body.String(), "This page is not here") || !strings.Contains(page.Body.String(), "/hartwell/office") {
		t.Errorf("nothing answers %d: %.300s", page.Code, page.Body)
	}
}

func TestWhatWasSaidIsSaidOnce(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.found("Hartwell")
	saved := w.post("/hartwell/office/settings/signing", url.Values{"confirm_policy": {"first"}, "link_policy": {"item"}, "link_days": {"14"}}, "", nil)
	r := httptest.NewRequest(http.MethodGet, saved.Header().Get("Location"), nil)
	r.AddCookie(saved.Result().Cookies()[0])
	page := w.send(r)
	if !strings.Contains(page.Body.String(), "Saved.") || page.Result().Cookies()[0].MaxAge >= 0 {
		t.Errorf("the sentence is not shown once: %v", page.Result().Cookies())
	}
}
