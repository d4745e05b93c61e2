// Package pictures holds the photos, drawings, film and logos of the sample world that `lintel demo` opens with.
//
// The photos are computed scenes, not photographs: no real home, firm or person is in them, and they may be used
// like the rest of Lintel. All are at most 960 × 640 points and 60 KB, so that they cost the binary little.
package pictures

import (
	"embed"
	"fmt"
)

//go:embed files
var files embed.FS

// Open returns the bytes of the file with this name, for example "kitchen-sage.jpg".
func Open(name string) ([]byte, error) {
	data, err := files.ReadFile("files/" + name)
	if err != nil {
		return nil, fmt.Errorf("open the sample file %q: %w", name, err)
	}
	return data, nil
}

// Names are the names of all files, in alphabetical order.
func Names() []string {
	entries, err := files.ReadDir("files")
	if err != nil {
		panic("the sample files are not in the program: " + err.Error()) // cannot happen: they are embedded
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
