package phone

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"testing"

	"lintel/internal/core/access"
)

func TestTheNameUnderAnIconIsShort(t *testing.T) {
	for name, want := range map[string]string{
		"Hartwell & Sons":               "Hartwell",
		"Müller Bau GmbH":               "Müller Bau",
		"Northgate":                     "Northgate",
		"Bauunternehmensgesellschaft":   "Bauunternehm",
		"A & B":                         "A & B",
		"The Very Long Company of York": "The Very",
	} {
		if got := shortName(name); got != want {
			t.Errorf("%q is called %q, want %q", name, got, want)
		}
	}
}

func TestAFirmWithoutALogoHasItsInitials(t *testing.T) {
	for name, want := range map[string]string{
		"Hartwell & Sons": "HS", "Northgate": "N", "Müller GmbH": "M", "GmbH Müller": "GM", "élan-vital": "ÉV", "3 Brothers": "3B", "&&&": "", "Smith and Jones Ltd": "SJ",
	} {
		if got := initials(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func firm() access.Organisation {
	return access.Organisation{ID: "o1", Slug: "hartwell", Name: "Hartwell & Sons", Language: "de", Theme: "t1"}
}

// drawer draws for a firm of this colour and logo, and counts how often it asked for them.
func drawer(colour string, logo image.Image) (s *Service, asked *int) {
	asked = new(int)
	return New(Ports{Looks: func(context.Context, access.OrgID) (string, image.Image, error) { *asked++; return colour, logo, nil }}), asked
}

func drawn(t *testing.T, s *Service, o access.Organisation, name string) (image.Image, []byte) {
	t.Helper()
	i, ok := iconNamed(name)
	if !ok {
		t.Fatalf("there is no icon %s", name)
	}
	raw, err := s.icon(t.Context(), o, i)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return picture, raw
}

func TestIconsHaveTheSizesThatTheyAreCalled(t *testing.T) {
	s, asked := drawer("#00835a", nil)
	for name, side := range map[string]int{"48.png": 48, "192.png": 192, "512.png": 512, "maskable-512.png": 512, "touch-180.png": 180, "badge-96.png": 96} {
		picture, _ := drawn(t, s, firm(), name)
		if got := picture.Bounds().Size(); got != image.Pt(side, side) {
			t.Errorf("%s is %v", name, got)
		}
	}
	before := *asked
	drawn(t, s, firm(), "512.png")
	if *asked != before {
		t.Error("an icon is drawn anew each time it is asked for")
	}
	if _, ok := iconNamed("16.png"); ok {
		t.Error("icons are drawn in any size that somebody asks for")
	}
}

// What a phone cuts to its own shape is filled to the edges; what a browser shows has clear corners.
func TestIconsFillTheirShape(t *testing.T) {
	s, _ := drawer("#00835a", nil)
	alpha := func(name string) uint32 { p, _ := drawn(t, s, firm(), name); _, _, _, a := p.At(0, 0).RGBA(); return a }
	if alpha("maskable-512.png") != 0xffff || alpha("touch-180.png") != 0xffff {
		t.Error("an icon that the phone cuts has holes in its corners")
	}
	if alpha("192.png") != 0 {
		t.Error("the corners of a browser's icon are not round")
	}
	picture, _ := drawn(t, s, firm(), "maskable-512.png")
	r, g, b, _ := picture.At(256, 20).RGBA()
	if r>>8 != 0x00 || g>>8 < 0x70 || b>>8 > 0x70 {
		t.Errorf("the ground is %x %x %x, not the firm's green", r>>8, g>>8, b>>8)
	}
	letters := 0
	for x := range 512 {
		if r, g, b, _ := picture.At(x, 256).RGBA(); r == 0xffff && g == 0xffff && b == 0xffff {
			letters++
		}
	}
	if letters < 20 {
		t.Error("no white letters stand in the middle")
	}
}

func TestTwoFirmsHaveDifferentIcons(t *testing.T) {
	other := firm()
	other.Name, other.Slug, other.ID = "Northgate", "northgate", "o2"
	s, _ := drawer("#00835a", nil)
	_, one := drawn(t, s, firm(), "192.png")
	_, two := drawn(t, s, other, "192.png")
	if bytes.Equal(one, two) || IconURL(firm(), "192.png") == IconURL(other, "192.png") {
		t.Error("two firms share an icon")
	}
	renamed := firm()
	renamed.Theme = "t2"
	if IconURL(renamed, "192.png") == IconURL(firm(), "192.png") {
		t.Error("a firm with new colours keeps the address of its old icon")
	}
}

func far(a, b uint8) bool { return max(a, b)-min(a, b) > 10 }

func square(side int, c color.Color) *image.NRGBA {
	picture := image.NewNRGBA(image.Rect(0, 0, side, side))
	for i := range side * side {
		picture.Set(i%side, i/side, c)
	}
	return picture
}

// A dark logo stands on white, a light one on the firm's colour, one with a ground of its own on that.
func TestALogoStandsOnAGroundThatShowsIt(t *testing.T) {
	clear := image.NewNRGBA(image.Rect(0, 0, 100, 40))
	mark := func(c color.NRGBA) *image.NRGBA {
		picture := image.NewNRGBA(clear.Bounds())
		for x := 20; x < 80; x++ {
			for y := 10; y < 30; y++ {
				picture.Set(x, y, c)
			}
		}
		return picture
	}
	for name, c := range map[string]struct {
		logo   image.Image
		ground color.NRGBA
	}{
		"dark":  {mark(color.NRGBA{20, 20, 60, 255}), color.NRGBA{255, 255, 255, 255}},
		"white": {mark(color.NRGBA{255, 255, 255, 255}), color.NRGBA{0, 131, 90, 255}},
		"own":   {square(60, color.NRGBA{200, 30, 30, 255}), color.NRGBA{200, 30, 30, 255}},
	} {
		s, _ := drawer("#00835a", c.logo)
		picture, _ := drawn(t, s, firm(), "maskable-512.png")
		got := color.NRGBAModel.Convert(picture.At(4, 4)).(color.NRGBA)
		if far(got.R, c.ground.R) || far(got.G, c.ground.G) || far(got.B, c.ground.B) {
			t.Errorf("%s: on %v, want %v", name, got, c.ground)
		}
	}
}

// The logo in the corner of a page is so small that a first view can afford it.
func TestTheLogoInTheCornerOfPagesIsSmall(t *testing.T) {
	logo := square(512, color.NRGBA{})
	for i := range 512 * 512 {
		if x, y := i%512-256, i/512-256; x*x+y*y < 200*200 {
			logo.Set(i%512, i/512, color.NRGBA{uint8(x), 90, uint8(y), 255})
		}
	}
	s, _ := drawer("#00835a", logo)
	picture, raw := drawn(t, s, firm(), "mark-72.png")
	if _, _, _, a := picture.At(0, 0).RGBA(); a != 0 || len(raw) > 8_000 {
		t.Errorf("%d bytes, corner %x", len(raw), a)
	}
	with := firm()
	with.Logo = "v1"
	if app := App(with); app.MarkURL == "" || app.IconURL != app.MarkURL {
		t.Errorf("a page fetches two pictures for its logo: %+v", app)
	}
	if app := App(firm()); app.MarkURL != "" || app.IconURL == "" {
		t.Errorf("a firm without a logo: %+v", app)
	}
}

func TestOnlyAPictureOfFewColoursIsMadeSmaller(t *testing.T) {
	sign, photo := square(72, color.NRGBA{}), square(72, color.NRGBA{})
	for n := range 72 * 72 {
		x, y := n%72, n/72
		sign.SetNRGBA(x, y, color.NRGBA{uint8(n % 300), 255, uint8(40 + n/2592), 255})
		photo.SetNRGBA(x, y, color.NRGBA{uint8(x * 3), uint8(y * 3), uint8(x + y), 255})
	}
	less, small := fewColours(sign).(*image.Paletted)
	if !small {
		t.Fatal("a sign keeps a colour for each point")
	}
	for n := range 72 * 72 {
		c := color.NRGBAModel.Convert(less.At(n%72, n/72)).(color.NRGBA)
		if want := sign.NRGBAAt(n%72, n/72); int(want.R)-int(c.R) > 3 || c.G != 255 || c.A != 255 {
			t.Fatalf("%v became %v", want, c)
		}
	}
	if got := fewColours(photo); got != image.Image(photo) {
		t.Error("a photo loses its colours")
	}
}

func TestLettersThatTheTypefaceLacksAreADrawing(t *testing.T) {
	foreign := firm()
	foreign.Name = "建設 工業"
	s, _ := drawer("#00835a", nil)
	picture, _ := drawn(t, s, foreign, "512.png")
	if r, _, _, _ := picture.At(256, 180).RGBA(); r != 0xffff {
		t.Error("an icon without known letters is empty")
	}
}

func TestTheManifestStaysInItsFirm(t *testing.T) {
	m := manifestOf(firm(), "#00835a", words{"d", "h", "i"})
	if m.ID != "/hartwell/" || m.Scope != "/hartwell/" || m.StartURL != "/hartwell/" || m.Display != "standalone" || m.Theme != "#00835a" || m.Language != "de" || m.ShortName != "Hartwell" {
		t.Errorf("manifest: %+v", m)
	}
	kinds := map[string]bool{}
	for _, i := range m.Icons {
		kinds[i.Sizes+" "+i.Purpose] = true
	}
	if !kinds["192x192 any"] || !kinds["512x512 any"] || !kinds["512x512 maskable"] {
		t.Errorf("icons: %v", kinds)
	}
}
