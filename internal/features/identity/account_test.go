package identity_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/features/identity/throttle"
	"lintel/internal/features/staff"
	"lintel/internal/platform/fault"
)

// owner is who the browser belongs to on a page, and what the browser brings along.
func (w *world) owner(b *browser, page string) (access.Actor, identity.Visit) {
	var cookies []*http.Cookie
	visit := identity.Visit{Address: "192.0.2.7"}
	for _, c := range b.cookies {
		cookies = append(cookies, c)
	}
	if c := b.cookies["__Host-lintel-browser"]; c != nil {
		visit.Browser = c.Value
	}
	if c := b.cookies["__Host-lintel"]; c != nil {
		visit.Session = c.Value
	}
	return w.actor(page, cookies...), visit
}

func invalidOn(err error, field string) bool {
	f := fault.As(err)
	return f != nil && f.Kind == fault.Invalid && len(f.Fields) > 0 && f.Fields[0].Name == field
}

func TestAPersonSignsInAndResetsByUsernameToo(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.Jobs(w.runner)
		site := w.site()
		dana, _ := w.owner(w.withPassword(site), "/hartwell/office")
		if err := w.service.SaveAccount(context.Background(), dana, identity.AccountDetails{Name: "Dana Kowal", Username: "Dana.K"}); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"dana.k", " DANA.K ", "dana@hartwell.example"} {
			if got := w.browser(site).post("/sign-in", "email", name, "password", danasPassword); got.location != "/hartwell/office" {
				t.Errorf("%q: %d to %q", name, got.status, got.location)
			}
		}
		b := w.browser(site)
		b.get(w.askAndFetch(b, "password", "dana.k"))
		if last := w.mails[len(w.mails)-1]; last.To != "dana@hartwell.example" {
			t.Errorf("the link went to %s", last.To)
		}
		if got := b.post("/sign-in/reset", "password", "garden puzzle copper mantle"); got.location != "/hartwell/office" {
			t.Errorf("reset by username: %d %s", got.status, got.body)
		}
		if unknown, known := w.browser(site).post("/sign-in", "email", "nobody.k", "password", "x"), w.browser(site).post("/sign-in", "email", "dana.k", "password", "x"); unknown.status != known.status {
			t.Errorf("unknown %d, known %d", unknown.status, known.status)
		}
	})
}

func TestB12AUsernameGivesNoSecondCountOfGuesses(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.Jobs(w.runner)
		site := w.site()
		dana, _ := w.owner(w.withPassword(site), "/hartwell/office")
		if err := w.service.SaveAccount(context.Background(), dana, identity.AccountDetails{Name: "Dana Kowal", Username: "dana.k"}); err != nil {
			t.Fatal(err)
		}
		thief := w.browser(site)
		for range throttle.PasswordsOfAccount.Burst {
			thief.post("/sign-in", "email", "dana.k", "password", "guess")
		}
		if got := thief.post("/sign-in", "email", "dana@hartwell.example", "password", "guess"); got.status != http.StatusTooManyRequests {
			t.Errorf("after the guesses by username, one by address answers %d", got.status)
		}
	})
}

func TestAUsernameIsUniqueAndNeverLooksLikeAnAddress(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.Jobs(w.runner)
		site := w.site()
		dana, _ := w.owner(w.withPassword(site), "/hartwell/office")
		w.raw(`update people set username = 'Taken', username_folded = 'taken' where id = $1`, string(w.maria))
		for _, bad := range []string{"TAKEN", "maria@ruiz-family.example", "ab", "x y", "a\r\nb", strings.Repeat("a", 41)} {
			if err := w.service.SaveAccount(context.Background(), dana, identity.AccountDetails{Name: "Dana Kowal", Username: bad}); !invalidOn(err, "username") {
				t.Errorf("%q: %v", bad, err)
			}
		}
		for field, d := range map[string]identity.AccountDetails{"name": {}, "zone": {Name: "D", Zone: "Mars/Olympus"}, "language": {Name: "D", Language: "tlh"}} {
			if err := w.service.SaveAccount(context.Background(), dana, d); !invalidOn(err, field) {
				t.Errorf("%s: %v", field, err)
			}
		}
	})
}

func TestWhoOnlyHoldsALinkChangesNothingInTheProfile(t *testing.T) {
	onBoth(t, func(w *world) {
		maria, visit := w.owner(w.inside(w.site()), "/hartwell/home")
		if err := w.service.SaveAccount(context.Background(), maria, identity.AccountDetails{Name: "Thief"}); !errors.Is(err, identity.CodeNeeded) {
			t.Errorf("details: %v", err)
		}
		if err := w.service.SendEmailCode(context.Background(), maria, "thief@evil.example", visit); !errors.Is(err, identity.CodeNeeded) {
			t.Errorf("address: %v", err)
		}
	})
}

func TestB19AnAddressIsChangedWithFreshProofAndACodeFromTheNewMailbox(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.Jobs(w.runner)
		site, ctx := w.site(), context.Background()
		b := w.withPassword(site)
		elsewhere := w.browser(site)
		elsewhere.post("/sign-in", "email", "dana@hartwell.example", "password", danasPassword)
		w.change(access.NewSystem(northgate, "test"), access.SystemWork, func(tx *guard.Tx) error {
			_, err := staff.Add(tx, "dana@hartwell.example", "Dana K.", access.Member)
			return err
		})
		dana, visit := w.owner(b, "/hartwell/office")
		w.clock.Advance(identity.FreshFor)
		if err := w.service.SendEmailCode(ctx, dana, "dana@new.example", visit); !errors.Is(err, identity.CodeNeeded) {
			t.Fatalf("ten minutes after signing in: %v", err)
		}
		b.post("/sign-out")
		b.post("/sign-in", "email", "dana@hartwell.example", "password", danasPassword)
		dana, visit = w.owner(b, "/hartwell/office")
		if err := w.service.SendEmailCode(ctx, dana, "dana@new.example", visit); err != nil {
			t.Fatal(err)
		}
		sent := w.mails[len(w.mails)-1]
		if sent.To != "dana@new.example" {
			t.Fatalf("the code went to %s", sent.To)
		}
		if err := w.service.ChangeEmail(ctx, dana, "dana@other.example", sent.Code, visit); !invalidOn(err, "code") {
			t.Errorf("the code confirms another address: %v", err)
		}
		if err := w.service.ChangeEmail(ctx, dana, "dana@new.example", wrong(sent.Code), visit); !invalidOn(err, "code") {
			t.Errorf("a wrong code: %v", err)
		}
		if err := w.service.ChangeEmail(ctx, dana, "dana@new.example", sent.Code, visit); err != nil {
			t.Fatal(err)
		}
		told := map[string]bool{}
		for _, l := range w.mails {
			told[l.To] = told[l.To] || l.Subject == "Your e-mail address was changed"
		}
		if !told["dana@hartwell.example"] || !told["dana@new.example"] {
			t.Errorf("told were %v", told)
		}
		if elsewhere.get("/hartwell/office").status == http.StatusOK || b.get("/hartwell/office").status != http.StatusOK {
			t.Error("another browser is still signed in, or this one is not")
		}
		w.drain()
		if n := w.count(`select count(*) from memberships where person = $1 and email = 'dana@new.example'`, string(w.dana)); n != 2 {
			t.Errorf("%d of 2 organisations write to the new address", n)
		}
		if got := w.browser(site).post("/sign-in", "email", "dana@hartwell.example", "password", danasPassword); got.status != http.StatusUnprocessableEntity {
			t.Errorf("the old address signs in: %d", got.status)
		}
	})
}

func TestB09AnotherAccountsAddressIsNeitherToldNorTaken(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.Jobs(w.runner)
		dana, visit := w.owner(w.withPassword(w.site()), "/hartwell/office")
		if err := w.service.SendEmailCode(context.Background(), dana, "Maria@Ruiz-Family.example", visit); err != nil {
			t.Fatalf("it tells that the address is known: %v", err)
		}
		if last := w.mails[len(w.mails)-1]; last.Code != "" || last.To != "Maria@Ruiz-Family.example" || last.Person != "" {
			t.Errorf("the mail is %+v", last)
		}
		if w.count(`select count(*) from codes where purpose like 'email %'`) != 0 {
			t.Error("a code was made")
		}
	})
}

func TestLinksInTheOldMailboxEndWithTheAddress(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.Jobs(w.runner)
		site, ctx := w.site(), context.Background()
		old := w.proposalLink()
		b := w.inside(site)
		if got := b.post("/hartwell/confirm", "code", w.sentCode(b)); got.status != http.StatusSeeOther {
			t.Fatalf("confirm: %d", got.status)
		}
		maria, visit := w.owner(b, "/hartwell/home")
		w.clock.Advance(time.Minute)
		if err := w.service.SendEmailCode(ctx, maria, "maria@new.example", visit); err != nil {
			t.Fatal(err)
		}
		code, _ := w.lastMail()
		if err := w.service.ChangeEmail(ctx, maria, "maria@new.example", code, visit); err != nil {
			t.Fatal(err)
		}
		if thief := w.browser(site); thief.get(identity.LinkPath+old).status != http.StatusSeeOther || thief.post("/l").status != http.StatusNotFound {
			t.Error("a link in the old mailbox still opens the portal")
		}
		if b.get("/hartwell/home").status != http.StatusOK {
			t.Error("the browser that changed the address is outside")
		}
	})
}
