package arch

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// floors of the features: a feature imports lower floors only. A feature without a floor
// fails the test.
var floors = map[string]int{
	"file": 2, "search": 2, "watch": 2, "organisation": 3, "outbox": 4, "phone": 4, "identity": 5, "notify": 6, "profile": 6, "staff": 6, "api": 6, "openid": 6, "factor": 6, "signing": 6, "customer": 7, "message": 7, "feed": 8,
	"property": 8, "contractor": 8, "project": 9, "calendar": 11, "dailylog": 10, "incoming": 9, "document": 10, "filing": 10, "oversight": 11, "portalaccess": 10, "schedule": 10, "request": 11, "finding": 12,
}

// parts are the packages inside a feature that has grown too large for one, with those of
// its own feature that each may import. Other features see
// the feature and not its parts.
var parts = map[string][]string{
	"document":            {"document/proposal", "document/estimate", "document/comparison"},
	"document/comparison": {"document/proposal"},
	"document/estimate":   {"document/proposal"},
	"document/reading":    {"document", "document/proposal", "document/comparison"},
	"document/writing":    {"document", "document/proposal", "document/estimate", "document/comparison", "document/reading"},
	"document/proposal":   {},
	"identity":            {"identity/letter", "identity/record", "identity/seen", "identity/standing", "identity/store", "identity/throttle"},
	"identity/entering":   {"identity", "identity/throttle"},
	"identity/letter":     {},
	"identity/record":     {},
	"identity/seen":       {},
	"identity/standing":   {},
	"identity/store":      {},
	"identity/throttle":   {},
}

// pure are the parts that hold rules only: what they give depends on what they get.
var pure = []string{"internal/features/document/proposal", "internal/features/document/estimate"}

// one package for each outside library, so that it can be changed in one place.
var libraries = map[string][]string{
	"zombiezen.com/go/sqlite":             {"internal/platform/db"},
	"modernc.org/sqlite":                  {"bench"}, // the unit that pages are measured in
	"github.com/jackc/pgx/v5":             {"internal/platform/db"},
	"codeberg.org/go-pdf/fpdf":            {"internal/platform/pdf"},
	"github.com/pdfcpu/pdfcpu":            {"internal/platform/pdf"},
	"github.com/wneessen/go-mail":         {"internal/platform/mail"},
	"github.com/emersion/go-smtp":         {"internal/platform/mail", "internal/platform/mailbox"},
	"github.com/emersion/go-imap":         {"internal/platform/mailbox"},
	"blitiri.com.ar/go/spf":               {"internal/platform/mail"},
	"github.com/emersion/go-msgauth":      {"internal/platform/mail"},
	"github.com/caddyserver/certmagic":    {"internal/cli", "internal/app"},
	"github.com/bojanz/currency":          {"internal/platform/i18n", "internal/platform/money"},
	"github.com/prometheus/client_golang": {"internal/app"},
	"github.com/klauspost/compress":       {"internal/platform/web", "internal/ui"},
	"github.com/andybalholm/brotli":       {"internal/ui/bundle"},
	"github.com/evanw/esbuild":            {"internal/ui/build", "internal/ui/bundle"},
	"github.com/trustelem/zxcvbn":         {"internal/platform/secret"},
	"golang.org/x/crypto/argon2":          {"internal/platform/secret"},
	"github.com/gabriel-vasile/mimetype":  {"internal/features/file"},
	"software.sslmate.com/src/go-pkcs12":  {"internal/platform/pdf"},
	"github.com/go-playground/locales":    {"internal/platform/i18n"},
	"github.com/google/uuid":              {"internal/platform/id"},
	"github.com/go-webauthn/webauthn":     {"internal/platform/passkey"},
	"github.com/pquerna/otp":              {"internal/platform/totp"},
	"github.com/boombuler/barcode":        {"internal/platform/totp"},
	"github.com/coreos/go-oidc":           {"internal/platform/openid"},
	"golang.org/x/oauth2":                 {"internal/platform/openid"},
}

type goPackage struct {
	ImportPath string
	Dir        string
	Doc        string
	Imports    []string
	GoFiles    []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	command := exec.Command("go", "list", "-json=ImportPath,Dir,Doc,Imports,GoFiles", "lintel/...")
	command.Dir = "../.."
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
		var p goPackage
		if err := decoder.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func TestPackagesImportOnlyWhatLiesBelowThem(t *testing.T) {
	checked := 0
	for _, p := range packages(t) {
		from := strings.TrimPrefix(p.ImportPath, "lintel/")
		for _, imported := range p.Imports {
			to, ours := strings.CutPrefix(imported, "lintel/")
			if !ours {
				continue
			}
			checked++
			if why := forbidden(from, to); why != "" {
				t.Errorf("%s imports %s: %s", from, to, why)
			}
		}
	}
	t.Logf("%d imports checked", checked)
}

func forbidden(from, to string) string {
	database := to == "internal/platform/db" || to == "internal/platform/migrate"
	switch {
	case strings.HasPrefix(from, "internal/platform/"):
		if !strings.HasPrefix(to, "internal/platform/") {
			return "the platform knows nothing of what is built on it"
		}
	case strings.HasPrefix(from, "internal/core/"):
		if !strings.HasPrefix(to, "internal/platform/") && !strings.HasPrefix(to, "internal/core/") {
			return "the core only uses the platform"
		}
	case strings.HasPrefix(from, "internal/ui"):
		if !strings.HasPrefix(to, "internal/ui") && !strings.HasPrefix(to, "internal/platform/") {
			return "the design system only uses the platform"
		}
	case strings.HasPrefix(from, "internal/features/"):
		return forbiddenInFeature(from, to, database)
	case strings.HasPrefix(from, "internal/desks/"):
		if strings.HasPrefix(to, "internal/app") || strings.HasPrefix(to, "internal/cli") || strings.HasPrefix(to, "internal/desks/") || database {
			return "a desk puts features together and nothing else"
		}
	}
	return ""
}

func forbiddenInFeature(from, to string, database bool) string {
	if database {
		return "features reach data through guard only"
	}
	if strings.HasPrefix(to, "internal/app") || strings.HasPrefix(to, "internal/cli") || strings.HasPrefix(to, "internal/desks") || strings.HasPrefix(to, "internal/demo") {
		return "features do not know who puts them together"
	}
	other, feature := strings.CutPrefix(to, "internal/features/")
	if !feature {
		return ""
	}
	from = strings.TrimPrefix(from, "internal/features/")
	if featureOf(from) == featureOf(other) {
		if !slices.Contains(parts[from], other) {
			return "this part of the feature may not use that one"
		}
		return ""
	}
	mine, known := floors[featureOf(from)]
	theirs, knownOther := floors[other]
	switch {
	case !known:
		return "this feature has no floor"
	case !knownOther:
		return "that feature has no floor"
	case theirs >= mine:
		return "features import lower floors only"
	}
	return ""
}

// featureOf is the feature that a package is, or is a part of.
func featureOf(name string) string {
	feature, _, _ := strings.Cut(name, "/")
	return feature
}

// What a proposal says and adds up to must not depend on who asks, when and over what.
func TestPurePartsKnowOnlyWhatTheyAreGiven(t *testing.T) {
	found := 0
	for _, p := range packages(t) {
		from := strings.TrimPrefix(p.ImportPath, "lintel/")
		if !slices.Contains(pure, from) {
			continue
		}
		found++
		for _, imported := range p.Imports {
			if imported == "context" || imported == "net/http" || imported == "os" || strings.HasPrefix(imported, "lintel/internal/core/") || strings.HasPrefix(imported, "lintel/internal/ui") || imported == "lintel/internal/platform/web" {
				t.Errorf("%s imports %s", from, imported)
			}
		}
	}
	if found != len(pure) {
		t.Errorf("%d of %d pure parts were found", found, len(pure))
	}
}

func TestEveryFeatureHasAFloorAndADescription(t *testing.T) {
	for _, p := range packages(t) {
		name, feature := strings.CutPrefix(p.ImportPath, "lintel/internal/features/")
		if _, part := parts[name]; feature && !part && floors[name] == 0 {
			t.Errorf("feature %s has no floor", name)
		}
		if p.Doc == "" && !strings.HasSuffix(p.ImportPath, "_test") && len(p.GoFiles) > 0 {
			t.Errorf("package %s does not say what it is", p.ImportPath)
		}
	}
}

func TestOutsideLibrariesAreImportedInOnePlace(t *testing.T) {
	for _, p := range packages(t) {
		from := strings.TrimPrefix(p.ImportPath, "lintel/")
		for _, imported := range p.Imports {
			for library, places := range libraries {
				if imported != library && !strings.HasPrefix(imported, library+"/") {
					continue
				}
				if !within(from, places) {
					t.Errorf("%s imports %s, which only %v may", from, imported, places)
				}
			}
			if imported == "database/sql" && !within(from, []string{"internal/platform/db", "internal/platform/jobs", "bench"}) {
				t.Errorf("%s sees database/sql", from)
			}
			if imported == "text/template" || imported == "html/template" {
				t.Errorf("%s uses %s, which calls methods by name: with it the program carries every method of every library, 9 MB", from, imported)
			}
		}
	}
}

func within(from string, places []string) bool {
	for _, place := range places {
		if from == place || strings.HasPrefix(from, place+"/") {
			return true
		}
	}
	return false
}
