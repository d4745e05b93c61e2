package apptest

import (
	"bytes"
	"compress/zlib"
	"html"
	"io"
	"regexp"
	"strings"
)

// Page is one answer of a crawl.
type Page struct {
	From string // page that linked here
	Via  string // attribute that did: "href", "src", …; forms and scripts have others
	Answer
}

var links = regexp.MustCompile(`(href|src|action|poster|content|data-[a-z-]+|hx-get)\s*=\s*"([^"]*)"`)

// Crawl follows every link from the given pages on, each address once, and hands each
// answer to see. most bounds the pages; of one path it looks at a few queries only.
func (c *Client) Crawl(most int, see func(Page), from ...string) (pages int) {
	type wanted struct{ path, from, via string }
	var queue []wanted
	for _, path := range from {
		queue = append(queue, wanted{path, "(start)", "href"})
	}
	seen, queries := map[string]bool{}, map[string]int{}
	for len(queue) > 0 && pages < most {
		next := queue[0]
		queue = queue[1:]
		bare, _, _ := strings.Cut(next.path, "?")
		if seen[next.path] || queries[bare] >= 8 {
			continue
		}
		seen[next.path] = true
		queries[bare]++
		answer := c.Get(next.path)
		pages++
		see(Page{next.from, next.via, answer})
		if answer.Location != "" {
			queue = append(queue, wanted{local(answer.Location), next.path, "href"})
		}
		if strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
			for _, found := range links.FindAllStringSubmatch(answer.Body, -1) {
				if path := local(html.UnescapeString(found[2])); path != "" && !strings.HasPrefix(path, "/static/") {
					queue = append(queue, wanted{path, next.path, found[1]})
				}
			}
		}
	}
	return pages
}

// local is the path of a link that stays here, empty for others.
func local(link string) string {
	link, _, _ = strings.Cut(strings.TrimPrefix(link, BaseURL), "#")
	if !strings.HasPrefix(link, "/") || strings.HasPrefix(link, "//") || strings.ContainsAny(link, " \n{") {
		return ""
	}
	return link
}

var pdfStream = regexp.MustCompile(`(?s)stream\r?\n(.*?)endstream`)

// Readable is what can be read in an answer: of a PDF also what is packed inside it.
func Readable(body string) string {
	if !strings.HasPrefix(body, "%PDF") {
		return body
	}
	var all strings.Builder
	all.WriteString(body)
	for _, found := range pdfStream.FindAllStringSubmatch(body, -1) {
		unpacked, err := zlib.NewReader(bytes.NewReader([]byte(found[1])))
		if err != nil {
			continue
		}
		text, _ := io.ReadAll(io.LimitReader(unpacked, 4<<20)) // what can be unpacked is looked at
		all.Write(text)
	}
	return all.String()
}
