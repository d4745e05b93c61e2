// Package totp makes and checks the six-digit codes of authenticator apps (RFC 6238: SHA-1,
// 30 seconds, six digits, as every app understands) and draws the square that an app scans.
package totp

import (
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
)

const period = 30

// Key is an authenticator's secret, in base32, with what an app shows beside its codes.
type Key struct {
	Secret  string
	Address string // otpauth://…, what the square says
}

// NewKey makes a secret. issuer is the firm and account the person, as the app shows them.
func NewKey(issuer, account string) (Key, error) {
	made, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: account, SecretSize: 20})
	if err != nil {
		return Key{}, fmt.Errorf("make an authenticator's secret: %w", err)
	}
	return Key{Secret: made.Secret(), Address: made.URL()}, nil
}

// KeyOf is the key of a secret that NewKey made, to be shown once more.
func KeyOf(secret, issuer, account string) (Key, error) {
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		return Key{}, fmt.Errorf("read an authenticator's secret: %w", err)
	}
	made, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: account, Secret: raw})
	if err != nil {
		return Key{}, fmt.Errorf("show an authenticator's secret: %w", err)
	}
	return Key{Secret: made.Secret(), Address: made.URL()}, nil
}

// Check judges a code at a time, a step early or late allowed. It gives the step that the
// code belongs to: the caller keeps it and refuses codes of it and of earlier ones, since
// the same code is right for a minute and a half. 0: the code is wrong.
func Check(secret, code string, now time.Time) (step int64) {
	code = strings.ReplaceAll(code, " ", "")
	at := now.Unix() / period
	for _, candidate := range []int64{at, at - 1, at + 1} {
		expected, err := hotp.GenerateCodeCustom(secret, uint64(candidate), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && subtle.ConstantTimeCompare([]byte(expected), []byte(code)) == 1 {
			return candidate
		}
	}
	return 0
}

// Square is a QR code as an SVG path of unit squares, and how many fit on a side.
type Square struct {
	Path string
	Side int
}

// Draw makes the square of a text.
func Draw(text string) (Square, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return Square{}, fmt.Errorf("draw a QR code: %w", err)
	}
	side := code.Bounds().Dx()
	var path strings.Builder
	for y := range side {
		for x := range side {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x, y)
			}
		}
	}
	return Square{Path: path.String(), Side: side}, nil
}
