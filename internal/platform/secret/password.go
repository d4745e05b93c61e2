package secret

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// The argon2id numbers: an OWASP minimum, 70 ms on one core and 19 MiB for each check.
const (
	passes    = 2
	memoryKiB = 19 * 1024
	threads   = 1
	saltBytes = 16
	hashBytes = 32

	// The most that a stored hash may ask for, so that a tampered row cannot eat the machine.
	mostPasses    = 16
	mostMemoryKiB = 256 * 1024
	mostThreads   = 16
)

// Passwords hashes and checks passwords, as many at a time as there are processors, so
// that a flood of sign-ins waits in a queue instead of taking all memory. Make one with
// NewPasswords and share it.
type Passwords struct {
	turns chan struct{}
}

// NewPasswords makes the one Passwords of a process.
func NewPasswords() *Passwords {
	return &Passwords{turns: make(chan struct{}, runtime.NumCPU())}
}

// HashPassword gives the PHC string to store. It waits for its turn until ctx ends.
func (p *Passwords) HashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	rand.Read(salt)
	stored := phc{passes: passes, memory: memoryKiB, threads: threads, salt: salt, hash: make([]byte, hashBytes)}
	hash, err := p.derive(ctx, password, stored)
	if err != nil {
		return "", err
	}
	stored.hash = hash
	return stored.String(), nil
}

// CheckPassword tells whether the password belongs to the stored PHC string, and whether
// it should be hashed again because the numbers have changed since. Pass an empty stored
// string for a person who is unknown or has no password: the answer is no, after the
// same work, so that the time tells nothing (security.md B09).
func (p *Passwords) CheckPassword(ctx context.Context, password, stored string) (ok, rehash bool, err error) {
	nobody := stored == ""
	want := phc{passes: passes, memory: memoryKiB, threads: threads, salt: make([]byte, saltBytes), hash: make([]byte, hashBytes)}
	if !nobody {
		if want, err = parsePHC(stored); err != nil {
			return false, false, err
		}
	}
	got, err := p.derive(ctx, password, want)
	if err != nil {
		return false, false, err
	}
	if subtle.ConstantTimeCompare(got, want.hash) != 1 || nobody {
		return false, false, nil
	}
	return true, want.passes != passes || want.memory != memoryKiB || want.threads != threads, nil
}

// derive runs argon2id on the password in its NFKC form, so that an é typed on a Mac and
// an é typed on Windows are the same password (RFC 8265).
func (p *Passwords) derive(ctx context.Context, password string, like phc) ([]byte, error) {
	select {
	case p.turns <- struct{}{}:
		defer func() { <-p.turns }()
	case <-ctx.Done():
		return nil, fmt.Errorf("wait to check a password: %w", ctx.Err())
	}
	return argon2.IDKey([]byte(norm.NFKC.String(password)), like.salt, like.passes, like.memory, like.threads, uint32(len(like.hash))), nil
}

// phc is a stored password hash: $argon2id$v=19$m=19456,t=2,p=1$salt$hash.
type phc struct {
	passes, memory uint32
	threads        uint8
	salt, hash     []byte
}

func (h phc) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.passes, h.threads,
		base64.RawStdEncoding.EncodeToString(h.salt), base64.RawStdEncoding.EncodeToString(h.hash))
}

var errBadHash = errors.New("the stored password hash is damaged")

func parsePHC(stored string) (phc, error) {
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return phc{}, errBadHash
	}
	var h phc
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.threads); err != nil {
		return phc{}, errBadHash
	}
	if h.passes < 1 || h.passes > mostPasses || h.memory < 8 || h.memory > mostMemoryKiB || h.threads < 1 || h.threads > mostThreads {
		return phc{}, errBadHash
	}
	var saltErr, hashErr error
	h.salt, saltErr = base64.RawStdEncoding.DecodeString(parts[4])
	h.hash, hashErr = base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || hashErr != nil || len(h.salt) < 8 || len(h.hash) < 16 || len(h.hash) > 64 {
		return phc{}, errBadHash
	}
	return h, nil
}
