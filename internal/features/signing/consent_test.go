package signing

import (
	"testing"

	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
)

// Signatures name the version that was agreed to, and its hash: a text that is changed without a new version would put other
// words into their mouths.
func TestEachConsentTextIsWhatItsVersionHasAlwaysSaid(t *testing.T) {
	want := map[string]string{
		"2026-11":    "cd85464b81494075",
		"2026-11-de": "a11a02368194455d",
	}
	for _, c := range consents {
		if got := c.SHA256[:16]; got != want[c.Version] {
			t.Errorf("the text of version %s was changed: %s. Make a new version of it", c.Version, got)
		}
	}
	if len(consents) != len(want) {
		t.Errorf("%d versions, want %d", len(consents), len(want))
	}
}

func TestEverybodyAgreesInTheirOwnLanguageWhereThereIsATextInIt(t *testing.T) {
	for language, want := range map[string]string{"en": "2026-11", "en-GB": "2026-11", "de": "2026-11-de", "": "2026-11", i18n.Pseudo: "2026-11"} {
		c := CurrentConsent(language)
		if c.Version != want {
			t.Errorf("in %q the text is %s, want %s", language, c.Version, want)
		}
		if agreed, err := CheckConsent(c.Version); err != nil || agreed != c {
			t.Errorf("who read %s cannot agree to it: %+v %v", c.Version, agreed, err)
		}
	}
	for _, version := range []string{"", "2025-01", "2026-11-fr"} {
		if _, err := CheckConsent(version); !fault.Is(err, fault.Precondition) {
			t.Errorf("version %q is agreed to: %v", version, err)
		}
	}
}

// What was the newest stays valid for whoever signed under it, and nobody signs under it any more.
func TestAnOlderTextIsSignedUnderNoMore(t *testing.T) {
	before := consents
	t.Cleanup(func() { consents = before })
	consents = append(append([]Consent{}, before...), newConsent("2027-01", "en", "Other words."))
	if _, err := CheckConsent("2026-11"); !fault.Is(err, fault.Precondition) {
		t.Errorf("the older English text is agreed to: %v", err)
	}
	for language, want := range map[string]string{"en-GB": "2027-01", "de": "2026-11-de"} {
		if c := CurrentConsent(language); c.Version != want {
			t.Errorf("in %q the text is %s, want %s", language, c.Version, want)
		}
	}
}
