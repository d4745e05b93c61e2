package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Box seals small secrets (a mail password, a signing key) before they go to the
// database, with AES-256-GCM and a key that only lies in a file on the server. Losing
// that file loses what was sealed, so backups must hold it. Copies of a Box are the same box.
type Box struct {
	aead cipher.AEAD
	key  []byte
}

// keyPrefix starts a key file, so that another file is not taken for one.
const keyPrefix = "lintel-key-1 "

// sealedVersion is the first byte of everything sealed; a later cipher takes the next.
const sealedVersion = 1

// OpenOrCreateKey reads the key file, or makes it at the first start; see KeyFile.
func OpenOrCreateKey(path string) (Box, error) {
	text, err := KeyFile(path, newKey)
	if err != nil {
		return Box{}, err
	}
	encoded, ok := strings.CutPrefix(strings.TrimSpace(string(text)), keyPrefix)
	key, err := hex.DecodeString(encoded)
	if !ok || err != nil || len(key) != 32 {
		return Box{}, fmt.Errorf("the key file %s is damaged: put it back from a backup", path)
	}
	return newBox(key)
}

func newKey() ([]byte, error) {
	key := make([]byte, 32)
	rand.Read(key)
	return []byte(keyPrefix + hex.EncodeToString(key) + "\n"), nil
}

// KeyFile reads a file with a key, or makes it: readable by its owner only, and on the disk for good before the function
// returns. Two processes that start at once get the same key. A file that others can read is refused.
func KeyFile(path string, made func() ([]byte, error)) ([]byte, error) {
	text, err := readKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return text, err
	}
	if err := createKey(path, made); err != nil {
		return nil, fmt.Errorf("make the key file %s: %w", path, err)
	}
	return readKey(path)
}

func readKey(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open the key file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the key file %s can be read by others: run chmod 600 on it", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the key file: %w", err)
	}
	return text, nil
}

func newBox(key []byte) (Box, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return Box{}, fmt.Errorf("use the key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return Box{}, fmt.Errorf("use the key: %w", err)
	}
	return Box{aead: aead, key: key}, nil
}

// createKey writes a new key beside path and links it into place, which fails when
// another process was faster: then that key is the one.
func createKey(path string, made func() ([]byte, error)) error {
	text, err := made()
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	temp, err := os.CreateTemp(dir, ".key-*") // made with 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	defer temp.Close()
	if _, err := temp.Write(text); err != nil {
		return err
	}
	if err := temp.Sync(); err != nil {
		return err
	}
	if err := os.Link(temp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDirectory(dir)
}

func syncDirectory(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

// Seal encrypts plain. The context names what it is and whose (for example
// "mail-password:" and the organisation's id): Open must be given the same, so that a
// sealed value moved to another row or tenant does not open.
func (b Box) Seal(plain []byte, context string) []byte {
	sealed := make([]byte, 1+b.aead.NonceSize(), 1+b.aead.NonceSize()+len(plain)+b.aead.Overhead())
	sealed[0] = sealedVersion
	rand.Read(sealed[1:])
	return b.aead.Seal(sealed, sealed[1:], plain, []byte(context))
}

// ErrSealed is returned by Open for everything that was not sealed by this key for this context.
var ErrSealed = errors.New("the sealed value cannot be opened: wrong key, wrong context or damaged")

// Open gives back what Seal was given.
func (b Box) Open(sealed []byte, context string) ([]byte, error) {
	if len(sealed) < 1+b.aead.NonceSize() || sealed[0] != sealedVersion {
		return nil, ErrSealed
	}
	nonce, body := sealed[1:1+b.aead.NonceSize()], sealed[1+b.aead.NonceSize():]
	plain, err := b.aead.Open(nil, nonce, body, []byte(context))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// MAC authenticates data for a purpose ("mail-reply"), with a key of its own for each
// purpose, so that a code made for one is refused for every other.
func (b Box) MAC(purpose string, data []byte) []byte {
	key, err := hkdf.Key(sha256.New, b.key, nil, "lintel mac "+purpose, 32)
	if err != nil {
		panic("derive a key: " + err.Error()) // only for lengths above 8 KB
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(data)
	return mac.Sum(nil)
}

// CheckMAC tells whether mac, possibly cut to 10 bytes or more, is the MAC of data.
func (b Box) CheckMAC(purpose string, data, mac []byte) bool {
	want := b.MAC(purpose, data)
	return len(mac) >= 10 && len(mac) <= len(want) && hmac.Equal(want[:len(mac)], mac)
}
