package ui

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"lintel/internal/platform/fault"
)

// special are the colours that break simple themes.
var special = []rgb{{255, 255, 0}, {0, 0, 0}, {255, 255, 255}, {255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {128, 128, 128}, {250, 204, 21}, {31, 122, 92}}

func TestEveryBrandColourCanBeReadInBothThemes(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	colours := append([]rgb{}, special...)
	for range 3000 {
		colours = append(colours, rgb{uint8(random.IntN(256)), uint8(random.IntN(256)), uint8(random.IntN(256))})
	}
	for _, colour := range colours {
		checkPalette(t, colour, derive(colour))
	}
}

func checkPalette(t *testing.T, from rgb, p palette) {
	t.Helper()
	atLeast := func(what string, a, b rgb, ratio float64) {
		if got := contrast(a, b); got < ratio {
			t.Errorf("tenant %s: %s is %.2f:1, wants %.2f:1 (%s on %s)", from.hex(), what, got, ratio, a.hex(), b.hex())
		}
	}
	atLeast("words on the brand", p.on, p.brand, textContrast)
	atLeast("words on the brand under the pointer", p.on, p.strong, 4.5)
	for i, s := range []scheme{lightScheme(), darkScheme()} {
		for _, ground := range append(colours(s.grounds), p.soft[i]) {
			atLeast("brand words", p.text[i], ground, textContrast)
			atLeast("brand graphics", p.edge[i], ground, 3)
		}
		for _, ink := range colours(s.inks) {
			atLeast("an ink on the tint", ink, p.soft[i], textContrast)
		}
	}
}

func TestABrandColourThatWorksIsKept(t *testing.T) {
	css, err := Theme("#1f7a5c")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(css, "--brand:#1f7a5c;") || !strings.Contains(css, "--on-brand:#ffffff") {
		t.Errorf("a green that carries white words was changed: %s", css)
	}
}

func TestAYellowTenantGetsDarkWords(t *testing.T) {
	css, err := Theme("fc0")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(css, "--brand:#ffcc00;") || !strings.Contains(css, "--on-brand:#101216") {
		t.Errorf("yellow wants dark words on the colour as it is: %s", css)
	}
}

func TestWhatIsNoColourIsRefused(t *testing.T) {
	for _, text := range []string{"", "#12", "#12345", "red", "#1234567", "#ggg", "#000;}body{display:none", "ééé"} {
		if css, err := Theme(text); !fault.Is(err, fault.Invalid) {
			t.Errorf("Theme(%q) = %q, %v; want it refused", text, css, err)
		}
	}
}

// The theme checks contrast against the tokens' values; both must say the same.
func TestTheThemeKnowsTheTokens(t *testing.T) {
	text, err := os.ReadFile("css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{
		"--canvas:light-dark(oklch(.978 .004 95),oklch(.165 .006 265))", "--surface:light-dark(#fff,oklch(.205 .007 265))",
		"--surface-2:light-dark(oklch(.985 .003 95),oklch(.235 .008 265))", "--sunken:light-dark(oklch(.955 .004 95),oklch(.145 .006 265))",
		"--ink:light-dark(oklch(.235 .012 265),oklch(.955 .004 265))", "--ink-2:light-dark(oklch(.44 .012 265),oklch(.77 .01 265))",
		"--ink-3:light-dark(oklch(.525 .012 265),oklch(.68 .012 265))", "--ok:light-dark(oklch(.48 .115 155),oklch(.8 .14 155))",
		"--bad:light-dark(oklch(.52 .18 25),oklch(.78 .13 25))",
	} {
		if !strings.Contains(string(text), token) {
			t.Errorf("tokens.css has changed: theme.go still counts on %s", token)
		}
	}
}

func TestAColourSurvivesTheWayThroughOKLCH(t *testing.T) {
	for _, colour := range special {
		if got := colour.oklch().rgb(); got != colour {
			t.Errorf("%s came back as %s", colour.hex(), got.hex())
		}
	}
}

func BenchmarkTheme(b *testing.B) {
	for b.Loop() {
		derive(rgb{250, 204, 21})
	}
}
