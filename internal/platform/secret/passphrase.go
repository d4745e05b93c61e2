package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
)

// LeastPassphrase is the fewest characters of a passphrase that locks something.
const LeastPassphrase = 12

// ErrWrongPassphrase says that a passphrase does not open what was locked, or that it is damaged.
var ErrWrongPassphrase = errors.New("the passphrase does not open this")

// What was locked once must open for ever: these numbers do not change without a new format.
const (
	lockSaltBytes    = 16
	passphraseRounds = 1_000_000 // of PBKDF2, so that passphrases are not guessed fast
)

// Lock makes plain unreadable for everybody without the passphrase, for what leaves the
// machine: salt, nonce, then AES-256-GCM. purpose says what it is; Unlock must be given the
// same.
func Lock(plain []byte, passphrase, purpose string) ([]byte, error) {
	salt := make([]byte, lockSaltBytes)
	rand.Read(salt)
	aead, err := passphraseAEAD(passphrase, salt)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize())
	rand.Read(nonce)
	return aead.Seal(append(salt, nonce...), nonce, plain, []byte(purpose)), nil
}

// Unlock gives back what Lock was given, or ErrWrongPassphrase.
func Unlock(locked []byte, passphrase, purpose string) ([]byte, error) {
	if len(locked) < lockSaltBytes {
		return nil, ErrWrongPassphrase
	}
	aead, err := passphraseAEAD(passphrase, locked[:lockSaltBytes])
	if err != nil {
		return nil, err
	}
	rest := locked[lockSaltBytes:]
	if len(rest) < aead.NonceSize() {
		return nil, ErrWrongPassphrase
	}
	plain, err := aead.Open(nil, rest[:aead.NonceSize()], rest[aead.NonceSize():], []byte(purpose))
	if err != nil {
		return nil, ErrWrongPassphrase
	}
	return plain, nil
}

func passphraseAEAD(passphrase string, salt []byte) (cipher.AEAD, error) {
	key, err := pbkdf2.Key(sha256.New, passphrase, salt, passphraseRounds, 32)
	if err != nil {
		return nil, fmt.Errorf("use the passphrase: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("use the passphrase: %w", err)
	}
	return cipher.NewGCM(block)
}
