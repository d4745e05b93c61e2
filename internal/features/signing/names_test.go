package signing

import "testing"

// C13, F09: a typed signature is a name, and the one that it looks like.
func TestC13F09ATypedSignatureIsWhatItLooksLike(t *testing.T) {
	for _, name := range []string{"Maria\u202e Ruiz", "M\u0430ria Ruiz", "Maria\u200b Ruiz", "https://evil.example", "Maria\x00Ruiz"} {
		if mark, err := CheckMark(Typed, "", name); err == nil {
			t.Errorf("%+q signs as %+q", name, mark)
		}
	}
	if _, err := CheckMark(Typed, "", "María  Ruiz-O’Brien"); err != nil {
		t.Error(err)
	}
}
