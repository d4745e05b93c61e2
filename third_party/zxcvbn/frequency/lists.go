// Package frequency holds the word lists, most used words first.
package frequency

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"strings"
)

// words.gz is one list on each line: its name, then its words, most used first.
//
//go:embed words.gz
var packed []byte

// Lists unpacks the lists. The caller decides how long they are kept.
func Lists() map[string][]string {
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		panic("zxcvbn: " + err.Error()) // the file is part of the program
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		panic("zxcvbn: " + err.Error())
	}
	lists := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		words := strings.Split(strings.TrimSuffix(line, "\n"), " ")
		lists[words[0]] = words[1:]
	}
	return lists
}
