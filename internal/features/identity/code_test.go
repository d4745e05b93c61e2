package identity_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"lintel/internal/features/identity"
	"lintel/internal/platform/fault"
)

// inside is Maria's browser after continuing with her link.
func (w *world) inside(site http.Handler) *browser {
	b := w.browser(site)
	b.get(identity.LinkPath + w.proposalLink())
	b.post("/l")
	return b
}

func (w *world) sentCode(b *browser) string {
	w.t.Helper()
	got := b.post("/hartwell/confirm/send", "next", "/hartwell/home/proposals/p1")
	if got.status != http.StatusSeeOther || !strings.Contains(got.location, "sent=1") {
		w.t.Fatalf("send a code: %d to %q", got.status, got.location)
	}
	code, _ := w.lastMail()
	return code
}

func TestC09AForwardedLinkSignsNothingWithoutTheCodeFromTheMailbox(t *testing.T) {
	onBoth(t, func(w *world) {
		b := w.inside(w.site())
		if got := b.post("/hartwell/home/sign"); got.status != http.StatusForbidden {
			t.Fatalf("without a code: %d", got.status)
		}
		code := w.sentCode(b)
		if w.mails[0].To != "maria@ruiz-family.example" || strings.Contains(w.mails[0].Subject, code) {
			t.Errorf("the code goes to %s, subject %q", w.mails[0].To, w.mails[0].Subject)
		}
		got := b.post("/hartwell/confirm", "code", code[:3]+" "+code[3:], "next", "/hartwell/home/proposals/p1", "remember", "1")
		if got.location != "/hartwell/home/proposals/p1" {
			t.Fatalf("with the code: %d to %q", got.status, got.location)
		}
		if got := b.post("/hartwell/home/sign"); got.status != http.StatusOK {
			t.Errorf("after the code: %d %s", got.status, got.body)
		}
	})
}

func TestARememberedBrowserIsAskedOnceIn90DaysAndAnotherOneAgain(t *testing.T) {
	onBoth(t, func(w *world) {
		site := w.site()
		b := w.inside(site)
		b.post("/hartwell/confirm", "code", w.sentCode(b), "remember", "1")
		b.post("/sign-out")
		again := func(days int) int {
			w.clock.Advance(time.Duration(days) * 24 * time.Hour)
			b.get(identity.LinkPath + w.proposalLink())
			b.post("/l")
			return b.post("/hartwell/home/sign").status
		}
		if got := again(80); got != http.StatusOK {
			t.Errorf("after 80 days: %d", got)
		}
		if got := w.inside(site).post("/hartwell/home/sign").status; got != http.StatusForbidden {
			t.Errorf("in another browser: %d", got)
		}
		b.post("/sign-out")
		if got := again(11); got != http.StatusForbidden {
			t.Errorf("after 91 days: %d", got)
		}
	})
}

func TestABrowserThatIsNotRememberedIsAskedAgainNextTime(t *testing.T) {
	onBoth(t, func(w *world) {
		b := w.inside(w.site())
		b.post("/hartwell/confirm", "code", w.sentCode(b))
		if got := b.post("/hartwell/home/sign").status; got != http.StatusOK {
			t.Errorf("in this session: %d", got)
		}
		b.post("/sign-out")
		b.get(identity.LinkPath + w.proposalLink())
		b.post("/l")
		if got := b.post("/hartwell/home/sign").status; got != http.StatusForbidden {
			t.Errorf("in the next session: %d", got)
		}
	})
}

func TestTheOrganisationChoosesWhenTheCodeIsAsked(t *testing.T) {
	onBoth(t, func(w *world) {
		w.raw(`update organisations set confirm_policy = 'never'`)
		b := w.inside(w.site())
		if got := b.post("/hartwell/home/sign").status; got != http.StatusOK {
			t.Errorf("never: %d", got)
		}
		w.raw(`update organisations set confirm_policy = 'always'`)
		code := w.sentCode(b)
		b.post("/hartwell/confirm", "code", code, "remember", "1")
		if w.count(`select count(*) from confirmed_browsers`) != 0 {
			t.Error("a browser is remembered although every act wants a code")
		}
		first, second := b.post("/hartwell/home/sign").status, b.post("/hartwell/home/sign").status
		if first != http.StatusOK || second != http.StatusForbidden {
			t.Errorf("always: the first act %d, the second %d", first, second)
		}
		b.post("/hartwell/confirm", "code", w.sentCode(b))
		w.clock.Advance(10 * time.Minute)
		if got := b.post("/hartwell/home/sign").status; got != http.StatusForbidden {
			t.Errorf("always: ten minutes after the code %d", got)
		}
	})
}

func TestACodeEndsByTimeByFiveTriesByUseByANewerOneAndInAnotherBrowser(t *testing.T) {
	ends := map[string]func(w *world, b *browser, code string){
		"ten minutes pass": func(w *world, _ *browser, _ string) { w.clock.Advance(10 * time.Minute) },
		"five wrong tries": func(_ *world, b *browser, code string) {
			for range 5 {
				b.post("/hartwell/confirm", "code", wrong(code))
			}
		},
		"it was used": func(_ *world, b *browser, code string) {
			b.post("/hartwell/confirm", "code", code)
		},
		"a newer one was sent":    func(w *world, b *browser, _ string) { w.sentCode(b) },
		"it is another browser's": func(_ *world, b *browser, _ string) { delete(b.cookies, "__Host-lintel-browser") },
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(w *world) {
				b := w.inside(w.site())
				code := w.sentCode(b)
				end(w, b, code)
				w.raw(`update session_entries set proof = 'link', confirmed_at = null`)
				if got := b.post("/hartwell/confirm", "code", code); got.status != http.StatusUnprocessableEntity {
					t.Errorf("the code still answers %d to %q", got.status, got.location)
				}
				if got := b.post("/hartwell/home/sign").status; got != http.StatusForbidden {
					t.Errorf("and signing %d", got)
				}
			})
		})
	}
}

// wrong is a code that differs from the right one.
func wrong(code string) string {
	if code[0] == '9' {
		return "0" + code[1:]
	}
	return string(code[0]+1) + code[1:]
}

func TestOfManyTriesAtOnceFiveAreJudgedAndTheFailureIsOnRecord(t *testing.T) {
	onBoth(t, func(w *world) {
		b := w.inside(w.site())
		code := w.sentCode(b)
		var group sync.WaitGroup
		for range 20 {
			twin := b.copyOf()
			group.Go(func() { twin.post("/hartwell/confirm", "code", wrong(code)) })
		}
		group.Wait()
		if n := w.count(`select max(tries) from codes`); n != 5 {
			t.Errorf("%d tries were judged", n)
		}
		if n := w.count(`select count(*) from events where kind = 'person.code_failed'`); n != 1 {
			t.Errorf("%d events", n)
		}
	})
}

func TestB06ACodeOfOnePurposeIsRefusedForEveryOther(t *testing.T) {
	onBoth(t, func(w *world) {
		b := w.inside(w.site())
		actor := w.actor("/hartwell/home", b.cookies["__Host-lintel"])
		visit := identity.Visit{Browser: b.cookies["__Host-lintel-browser"].Value}
		purposes := []string{identity.CodeConfirm, identity.CodePassword, identity.ForSignIn, identity.ForReset}
		for _, made := range purposes {
			w.clock.Advance(time.Hour)
			if err := w.service.SendCode(context.Background(), actor, made, visit); err != nil {
				t.Fatal(err)
			}
			code, _ := w.lastMail()
			for _, used := range purposes {
				if used == made {
					continue
				}
				if ok, err := w.service.CheckCode(context.Background(), actor, used, code, visit, nil); ok || err != nil {
					t.Errorf("%s used for %s: %v %v", made, used, ok, err)
				}
			}
		}
	})
}

func TestAPersonSeesAndEndsTheirSessionsAndBrowsersAndNobodyElses(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.Jobs(w.runner)
		site := w.site()
		phone, laptop, dana := w.inside(site), w.inside(site), w.withPassword(site)
		laptop.post("/hartwell/confirm", "code", w.sentCode(laptop), "remember", "1")
		page := laptop.get("/hartwell/profile/sessions")
		if page.status != http.StatusOK || strings.Count(page.body, "Safari, iPhone") != 3 {
			t.Fatalf("%d, sessions and browsers listed: %d", page.status, strings.Count(page.body, "Safari, iPhone"))
		}
		danas := w.actor("/hartwell/office", dana.cookies["__Host-lintel"])
		if got := laptop.post("/hartwell/profile/sessions/end", "session", danas.Session()); got.status != http.StatusNotFound {
			t.Errorf("ending somebody else's session: %d", got.status)
		}
		laptop.post("/hartwell/profile/sessions/end-others")
		if phone.get("/hartwell/home").status != http.StatusSeeOther || laptop.get("/hartwell/home").status != http.StatusOK || dana.get("/hartwell/office").status != http.StatusOK {
			t.Error("ending the others ended the wrong ones")
		}
		_, browsers, err := w.service.Sessions(context.Background(), w.actor("/hartwell/home", laptop.cookies["__Host-lintel"]), identity.Visit{})
		if err != nil || len(browsers) != 1 {
			t.Fatalf("%+v %v", browsers, err)
		}
		laptop.post("/hartwell/profile/browsers/forget", "browser", browsers[0].ID)
		if got := laptop.post("/hartwell/home/sign").status; got != http.StatusForbidden {
			t.Errorf("after forgetting the browser: %d", got)
		}
	})
}

func TestAPasswordIsSetFromInsideWithACode(t *testing.T) {
	onBoth(t, func(w *world) {
		site := w.site()
		b := w.inside(site)
		maria, visit := w.owner(b, "/hartwell/home")
		if err := w.service.SendPasswordCode(context.Background(), maria, visit); err != nil {
			t.Fatal(err)
		}
		code, _ := w.lastMail()
		if err := w.service.ChangePassword(context.Background(), maria, danasPassword, wrong(code), visit); !invalidOn(err, "code") {
			t.Errorf("with a wrong code: %v", err)
		}
		if err := w.service.ChangePassword(context.Background(), maria, danasPassword, code, visit); err != nil {
			t.Errorf("with the code: %v", err)
		}
		if got := w.browser(site).post("/sign-in", "email", "maria@ruiz-family.example", "password", danasPassword); got.location != "/hartwell/home" {
			t.Errorf("sign in: %d to %q", got.status, got.location)
		}
	})
}

func TestThePurgeTakesWhatHasEndedAndNothingElse(t *testing.T) {
	onBoth(t, func(w *world) {
		site := w.site()
		old := w.inside(site)
		old.post("/hartwell/confirm", "code", w.sentCode(old), "remember", "1")
		w.clock.Advance(31 * 24 * time.Hour)
		fresh := w.inside(site)
		if err := w.service.Purge(context.Background()); err != nil {
			t.Fatal(err)
		}
		if n := w.count(`select count(*) from sessions`); n != 1 {
			t.Errorf("%d sessions stay", n)
		}
		if n := w.count(`select count(*) from session_entries`); n != 1 {
			t.Errorf("%d entries stay", n)
		}
		if w.count(`select count(*) from codes`) != 0 || w.count(`select count(*) from links`) != 2 || w.count(`select count(*) from confirmed_browsers`) != 1 {
			t.Error("codes, links or browsers are not as they should be")
		}
		if got := fresh.get("/hartwell/home").status; got != http.StatusOK {
			t.Errorf("the fresh session: %d", got)
		}
		w.clock.Advance(91 * 24 * time.Hour)
		if err := w.service.Purge(context.Background()); err != nil {
			t.Fatal(err)
		}
		if n := w.count(`select count(*) from links`) + w.count(`select count(*) from confirmed_browsers`); n != 1 {
			t.Errorf("%d links and browsers stay", n)
		}
	})
}

func TestConfirmIsUnreachableForStrangers(t *testing.T) {
	onBoth(t, func(w *world) {
		if got := w.browser(w.site()).post("/hartwell/confirm", "code", "123456"); got.status != http.StatusSeeOther || got.location != "/sign-in?next=%2Fhartwell%2Fconfirm&org=hartwell&unsent=1" {
			t.Errorf("%d to %q", got.status, got.location)
		}
		if _, _, err := w.service.Sessions(context.Background(), w.actor("/hartwell/home"), identity.Visit{}); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("sessions of nobody: %v", err)
		}
	})
}
