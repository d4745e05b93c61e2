package identity_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/features/staff"
	"lintel/internal/platform/fault"
)

const danasPassword = "orbit lantern walnut ferry"

// withPassword sets Dana's password by the reset link, in a browser of her own.
func (w *world) withPassword(site http.Handler) *browser {
	w.t.Helper()
	b := w.browser(site)
	b.get(w.askAndFetch(b, "password", "dana@hartwell.example"))
	if got := b.post("/sign-in/reset", "password", danasPassword); got.location != "/hartwell/office" {
		w.t.Fatalf("set a password: %d %s", got.status, got.body)
	}
	return b
}

func TestAPersonWithoutAPasswordCreatesOneByMailAndSignsInWithIt(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.Jobs(w.runner)
		site := w.site()
		b := w.withPassword(site)
		if got := b.get("/hartwell/office"); got.status != http.StatusOK || !strings.Contains(got.body, `"proof":"signed in"`) {
			t.Errorf("after setting it: %d %s", got.status, got.body)
		}
		other := w.browser(site)
		if got := other.post("/sign-in", "email", " Dana@Hartwell.example ", "password", danasPassword, "next", "/hartwell/office/x"); got.location != "/hartwell/office/x" {
			t.Errorf("sign in elsewhere: %d to %q", got.status, got.location)
		}
		last := w.mails[len(w.mails)-1]
		if last.Subject != "Your password was set" || last.To != "dana@hartwell.example" {
			t.Errorf("the last mail is %q to %s", last.Subject, last.To)
		}
		if w.count(`select count(*) from people where password like '%lantern%'`) != 0 {
			t.Error("the password is in the database")
		}
		b.post("/sign-out")
		if got := b.get("/hartwell/office"); got.status != http.StatusSeeOther || !strings.HasPrefix(got.location, "/sign-in?") {
			t.Errorf("after signing out: %d to %q", got.status, got.location)
		}
	})
}

func TestSignInNeverLeadsToAnotherSite(t *testing.T) {
	for _, next := range []string{"//evil.example", "https://evil.example", `/\evil.example`, "/hartwell\r\nX: y", "javascript:alert(1)", "/northgate/office"} {
		if got := identity.AfterSignIn([]identity.Place{{Kind: access.Staff, Organisation: access.Organisation{Slug: "hartwell"}}}, identity.LocalPath(next)); got != "/hartwell/office" {
			t.Errorf("%q leads to %q", next, got)
		}
	}
}

func TestAWeakPasswordIsRefusedInTheFormAndTheLinkStaysGood(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.Jobs(w.runner)
		b := w.browser(w.site())
		b.get(w.askAndFetch(b, "password", "dana@hartwell.example"))
		for _, weak := range []string{"short", "password1234", "danakowal"} {
			if got := b.post("/sign-in/reset", "password", weak); got.status != http.StatusUnprocessableEntity || strings.Contains(got.body, weak) {
				t.Errorf("%q: %d", weak, got.status)
			}
		}
		if got := b.post("/sign-in/reset", "password", danasPassword); got.status != http.StatusSeeOther {
			t.Errorf("then a good one: %d", got.status)
		}
	})
}

func TestB03OneTimeLinksEndByTimeByUseByANewerOneAndWithTheAddress(t *testing.T) {
	ends := map[string]func(w *world, b *browser){
		"ten minutes pass": func(w *world, _ *browser) { w.clock.Advance(10 * time.Minute) },
		"it was used":      func(_ *world, b *browser) { b.copyOf().post("/sign-in/link") },
		"a newer one is asked for": func(w *world, b *browser) {
			w.askAndFetch(b.copyOf(), "link", "dana@hartwell.example")
		},
		"the address changes": func(w *world, _ *browser) {
			w.raw(`update people set email_folded = 'dana@new.example', email = 'dana@new.example' where id = $1`, string(w.dana))
		},
		"she is no member any more": func(w *world, _ *browser) {
			w.change(w.office, access.SystemWork, func(tx *guard.Tx) error { return identity.RemoveMember(tx, w.dana, access.Staff) })
		},
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(w *world) {
				w.service.Jobs(w.runner)
				b := w.browser(w.site())
				b.get(w.askAndFetch(b, "link", "dana@hartwell.example"))
				end(w, b)
				before := w.count(`select count(*) from sessions`)
				if got := b.post("/sign-in/link"); got.status != http.StatusNotFound {
					t.Errorf("still answers %d to %q", got.status, got.location)
				}
				if w.count(`select count(*) from sessions`) != before {
					t.Error("a session was made")
				}
			})
		})
	}
}

func TestB04AnotherBrowserThanTheAskingOneNeedsTheCodeToo(t *testing.T) {
	for purpose, form := range map[string][]string{"link": {"/sign-in/link"}, "password": {"/sign-in/reset", "password", danasPassword}} {
		t.Run(purpose, func(t *testing.T) {
			onBoth(t, func(w *world) {
				w.service.Jobs(w.runner)
				site := w.site()
				path := w.askAndFetch(w.browser(site), purpose, "dana@hartwell.example")
				thief := w.browser(site)
				thief.get(path)
				for _, code := range []string{"", "123456"} {
					got := thief.post(form[0], append([]string{"code", code}, form[1:]...)...)
					if got.status != http.StatusUnprocessableEntity || w.count(`select count(*) from sessions`) != 0 {
						t.Errorf("with the code %q: %d", code, got.status)
					}
				}
				if page := thief.get(form[0]); strings.Contains(page.body, "dana@hartwell.example") {
					t.Error("the other browser sees the whole address")
				}
				thief.post("/sign-in/code", "for", purpose)
				code, _ := w.lastMail()
				if got := thief.post(form[0], append([]string{"code", code}, form[1:]...)...); got.status != http.StatusSeeOther {
					t.Errorf("with the code from the mailbox: %d %s", got.status, got.body)
				}
			})
		})
	}
}

func TestB06ATokenOfOnePurposeIsRefusedForEveryOther(t *testing.T) {
	doors := map[string]func(s *identity.Service, token string, v identity.Visit) error{
		identity.ForDocument: func(s *identity.Service, token string, v identity.Visit) error {
			_, err := s.Enter(context.Background(), token, v)
			return err
		},
		identity.ForSignIn: func(s *identity.Service, token string, v identity.Visit) error {
			_, err := s.FollowSignInLink(context.Background(), token, "", v)
			return err
		},
		identity.ForTechnician: func(s *identity.Service, token string, v identity.Visit) error {
			return s.SendDeviceCode(context.Background(), token, v)
		},
		identity.ForJoin: func(s *identity.Service, token string, v identity.Visit) error {
			_, err := s.Join(context.Background(), token, identity.JoinDetails{Name: "Maria", Email: "maria@ruiz-family.example", Password: danasPassword}, v)
			return err
		},
		identity.ForReset: func(s *identity.Service, token string, v identity.Visit) error {
			_, err := s.SetPasswordByLink(context.Background(), token, danasPassword, "", v)
			return err
		},
	}
	fits := map[string]string{identity.ForDocument: identity.ForDocument, identity.ForPortal: identity.ForDocument, identity.ForSignIn: identity.ForSignIn, identity.ForReset: identity.ForReset, identity.ForInvite: identity.ForReset, identity.ForDemo: "", identity.ForTechnician: "", identity.ForJoin: "", "unsubscribe": "", "reply": ""}
	onBoth(t, func(w *world) {
		pairs := 0
		for purpose, own := range fits {
			for door, use := range doors {
				pairs++
				var token string
				w.change(w.office, access.SystemWork, func(tx *guard.Tx) (err error) {
					person, address := w.maria, "maria@ruiz-family.example"
					token, err = identity.StoreLink(tx, person, purpose, address)
					return err
				})
				err := use(w.service, token, identity.Visit{Browser: identity.OrToken("")})
				if door == own && err != nil {
					t.Errorf("%s at its own door: %v", purpose, err)
				}
				if door != own && !fault.Is(err, fault.NotFound) {
					t.Errorf("%s at the door of %s: %v", purpose, door, err)
				}
			}
		}
		t.Logf("%d pairs", pairs)
	})
}

func TestB09KnownAndUnknownAddressesGetTheSameAnswerForTheSameWork(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.Jobs(w.runner)
		site := w.site()
		for _, purpose := range []string{"link", "password"} {
			var answers []answer
			var work []int
			for i, email := range []string{"dana@hartwell.example", "nobody@hartwell.example"} {
				b := w.browser(site)
				b.address = fmt.Sprintf("198.51.100.%d:1", i+len(purpose)*2) // each from a network of its own
				before := w.everyRow()
				got := b.post("/sign-in/ask", "for", purpose, "email", email)
				work = append(work, w.everyRow()-before)
				got.header.Del("Set-Cookie") // random browser token
				got.header.Del("X-Request-Id")
				answers = append(answers, got)
			}
			if fmt.Sprint(answers[0]) != fmt.Sprint(answers[1]) || work[0] != work[1] {
				t.Errorf("%s: %+v, rows %v", purpose, answers, work)
			}
		}
		var pages []string
		for _, email := range []string{"dana@hartwell.example", "nobody@hartwell.example"} {
			got := w.browser(site).post("/sign-in", "email", email, "password", "wrong horse battery")
			pages = append(pages, fmt.Sprint(got.status)+strings.ReplaceAll(got.body, email, "…"))
		}
		if pages[0] != pages[1] {
			t.Errorf("a failed sign-in tells who is known:\n%s\n%s", pages[0], pages[1])
		}
		w.drain()
		for _, m := range w.mails {
			if m.To != "dana@hartwell.example" {
				t.Errorf("a mail went to %s", m.To)
			}
		}
	})
}

func TestB10OneAddressGetsFiveMailsAnHourAndANetworkTwenty(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.Jobs(w.runner)
		site := w.site()
		first := w.browser(site).post("/sign-in/ask", "for", "link", "email", "dana@hartwell.example")
		for i := range 60 { // an hour long, each minute from another network
			b := w.browser(site)
			b.address = fmt.Sprintf("198.51.100.%d:1", i+1)
			if got := b.post("/sign-in/ask", "for", "link", "email", "dana@hartwell.example"); got.status != first.status || got.location != first.location {
				t.Fatalf("the answer changed: %d to %q", got.status, got.location)
			}
			w.drain()
			w.clock.Advance(time.Minute)
		}
		if n := w.mailCount(); n > 5 || n < 3 {
			t.Errorf("%d mails to one address in an hour", n)
		}
		before := w.count(`select count(*) from jobs`)
		for i := range 60 { // from one network, to many addresses
			w.browser(site).post("/sign-in/ask", "for", "link", "email", fmt.Sprintf("person%d@example.com", i))
			w.clock.Advance(59 * time.Second)
		}
		if n := w.count(`select count(*) from jobs`) - before; n > 20 || n < 10 {
			t.Errorf("%d mails asked for from one network in an hour", n)
		}
	})
}

func TestB12GuessingIsSlowedAndTheOwnersBrowserIsNotLockedOut(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.Jobs(w.runner)
		site := w.site()
		owner := w.withPassword(site)
		owner.post("/sign-out")
		slowed := 0
		for i := range 15 {
			thief := w.browser(site)
			thief.address = fmt.Sprintf("203.0.113.%d:1", i+1)
			got := thief.post("/sign-in", "email", "dana@hartwell.example", "password", fmt.Sprintf("guess number %d", i))
			if got.status == http.StatusTooManyRequests && got.header.Get("Retry-After") != "" {
				slowed++
			}
		}
		if slowed != 5 {
			t.Errorf("%d of 15 guesses were slowed", slowed)
		}
		thief := w.browser(site)
		thief.address = "203.0.113.99:1"
		if got := thief.post("/sign-in", "email", "dana@hartwell.example", "password", danasPassword); got.status != http.StatusTooManyRequests {
			t.Errorf("even the right password, while the account is slowed: %d", got.status)
		}
		if got := owner.post("/sign-in", "email", "dana@hartwell.example", "password", danasPassword); got.status != http.StatusSeeOther {
			t.Errorf("the owner in a confirmed browser: %d %s", got.status, got.body)
		}
	})
}

func TestB12StuffingFromOneNetworkIsSlowed(t *testing.T) {
	onBoth(t, func(w *world) {
		site, slowed := w.site(), 0
		for i := range 35 {
			if got := w.browser(site).post("/sign-in", "email", fmt.Sprintf("p%d@example.com", i), "password", "123"); got.status == http.StatusTooManyRequests {
				slowed++
			}
		}
		if slowed != 5 {
			t.Errorf("%d of 35 accounts from one network were slowed", slowed)
		}
	})
}

func TestB13LinksInMailsStartWithTheConfiguredAddressAndAnotherHostIsRefused(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.Jobs(w.runner)
		site := w.site()
		b := w.browser(site)
		b.post("/sign-in/ask", "for", "link", "email", "dana@hartwell.example")
		w.drain()
		if !strings.HasPrefix(w.mails[0].URL, "https://portal.example"+identity.SignInLinkPath) {
			t.Errorf("the mail leads to another place")
		}
		evil := &url.URL{Scheme: "https", Host: "evil.example", Path: "/sign-in"}
		if got := b.toHost(evil); got != http.StatusMisdirectedRequest {
			t.Errorf("another host: %d", got)
		}
	})
}

func TestStaffSessionsEndAfterTwelveIdleHoursAndSevenDays(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.Jobs(w.runner)
		b := w.withPassword(w.site())
		for hours := 0; hours < 7*24; hours += 11 {
			if got := b.get("/hartwell/office"); got.status != http.StatusOK {
				t.Fatalf("after %d busy hours: %d", hours, got.status)
			}
			w.clock.Advance(11 * time.Hour)
			if err := w.service.FlushSeen(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		if got := b.get("/hartwell/office"); got.status != http.StatusSeeOther {
			t.Errorf("after seven days: %d", got.status)
		}
		b.post("/sign-in", "email", "dana@hartwell.example", "password", danasPassword)
		w.clock.Advance(12 * time.Hour)
		if got := b.get("/hartwell/office"); got.status != http.StatusSeeOther {
			t.Errorf("after twelve idle hours: %d", got.status)
		}
	})
}

func TestAPersonOfSeveralPortalsChooses(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.Jobs(w.runner)
		site := w.site()
		w.change(access.NewSystem(northgate, "test"), access.SystemWork, func(tx *guard.Tx) error {
			_, err := identity.EnsureContactPerson(tx, "Dana at home", "dana@hartwell.example")
			return err
		})
		b := w.browser(site)
		b.get(w.askAndFetch(b, "link", "dana@hartwell.example"))
		if got := b.post("/sign-in/link"); got.location != "/sign-in/choose" {
			t.Fatalf("goes to %q", got.location)
		}
		page := b.get("/sign-in/choose")
		for _, want := range []string{"/hartwell/office", "/northgate/home"} {
			if !strings.Contains(page.body, want) {
				t.Errorf("%s is not offered", want)
			}
			if got := b.get(want); got.status != http.StatusOK {
				t.Errorf("%s: %d", want, got.status)
			}
		}
	})
}

func TestAnInvitedColleagueSetsAPasswordAndIsInside(t *testing.T) {
	onBoth(t, func(w *world) {
		owner := access.NewActor(access.Identity{Org: hartwell, Person: w.dana, Kind: access.Staff, Role: access.Owner, Name: "Dana Kowal"})
		w.change(owner, access.PeopleManage, func(tx *guard.Tx) error {
			_, err := staff.New(w.store, w.service).AddAndInvite(context.Background(), tx, "jon@hartwell.example", "Jon Sato", access.Manager)
			return err
		})
		_, path := w.lastMail()
		b := w.browser(w.site())
		w.clock.Advance(3 * 24 * time.Hour)
		b.get(path)
		if got := b.post("/sign-in/reset", "password", danasPassword); got.location != "/hartwell/office" {
			t.Errorf("%d to %q", got.status, got.location)
		}
		if got := b.copyOf().post("/sign-in/reset", "password", danasPassword); got.status != http.StatusNotFound {
			t.Errorf("a second time: %d", got.status)
		}
	})
}

func TestStaffWithoutTheRightAddNobody(t *testing.T) {
	onBoth(t, func(w *world) {
		member := access.NewActor(access.Identity{Org: hartwell, Person: w.dana, Kind: access.Staff, Role: access.Member})
		err := w.store.Change(context.Background(), member, access.HomeRead, func(tx *guard.Tx) error {
			_, err := staff.Add(tx, "x@hartwell.example", "X", access.Owner)
			return err
		})
		if !fault.Is(err, fault.Denied) {
			t.Errorf("got %v", err)
		}
	})
}

func TestDemoLinksOpenNothingOutsideTheDemo(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.RunAsDemo(true)
		var path string
		w.change(w.office, access.SystemWork, func(tx *guard.Tx) (err error) { path, err = w.service.MakeDemoLink(tx, w.dana); return err })
		site := w.site()
		for range 2 {
			b := w.browser(site)
			b.get(path)
			if got := b.post("/l"); got.location != "/hartwell/office" || b.get("/hartwell/office").status != http.StatusOK {
				t.Errorf("in the demo: %d to %q", got.status, got.location)
			}
		}
		w.service.RunAsDemo(false)
		b := w.browser(site)
		b.get(path)
		if got := b.post("/l"); got.status != http.StatusNotFound {
			t.Errorf("in production: %d", got.status)
		}
	})
}
