// Package passkey registers and checks passkeys (W3C Web Authentication, level 3). It keeps
// nothing: the caller stores the challenge, which is answered once, and the credential.
package passkey

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"lintel/internal/platform/fault"
)

// Origin is the one site whose passkeys are taken.
type Origin struct{ site *webauthn.WebAuthn }

// New makes an origin from the configured address of the portal. A portal that is reached
// by a number, as 127.0.0.1, has no passkeys: browsers tie them to names.
func New(base *url.URL) (Origin, error) {
	if _, err := netip.ParseAddr(base.Hostname()); err == nil {
		return Origin{}, nil
	}
	site, err := webauthn.New(&webauthn.Config{
		RPID: base.Hostname(), RPDisplayName: "Lintel", RPOrigins: []string{base.Scheme + "://" + base.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(), UserVerification: protocol.VerificationRequired},
		Timeouts: webauthn.TimeoutsConfig{
			Login:        webauthn.TimeoutConfig{Enforce: false, Timeout: 5 * time.Minute},
			Registration: webauthn.TimeoutConfig{Enforce: false, Timeout: 5 * time.Minute}},
	})
	if err != nil {
		return Origin{}, fmt.Errorf("set passkeys up: %w", err)
	}
	return Origin{site}, nil
}

// Able reports whether this portal can have passkeys at all.
func (o Origin) Able() bool { return o.site != nil }

func (o Origin) unable() error {
	if o.Able() {
		return nil
	}
	return fault.New(fault.Conflict, "Passkeys need a portal that is reached by a name, not by a number.")
}

// Person is whose passkeys they are. ID is opaque to the authenticator.
type Person struct {
	ID    string
	Email string
	Name  string
	Known []Credential
}

// Credential is one passkey as it is stored.
type Credential struct {
	ID   string // base64url, what the browser names it by
	JSON string // everything that checking it needs
}

// Challenge is one ceremony: Options goes to the browser, State stays here until the answer.
type Challenge struct {
	Options string // JSON for navigator.credentials
	State   string // JSON
}

// user lets the library read a Person.
type user struct {
	Person
	credentials []webauthn.Credential
}

func (u user) WebAuthnID() []byte                         { return []byte(u.Person.ID) }
func (u user) WebAuthnName() string                       { return u.Email }
func (u user) WebAuthnDisplayName() string                { return u.Name }
func (u user) WebAuthnCredentials() []webauthn.Credential { return u.credentials }

func read(p Person) (user, error) {
	u := user{Person: p}
	for _, known := range p.Known {
		var c webauthn.Credential
		if err := json.Unmarshal([]byte(known.JSON), &c); err != nil {
			return user{}, fmt.Errorf("read a passkey: %w", err)
		}
		u.credentials = append(u.credentials, c)
	}
	return u, nil
}

// BeginAdding asks the browser for a new passkey that is none of the known ones.
func (o Origin) BeginAdding(p Person) (Challenge, error) {
	if err := o.unable(); err != nil {
		return Challenge{}, err
	}
	u, err := read(p)
	if err != nil {
		return Challenge{}, err
	}
	options, session, err := o.site.BeginRegistration(u, webauthn.WithExclusions(webauthn.Credentials(u.credentials).CredentialDescriptors()))
	if err != nil {
		return Challenge{}, fmt.Errorf("begin to add a passkey: %w", err)
	}
	return packed(options, session)
}

// FinishAdding checks the browser's answer. Denied when it is not one to this challenge.
func (o Origin) FinishAdding(p Person, state, answer string) (Credential, error) {
	if err := o.unable(); err != nil {
		return Credential{}, err
	}
	u, err := read(p)
	if err != nil {
		return Credential{}, err
	}
	session, err := opened(state)
	if err != nil {
		return Credential{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBody(strings.NewReader(answer))
	if err != nil {
		return Credential{}, refused(err)
	}
	made, err := o.site.CreateCredential(u, session, parsed)
	if err != nil {
		return Credential{}, refused(err)
	}
	return stored(made)
}

// BeginProving asks the browser for any passkey of this site; with a person, for one of
// theirs.
func (o Origin) BeginProving(p *Person) (Challenge, error) {
	if err := o.unable(); err != nil {
		return Challenge{}, err
	}
	var options *protocol.CredentialAssertion
	var session *webauthn.SessionData
	var err error
	if p == nil {
		options, session, err = o.site.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	} else {
		var u user
		if u, err = read(*p); err != nil {
			return Challenge{}, err
		}
		options, session, err = o.site.BeginLogin(u, webauthn.WithUserVerification(protocol.VerificationRequired))
	}
	if err != nil {
		return Challenge{}, fmt.Errorf("begin to ask for a passkey: %w", err)
	}
	return packed(options, session)
}

// WhoAnswers reads whose passkey an answer says it is, before it is checked: its person's
// id and the passkey's.
func WhoAnswers(answer string) (person, credential string, err error) {
	parsed, err := protocol.ParseCredentialRequestResponseBody(strings.NewReader(answer))
	if err != nil {
		return "", "", refused(err)
	}
	return string(parsed.Response.UserHandle), base64.RawURLEncoding.EncodeToString(parsed.RawID), nil
}

// FinishProving checks the answer against the person's passkeys. Denied when the origin,
// the challenge, the signature or the person is another, when nobody was verified, or
// when the counter says that the passkey was copied. It gives the passkey as it is now.
func (o Origin) FinishProving(p Person, state, answer string) (Credential, error) {
	if err := o.unable(); err != nil {
		return Credential{}, err
	}
	u, err := read(p)
	if err != nil {
		return Credential{}, err
	}
	session, err := opened(state)
	if err != nil {
		return Credential{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBody(strings.NewReader(answer))
	if err != nil {
		return Credential{}, refused(err)
	}
	var proven *webauthn.Credential
	if len(session.UserID) == 0 {
		_, proven, err = o.site.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
			if string(handle) != p.ID {
				return nil, fmt.Errorf("the passkey is another person's")
			}
			return u, nil
		}, session, parsed)
	} else {
		proven, err = o.site.ValidateLogin(u, session, parsed)
	}
	if err != nil {
		return Credential{}, refused(err)
	}
	if proven.Authenticator.CloneWarning {
		return Credential{}, refused(fmt.Errorf("the counter went back"))
	}
	return stored(proven)
}

func packed(options any, session *webauthn.SessionData) (Challenge, error) {
	asked, err := json.Marshal(options)
	if err != nil {
		return Challenge{}, fmt.Errorf("write a passkey challenge: %w", err)
	}
	kept, err := json.Marshal(session)
	if err != nil {
		return Challenge{}, fmt.Errorf("write a passkey challenge: %w", err)
	}
	return Challenge{Options: string(asked), State: string(kept)}, nil
}

func opened(state string) (session webauthn.SessionData, err error) {
	if err := json.Unmarshal([]byte(state), &session); err != nil {
		return session, fmt.Errorf("read a passkey challenge: %w", err)
	}
	return session, nil
}

func stored(c *webauthn.Credential) (Credential, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return Credential{}, fmt.Errorf("write a passkey: %w", err)
	}
	return Credential{ID: base64.RawURLEncoding.EncodeToString(c.ID), JSON: string(text)}, nil
}

func refused(err error) error {
	return fault.Wrap(fault.Denied, "This passkey did not work here. Try again, or come in another way.", err)
}
