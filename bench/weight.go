//go:build linux

package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"path"
	"regexp"
	"strings"
)

var (
	linkTag   = regexp.MustCompile(`<link\b[^>]*>`)
	scriptTag = regexp.MustCompile(`<script\b[^>]*\bsrc="([^"]+)"`)
	imageTag  = regexp.MustCompile(`<img\b[^>]*>`)
	attribute = regexp.MustCompile(`\b(rel|href|src|loading|as|media)="([^"]*)"`)
	fontURL   = regexp.MustCompile(`@font-face\s*{[^}]*}`)
	inURL     = regexp.MustCompile(`url\("?([^")]+)"?\)`)
	imported  = regexp.MustCompile(`(?:import|from)\s*"(\.[^"]+|/[^"]+)"`)
)

// weight is what a browser fetches to show a page for the first time, as bytes on the wire
// (bodies and headers), without pictures that load when they come into sight.
type weight struct {
	requests, bytes int
	photos          int // of the requests: pictures of the firm's own content
	photoBytes      int
	list            []string
}

// weigh fetches a page and what it names: styles, scripts and their imports, the fonts
// that the styles name for Latin text, and pictures in the first view.
func weigh(v *visitor, base, address string) (weight, error) {
	w := weight{}
	seen := map[string]bool{}
	var fetch func(url, kind string) error
	fetch = func(url, kind string) error {
		if seen[url] || strings.HasPrefix(url, "data:") {
			return nil
		}
		seen[url] = true
		response, content, err := v.ask("GET", base+url, nil, nil)
		if err != nil {
			return err
		}
		size := len(content) + headerSize(response)
		if kind == "picture" && strings.Contains(url, "/files/") {
			w.photos, w.photoBytes = w.photos+1, w.photoBytes+size
		} else {
			w.requests, w.bytes = w.requests+1, w.bytes+size
		}
		w.list = append(w.list, fmt.Sprintf("%7d  %s", size, url))
		text, err := plainText(response, content)
		if err != nil {
			return err
		}
		for _, next := range namesIn(text, kind, url) {
			if err := fetch(next[0], next[1]); err != nil {
				return err
			}
		}
		return nil
	}
	return w, fetch(address, "page")
}

func headerSize(r *http.Response) (size int) {
	var out bytes.Buffer
	_ = r.Header.Write(&out)
	return out.Len() + len("HTTP/1.1 200 OK\r\n\r\n")
}

func plainText(r *http.Response, content []byte) (string, error) {
	if r.Header.Get("Content-Encoding") != "gzip" {
		return string(content), nil
	}
	reader, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return "", err
	}
	raw, err := io.ReadAll(reader)
	return string(raw), err
}

// namesIn lists what a text names, each with its kind.
func namesIn(text, kind, url string) (list [][2]string) {
	switch kind {
	case "page":
		return namedInPage(text)
	case "style":
		for _, face := range fontURL.FindAllString(text, -1) {
			if strings.Contains(face, "unicode-range") && !strings.Contains(face, "U+0000") && !strings.Contains(face, "U+0-") && !strings.Contains(face, "U+00") && !strings.Contains(face, "U+20-") {
				continue // letters of other languages are fetched when they occur
			}
			if found := inURL.FindStringSubmatch(face); found != nil {
				list = append(list, [2]string{resolve(url, found[1]), "font"})
			}
		}
	case "script":
		for _, found := range imported.FindAllStringSubmatch(text, -1) {
			list = append(list, [2]string{resolve(url, found[1]), "script"})
		}
	}
	return list
}

func namedInPage(text string) (list [][2]string) {
	for _, tag := range linkTag.FindAllString(text, -1) {
		a := attributes(tag)
		switch {
		case a["rel"] == "stylesheet":
			list = append(list, [2]string{a["href"], "style"})
		case a["rel"] == "preload" && a["as"] == "font":
			list = append(list, [2]string{a["href"], "font"})
		case a["rel"] == "modulepreload":
			list = append(list, [2]string{a["href"], "script"})
		case a["rel"] == "icon":
			list = append(list, [2]string{a["href"], "icon"})
		}
	}
	for _, found := range scriptTag.FindAllStringSubmatch(text, -1) {
		list = append(list, [2]string{found[1], "script"})
	}
	for _, tag := range imageTag.FindAllString(text, -1) {
		if a := attributes(tag); a["loading"] != "lazy" {
			list = append(list, [2]string{a["src"], "picture"})
		}
	}
	return list
}

func attributes(tag string) map[string]string {
	found := map[string]string{}
	for _, a := range attribute.FindAllStringSubmatch(tag, -1) {
		found[a[1]] = strings.ReplaceAll(a[2], "&amp;", "&")
	}
	return found
}

func resolve(from, to string) string {
	if strings.HasPrefix(to, "/") {
		return to
	}
	return path.Join(path.Dir(from), to)
}

// firstView weighs the page that a customer sees first: where the button of the mail leads.
func (y *yard) firstView() error {
	s, err := y.serve(y.large, "")
	if err != nil {
		return err
	}
	for _, view := range []struct {
		name, path string
		who        *visitor
	}{
		{"customer's proposal", y.large.ProposalPath, s.client},
		{"customer's project list", "/" + slug + "/home/projects", s.client},
		{"office's project list", "/" + slug + "/office/projects", s.staff},
		{"sign-in", "/sign-in?org=" + slug, newVisitor(y.ctx, "")},
	} {
		w, err := weigh(view.who, s.base, view.path)
		y.table.firstView(view.name, w, err)
	}
	return nil
}
