package ui

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	sheetComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	sheetPrelude = regexp.MustCompile(`[^{};]+\{`)
	bareClass    = regexp.MustCompile(`^\.[a-z][a-z0-9-]*$`)
)

// Two parts that call different things by the same class spoil each other, whichever comes later: the cells of the proposal's
// editor were once as narrow as the ticks of the access table. Only print.css, which knows all of them, speaks of others' classes.
func TestNoSheetDrawsTheClassOfAnother(t *testing.T) {
	home := map[string]string{}
	err := filepath.WalkDir("css", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".css") || slices.Contains([]string{"print.css", "base.css"}, entry.Name()) {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, prelude := range sheetPrelude.FindAllString(sheetComment.ReplaceAllString(string(text), ""), -1) {
			for _, selector := range selectorsOf(strings.TrimSuffix(prelude, "{")) {
				if !bareClass.MatchString(selector) {
					continue
				}
				if other := home[selector]; other != "" && other != path {
					t.Errorf("%s draws %s, which %s draws already", path, selector, other)
				}
				home[selector] = path
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(home) < 100 {
		t.Errorf("only %d classes were found", len(home))
	}
}

// selectorsOf splits at commas that stand in no parentheses.
func selectorsOf(prelude string) (list []string) {
	depth, begin := 0, 0
	for i, letter := range prelude + "," {
		switch letter {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				list = append(list, strings.TrimSpace((prelude + ",")[begin:i]))
				begin = i + 1
			}
		}
	}
	return list
}
