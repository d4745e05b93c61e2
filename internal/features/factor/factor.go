package factor

import (
	"encoding/base32"
	"encoding/base64"
	"strings"
	"time"

	"lintel/internal/platform/fault"
	"lintel/internal/platform/secret"
)

// How long a ceremony or a second step may take, how many codes one step takes, and how
// many recovery codes a person gets.
const (
	challengeLife = 10 * time.Minute
	stepTries     = 6
	recoveryCount = 10
)

// What a challenge is for; one made for one thing is refused for every other.
const (
	forAdding  = "add passkey"
	forSignIn  = "sign in by passkey"
	forStep    = "second step"
	forPasskey = "passkey at the second step"
)

// Passkey is one that the person has added.
type Passkey struct {
	ID       string
	Name     string
	AddedAt  time.Time
	LastUsed time.Time // zero: never
}

// Kept is everything a person has to prove themselves with beside the password.
type Kept struct {
	Passkeys      []Passkey
	Authenticator time.Time // since when; zero: none
	Recovery      int       // codes that are left
	Able          bool      // this portal can have passkeys
	Wanted        bool      // the organisation wants a second factor and the person has none
}

// Any reports whether there is a second factor.
func (k Kept) Any() bool { return len(k.Passkeys) > 0 || !k.Authenticator.IsZero() }

// checkName cleans the name of a passkey.
func checkName(name string) string {
	name = strings.TrimSpace(name)
	if runes := []rune(name); len(runes) > 60 {
		name = string(runes[:60])
	}
	if name == "" {
		return "Passkey"
	}
	return name
}

var letters = base32.NewEncoding("abcdefghjkmnpqrstuvwxyz023456789").WithPadding(base32.NoPadding)

// newRecoveryCode is 60 random bits in three groups of four letters, without those that
// people mix up.
func newRecoveryCode() string {
	random, err := base64.RawURLEncoding.DecodeString(secret.Token())
	if err != nil {
		panic("a token is not base64: " + err.Error())
	}
	text := letters.EncodeToString(random)[:12]
	return text[:4] + "-" + text[4:8] + "-" + text[8:]
}

// cleanRecoveryCode undoes how people type.
func cleanRecoveryCode(typed string) string {
	return strings.Map(func(c rune) rune {
		if c == '-' || c == ' ' {
			return -1
		}
		return c
	}, strings.ToLower(typed))
}

func wrongCode() error {
	return fault.ForField("code", "This code does not fit. Use the newest one of your app, or a recovery code that you have not used.")
}

func stepOver() error {
	return fault.New(fault.NotFound, "This sign-in has run out. Please sign in again.")
}
