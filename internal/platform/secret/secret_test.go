package secret

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestTokensAreLongDifferentAndSafeInAnyLink(t *testing.T) {
	shape := regexp.MustCompile(`^[a-z2-7]{39}$`)
	seen := map[string]bool{}
	for range 1000 {
		token := Token()
		if !shape.MatchString(token) || len(token) != TokenLength {
			t.Fatalf("token %q is not 39 letters and digits", token)
		}
		if seen[token] {
			t.Fatalf("token %q came twice", token)
		}
		seen[token] = true
	}
}

func TestOnlyTheHashOfATokenNeedsToBeStored(t *testing.T) {
	const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" // FIPS 180-2, B.1
	if got := Hash("abc"); got != abc {
		t.Errorf("Hash(abc) = %s", got)
	}
}

func TestCodesHaveSixDigitsAndUseTheWholeMillion(t *testing.T) {
	shape := regexp.MustCompile(`^[0-9]{6}$`)
	var first [10]int
	for range 20_000 {
		code := Code()
		if !shape.MatchString(code) {
			t.Fatalf("code %q", code)
		}
		first[code[0]-'0']++
	}
	for digit, count := range first {
		if count < 1700 || count > 2300 { // seven standard deviations from 2,000
			t.Errorf("%d of 20,000 codes begin with %d, want about 2,000", count, digit)
		}
	}
}

func TestAPasswordIsCheckedAgainstItsHash(t *testing.T) {
	passwords, ctx := NewPasswords(), context.Background()
	stored, err := passwords.HashPassword(ctx, "lantern orchard vermilion")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("stored as %q", stored)
	}
	again, _ := passwords.HashPassword(ctx, "lantern orchard vermilion")
	if again == stored {
		t.Error("the same password twice gives the same hash: no salt")
	}
	for _, c := range []struct {
		name, password, stored string
		ok, rehash, fails      bool
	}{
		{"the right password", "lantern orchard vermilion", stored, true, false, false},
		{"a wrong password", "lantern orchard vermilioN", stored, false, false, false},
		{"nobody with the address", "lantern orchard vermilion", "", false, false, false},
		{"a hash with older numbers is right and asks for a new one", "password",
			// made by: echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 (phc-winner-argon2's own test vector)
			"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", true, true, false},
		{"a damaged hash", "password", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ", false, false, true},
		{"another algorithm", "password", "$2b$12$abcdefghijklmnopqrstuv", false, false, true},
		{"a hash that asks for all memory", "password", "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", false, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			ok, rehash, err := passwords.CheckPassword(ctx, c.password, c.stored)
			if ok != c.ok || rehash != c.rehash || (err != nil) != c.fails {
				t.Errorf("got %v, rehash %v, %v", ok, rehash, err)
			}
		})
	}
}

func TestTheSamePasswordFromAMacAndFromWindowsIsTheSame(t *testing.T) {
	passwords, ctx := NewPasswords(), context.Background()
	stored, err := passwords.HashPassword(ctx, "cafe\u0301 orchard nine")
	if err != nil {
		t.Fatal(err)
	}
	if ok, _, _ := passwords.CheckPassword(ctx, "caf\u00e9 orchard nine", stored); !ok {
		t.Error("a decomposed é is not the same as a composed one")
	}
}

func TestAFloodOfSignInsWaitsAndGivesUpWithItsRequest(t *testing.T) {
	passwords := NewPasswords()
	for range cap(passwords.turns) {
		passwords.turns <- struct{}{}
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if _, _, err := passwords.CheckPassword(ctx, "x", ""); err == nil {
		t.Fatal("a check ran although every turn was taken")
	}
	<-passwords.turns
	if _, _, err := passwords.CheckPassword(context.Background(), "x", ""); err != nil {
		t.Errorf("a free turn was not used: %v", err)
	}
}

func TestAWeakPasswordIsRefusedWithAdvice(t *testing.T) {
	for _, c := range []struct{ name, password, hint string }{
		{"too short", "Xk3!q9z", "at least 8 characters"},
		{"eight letters that are four characters are too short", "日本語ü", "at least 8 characters"},
		{"too long", strings.Repeat("ab3 ", 33), "at most 128"},
		{"on the list although it looks random", "g9l2d1fzpy", "lists that attackers try"},
		{"on the list with capitals", "G9L2D1FZPY", "lists that attackers try"},
		{"one word dressed up", "P@ssw0rd1", "common word"},
		{"repeats", "abcabcabcabc", "Repeated"},
		{"a run", "abcdefghij", "Runs such as"},
		{"a row of keys", "zxcvbhjkl;'", "Rows of keys"},
		{"a date", "17.03.1984", "Dates"},
		{"the firm's name", "hartwellandsons", "Names and addresses"},
		{"the person's address", "mariaruiz1", "Names and addresses"},
		{"bytes that are no text", "\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8\xf7", "easy to guess"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := PasswordProblem(c.password, "Maria Ruiz", "mariaruiz@harbour.example", "Hartwellandsons")
			if !strings.Contains(got, c.hint) {
				t.Errorf("%q: %q does not say %q", c.password, got, c.hint)
			}
		})
	}
}

func TestAGoodPasswordIsAccepted(t *testing.T) {
	for _, password := range []string{
		"lantern orchard vermilion", "vB7#kq2Lm9", "zwölf Boxkämpfer jagen", "правильная лошадь батарея",
		strings.Repeat("quiet harbour 7 violins ", 5),
	} {
		if got := PasswordProblem(password, "Maria Ruiz"); got != "" {
			t.Errorf("%q: %s", password, got)
		}
	}
}

func TestABoxOpensWhatItSealedAndNothingElse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lintel.key")
	box, err := OpenOrCreateKey(path)
	if err != nil {
		t.Fatal(err)
	}
	sealed := box.Seal([]byte("smtp password"), "mail-password:org1")
	if plain, err := box.Open(sealed, "mail-password:org1"); err != nil || string(plain) != "smtp password" {
		t.Fatalf("opened %q, %v", plain, err)
	}
	again, err := OpenOrCreateKey(path)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := again.Open(sealed, "mail-password:org1"); err != nil || string(plain) != "smtp password" {
		t.Errorf("after a restart: %q, %v", plain, err)
	}
	other, err := OpenOrCreateKey(filepath.Join(t.TempDir(), "other.key"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Open(sealed, "mail-password:org1"); err == nil {
		t.Error("another key opened it")
	}
	if _, err := box.Open(sealed, "mail-password:org2"); err == nil {
		t.Error("it opened in another tenant's place")
	}
	for i := range sealed {
		changed := append([]byte(nil), sealed...)
		changed[i] ^= 1
		if _, err := box.Open(changed, "mail-password:org1"); err == nil {
			t.Errorf("it opened with byte %d changed", i)
		}
		if _, err := box.Open(sealed[:i], "mail-password:org1"); err == nil {
			t.Errorf("it opened cut to %d bytes", i)
		}
	}
}

func TestTheKeyFileIsForItsOwnerOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lintel.key")
	if _, err := OpenOrCreateKey(path); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	left, _ := os.ReadDir(filepath.Dir(path))
	if len(left) != 1 {
		t.Errorf("%d files left beside the key", len(left)-1)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenOrCreateKey(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key that everybody can read was taken: %v", err)
	}
}

func TestADamagedKeyFileIsNamedAndNeverReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lintel.key")
	for _, content := range []string{"", "lintel-key-1 zz", "lintel-key-1 00ff", "another file"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenOrCreateKey(path); err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("%q: %v", content, err)
		}
		if now, _ := os.ReadFile(path); string(now) != content {
			t.Errorf("%q was replaced", content)
		}
	}
}

func TestTwoFirstStartsAtOnceGetOneKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lintel.key")
	boxes := make([]Box, 8)
	var all sync.WaitGroup
	for i := range boxes {
		all.Go(func() {
			box, err := OpenOrCreateKey(path)
			if err != nil {
				t.Error(err)
			}
			boxes[i] = box
		})
	}
	all.Wait()
	sealed := boxes[0].Seal([]byte("x"), "c")
	for i, box := range boxes {
		if _, err := box.Open(sealed, "c"); err != nil {
			t.Errorf("start %d has another key", i)
		}
	}
}

func TestAMACIsForOnePurpose(t *testing.T) {
	box, err := OpenOrCreateKey(filepath.Join(t.TempDir(), "lintel.key"))
	if err != nil {
		t.Fatal(err)
	}
	mac := box.MAC("mail-reply", []byte("thread 7, person 3"))
	for _, c := range []struct {
		name, purpose, data string
		mac                 []byte
		want                bool
	}{
		{"itself", "mail-reply", "thread 7, person 3", mac, true},
		{"cut to ten bytes for an address", "mail-reply", "thread 7, person 3", mac[:10], true},
		{"cut to nine", "mail-reply", "thread 7, person 3", mac[:9], false},
		{"another thread", "mail-reply", "thread 8, person 3", mac, false},
		{"another purpose", "unsubscribe", "thread 7, person 3", mac, false},
		{"longer", "mail-reply", "thread 7, person 3", append(append([]byte(nil), mac...), 0), false},
	} {
		if got := box.CheckMAC(c.purpose, []byte(c.data), c.mac); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func BenchmarkPasswordProblem(b *testing.B) {
	worst := strings.Repeat("password1", 15)[:128]
	for b.Loop() {
		PasswordProblem(worst)
	}
}

func BenchmarkCheckPassword(b *testing.B) {
	passwords := NewPasswords()
	for b.Loop() {
		passwords.CheckPassword(context.Background(), "x", "")
	}
}
