package ui

import (
	"encoding/hex"
	"fmt"
	"image/color"
	"math"
	"strings"

	"lintel/internal/platform/fault"
)

// WCAG 2.2 asks for 4.5:1 (text) and 3:1 (graphics); the small surplus covers rounding in browsers.
const (
	textContrast    = 4.6
	graphicContrast = 3.05
)

// scheme is what a derived colour stands on or under in one of the two themes. The values are those of css/tokens.css;
// a test compares them.
type scheme struct {
	grounds []oklch // canvas, surface, surface-2, sunken
	inks    []oklch // every ink that may stand on --brand-soft
	soft    oklch   // what the brand is mixed into
	part    float64 // how much brand --brand-soft holds
	line    float64 // how much brand --brand-line holds
	dark    bool
}

func degrees(l, c, h float64) oklch { return oklch{l, c, h * math.Pi / 180} }

func lightScheme() scheme {
	return scheme{
		grounds: []oklch{degrees(.978, .004, 95), degrees(1, 0, 0), degrees(.985, .003, 95), degrees(.955, .004, 95)},
		inks:    []oklch{degrees(.235, .012, 265), degrees(.44, .012, 265), degrees(.525, .012, 265), degrees(.52, .18, 25), degrees(.48, .115, 155)},
		soft:    degrees(1, 0, 0), part: .11, line: .30,
	}
}

func darkScheme() scheme {
	return scheme{
		grounds: []oklch{degrees(.165, .006, 265), degrees(.205, .007, 265), degrees(.235, .008, 265), degrees(.145, .006, 265)},
		inks:    []oklch{degrees(.955, .004, 265), degrees(.77, .01, 265), degrees(.68, .012, 265), degrees(.78, .13, 25), degrees(.8, .14, 155)},
		soft:    degrees(.2, .008, 260), part: .24, line: .45, dark: true,
	}
}

// palette is all that a tenant's colour becomes.
type palette struct {
	brand, strong, on rgb
	text, soft, line  [2]rgb // light, dark
	edge              [2]rgb
}

// Theme derives an organisation's colours from one hex colour, such as "#0b7a53", and gives the style sheet that is
// linked after app.css. Only lightness is moved, and chroma only as far as screens cannot show it, until every text
// pair reaches 4.6:1 and every graphic 3:1 in both themes. A string that is no colour is refused with fault.Invalid.
func Theme(brandHex string) (string, error) {
	colour, err := parseHex(brandHex)
	if err != nil {
		return "", err
	}
	p := derive(colour)
	var css strings.Builder
	fmt.Fprintf(&css, ":root{--brand:%s;--brand-strong:%s;--on-brand:%s;", p.brand.hex(), p.strong.hex(), p.on.hex())
	for _, pair := range []struct {
		name   string
		values [2]rgb
	}{{"text", p.text}, {"soft", p.soft}, {"line", p.line}, {"edge", p.edge}} {
		fmt.Fprintf(&css, "--brand-%s:light-dark(%s,%s);", pair.name, pair.values[0].hex(), pair.values[1].hex())
	}
	css.WriteString("}\n")
	return css.String(), nil
}

// BrandColours are an organisation's colour as it stands behind words, and the colour of those words, as on its buttons.
func BrandColours(brandHex string) (brand, words color.NRGBA, err error) {
	colour, err := parseHex(brandHex)
	if err != nil {
		return brand, words, err
	}
	ground, ink := brandAndInk(colour)
	return color.NRGBA{ground.r, ground.g, ground.b, 255}, color.NRGBA{ink.r, ink.g, ink.b, 255}, nil
}

func parseHex(text string) (rgb, error) {
	digits := strings.TrimPrefix(strings.TrimSpace(text), "#")
	if len(digits) == 3 {
		digits = string([]byte{digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]})
	}
	raw, err := hex.DecodeString(digits)
	if err != nil || len(raw) != 3 {
		return rgb{}, fault.New(fault.Invalid, "Enter a colour like #0b7a53.")
	}
	return rgb{raw[0], raw[1], raw[2]}, nil
}

func derive(colour rgb) palette {
	var p palette
	p.brand, p.on = brandAndInk(colour)
	p.strong = strong(p.brand, p.on)
	for i, s := range []scheme{lightScheme(), darkScheme()} {
		p.soft[i] = softOf(p.brand, s)
		grounds := append(colours(s.grounds), p.soft[i])
		p.text[i] = shift(p.brand.oklch(), s.dark, grounds, textContrast)
		p.edge[i] = shift(p.brand.oklch(), s.dark, grounds, graphicContrast)
		p.line[i] = mix(p.brand.oklch(), s.soft, s.line).rgb()
	}
	return p
}

// brandAndInk keeps white words on the brand when a small step darker allows it; else words are nearly black and the
// brand is made lighter where needed.
func brandAndInk(colour rgb) (brand, ink rgb) {
	white, black := rgb{255, 255, 255}, rgb{16, 18, 22}
	start := colour.oklch()
	const smallStep = 0.06
	if darker := shift(start, false, []rgb{white}, textContrast); start.l-darker.oklch().l <= smallStep {
		return darker, white
	}
	return shift(start, true, []rgb{black}, textContrast), black
}

// strong is the brand under the pointer: away from its ink, so that words stay readable.
func strong(brand, on rgb) rgb {
	c := brand.oklch()
	if on.r == 255 {
		c.l = max(c.l-.07, 0)
	} else {
		c.l = min(c.l+.05, 1)
	}
	return c.rgb()
}

// softOf is a tint of the brand on which all inks can be read.
func softOf(brand rgb, s scheme) rgb {
	return shift(mix(brand.oklch(), s.soft, s.part), !s.dark, colours(s.inks), textContrast)
}

// shift moves lightness, up or down, until the colour reaches the ratio with all the others. Black and white are the
// last stops, and reach it with every ground and ink of this design.
func shift(c oklch, lighter bool, others []rgb, ratio float64) rgb {
	const step = 0.002
	for {
		out := c.rgb()
		if reaches(out, others, ratio) {
			return out
		}
		if lighter {
			c.l += step
		} else {
			c.l -= step
		}
		if c.l <= 0 {
			return rgb{}
		}
		if c.l >= 1 {
			return rgb{255, 255, 255}
		}
	}
}

func reaches(c rgb, others []rgb, ratio float64) bool {
	for _, other := range others {
		if contrast(c, other) < ratio {
			return false
		}
	}
	return true
}

func colours(list []oklch) []rgb {
	out := make([]rgb, len(list))
	for i, c := range list {
		out[i] = c.rgb()
	}
	return out
}
