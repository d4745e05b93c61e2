package totp

import (
	"os/exec"
	"strings"
	"testing"
	"time"
)

// The secret and the codes of RFC 6238, appendix B, cut to six digits.
const rfcSecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

func TestCodesAreThoseOfTheStandard(t *testing.T) {
	for at, code := range map[int64]string{59: "287082", 1111111109: "081804", 1234567890: "005924", 2000000000: "279037"} {
		if step := Check(rfcSecret, code, time.Unix(at, 0)); step != at/30 {
			t.Errorf("%s at %d belongs to step %d", code, at, step)
		}
	}
}

func TestACodeIsRightForOneStepAroundItsOwn(t *testing.T) {
	now := time.Unix(1234567890, 0)
	for name, c := range map[string]struct {
		code  string
		after time.Duration
		right bool
	}{
		"now":                  {"005924", 0, true},
		"a step later":         {"005924", 30 * time.Second, true},
		"a step earlier":       {"005924", -30 * time.Second, true},
		"two steps later":      {"005924", time.Minute, false},
		"with a space":         {"005 924", 0, true},
		"another":              {"005925", 0, false},
		"none":                 {"", 0, false},
		"with letters":         {"00592a", 0, false},
		"with a digit too few": {"05924", 0, false},
	} {
		if got := Check(rfcSecret, c.code, now.Add(c.after)) != 0; got != c.right {
			t.Errorf("%s: right is %v", name, got)
		}
	}
}

func TestANewKeyIsWhatAnAppReads(t *testing.T) {
	key, err := NewKey("Hartwell & Sons", "jon@hartwell.example")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(key.Address, "otpauth://totp/Hartwell%20&%20Sons:jon@hartwell.example?") || len(key.Secret) != 32 {
		t.Errorf("the key is %+v", key)
	}
	square, err := Draw(key.Address)
	if err != nil || square.Side < 33 || !strings.HasPrefix(square.Path, "M") {
		t.Errorf("the square has %d on a side, %v", square.Side, err)
	}
	tool, err := exec.LookPath("oathtool")
	if err != nil {
		return
	}
	out, err := exec.Command(tool, "--totp", "--base32", "--now", "2026-11-22 09:00:00 UTC", key.Secret).Output()
	if err != nil {
		t.Fatal(err)
	}
	if Check(key.Secret, strings.TrimSpace(string(out)), time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)) == 0 {
		t.Errorf("the code of oathtool, %s, is not right here", out)
	}
}
