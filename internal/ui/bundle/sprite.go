package bundle

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var (
	svgInside   = regexp.MustCompile(`(?s)<svg[^>]*>(.*)</svg>`)
	whiteSpace  = regexp.MustCompile(`\s+`)
	betweenTags = regexp.MustCompile(`>\s+<`)
)

// sprite joins all icons of a folder into one SVG of symbols, each named like its file. The drawing attributes that
// all icons of lucide share stand in one place.
func sprite(folder string) ([]byte, error) {
	paths, err := filepath.Glob(filepath.Join(folder, "*.svg")) // sorted
	if err != nil {
		return nil, fmt.Errorf("list icons: %w", err)
	}
	var out bytes.Buffer
	out.WriteString(`<svg xmlns="http://www.w3.org/2000/svg">`)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read icon: %w", err)
		}
		inside := svgInside.FindSubmatch(text)
		if inside == nil {
			return nil, fmt.Errorf("icon %s is no SVG", filepath.Base(path))
		}
		drawing := strings.TrimSpace(whiteSpace.ReplaceAllString(string(inside[1]), " "))
		drawing = strings.ReplaceAll(betweenTags.ReplaceAllString(drawing, "><"), " />", "/>")
		name := strings.TrimSuffix(filepath.Base(path), ".svg")
		fmt.Fprintf(&out, `<symbol id="%s" viewBox="0 0 24 24">%s</symbol>`, name, drawing)
	}
	out.WriteString(`</svg>`)
	return out.Bytes(), nil
}
