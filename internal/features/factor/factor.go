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

	recoveryLength = 12 // letters and digits, without the hyphens between them
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
	text := letters.EncodeToString(random)[:recoveryLength]
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

// checkTyped refuses what can be no code at all, and spends no try on it. app: the person has an authenticator app.
func checkTyped(code string, app bool) error {
	typed := cleanRecoveryCode(code)
	if typed == "" {
		return fault.ForField("code", "Please enter the code.")
	}
	if app && len(typed) == 6 && strings.Trim(typed, "0123456789") == "" {
		return nil
	}
	if len(typed) == recoveryLength {
		return nil
	}
	if app {
		return fault.ForField("code", "A code of the app has 6 digits. A recovery code has 12 letters and digits.")
	}
	return fault.ForField("code", "A recovery code has 12 letters and digits.")
}

func wrongCode() error {
	return fault.ForField("code", "This code does not fit. Use the newest one of your app, or a recovery code that you have not used.")
}

// checkFirstCode refuses what can be no code of an app.
func checkFirstCode(code string) error {
	typed := strings.ReplaceAll(code, " ", "")
	if typed == "" {
		return fault.ForField("code", "Please enter the code that the app shows now.")
	}
	if len(typed) != 6 || strings.Trim(typed, "0123456789") != "" {
		return fault.ForField("code", "The code of the app has 6 digits.")
	}
	return nil
}

// wrongFirstCode is said while the app is set up, when there are no recovery codes yet.
func wrongFirstCode() error {
	return fault.ForField("code", "This code does not fit. Use the newest one of the app, and check that the clock of the phone is right.")
}

func stepOver() error {
	return fault.New(fault.NotFound, "This sign-in has run out. Please sign in again.")
}
