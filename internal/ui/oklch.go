package ui

import (
	"fmt"
	"math"
)

// rgb is an sRGB colour as the screen gets it.
type rgb struct{ r, g, b uint8 }

// oklch is a colour by lightness (0 to 1), chroma and hue (radians): see the CSS Color 4 specification, whose
// matrices are used here.
type oklch struct{ l, c, h float64 }

func (c rgb) hex() string { return fmt.Sprintf("#%02x%02x%02x", c.r, c.g, c.b) }

func toLinear(v uint8) float64 {
	f := float64(v) / 255
	if f <= 0.04045 {
		return f / 12.92
	}
	return math.Pow((f+0.055)/1.055, 2.4)
}

func toByte(f float64) uint8 {
	f = min(max(f, 0), 1)
	if f <= 0.0031308 {
		f *= 12.92
	} else {
		f = 1.055*math.Pow(f, 1/2.4) - 0.055
	}
	return uint8(math.Round(f * 255))
}

func (c rgb) oklch() oklch {
	r, g, b := toLinear(c.r), toLinear(c.g), toLinear(c.b)
	l := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*b)
	m := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*b)
	s := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*b)
	lightness := 0.2104542553*l + 0.7936177850*m - 0.0040720468*s
	a := 1.9779984951*l - 2.4285922050*m + 0.4505937099*s
	bb := 0.0259040371*l + 0.7827717662*m - 0.8086757660*s
	return oklch{lightness, math.Hypot(a, bb), math.Atan2(bb, a)}
}

func (c oklch) linear() (r, g, b float64) {
	a, bb := c.c*math.Cos(c.h), c.c*math.Sin(c.h)
	l := cube(c.l + 0.3963377774*a + 0.2158037573*bb)
	m := cube(c.l - 0.1055613458*a - 0.0638541728*bb)
	s := cube(c.l - 0.0894841775*a - 1.2914855480*bb)
	return 4.0767416621*l - 3.3077115913*m + 0.2309699292*s,
		-1.2684380046*l + 2.6097574011*m - 0.3413193965*s,
		-0.0041960863*l - 0.7034186147*m + 1.7076147010*s
}

func cube(f float64) float64 { return f * f * f }

// rgb gives the nearest colour that a screen can show with this lightness and hue: chroma is taken away until it fits.
func (c oklch) rgb() rgb {
	low, high := 0.0, c.c
	if inGamut(c) {
		low = c.c
	} else {
		for range 20 {
			middle := (low + high) / 2
			if inGamut(oklch{c.l, middle, c.h}) {
				low = middle
			} else {
				high = middle
			}
		}
	}
	r, g, b := oklch{c.l, low, c.h}.linear()
	return rgb{toByte(r), toByte(g), toByte(b)}
}

func inGamut(c oklch) bool {
	const slack = 0.0005
	r, g, b := c.linear()
	return min(r, g, b) >= -slack && max(r, g, b) <= 1+slack
}

// mix goes the given part of the way from ground to c, in OKLab.
func mix(c, ground oklch, part float64) oklch {
	a := c.c*math.Cos(c.h)*part + ground.c*math.Cos(ground.h)*(1-part)
	b := c.c*math.Sin(c.h)*part + ground.c*math.Sin(ground.h)*(1-part)
	return oklch{c.l*part + ground.l*(1-part), math.Hypot(a, b), math.Atan2(b, a)}
}

// contrast is the ratio of WCAG 2.2, 1 to 21.
func contrast(a, b rgb) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c rgb) float64 {
	return 0.2126*toLinear(c.r) + 0.7152*toLinear(c.g) + 0.0722*toLinear(c.b)
}
