package identity_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/platform/db"
)

// everyRow counts the rows of all tables that a visitor could change.
func (w *world) everyRow() (n int) {
	for _, table := range []string{"sessions", "session_entries", "confirmed_browsers", "links", "codes", "throttles", "events", "jobs"} {
		n += w.count("select count(*) from " + table)
	}
	return n + 1000*w.count("select coalesce(sum(entered_count), 0) from links")
}

func TestH02AMailScannerThatOpensTheLinkTenTimesChangesNothing(t *testing.T) {
	onBoth(t, func(w *world) {
		token, site := w.proposalLink(), w.site()
		before := w.everyRow()
		for range 10 {
			scanner := w.browser(site)
			for _, method := range []string{http.MethodHead, http.MethodGet} {
				if got := scanner.do(method, identity.LinkPath+token, nil); got.status != http.StatusSeeOther || got.location != "/l" {
					t.Fatalf("%s: %d to %q", method, got.status, got.location)
				}
				if got := scanner.do(method, "/l", nil); got.status != http.StatusOK {
					t.Fatalf("%s landing: %d", method, got.status)
				}
			}
		}
		if after := w.everyRow(); after != before {
			t.Errorf("rows changed: %d before, %d after", before, after)
		}
	})
}

func TestTheLandingPageSaysWhoItIsForWithoutTheTokenOrTheAddress(t *testing.T) {
	onBoth(t, func(w *world) {
		b := w.browser(w.site())
		token := w.proposalLink()
		b.get(identity.LinkPath + token)
		page := b.get("/l")
		for _, want := range []string{"Continue as Maria Ruiz", "Kitchen &amp; ground-floor refit", "8 Orchard Row, Elmsbury", "Valid until 16 October", "Hartwell &amp; Sons",
			"Opening it signs nothing", "Works until October 28, 2026", "Not you?", `action="/l"`} {
			if !strings.Contains(page.body, want) {
				t.Errorf("the landing page does not say %q", want)
			}
		}
		for _, secret := range []string{token, "maria@ruiz-family.example"} {
			if strings.Contains(page.body, secret) {
				t.Errorf("the landing page shows %q", secret)
			}
		}
	})
}

func TestTheCoverIsShownToTheHolderOfALinkThatWorksAndToNobodyElse(t *testing.T) {
	onBoth(t, func(w *world) {
		b := w.browser(w.site())
		if got := b.get("/l/cover"); got.status != http.StatusNotFound {
			t.Errorf("without a link: %d", got.status)
		}
		b.get(identity.LinkPath + w.proposalLink())
		if page := b.get("/l"); !strings.Contains(page.body, `src="/l/cover"`) {
			t.Error("the landing page shows no cover")
		}
		if got := b.get("/l/cover"); got.status != http.StatusOK || got.body != "picture cover-of-p1 of hartwell-id" {
			t.Errorf("with the link: %d %q", got.status, got.body)
		}
		w.clock.Advance(31 * 24 * time.Hour)
		if got := b.get("/l/cover"); got.status != http.StatusNotFound {
			t.Errorf("after the link has ended: %d", got.status)
		}
	})
}

func TestContinuingOpensThePortalAndLeadsToTheDocument(t *testing.T) {
	onBoth(t, func(w *world) {
		b := w.browser(w.site())
		b.get(identity.LinkPath + w.proposalLink())
		if got := b.get("/hartwell/home"); got.status != http.StatusSeeOther {
			t.Errorf("before continuing: %d", got.status)
		}
		got := b.post("/l")
		if got.status != http.StatusSeeOther || got.location != "/hartwell/home/proposals/p1" {
			t.Fatalf("continue: %d to %q", got.status, got.location)
		}
		if home := b.get("/hartwell/home"); !strings.Contains(home.body, string(w.maria)) || !strings.Contains(home.body, `"proof":"link"`) {
			t.Errorf("home: %d %s", home.status, home.body)
		}
		if office := b.get("/hartwell/office"); office.status != http.StatusNotFound {
			t.Errorf("a customer asks for the office: %d", office.status)
		}
		if next := b.get("/northgate/home"); next.status != http.StatusSeeOther {
			t.Errorf("next door: %d", next.status)
		}
		if b.cookies["__Host-lintel-link"] != nil {
			t.Error("the token's cookie is still there")
		}
		if n := w.count(`select count(*) from events where kind = 'person.link_opened' and subject = 'p1'`); n != 1 {
			t.Errorf("%d events say that the link was opened", n)
		}
	})
}

func TestTheOrganisationCanNarrowLinksToTheirDocument(t *testing.T) {
	onBoth(t, func(w *world) {
		b := w.browser(w.site())
		b.get(identity.LinkPath + w.proposalLink())
		b.post("/l")
		if home := b.get("/hartwell/home"); !strings.Contains(home.body, `"item":""`) {
			t.Errorf("by default: %s", home.body)
		}
		w.raw(`update organisations set link_policy = 'item' where id = $1`, string(hartwell))
		if home := b.get("/hartwell/home"); !strings.Contains(home.body, `"item":"p1"`) {
			t.Errorf("narrowed: %s", home.body)
		}
	})
}

func TestWhatIsRevokedOrRemovedEndsWithTheNextRequest(t *testing.T) {
	ways := map[string]func(w *world, b *browser){
		"the link is revoked": func(w *world, _ *browser) {
			w.change(w.office, access.SystemWork, func(tx *guard.Tx) error {
				list, err := identity.LinksOf(tx, "p1")
				if err != nil {
					return err
				}
				return identity.RevokeLink(tx, list[0].ID)
			})
		},
		"the person is removed": func(w *world, _ *browser) {
			w.change(w.office, access.SystemWork, func(tx *guard.Tx) error { return identity.RemoveMember(tx, w.maria, access.Customer) })
		},
		"the session is ended": func(w *world, b *browser) {
			actor := w.actor("/hartwell/home", b.cookies["__Host-lintel"])
			if err := w.service.EndSession(context.Background(), actor, actor.Session()); err != nil {
				w.t.Fatal(err)
			}
		},
		"the person signs out": func(_ *world, b *browser) { b.copyOf().post("/sign-out") },
		"30 days pass":         func(w *world, _ *browser) { w.clock.Advance(30*24*time.Hour + time.Second) },
	}
	for name, end := range ways {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(w *world) {
				b := w.browser(w.site())
				b.get(identity.LinkPath + w.proposalLink())
				b.post("/l")
				if got := b.get("/hartwell/home"); got.status != http.StatusOK {
					t.Fatalf("before: %d", got.status)
				}
				end(w, b)
				if got := b.get("/hartwell/home"); got.status != http.StatusSeeOther {
					t.Errorf("afterwards: %d %s", got.status, got.body)
				}
			})
		})
	}
}

func TestB03EndedRevokedUnknownAndForeignLinksGetTheSamePage(t *testing.T) {
	onBoth(t, func(w *world) {
		site := w.site()
		ended, revoked := w.proposalLink(), w.link(identity.LinkRequest{Purpose: identity.ForPortal, Days: 90})
		w.change(w.office, access.SystemWork, func(tx *guard.Tx) error {
			list, err := identity.LinksOfPerson(tx, w.maria)
			for _, l := range list {
				if l.Purpose == identity.ForPortal {
					err = identity.RevokeLink(tx, l.ID)
				}
			}
			return err
		})
		w.clock.Advance(31 * 24 * time.Hour)
		bodies := map[string]bool{}
		before := w.count(`select count(*) from sessions`)
		for _, token := range []string{ended, revoked, strings.Repeat("a", 39)} {
			b := w.browser(site)
			b.get(identity.LinkPath + token)
			for _, got := range []answer{b.get("/l"), b.post("/l")} {
				if got.status != http.StatusNotFound || !strings.Contains(got.body, "Ask for a new link") {
					t.Errorf("%d %s", got.status, got.body)
				}
				bodies[got.body] = true
			}
		}
		if len(bodies) != 1 {
			t.Errorf("%d different pages for links that open nothing", len(bodies))
		}
		if w.count(`select count(*) from sessions`) != before {
			t.Error("a session was made")
		}
		if !strings.Contains(w.log.String(), "a link that opens nothing") {
			t.Error("the security log says nothing")
		}
	})
}

func TestANewLinkGoesToTheSameAddressOnlyAndOnlyForEndedLinks(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.Jobs(w.runner)
		site, ended := w.site(), w.proposalLink()
		w.clock.Advance(31 * 24 * time.Hour)
		revoked := w.link(identity.LinkRequest{Purpose: identity.ForPortal})
		w.change(w.office, access.SystemWork, func(tx *guard.Tx) error {
			list, err := identity.LinksOfPerson(tx, w.maria)
			if err != nil {
				return err
			}
			return identity.RevokeLink(tx, list[0].ID)
		})
		var answers []answer
		for _, token := range []string{ended, revoked, strings.Repeat("b", 39)} {
			b := w.browser(site)
			b.get(identity.LinkPath + token)
			answers = append(answers, b.post("/l/again"))
		}
		w.drain()
		for _, a := range answers {
			if a.status != answers[0].status || a.location != answers[0].location {
				t.Errorf("the answers differ: %+v", answers)
			}
		}
		if w.mailCount() != 1 || w.mails[0].To != "maria@ruiz-family.example" {
			t.Fatalf("mails: %+v", w.mails)
		}
		_, path := w.lastMail()
		b := w.browser(site)
		b.get(path)
		if got := b.post("/l"); got.location != "/hartwell/home/proposals/p1" {
			t.Errorf("the new link: %d to %q", got.status, got.location)
		}
	})
}

func TestB16ASessionThatWasSetBeforehandIsDeadAfterEntering(t *testing.T) {
	onBoth(t, func(w *world) {
		site := w.site()
		attacker := w.browser(site)
		attacker.get(identity.LinkPath + w.proposalLink())
		attacker.post("/l")
		planted := attacker.cookies["__Host-lintel"].Value
		victim := attacker.copyOf()
		victim.get(identity.LinkPath + w.proposalLink())
		victim.post("/l")
		if victim.cookies["__Host-lintel"].Value == planted {
			t.Error("the token is still the planted one")
		}
		if got := attacker.get("/hartwell/home"); got.status != http.StatusSeeOther {
			t.Errorf("the planted session still opens the portal: %d", got.status)
		}
		if got := victim.get("/hartwell/home"); got.status != http.StatusOK {
			t.Errorf("the victim is not inside: %d", got.status)
		}
		if n := w.count(`select count(*) from sessions where revoked_at is null`); n != 1 {
			t.Errorf("%d sessions are alive", n)
		}
	})
}

func TestB15NoTokenOrCodeIsInTheDatabaseOrTheLog(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.Jobs(w.runner)
		site := w.site()
		b := w.browser(site)
		token := w.proposalLink()
		b.get(identity.LinkPath + token)
		b.post("/l")
		b.post("/hartwell/confirm/send", "next", "/hartwell/home")
		code, _ := w.lastMail()
		b.post("/hartwell/confirm", "code", "000000")
		reset := w.askAndFetch(b, "password", "dana@hartwell.example")
		live := []string{token, code, strings.TrimPrefix(reset, identity.ResetLinkPath), b.cookies["__Host-lintel"].Value, b.cookies["__Host-lintel-browser"].Value}
		dump := w.dump() + w.log.String()
		for i, s := range live {
			if len(s) < 6 || strings.Contains(dump, s) {
				t.Errorf("secret %d is in the database or the log", i)
			}
		}
	})
}

// dump is every text of identity's tables, the jobs and the events.
func (w *world) dump() string {
	var all strings.Builder
	for _, q := range []string{`select token_hash || agent from sessions`, `select token_hash || browser_hash || sent_to from links`, `select code_hash || browser_hash from codes`,
		`select browser_hash from confirmed_browsers`, `select mark from throttles`, `select arguments from jobs`, `select body from events`, `select session || item || link from session_entries`} {
		err := w.database.Read(context.Background(), "*", func(tx *db.Tx) error {
			rows, err := tx.Query(q)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var text string
				if err := rows.Scan(&text); err != nil {
					return err
				}
				all.WriteString(text + "\n")
			}
			return rows.Err()
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
	return all.String()
}

func TestB01TwentyPostsOfOneSignInLinkMakeOneSession(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.Jobs(w.runner)
		b := w.browser(w.site())
		path := w.askAndFetch(b, "link", "dana@hartwell.example")
		b.get(path)
		var group sync.WaitGroup
		var mu sync.Mutex
		inside := 0
		for range 20 {
			twin := b.copyOf()
			group.Go(func() {
				if got := twin.post("/sign-in/link"); got.status == http.StatusSeeOther && got.location == "/hartwell/office" {
					mu.Lock()
					inside++
					mu.Unlock()
				}
			})
		}
		group.Wait()
		if n := w.count(`select count(*) from sessions`); inside != 1 || n != 1 {
			t.Errorf("%d came in, %d sessions", inside, n)
		}
	})
}

// One tablet, two mails: the button says a name, and lets nobody else in.
func TestTheButtonOfAnOlderPageDoesNotEnterAsAnother(t *testing.T) {
	onBoth(t, func(w *world) {
		b := w.browser(w.site())
		b.get(identity.LinkPath + w.proposalLink())
		older := hiddenLink.FindStringSubmatch(b.get("/l").body)
		b.get(identity.LinkPath + w.proposalLink())
		newer := hiddenLink.FindStringSubmatch(b.get("/l").body)
		if older == nil || newer == nil || older[1] == newer[1] {
			t.Fatalf("the pages do not tell their links apart: %q %q", older, newer)
		}
		if got := b.post("/l", "link", older[1]); got.location != "/l?newer=1" || w.count(`select count(*) from sessions`) != 0 {
			t.Errorf("the older page leads to %q, or lets somebody in", got.location)
		}
		if page := b.get("/l?newer=1").body; !strings.Contains(page, "Another link was opened in this browser since.") {
			t.Error("nobody says why it is another page now")
		}
		if got := b.post("/l", "link", newer[1]); got.status != http.StatusSeeOther || w.count(`select count(*) from sessions`) != 1 {
			t.Errorf("the newer page does not let in: %d %q", got.status, got.location)
		}
	})
}

var hiddenLink = regexp.MustCompile(`name="link" value="([0-9a-f]{16})"`)

func TestTheOfficeRevokesALinkAndComesBackToThePageThatListedIt(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.Jobs(w.runner)
		site := w.site()
		token, dana := w.proposalLink(), w.withPassword(site)
		var list []identity.Link
		w.change(w.office, access.SystemWork, func(tx *guard.Tx) (err error) { list, err = identity.LinksOf(tx, "p1"); return err })
		const back = "/hartwell/office/customers/c1"
		action := "/hartwell/office/links/" + list[0].ID + "/revoke"
		customer := w.inside(site)
		if got := customer.post(action); got.status != http.StatusNotFound {
			t.Errorf("a customer revokes: %d", got.status)
		}
		if got := dana.post(action, "back", back); got.location != back {
			t.Errorf("revoke: %d to %q", got.status, got.location)
		}
		if got := dana.post("/hartwell/office/links/"+strings.Repeat("0", 26)+"/revoke", "back", "//evil.example"); got.status != http.StatusNotFound {
			t.Errorf("an unknown link: %d", got.status)
		}
		b := w.browser(site)
		b.get(identity.LinkPath + token)
		if got := b.get("/l"); got.status != http.StatusNotFound {
			t.Errorf("the revoked link: %d", got.status)
		}
	})
}
