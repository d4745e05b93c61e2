package signing

import (
	"strings"
	"testing"

	"lintel/internal/platform/fault"
)

// C13, F09: a typed signature is a name, and the one that it looks like.
func TestC13F09ATypedSignatureIsWhatItLooksLike(t *testing.T) {
	for _, name := range []string{"Maria\u202e Ruiz", "M\u0430ria Ruiz", "Maria\u200b Ruiz", "https://evil.example", "Maria\x00Ruiz",
		"\u3164\u3164", "\u2800\u2800", "--", "..", "12", "M.", "<script>alert(1)</script>", "Maria <3"} {
		if mark, err := CheckMark(Typed, "", name); err == nil {
			t.Errorf("%+q signs as %+q", name, mark)
		}
	}
	if _, err := CheckMark(Typed, "", "María  Ruiz-O’Brien"); err != nil {
		t.Error(err)
	}
}

// A name that the signed copy could not print is refused while it can still be drawn; one of an alphabet that the fonts have is not.
func TestATypedSignatureCanBePrinted(t *testing.T) {
	for _, name := range []string{"王小明", "山田太郎", "김민수", "नरेन्द्र", "สมชาย", "Zoë 🙂", "محمد علي", "דוד כהן"} {
		_, err := CheckMark(Typed, "", name)
		if refusal := fault.As(err); refusal == nil || len(refusal.Fields) != 1 || !strings.Contains(refusal.Fields[0].Message, "draw your signature instead") {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{"Иван Петров", "Νίκος", "Nguyễn Văn Ắn", "Łukasz Żółć-Öztürk", "Dr. John Smith III", "i. A. M. O'Neil (CFO)", "Jo"} {
		if _, err := CheckMark(Typed, "", name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}
