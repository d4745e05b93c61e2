package browser

import (
	"math"

	"github.com/mxschmitt/playwright-go"
)

// Pointer is what a person draws with.
type Pointer string

// The three pointers that a browser tells apart.
const (
	Mouse  Pointer = "mouse"
	Finger Pointer = "touch"
	Pen    Pointer = "pen"
)

type point struct{ x, y float64 }

// DrawSignature draws two strokes, as a hand would, over the middle of what the selector finds.
func (p *Person) DrawSignature(selector string, with Pointer) {
	p.t.Helper()
	area := p.Page.Locator(selector)
	p.must(area.ScrollIntoViewIfNeeded(), "scroll to the signature")
	box, err := area.BoundingBox()
	p.must(err, "find the signature")
	if box == nil {
		p.t.Fatalf("the signature %s cannot be seen", selector)
	}
	session, err := p.Context.NewCDPSession(p.Page)
	p.must(err, "reach for the "+string(with))
	defer session.Detach() //nolint:errcheck // the page may have gone on by itself
	for _, stroke := range strokes(*box) {
		if with == Finger {
			p.touch(session, stroke)
		} else {
			p.press(session, stroke, with)
		}
	}
}

// strokes are a wavy line over most of the width and a short one under it, in the page's own points.
func strokes(box playwright.Rect) [][]point {
	wave := make([]point, 0, 40)
	for i := range 40 {
		along := float64(i) / 39
		wave = append(wave, point{
			box.X + box.Width*(0.15+0.65*along),
			box.Y + box.Height*(0.45-0.22*math.Sin(along*14)*(1-0.5*along)),
		})
	}
	line := make([]point, 0, 10)
	for i := range 10 {
		along := float64(i) / 9
		line = append(line, point{box.X + box.Width*(0.2+0.6*along), box.Y + box.Height*(0.78-0.04*along)})
	}
	return [][]point{wave, line}
}

func (p *Person) touch(session playwright.CDPSession, stroke []point) {
	p.t.Helper()
	send := func(kind string, at ...point) {
		p.t.Helper()
		points := []map[string]any{}
		for _, a := range at {
			points = append(points, map[string]any{"x": a.x, "y": a.y, "force": 0.6})
		}
		_, err := session.Send("Input.dispatchTouchEvent", map[string]any{"type": kind, "touchPoints": points})
		p.must(err, "draw with a finger")
	}
	send("touchStart", stroke[0])
	for _, at := range stroke[1:] {
		send("touchMove", at)
	}
	send("touchEnd")
}

func (p *Person) press(session playwright.CDPSession, stroke []point, with Pointer) {
	p.t.Helper()
	send := func(kind, button string, buttons int, at point) {
		p.t.Helper()
		_, err := session.Send("Input.dispatchMouseEvent", map[string]any{
			"type": kind, "x": at.x, "y": at.y, "button": button, "buttons": buttons, "clickCount": 1,
			"pointerType": map[Pointer]string{Mouse: "mouse", Pen: "pen"}[with],
		})
		p.must(err, "draw with the "+string(with))
	}
	send("mouseMoved", "none", 0, stroke[0])
	send("mousePressed", "left", 1, stroke[0])
	for _, at := range stroke[1:] {
		send("mouseMoved", "left", 1, at)
	}
	send("mouseReleased", "left", 0, stroke[len(stroke)-1])
}
