package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"math/big"
)

// TokenLength is the number of characters of a Token.
const TokenLength = 39

// tokenAlphabet has no '-' or '_', which mail programs cut off at the end of a link,
// and survives being lower- or upper-cased on the way if the reader lower-cases it.
var tokenAlphabet = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Token makes 192 random bits as 39 lower-case letters and digits, for links, sessions
// and API keys. Only its Hash is ever stored.
func Token() string {
	var random [24]byte
	rand.Read(random[:]) // never fails: crypto/rand ends the process instead
	return tokenAlphabet.EncodeToString(random[:])
}

// Hash is what is stored and looked up for a token: SHA-256 in hex. A plain hash is
// enough because a token has 192 random bits; a password or a Code has not.
func Hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Code makes six random digits, each of the million equally likely. The caller limits
// its life and its tries (security.md: 10 minutes, 5 tries, one use).
func Code() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		panic("no random numbers: " + err.Error()) // crypto/rand ends the process before this
	}
	return fmt.Sprintf("%06d", n)
}
