// Package bundle makes the files of internal/ui/dist from style sheets, elements, icons and fonts. Only the build
// program and a test use it, so that the server carries no bundler.
package bundle

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/evanw/esbuild/pkg/api"
	"github.com/klauspost/compress/gzip"
)

// Entry is one line of dist/manifest.json; package ui reads it.
type Entry struct {
	File      string   `json:"file"`
	Type      string   `json:"type"`
	Encodings []string `json:"encodings"`
}

// Files are the contents of dist by file name.
type Files map[string][]byte

// Build makes all files from the sources under root, which is internal/ui. The same sources give the same bytes on
// every machine.
func Build(root string) (Files, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("find sources: %w", err)
	}
	made, err := bundleSources(root)
	if err != nil {
		return nil, err
	}
	sprite, err := sprite(filepath.Join(root, "icons", "lucide"))
	if err != nil {
		return nil, err
	}
	icon, err := os.ReadFile(filepath.Join(root, "icons", "icon.svg"))
	if err != nil {
		return nil, fmt.Errorf("read icon: %w", err)
	}
	made = append(made, hashed("icons.svg", sprite), hashed("icon.svg", icon))
	return pack(made)
}

// source is one built file before it is compressed; name is how pages ask for it, empty for chunks.
type source struct {
	name, file string
	body       []byte
}

func bundleSources(root string) ([]source, error) {
	result := api.Build(api.BuildOptions{
		AbsWorkingDir:     root,
		EntryPoints:       []string{"css/app.css", "css/hub.css", "css/office.css", "elements/app.ts", "elements/htmx.ts", "elements/worker.ts"},
		Outdir:            "dist",
		EntryNames:        "[name]-[hash]",
		ChunkNames:        "[name]-[hash]",
		AssetNames:        "[name]-[hash]",
		Bundle:            true,
		Splitting:         true,
		Format:            api.FormatESModule,
		Target:            api.ES2022,
		MinifySyntax:      true,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		LegalComments:     api.LegalCommentsNone,
		Metafile:          true,
		Loader:            map[string]api.Loader{".woff2": api.LoaderFile},
		Alias: map[string]string{
			"signature_pad":         "./vendor_js/signature_pad@5.1.4/signature_pad.js",
			"sortablejs":            "./vendor_js/sortablejs@1.15.7/sortable.core.esm.js",
			"htmx.org":              "./vendor_js/htmx.org@4.0.1/htmx.esm.min.js",
			"text-expander-element": "./vendor_js/text-expander-element@2.9.4/text-expander.js",
		},
	})
	if len(result.Errors) > 0 {
		first := result.Errors[0]
		return nil, fmt.Errorf("bundle: %s (%v)", first.Text, first.Location)
	}
	names, err := entryNames(result.Metafile)
	if err != nil {
		return nil, err
	}
	var made []source
	for _, out := range result.OutputFiles {
		file := filepath.Base(out.Path)
		made = append(made, source{name: names[file], file: file, body: out.Contents})
	}
	return made, nil
}

// entryNames maps built files to the names that pages use: css/app.css is app.css, elements/app.ts is app.js.
func entryNames(metafile string) (map[string]string, error) {
	var meta struct {
		Outputs map[string]struct {
			EntryPoint string              `json:"entryPoint"`
			Inputs     map[string]struct{} `json:"inputs"`
		} `json:"outputs"`
	}
	if err := json.Unmarshal([]byte(metafile), &meta); err != nil {
		return nil, fmt.Errorf("read bundler's report: %w", err)
	}
	names := map[string]string{}
	for path, output := range meta.Outputs {
		file := filepath.Base(path)
		switch {
		case strings.HasSuffix(file, ".woff2"):
			for input := range output.Inputs {
				names[file] = filepath.Base(input)
			}
		case strings.HasPrefix(output.EntryPoint, "css/"), strings.HasPrefix(output.EntryPoint, "elements/"):
			name := filepath.Base(output.EntryPoint)
			if isPageEntry(name) {
				names[file] = strings.Replace(name, ".ts", ".js", 1)
			}
		}
	}
	return names, nil
}

func isPageEntry(name string) bool {
	return name == "app.css" || name == "hub.css" || name == "office.css" || name == "app.ts" || name == "htmx.ts" || name == "worker.ts"
}

func hashed(name string, body []byte) source {
	sum := sha256.Sum256(body)
	short := base32.StdEncoding.EncodeToString(sum[:5])
	extension := filepath.Ext(name)
	return source{name: name, file: strings.TrimSuffix(name, extension) + "-" + short + extension, body: body}
}

// pack compresses what gains from it, which is then kept in no other form, and writes the manifest. A file without a page name is listed under its own.
func pack(made []source) (Files, error) {
	files, manifest := Files{}, map[string]Entry{}
	for _, s := range made {
		entry := Entry{File: s.file, Type: contentType(s.file), Encodings: []string{}}
		if strings.HasSuffix(s.file, ".woff2") {
			files[s.file] = s.body
		} else {
			br, gz, err := compressed(s.body)
			if err != nil {
				return nil, fmt.Errorf("compress %s: %w", s.file, err)
			}
			files[s.file+".br"], files[s.file+".gz"] = br, gz
			entry.Encodings = []string{"br", "gzip"}
		}
		name := s.name
		if name == "" {
			name = s.file
		}
		manifest[name] = entry
	}
	text, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write manifest: %w", err)
	}
	files["manifest.json"] = append(text, '\n')
	return files, nil
}

// compressed makes the file as small as it gets: brotli where the browser takes it, a tenth smaller than gzip.
func compressed(body []byte) (br, gz []byte, err error) {
	var small bytes.Buffer
	best := brotli.NewWriterLevel(&small, brotli.BestCompression)
	if _, err := best.Write(body); err != nil {
		return nil, nil, err
	}
	if err := best.Close(); err != nil {
		return nil, nil, err
	}
	var buffer bytes.Buffer
	writer, err := gzip.NewWriterLevel(&buffer, gzip.BestCompression)
	if err != nil {
		return nil, nil, err
	}
	if _, err := writer.Write(body); err != nil {
		return nil, nil, err
	}
	if err := writer.Close(); err != nil {
		return nil, nil, err
	}
	return small.Bytes(), buffer.Bytes(), nil
}

func contentType(file string) string {
	switch filepath.Ext(file) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	default:
		return "font/woff2"
	}
}
