package ui

type stackRect struct {
	kind     string
	x, width float64
}

// stackRects lays the parts side by side over 1000 units with a gap of 3 between them. Shares are kept inside 0 to 1,
// so that an overpaid project still draws a bar of the right length.
func stackRects(parts []StackPart) []stackRect {
	const length, gap = 1000.0, 3.0
	var rects []stackRect
	at := 0.0
	for _, part := range parts {
		width := min(min(max(part.Share, 0), 1)*length-gap, length-at)
		if width <= 0 {
			continue
		}
		rects = append(rects, stackRect{kind: part.Kind, x: at, width: width})
		at += width + gap
	}
	return rects
}
