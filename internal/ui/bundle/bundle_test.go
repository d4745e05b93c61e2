package bundle

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// dist is committed so that a fresh clone needs no build; this keeps it true to its sources.
func TestDistIsFresh(t *testing.T) {
	want, err := Build("..")
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir("../dist")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		body, err := os.ReadFile(filepath.Join("../dist", entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(body, want[entry.Name()]) {
			t.Errorf("dist/%s is stale: run go generate ./internal/ui", entry.Name())
		}
		delete(want, entry.Name())
	}
	for name := range want {
		t.Errorf("dist/%s is missing: run go generate ./internal/ui", name)
	}
}

// Code of others is taken as it was published, or not at all.
func TestVendoredFilesAreAsPublished(t *testing.T) {
	list, err := os.ReadFile("../vendor_js/SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]string{}
	for line := range strings.Lines(string(list)) {
		sum, name, ok := strings.Cut(strings.TrimSpace(line), "  ")
		if !ok {
			t.Fatalf("cannot read %q", line)
		}
		listed[name] = sum
	}
	paths, err := filepath.Glob("../vendor_js/*/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(filepath.ToSlash(path), "../vendor_js/")
		sum := sha256.Sum256(body)
		if listed[name] != hex.EncodeToString(sum[:]) {
			t.Errorf("%s is not the published file", name)
		}
		delete(listed, name)
	}
	for name := range listed {
		t.Errorf("%s is listed but missing", name)
	}
}
