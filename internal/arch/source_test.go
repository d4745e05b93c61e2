package arch

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
)

const root = "../.."

// sources parses every Go file of the product that is not generated.
func sources(t *testing.T, tests bool, visit func(name string, set *token.FileSet, file *ast.File)) {
	t.Helper()
	set := token.NewFileSet()
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_templ.go") || strings.HasSuffix(name, "_test.go") && !tests {
			return err
		}
		file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		relative, _ := filepath.Rel(root, name)
		visit(filepath.ToSlash(relative), set, file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// roles is what a file's name forbids it to import.
var roles = []struct {
	file    *regexp.Regexp
	imports []string
}{
	{regexp.MustCompile(`features/[\w/]+/pages(_\w+)?\.go$`), []string{"lintel/internal/core/guard", "database/sql"}},
	{regexp.MustCompile(`features/[\w/]+/api\.go$`), []string{"lintel/internal/core/guard", "database/sql"}},
	{regexp.MustCompile(`features/[\w/]+/store\.go$`), []string{"lintel/internal/core/route", "net/http"}},
	{regexp.MustCompile(`features/[\w/]+/(service|lookup|events|notices|jobs)\.go$`), []string{"lintel/internal/platform/web"}},
}

func TestFilesKeepToTheirRole(t *testing.T) {
	sources(t, false, func(name string, _ *token.FileSet, file *ast.File) {
		for _, role := range roles {
			if !role.file.MatchString(name) {
				continue
			}
			for _, spec := range file.Imports {
				for _, banned := range role.imports {
					if strings.Trim(spec.Path.Value, `"`) == banned {
						t.Errorf("%s imports %s", name, banned)
					}
				}
			}
		}
	})
}

// Calls that open the way past a lock, with the places that may use them.
var restricted = map[string][]string{
	"access.NewActor":         {"internal/features/identity/", "internal/core/"},
	"access.NewSystem":        {"internal/app/", "internal/demo/", "internal/core/", "internal/features/", "internal/apptest/", "internal/cli/"},
	"http.Get":                {},
	"http.Post":               {},
	"http.DefaultClient":      {},
	"http.DefaultTransport":   {},
	"time.Now":                {"internal/platform/", "internal/cli/", "internal/demo/", "internal/ui/"},
	"templ.Raw":               {"internal/ui/", "internal/platform/markup/"},
	"httpclient.Unrestricted": {},
	"rand.Read":               {"internal/platform/"},
}

func TestOnlyNamedPlacesPassTheLocks(t *testing.T) {
	sources(t, false, func(name string, set *token.FileSet, file *ast.File) {
		ast.Inspect(file, func(node ast.Node) bool {
			selector, ok := node.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			left, ok := selector.X.(*ast.Ident)
			if !ok {
				return true
			}
			call := left.Name + "." + selector.Sel.Name
			if places, limited := restricted[call]; limited && !startsWithAny(name, places) {
				t.Errorf("%s:%d uses %s", name, set.Position(node.Pos()).Line, call)
			}
			return true
		})
	})
}

func startsWithAny(name string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// escapes are the reasons given for leaving one's own organisation or one's own sight.
func TestEveryEscapeStandsInTheGoldenList(t *testing.T) {
	var found []string
	sources(t, false, func(name string, _ *token.FileSet, file *ast.File) {
		if strings.HasPrefix(name, "internal/core/guard/") {
			return
		}
		ast.Inspect(file, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok {
				return true
			}
			selector, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			position := map[string]int{"Across": 1, "AcrossGlance": 1, "AcrossChange": 1, "OnBehalfOf": 0, "NewSystem": 1}
			index, escape := position[selector.Sel.Name]
			if !escape || len(call.Args) <= index {
				return true
			}
			reason := "(not a literal)"
			if literal, ok := call.Args[index].(*ast.BasicLit); ok {
				reason = literal.Value
			}
			found = append(found, fmt.Sprintf("%s %s %s", name, selector.Sel.Name, reason))
			return true
		})
	})
	sort.Strings(found)
	golden(t, "escapes.golden", strings.Join(found, "\n")+"\n")
}

// A transaction inside a transaction waits for itself on SQLite.
func TestNoTransactionOpensAnother(t *testing.T) {
	sources(t, false, func(name string, set *token.FileSet, file *ast.File) {
		ast.Inspect(file, func(node ast.Node) bool {
			outer, ok := node.(*ast.CallExpr)
			if !ok || !opensTransaction(outer) {
				return true
			}
			ast.Inspect(outer.Args[len(outer.Args)-1], func(inner ast.Node) bool {
				if call, ok := inner.(*ast.CallExpr); ok && opensTransaction(call) {
					t.Errorf("%s:%d opens a transaction inside another", name, set.Position(inner.Pos()).Line)
				}
				return true
			})
			return true
		})
	})
}

func opensTransaction(call *ast.CallExpr) bool {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) < 3 {
		return false
	}
	switch selector.Sel.Name {
	case "View", "Glance", "Change", "Across", "AcrossGlance", "AcrossChange":
		_, function := call.Args[len(call.Args)-1].(*ast.FuncLit)
		return function
	}
	return false
}

func TestFilesAndPackagesStaySmall(t *testing.T) {
	lines := map[string]int{}
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_templ.go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		count := countLines(t, name)
		lines[filepath.Dir(name)] += count
		if count > 500 {
			t.Errorf("%s has %d lines; 500 is the most", name, count)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for folder, count := range lines {
		if count > 4000 {
			t.Errorf("%s has %d lines; 4000 is the most", folder, count)
		}
	}
}

func countLines(t *testing.T, name string) int {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	count := 0
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		count++
	}
	return count
}

// templates may not carry what the content security policy forbids, nor words that no
// translator sees.
var (
	inline     = regexp.MustCompile(`(?i)\s(style|on[a-z]+|srcdoc|hx-on[a-z:-]*)\s*=`)
	scriptBody = regexp.MustCompile(`(?i)<script[^>]*>[^<]`)
	bareText   = regexp.MustCompile(`>\s*([A-Z][a-z]+ [a-z]+[^<{@]*)<`)
)

func TestTemplatesHaveNothingInlineAndNoUntranslatedText(t *testing.T) {
	checked := 0
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".templ") || strings.Contains(name, "gallery") {
			return err
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		checked++
		for number, line := range strings.Split(string(raw), "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "//") {
				continue
			}
			for what, pattern := range map[string]*regexp.Regexp{"an inline handler or style": inline, "an inline script": scriptBody, "untranslated text": bareText} {
				if found := pattern.FindString(line); found != "" {
					t.Errorf("%s:%d has %s: %s", name, number+1, what, strings.TrimSpace(found))
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d templates checked", checked)
}

// golden compares text with a kept file; LINTEL_UPDATE=1 writes it.
func golden(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("LINTEL_UPDATE") == "1" {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != text {
		t.Errorf("%s is out of date; read the difference, then run with LINTEL_UPDATE=1\n%s", path, difference(string(want), text))
	}
}

func difference(old, now string) string {
	var out []string
	had, has := map[string]bool{}, map[string]bool{}
	for _, line := range strings.Split(old, "\n") {
		had[line] = true
	}
	for _, line := range strings.Split(now, "\n") {
		has[line] = true
		if !had[line] {
			out = append(out, "+ "+line)
		}
	}
	for line := range had {
		if !has[line] {
			out = append(out, "- "+line)
		}
	}
	return strings.Join(out, "\n")
}
