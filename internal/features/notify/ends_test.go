package notify

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/httpclient"
	"lintel/internal/platform/push"
	"lintel/internal/platform/secret"
)

// bare sends a request without any cookie or actor.
func (w *inboxes) bare(method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer := httptest.NewRecorder()
	w.server.ServeHTTP(answer, r)
	return answer
}

func TestTheOneClickOfAMailEndsMailOfThatKindAndAGetEndsNothing(t *testing.T) {
	onBoth(t, func(w *inboxes) {
		w.grant("maria", "kitchen", "*")
		w.happen("e1", "kitchen", "kitchen")
		w.tellOf(Telling{Person: "maria", Event: "e1", Activity: Messages, Title: "Eve wrote", Project: "kitchen"})
		w.pass(3 * time.Minute)
		list := w.mails("maria")
		if len(list) != 1 {
			w.Fatalf("%d mails", len(list))
		}
		address := strings.Trim(header(list[0], "List-Unsubscribe"), "<>")
		path, ours := strings.CutPrefix(address, "https://portal.example")
		if !ours || !strings.HasPrefix(path, "/u/") || header(list[0], "List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
			w.Fatalf("List-Unsubscribe is %q, List-Unsubscribe-Post %q", address, header(list[0], "List-Unsubscribe-Post"))
		}
		if !strings.Contains(list[0].Text, address) || !strings.Contains(list[0].Text, "You get this because") {
			w.Errorf("the mail does not say why it came and how to end it:\n%s", list[0].Text)
		}
		page := w.bare("GET", path, "")
		if page.Code != http.StatusOK || !strings.Contains(page.Body.String(), "Stop these e-mails") || strings.Contains(page.Body.String(), "maria@example.com") {
			w.Errorf("the page of the link: %d %s", page.Code, page.Body)
		}
		if p := w.preferences("maria"); p.Own || !p.Choices.Wants(Messages, Email) {
			w.Error("looking at the page ended something")
		}
		for range 2 {
			if answer := w.bare("POST", path, "List-Unsubscribe=One-Click"); answer.Code != http.StatusSeeOther {
				w.Errorf("the one click: %d", answer.Code)
			}
		}
		p := w.preferences("maria")
		if !p.Own || p.Choices.Wants(Messages, Email) || !p.Choices.Wants(Messages, Portal) || !p.Choices.Wants(Files, Email) {
			w.Errorf("after the click Maria wants %v", p.Choices)
		}
		if page := w.bare("GET", path, "").Body.String(); !strings.Contains(page, "You get no more of these e-mails") {
			w.Error("the page does not say that it is done")
		}
		w.happen("e2", "kitchen", "kitchen")
		w.tellOf(Telling{Person: "maria", Event: "e2", Activity: Messages, Title: "Eve wrote", Project: "kitchen"})
		w.pass(3 * time.Minute)
		if len(w.mails("maria")) != 0 || w.unread("maria") != 2 {
			w.Error("the click did not end the mail, or took the notice too")
		}
	})
}

func TestB06ATokenOfAnotherPurposeEndsNothing(t *testing.T) {
	onBoth(t, func(w *inboxes) {
		other := letters.EncodeToString(w.box.Seal([]byte(string(w.actors["maria"].Org())+" maria customer messages"), "mail reply"))
		mine := w.service.token(Subscription{Org: w.actors["maria"].Org(), Person: "maria", Kind: access.Customer, Activities: []Activity{Messages}})
		swapped := []byte(mine)
		swapped[20] = 'a' + (swapped[20]-'a'+1)%26
		for name, token := range map[string]string{"another purpose": other, "a link's": secret.Token(), "changed": string(swapped), "cut": mine[:len(mine)-8], "nothing": "-"} {
			for _, method := range []string{"GET", "POST"} {
				if answer := w.bare(method, "/u/"+token, ""); answer.Code != http.StatusNotFound {
					w.Errorf("%s %s: %d, want 404", method, name, answer.Code)
				}
			}
		}
		if p := w.preferences("maria"); p.Own {
			w.Error("a token of another purpose changed Maria's choices")
		}
		if answer := w.bare("GET", "/u/"+strings.ToUpper(mine), ""); answer.Code != http.StatusOK {
			w.Errorf("a mail program that writes links in capitals breaks them: %d", answer.Code)
		}
	})
}

func (w *inboxes) preferences(person string) Preferences {
	w.Helper()
	p, err := w.service.Preferences(w.Context(), w.actors[person])
	if err != nil {
		w.Fatal(err)
	}
	return p
}

func TestNotificationSettingsAreSavedFromTheirForm(t *testing.T) {
	onBoth(t, func(w *inboxes) {
		const page = "/hartwell-sons/profile/notifications"
		form := url.Values{"messages.portal": {"1"}, "files.email": {"1"}, "rhythm": {"daily"}, "quiet_from": {"22:00"}, "quiet_until": {"06:30"}}
		if answer := w.submit("jon", page, form); answer.Code != http.StatusSeeOther {
			w.Fatalf("%d %s", answer.Code, answer.Body)
		}
		p := w.preferences("jon")
		if !p.Own || p.Choices.Wants(Messages, Email) || !p.Choices.Wants(Files, Email) || p.Rhythm != Daily || p.QuietFrom != 1320 || p.QuietUntil != 390 {
			w.Errorf("saved: %+v", p.Settings)
		}
		if shown := w.do("jon", "GET", page).Body.String(); !strings.Contains(shown, `value="22:00"`) || !strings.Contains(shown, `value="06:30"`) {
			w.Error("the page does not show the quiet hours")
		}
		form.Set("quiet_from", "25:00")
		form.Set("rhythm", "yearly")
		if answer := w.submit("jon", page, form); answer.Code != http.StatusUnprocessableEntity || !strings.Contains(answer.Body.String(), "like 22:00") {
			w.Errorf("an hour that is none: %d", answer.Code)
		}
		if w.preferences("jon").QuietFrom != 1320 || w.preferences("eve").Own {
			w.Error("what is wrong was saved, or somebody else's choices were changed")
		}
		if answer := w.submit("jon", page, url.Values{"defaults": {"1"}}); answer.Code != http.StatusSeeOther || w.preferences("jon").Own {
			w.Errorf("back to the defaults: %d", answer.Code)
		}
	})
}

func (w *inboxes) submit(who, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.send(who, r)
}

func (w *inboxes) json(who, path string, body any) *httptest.ResponseRecorder {
	w.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		w.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(string(raw)))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "Mozilla/5.0 (Linux; Android 16) Chrome/142.0")
	return w.send(who, r)
}

func (w *inboxes) send(who string, r *http.Request) *httptest.ResponseRecorder {
	r.Header.Set("Test-Actor", who)
	answer := httptest.NewRecorder()
	w.server.ServeHTTP(answer, r)
	return answer
}

// vendor is a push service of our own; it says what it answers.
type vendor struct {
	url    string
	answer int
	taken  int
}

func (w *inboxes) startPush() *vendor {
	v := &vendor{answer: http.StatusCreated}
	server := httptest.NewTLSServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		v.taken++
		out.WriteHeader(v.answer)
	}))
	w.Cleanup(server.Close)
	v.url = server.URL
	key, err := PushKey(context.Background(), w.store, w.box)
	if err != nil {
		w.Fatal(err)
	}
	if again, err := PushKey(context.Background(), w.store, w.box); err != nil || string(again) != string(key) {
		w.Fatalf("the key was made anew: %v", err)
	}
	trust := server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	client := httpclient.New(httpclient.Options{AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, TLS: &tls.Config{RootCAs: trust, ServerName: "example.com"}})
	sender, err := push.New(push.Options{Client: client, Key: key, Contact: "https://portal.example", Now: w.clock.Now, Also: []string{strings.TrimPrefix(v.url, "https://")}})
	if err != nil {
		w.Fatal(err)
	}
	w.service.means.Push = sender
	return v
}

func subscription(t *testing.T, endpoint string) (s push.Subscription) {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s.Endpoint, s.Keys.P256dh = endpoint, base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes())
	s.Keys.Auth = base64.RawURLEncoding.EncodeToString([]byte("sixteen bytes it"))
	return s
}

func TestJT40EachDeviceIsTurnedOnAndOffByItself(t *testing.T) {
	onBoth(t, func(w *inboxes) {
		vendor := w.startPush()
		const base = "/hartwell-sons/profile/push"
		if key := w.do("jon", "GET", base+"/key").Body.String(); !strings.Contains(key, w.service.PushKey()) {
			w.Errorf("the key: %s", key)
		}
		for _, device := range []string{"/phone", "/computer", "/phone"} {
			if answer := w.json("jon", base, subscription(w.T, vendor.url+device)); answer.Code != http.StatusNoContent {
				w.Fatalf("%s: %d %s", device, answer.Code, answer.Body)
			}
			w.clock.Advance(time.Second)
		}
		devices := w.preferences("jon").Devices
		if len(devices) != 2 || devices[0].Name != "Chrome, Android" {
			w.Fatalf("Jon's devices: %+v", devices)
		}
		w.tell("jon", "e1", "Maria wrote", kitchen)
		w.tell("eve", "e1", "Maria hat geschrieben", kitchen)
		w.drain()
		if vendor.taken != 2 {
			w.Errorf("%d messages for two devices of one person", vendor.taken)
		}
		if answer := w.submit("eve", base+"/remove", url.Values{"device": {devices[0].ID}}); answer.Code != http.StatusSeeOther || len(w.preferences("jon").Devices) != 2 {
			w.Error("Eve removed a device of Jon's")
		}
		w.submit("jon", base+"/remove", url.Values{"device": {devices[0].ID}})
		w.tell("jon", "e2", "Maria wrote", kitchen)
		w.drain()
		if vendor.taken != 3 {
			w.Errorf("%d messages after one device was removed", vendor.taken)
		}
		vendor.answer = http.StatusGone
		w.tell("jon", "e3", "Maria wrote", kitchen)
		w.drain()
		if left := w.preferences("jon").Devices; len(left) != 0 {
			w.Errorf("a device that is gone is still listed: %v", left)
		}
		w.json("jon", base, subscription(w.T, vendor.url+"/own"))
		if answer := w.json("jon", base+"/remove", map[string]string{"endpoint": vendor.url + "/own"}); answer.Code != http.StatusNoContent || len(w.preferences("jon").Devices) != 0 {
			w.Errorf("a browser that turns itself off: %d", answer.Code)
		}
	})
}

func TestPushRespectsChoicesQuietHoursAndMutedProjects(t *testing.T) {
	onBoth(t, func(w *inboxes) {
		vendor := w.startPush()
		w.json("jon", "/hartwell-sons/profile/push", subscription(w.T, vendor.url+"/phone"))
		tell := func(event string, a Activity) int {
			before := vendor.taken
			w.tellOf(Telling{Person: "jon", Event: event, Activity: a, Title: "Something", Project: "kitchen"})
			w.drain()
			return vendor.taken - before
		}
		if got := tell("e1", Messages); got != 1 {
			w.Errorf("by default %d pushes", got)
		}
		w.save("jon", Settings{Own: true, Choices: Choices{Messages: {Portal, Email}}})
		if got := tell("e2", Messages); got != 0 {
			w.Errorf("%d pushes that Jon does not want", got)
		}
		w.save("jon", Settings{QuietFrom: 8 * 60, QuietUntil: 10 * 60})
		if got := tell("e3", Messages); got != 0 || w.unread("jon") != 3 {
			w.Errorf("in quiet hours %d pushes, %d unread", got, w.unread("jon"))
		}
		w.save("jon", Settings{})
		if err := w.service.Mute(w.Context(), w.actors["jon"], "kitchen", true); err != nil {
			w.Fatal(err)
		}
		if got := tell("e4", Messages); got != 0 {
			w.Errorf("%d pushes of a muted project", got)
		}
	})
}

func TestG06AnAddressThatIsNoPushServicesIsRefused(t *testing.T) {
	onBoth(t, func(w *inboxes) {
		w.startPush()
		for _, endpoint := range []string{"https://169.254.169.254/latest/meta-data", "https://10.0.0.1/x", "http://fcm.googleapis.com/x", "https://evil.example/x", ""} {
			if answer := w.json("jon", "/hartwell-sons/profile/push", subscription(w.T, endpoint)); answer.Code != http.StatusUnprocessableEntity {
				w.Errorf("%q: %d, want 422", endpoint, answer.Code)
			}
		}
		if err := w.service.Subscribe(w.Context(), w.actors["jon"], push.Subscription{Endpoint: "https://fcm.googleapis.com/x"}, "x"); !fault.Is(err, fault.Invalid) {
			w.Errorf("without keys: %v", err)
		}
		if len(w.preferences("jon").Devices) != 0 {
			w.Error("a refused device is listed")
		}
	})
}

func TestTheBellAloneIsAnsweredToAnOpenPage(t *testing.T) {
	onBoth(t, func(w *inboxes) {
		w.tell("jon", "e1", "One.", kitchen)
		for who, path := range map[string]string{"jon": "/hartwell-sons/office/inbox", "maria": "/hartwell-sons/home/inbox"} {
			r := httptest.NewRequest(http.MethodGet, path+"/bell", nil)
			r.Header.Set("HX-Request", "true")
			part := w.send(who, r).Body.String()
			if !strings.Contains(part, `data-live="person:`+who+`"`) || strings.Contains(part, "<html") {
				w.Errorf("%s: %s", who, part)
			}
			if whole := w.do(who, "GET", path+"/bell"); whole.Header().Get("Location") != path {
				w.Errorf("%s opens the part as a page: %d", who, whole.Code)
			}
		}
	})
}
