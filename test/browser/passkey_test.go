package browser

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/mxschmitt/playwright-go"
)

// hasDevice gives the person's browser a passkey device, as a phone has one. With verified
// false its owner is not recognised: no finger, no face, no PIN.
func (p *Person) hasDevice(verified bool) playwright.CDPSession {
	p.t.Helper()
	session, err := p.Context.NewCDPSession(p.Page)
	p.must(err, "talk to the browser")
	_, err = session.Send("WebAuthn.enable", map[string]any{})
	p.must(err, "turn passkeys on")
	_, err = session.Send("WebAuthn.addVirtualAuthenticator", map[string]any{"options": map[string]any{
		"protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true, "isUserVerified": verified, "automaticPresenceSimulation": true}})
	p.must(err, "add a passkey device")
	return session
}

// A passkey is added with fresh proof, and signs in alone afterwards; after a password it
// is the second step.
func TestSomebodySignsInWithAPasskey(t *testing.T) {
	portal := openPortal(t)
	ruth := chromium.NewPerson(t, Desktop, Options{})
	ruth.hasDevice(true)
	portal.signIn(ruth, ownersAddress)
	ruth.Open(portal.url + "/hartwell/profile/factors")
	ruth.LooksGood("factors-empty")
	ruth.must(ruth.Page.Locator("#passkey-name").Fill("Ruth's laptop"), "name the device")
	ruth.Click(ruth.Button("Add a passkey"))
	ruth.Sees("Ruth's laptop")
	ruth.Sees("The passkey was added.")
	ruth.LooksGood("factors")
	portal.mailTo(ownersAddress, "The way you sign in was changed")

	ruth.Click(ruth.Page.Locator("header .me, .side .me").First())
	ruth.Click(ruth.Button("Sign out"))
	ruth.Arrives("/sign-in")
	ruth.LooksGood("sign-in-passkey")
	ruth.Click(ruth.Button("Sign in with a passkey"))
	ruth.Arrives("/hartwell/office")

	// After the password the passkey is the second step.
	ruth.Click(ruth.Page.Locator("header .me, .side .me").First())
	ruth.Click(ruth.Button("Sign out"))
	ruth.Arrives("/sign-in")
	portal.typesPassword(ruth, ownersAddress)
	ruth.Sees("One more step")
	ruth.LooksGood("second-step")
	ruth.Click(ruth.Button("Use my passkey"))
	ruth.Arrives("/hartwell/office")
}

// B18: what a passkey answers is taken once, for its own challenge, origin and person, and
// only from somebody whom the device has recognised.
func TestB18APasskeyAnswersOneChallengeOfOneSiteForOnePerson(t *testing.T) {
	portal := openPortal(t)
	ruth := chromium.NewPerson(t, Desktop, Options{})
	ruth.hasDevice(true)
	portal.signIn(ruth, ownersAddress)
	ruth.Open(portal.url + "/hartwell/profile/factors")
	ruth.Click(ruth.Button("Add a passkey"))
	ruth.Sees("The passkey was added.")
	good := ruth.signedAnswer("")

	status := func(answer map[string]string) int {
		t.Helper()
		return ruth.posted(answer)
	}
	with := func(change func(answer map[string]string, response, client map[string]any)) map[string]string {
		fresh := ruth.signedAnswer("")
		var credential map[string]any
		if err := json.Unmarshal([]byte(fresh["answer"]), &credential); err != nil {
			t.Fatal(err)
		}
		response := credential["response"].(map[string]any)
		client := fromBase64(t, response["clientDataJSON"].(string))
		change(fresh, response, client)
		response["clientDataJSON"] = toBase64(t, client)
		raw, err := json.Marshal(credential)
		if err != nil {
			t.Fatal(err)
		}
		fresh["answer"] = string(raw)
		return fresh
	}
	refused := map[string]map[string]string{
		"another origin":          with(func(_ map[string]string, _, client map[string]any) { client["origin"] = "https://evil.example" }),
		"another challenge in it": with(func(_ map[string]string, _, client map[string]any) { client["challenge"] = strings.Repeat("A", 43) }),
		"a registration":          with(func(_ map[string]string, _, client map[string]any) { client["type"] = "webauthn.create" }),
		"another signature": with(func(_ map[string]string, response, _ map[string]any) {
			response["signature"] = "MEUCIQ" + strings.Repeat("A", 80)
		}),
		"another person":                 with(func(_ map[string]string, response, _ map[string]any) { response["userHandle"] = "c29tZWJvZHkgZWxzZQ" }),
		"nobody":                         with(func(_ map[string]string, response, _ map[string]any) { delete(response, "userHandle") }),
		"a challenge that was not asked": {"challenge": strings.Repeat("0", 26), "answer": good["answer"]},
		"no answer":                      {"challenge": good["challenge"], "answer": "{}"},
	}
	for name, answer := range refused {
		if got := status(answer); got != http.StatusForbidden && got != http.StatusUnprocessableEntity {
			t.Errorf("%s is answered %d", name, got)
		}
	}
	if got := status(good); got != http.StatusOK {
		t.Errorf("the good answer gets %d", got)
	}
	if got := status(good); got != http.StatusForbidden {
		t.Errorf("the same answer twice gets %d", got)
	}

	ruth.Tolerate("403")
	careless := chromium.NewPerson(t, Desktop, Options{})
	careless.hasDevice(false)
	portal.signIn(careless, leadsAddress)
	careless.Open(portal.url + "/hartwell/profile/factors")
	careless.Click(careless.Button("Add a passkey"))
	careless.Sees("No passkey was added.")
}

// signedAnswer lets the page's browser answer a new challenge, and keeps the answer.
func (p *Person) signedAnswer(step string) map[string]string {
	p.t.Helper()
	raw, err := p.Page.Evaluate(`async (step) => {
		const begun = await (await fetch('/sign-in/passkey/begin', { method: 'POST', body: new URLSearchParams({ step }), headers: { Accept: 'application/json' } })).json()
		const bytes = (t) => Uint8Array.from(atob(t.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0))
		const text = (b) => b ? btoa(String.fromCharCode(...new Uint8Array(b))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '') : undefined
		const asked = JSON.parse(begun.options).publicKey
		const made = await navigator.credentials.get({ publicKey: { ...asked, challenge: bytes(asked.challenge) } })
		const r = made.response
		return { challenge: begun.challenge, answer: JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: {},
			response: { clientDataJSON: text(r.clientDataJSON), authenticatorData: text(r.authenticatorData), signature: text(r.signature), userHandle: text(r.userHandle) } }) }
	}`, step)
	p.must(err, "answer a challenge")
	answer := map[string]string{}
	for name, value := range raw.(map[string]any) {
		answer[name] = value.(string)
	}
	return answer
}

// posted sends an answer from the page and gives the status.
func (p *Person) posted(answer map[string]string) int {
	p.t.Helper()
	form := url.Values{"challenge": {answer["challenge"]}, "answer": {answer["answer"]}}
	status, err := p.Page.Evaluate(`async (body) => (await fetch('/sign-in/passkey', { method: 'POST', body, headers: { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' } })).status`, form.Encode())
	p.must(err, "post an answer")
	return status.(int)
}

func fromBase64(t *testing.T, text string) (value map[string]any) {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(raw, &value)
	}
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func toBase64(t *testing.T, value map[string]any) string {
	t.Helper()
	raw, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}
