package arch

import (
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

//go:generate env LINTEL_UPDATE=1 go test -count=1 -run TestTheMapShowsEveryPackage .

const mapFile = root + "/docs/map.md"

const mapHead = `# Map

Every package with the first sentence of its comment. Made from the code; do not edit:
` + "`go generate ./internal/arch` writes it, and a test fails when it is out of date.\n"

// A newcomer finds a package by what it is for, so the map may not lie.
func TestTheMapShowsEveryPackage(t *testing.T) {
	now := drawMap(packages(t))
	if os.Getenv("LINTEL_UPDATE") == "1" {
		if err := os.WriteFile(mapFile, []byte(now), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	was, err := os.ReadFile(mapFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(was) != now {
		t.Errorf("docs/map.md is out of date; run go generate ./internal/arch\n%s", difference(string(was), now))
	}
}

// storeys are the parts of the map, from the top down.
var storeys = []struct{ title, folder string }{
	{"The program", ""},
	{"Commands", "internal/cli"},
	{"Wiring", "internal/app"},
	{"Sample world", "internal/demo"},
	{"Desks", "internal/desks"},
	{"Features", "internal/features"},
	{"Design system", "internal/ui"},
	{"Core", "internal/core"},
	{"Platform", "internal/platform"},
	{"Tests", "internal/arch"},
	{"", "internal/apptest"},
	{"", "test"},
}

func drawMap(all []goPackage) string {
	var out strings.Builder
	out.WriteString(mapHead)
	for _, storey := range storeys {
		lines := linesOf(all, storey.folder)
		if len(lines) == 0 {
			continue
		}
		if storey.title != "" {
			out.WriteString("\n## " + storey.title + "\n\n| Package | |\n| --- | --- |\n")
		}
		out.WriteString(strings.Join(lines, ""))
	}
	return out.String()
}

func linesOf(all []goPackage, folder string) (lines []string) {
	for _, p := range all {
		name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, "lintel"), "/")
		inside := name == folder || folder != "" && strings.HasPrefix(name, folder+"/")
		about := aboutPackage(p)
		if !inside || about == "" {
			continue
		}
		if name == "" {
			name = "."
		}
		lines = append(lines, "| `"+name+"` | "+strings.ReplaceAll(withoutName(about), "|", "\\|")+" |\n")
	}
	return lines
}

// aboutPackage is the first sentence of a package's comment. go list may find a generated
// template's note instead.
func aboutPackage(p goPackage) string {
	for _, name := range p.GoFiles {
		if strings.HasSuffix(name, "_templ.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.PackageClauseOnly|parser.ParseComments)
		if err == nil && file.Doc != nil {
			return new(doc.Package).Synopsis(file.Doc.Text())
		}
	}
	return ""
}

// withoutName takes "Package guard is the only door." to "The only door." where that
// reads well, and leaves other sentences as they are.
func withoutName(doc string) string {
	text, found := strings.CutPrefix(doc, "Package ")
	if !found {
		return doc
	}
	_, text, _ = strings.Cut(text, " ")
	text = strings.TrimPrefix(text, "is ")
	if text == "" {
		return doc
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
