package secret

import (
	"bytes"
	"errors"
	"testing"
)

func TestAPassphraseOpensOnlyWhatItLocked(t *testing.T) {
	plain := []byte("lintel-key-1 0123")
	locked, err := Lock(plain, "four horses in a row", "a key")
	if err != nil || bytes.Contains(locked, plain[:8]) {
		t.Fatalf("locked as %x, %v", locked, err)
	}
	if got, err := Unlock(locked, "four horses in a row", "a key"); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("opened as %q, %v", got, err)
	}
	again, err := Lock(plain, "four horses in a row", "a key")
	if err != nil || bytes.Equal(locked, again) {
		t.Errorf("the same looks the same when it is locked twice: %v", err)
	}
	changed := bytes.Clone(locked)
	changed[len(changed)-1] ^= 1
	for name, c := range map[string]struct {
		locked              []byte
		passphrase, purpose string
	}{
		"another passphrase": {locked, "four horses in a line", "a key"},
		"another purpose":    {locked, "four horses in a row", "a letter"},
		"a changed byte":     {changed, "four horses in a row", "a key"},
		"cut short":          {locked[:20], "four horses in a row", "a key"},
		"nothing":            {nil, "four horses in a row", "a key"},
	} {
		if got, err := Unlock(c.locked, c.passphrase, c.purpose); !errors.Is(err, ErrWrongPassphrase) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
