package openid

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"lintel/internal/platform/fault"
	protocol "lintel/internal/platform/openid"
	"lintel/internal/platform/secret"
)

// loginLife is how long somebody may take at the provider.
const loginLife = 10 * time.Minute

// sealing is what state and secrets are sealed for; another purpose cannot open them.
const (
	sealedState  = "openid login"
	sealedSecret = "openid client secret"
)

// Settings is an organisation's provider as its settings show it; never the secret.
type Settings struct {
	Issuer    string
	ClientID  string
	Label     string // what the button says: "Continue with {label}"
	HasSecret bool
	ChangedAt time.Time
}

// On reports whether a provider is set.
func (s Settings) On() bool { return s.Issuer != "" }

// Wanted is what the settings form says.
type Wanted struct {
	Issuer, ClientID, Secret, Label string // an empty Secret keeps the one before
}

// check cleans the form; Invalid on its fields.
func (w Wanted) check(hadSecret bool) (Wanted, error) {
	var problems fault.Problems
	address, err := url.Parse(w.Issuer)
	if err != nil || address.Scheme != "https" && address.Scheme != "http" || address.Host == "" || address.RawQuery != "" || address.Fragment != "" {
		problems.Add("issuer", "Enter the address of the sign-in service, as https://login.example.com.")
	}
	if w.ClientID == "" {
		problems.Add("client_id", "Please enter the client id.")
	}
	if w.Secret == "" && !hadSecret {
		problems.Add("secret", "Please enter the client secret.")
	}
	if w.Label == "" && address != nil {
		w.Label = address.Hostname()
	}
	return w, problems.Err()
}

// login is one attempt on its way through the provider. It travels sealed in the state, so
// that beginning one stores nothing.
type login struct {
	Organisation string
	Browser      string // hash of the token of the browser that began it
	Nonce        string
	Verifier     string
	Next         string
	Ends         time.Time
}

func newLogin(org, browser, next string, now time.Time) login {
	return login{Organisation: org, Browser: secret.Hash(browser), Nonce: secret.Token(), Verifier: secret.Token() + secret.Token(), Next: next, Ends: now.Add(loginLife)}
}

func (l login) seal(box secret.Box) (string, error) {
	plain, err := json.Marshal(l)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(box.Seal(plain, sealedState)), nil
}

// openState reads a state that came back. Denied when it is not one of ours, has run out,
// or was begun in another browser (B04).
func openState(box secret.Box, state, browser string, now time.Time) (login, error) {
	refused := fault.New(fault.Denied, "This sign-in has run out or was begun in another browser. Please start again.")
	sealed, err := base64.RawURLEncoding.DecodeString(strings.TrimSpace(state))
	if err != nil {
		return login{}, refused
	}
	plain, err := box.Open(sealed, sealedState)
	if err != nil {
		return login{}, refused
	}
	var l login
	if err := json.Unmarshal(plain, &l); err != nil || !l.Ends.After(now) || browser == "" || l.Browser != secret.Hash(browser) {
		return login{}, refused
	}
	return l, nil
}

func (l login) protocol(state string) protocol.Login {
	return protocol.Login{State: state, Nonce: l.Nonce, Verifier: l.Verifier}
}
