package ui

import (
	"compress/gzip"
	"embed"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
)

//go:embed dist
var dist embed.FS

// assetEntry says how one built file is served. The build program writes it into dist/manifest.json.
type assetEntry struct {
	File      string   `json:"file"`
	Type      string   `json:"type"`
	Encodings []string `json:"encodings"` // best first, each stored as FILE.br, FILE.gz; without any, FILE itself is stored
}

// assetIndex is the manifest, looked up by source name ("app.css") and by built name ("app-X7.css").
type assetIndex struct {
	byName map[string]string
	byFile map[string]assetEntry
}

var assets = sync.OnceValue(loadAssets)

func loadAssets() assetIndex {
	index := assetIndex{byName: map[string]string{}, byFile: map[string]assetEntry{}}
	text, err := dist.ReadFile("dist/manifest.json")
	if err != nil {
		return index
	}
	var entries map[string]assetEntry
	if json.Unmarshal(text, &entries) != nil {
		return index
	}
	for name, entry := range entries {
		index.byName[name] = "/static/" + entry.File
		index.byFile[entry.File] = entry
	}
	return index
}

// Asset gives the address of a built file by its source name, such as Asset("app.css"). The address changes with the
// content, so it may be cached for ever. An unknown name gives an address that answers 404.
func Asset(name string) string {
	if url, ok := assets().byName[name]; ok {
		return url
	}
	return "/static/" + name
}

// ShellAssets are the addresses of all that pages are made of, for a phone that shows them without a network. What runs
// beside pages is left out.
func ShellAssets() []string {
	var list []string
	for name, url := range assets().byName {
		if name != "worker.js" && name != "icon.svg" {
			list = append(list, url)
		}
	}
	slices.Sort(list)
	return list
}

// Worker is the program that works for the portal on a phone while no page is open. It is served in the folder of each
// organisation, because a worker serves what lies beside it.
func Worker() ([]byte, error) {
	entry, ok := assets().byFile[strings.TrimPrefix(Asset("worker.js"), "/static/")]
	if !ok {
		return nil, errors.New("dist holds no worker.js")
	}
	return content(entry, "")
}

// Assets serves GET and HEAD of /static/…: immutable, precompressed, with the right type, never sniffed.
func Assets() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		entry, ok := assets().byFile[strings.TrimPrefix(r.URL.Path, "/static/")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		serveAsset(w, r, entry)
	})
}

func serveAsset(w http.ResponseWriter, r *http.Request, entry assetEntry) {
	path, encoding := "dist/"+entry.File, chooseEncoding(r.Header.Get("Accept-Encoding"), entry.Encodings)
	if encoding != "" {
		path += "." + encodingSuffix[encoding]
	}
	body, err := content(entry, encoding)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", entry.Type)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if len(entry.Encodings) > 0 {
		h.Set("Vary", "Accept-Encoding")
	}
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	etag := `"` + strings.TrimPrefix(path, "dist/") + `"`
	h.Set("ETag", etag)
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // the reader has gone away; there is nobody left to tell
}

// content is a file in an encoding, or as it is. What is stored compressed alone is unpacked for the rare reader who
// takes no encoding: every browser does.
func content(entry assetEntry, encoding string) ([]byte, error) {
	path := "dist/" + entry.File
	if encoding != "" {
		return dist.ReadFile(path + "." + encodingSuffix[encoding])
	}
	if len(entry.Encodings) == 0 {
		return dist.ReadFile(path)
	}
	packed, err := dist.Open(path + ".gz")
	if err != nil {
		return nil, err
	}
	defer packed.Close()
	plain, err := gzip.NewReader(packed)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(plain)
}

var encodingSuffix = map[string]string{"br": "br", "gzip": "gz"}

// chooseEncoding takes the first offered encoding that the browser accepts. A quality of zero means "not that one".
func chooseEncoding(accept string, offered []string) string {
	for _, name := range offered {
		for part := range strings.SplitSeq(accept, ",") {
			token, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
			if !strings.EqualFold(strings.TrimSpace(token), name) {
				continue
			}
			quality = strings.ReplaceAll(quality, " ", "")
			if quality != "q=0" && quality != "q=0.0" && quality != "q=0.00" && quality != "q=0.000" {
				return name
			}
		}
	}
	return ""
}
