package organisation

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"lintel/internal/core/guard"
)

// opened is the address of a fresh set-up link.
func (w *world) opened() string {
	w.t.Helper()
	path, err := w.service.OpenSetup(w.t.Context())
	w.must(err)
	return path
}

// rightly is a set-up form without mistakes, in which some fields are changed.
func rightly(changed ...string) url.Values {
	form := url.Values{"name": {"Hartwell & Sons"}, "trade": {"builder"}, "language": {"en"}, "zone": {"Europe/London"}, "currency": {"GBP"}, "tax_percent": {"20"},
		"tax_name": {"VAT"}, "colour": {"#0b7a53"}, "owner_name": {"Dana Kowal"}, "owner_email": {"dana@hartwell.example"}, "owner_password": {"three unusual words"}}
	for i := 0; i < len(changed); i += 2 {
		form.Set(changed[i], changed[i+1])
	}
	return form
}

// keptIn is the version of the logo that a page keeps, or empty.
func keptIn(page *httptest.ResponseRecorder) string {
	found := regexp.MustCompile(`name="logo_kept" value="(\w+)"`).FindStringSubmatch(page.Body.String())
	if found == nil {
		return ""
	}
	return found[1]
}

func (w *world) logosKept() (count int) {
	w.t.Helper()
	w.must(w.store.Across(w.t.Context(), "count the logos that wait", func(tx *guard.AcrossTx) error {
		return tx.One(countSetupLogos, nil, &count)
	}))
	return count
}

var countSetupLogos = guard.AcrossSQL("count the logos of the set-up", `select count(*) from installation where name like 'setup logo %'`)

func TestAllMistakesOfTheSetUpAreSaidAtOnceEachAtItsField(t *testing.T) {
	wrong := url.Values{"name": {"www.evil.example"}, "slug": {"setup"}, "trade": {"baker"}, "language": {"tlh"}, "zone": {"Moon/Base"}, "currency": {"XYZ"}, "tax_name": {strings.Repeat("tax", 200)},
		"tax_percent": {"101"}, "colour": {"blue"}, "email": {"office"}, "owner_name": {"www.evil.example"}, "owner_email": {"dana@"}, "owner_password": {"password12"},
		"colleague_name": {"www.evil.example"}, "colleague_email": {"jon"}}
	onBoth(t, func(w *world) {
		page := w.post(w.opened(), wrong, "logo", []byte("<svg>"))
		text := page.Body.String()
		if page.Code != http.StatusUnprocessableEntity {
			t.Fatalf("answers %d", page.Code)
		}
		for field, values := range wrong {
			if !strings.Contains(text, `id="`+field+`-error"`) || !strings.Contains(text, `href="#`+field+`"`) {
				t.Errorf("nothing is said at %s, or not above the form", field)
			}
			if field == "owner_password" == strings.Contains(text, `value="`+values[0]+`"`) && !isChoice(field) {
				t.Errorf("%s is not kept, or a password is", field)
			}
		}
		if !strings.Contains(text, `id="logo-error"`) {
			t.Error("nothing is said at the logo")
		}
		empty := w.post(w.opened(), url.Values{}, "", nil).Body.String()
		for _, field := range []string{"name", "trade", "language", "zone", "currency", "tax_percent", "owner_name", "owner_email", "owner_password"} {
			if !strings.Contains(empty, `id="`+field+`-error"`) {
				t.Errorf("an empty form says nothing at %s", field)
			}
		}
		for _, field := range []string{"slug", "colour", "logo", "email", "tax_name", "colleague_name", "colleague_email"} {
			if strings.Contains(empty, `id="`+field+`-error"`) {
				t.Errorf("an empty form asks for %s, which may be left away", field)
			}
		}
	})
}

func isChoice(field string) bool {
	return field == "trade" || field == "language" || field == "zone" || field == "currency"
}

func TestAColleagueOfTheSetUpHasANameAndAnAddressOfTheirOwnOrIsNotInvited(t *testing.T) {
	onBoth(t, func(w *world) {
		path := w.opened()
		for _, c := range []struct{ name, email, wrong string }{{"", "jon@hartwell.example", "colleague_name"}, {"Jon Sato", "", "colleague_email"}, {"Jon Sato", "DANA@hartwell.example", "colleague_email"}} {
			if page := w.post(path, rightly("colleague_name", c.name, "colleague_email", c.email), "", nil); !strings.Contains(page.Body.String(), `id="`+c.wrong+`-error"`) {
				t.Errorf("%+v: answers %d without a word at the field", c, page.Code)
			}
		}
		if page := w.post(path, rightly(), "", nil); page.Code != http.StatusSeeOther || len(w.invited) != 0 {
			t.Errorf("without a colleague it answers %d, and invites %v", page.Code, w.invited)
		}
	})
}

func TestALogoIsKeptWhileTheSetUpIsCorrected(t *testing.T) {
	onBoth(t, func(w *world) {
		path := w.opened()
		first := w.post(path, rightly("owner_password", "short"), "logo", picture(40, 40))
		version := keptIn(first)
		if version == "" || !strings.Contains(first.Body.String(), `src="data:image/jpeg;base64,`) {
			t.Fatal("the logo is not kept, or not shown")
		}
		second := w.post(path, rightly("name", "", "logo_kept", version), "", nil)
		if keptIn(second) != version || !strings.Contains(second.Body.String(), "type your password again") {
			t.Error("the second round loses the logo, or does not say that the password is asked for again")
		}
		if third := w.post(path, rightly("logo_kept", version), "logo", []byte("<svg>")); keptIn(third) != version || !strings.Contains(third.Body.String(), `id="logo-error"`) {
			t.Error("another file that is no picture takes the place of the logo that was kept")
		}
		if other := w.post(path, rightly("name", "", "logo_kept", version), "logo", picture(30, 30)); keptIn(other) == "" || keptIn(other) == version {
			t.Error("another logo does not take the place of the one that was kept")
		}
		if without := w.post(path, rightly("name", "", "logo_kept", version, "logo_off", "1"), "", nil); keptIn(without) != "" {
			t.Error("a logo that was left away is kept")
		}
		if page := w.post(path, rightly("logo_kept", version), "", nil); page.Code != http.StatusSeeOther {
			t.Fatalf("the set-up answers %d", page.Code)
		}
		if organisations, err := w.store.Organisations(t.Context()); err != nil || len(organisations) != 1 {
			t.Fatalf("founded are %v, %v", organisations, err)
		} else if _, logo, err := w.service.Looks(t.Context(), organisations[0]); err != nil || logo == nil || logo.Bounds().Dx() != 40 {
			t.Errorf("the firm's logo is %v, %v", logo, err)
		}
		if left := w.logosKept(); left != 0 {
			t.Errorf("%d logos stay behind", left)
		}
	})
}

func TestALogoIsKeptNoLongerThanItsLink(t *testing.T) {
	onBoth(t, func(w *world) {
		old := w.opened()
		version := keptIn(w.post(old, rightly("name", ""), "logo", picture(40, 40)))
		path := w.opened()
		if left := w.logosKept(); left != 0 {
			t.Errorf("%d logos outlive their link", left)
		}
		if page := w.post(path, rightly("logo_kept", version), "", nil); page.Code != http.StatusUnprocessableEntity || !strings.Contains(page.Body.String(), "Please choose it again") {
			t.Errorf("a logo that is gone answers %d, and does not ask for it", page.Code)
		}
		if page := w.post(old, rightly("name", ""), "logo", picture(40, 40)); page.Code != http.StatusNotFound || w.logosKept() != 0 {
			t.Errorf("the old link answers %d, and keeps %d logos", page.Code, w.logosKept())
		}
	})
}

func TestALogoThatIsTooLargeLosesNothingElse(t *testing.T) {
	onBoth(t, func(w *world) {
		page := w.post(w.opened(), rightly(), "logo", bytes.Repeat([]byte("x"), 5<<20))
		if page.Code != http.StatusUnprocessableEntity || !strings.Contains(page.Body.String(), "larger than 2 MB") || !strings.Contains(page.Body.String(), `value="Dana Kowal"`) {
			t.Errorf("five megabytes answer %d: %.200s", page.Code, page.Body)
		}
	})
}

func TestTwoWhoSetUpAtOnceMakeOneFirm(t *testing.T) {
	onBoth(t, func(w *world) {
		path := w.opened()
		var answers [2]int
		var both sync.WaitGroup
		for i := range answers {
			both.Go(func() { answers[i] = w.post(path, rightly(), "", nil).Code })
		}
		both.Wait()
		organisations, err := w.store.Organisations(t.Context())
		if err != nil || len(organisations) != 1 || answers != [2]int{http.StatusSeeOther, http.StatusNotFound} && answers != [2]int{http.StatusNotFound, http.StatusSeeOther} {
			t.Errorf("they answer %v, and there are %d firms, %v", answers, len(organisations), err)
		}
	})
}
