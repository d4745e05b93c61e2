package phone

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"lintel/internal/core/access"
)

// icon is one size of a firm's icon.
type icon struct {
	name  string // its file in the address
	side  int    // pixels
	shape shape
}

// shape is what stands around the mark.
type shape int

const (
	rounded shape = iota // a square with round corners, as browsers show it
	full                 // to the edges: the phone cuts it to its own shape
	lined                // one colour on nothing, for the line at the top of Android's screen
	bare                 // the logo alone, as small as pages and tabs show it
)

func icons() []icon {
	return []icon{{"48.png", 48, rounded}, {"192.png", 192, rounded}, {"512.png", 512, rounded}, {"maskable-512.png", 512, full}, {"touch-180.png", 180, full}, {"badge-96.png", 96, lined}, {"mark-72.png", 72, bare}}
}

func iconNamed(name string) (icon, bool) {
	list := icons()
	i := slices.IndexFunc(list, func(one icon) bool { return one.name == name })
	if i < 0 {
		return icon{}, false
	}
	return list[i], true
}

// drawing is raised when icons are drawn in another way, so that phones fetch them anew.
const drawing = "1"

// version is that of a firm's icons: another name, colour or logo is another version.
func version(o access.Organisation) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{drawing, o.Name, o.Theme, o.Logo}, "\x00")))
	return hex.EncodeToString(sum[:6])
}

// IconURL is the address of one of a firm's icons; it changes when the icon does.
func IconURL(o access.Organisation, name string) string {
	return "/" + o.Slug + "/icon/" + name + "?v=" + version(o)
}

// initials are the first letters of the firm's first two names: "Hartwell & Sons" is HS. What
// only says what kind of company it is does not count when there is more.
func initials(name string) string {
	var letters []rune
	for _, word := range strings.FieldsFunc(name, func(c rune) bool { return unicode.IsSpace(c) || c == '-' || c == '/' }) {
		first, _ := utf8.DecodeRuneInString(word)
		if !unicode.IsLetter(first) && !unicode.IsDigit(first) || len(letters) > 0 && joining[strings.Trim(strings.ToLower(word), ".,")] {
			continue
		}
		if letters = append(letters, unicode.ToUpper(first)); len(letters) == 2 {
			break
		}
	}
	return string(letters)
}

var joining = map[string]bool{"and": true, "und": true, "of": true, "the": true, "et": true, "y": true, "von": true,
	"ltd": true, "llc": true, "inc": true, "co": true, "gmbh": true, "ag": true, "kg": true, "ohg": true, "ug": true, "sa": true, "bv": true, "mbh": true}

// shortName fits under an icon: whole words of the name, twelve letters at most.
func shortName(name string) string {
	short := ""
	for _, word := range strings.Fields(name) {
		longer := strings.TrimSpace(short + " " + word)
		if utf8.RuneCountInString(longer) > 12 {
			break
		}
		short = longer
	}
	short = strings.TrimRight(short, " &+-,")
	if short == "" {
		letters := []rune(name)
		short = string(letters[:min(12, len(letters))])
	}
	return short
}

// manifest is the web app manifest of a firm's portal (W3C Web Application Manifest).
type manifest struct {
	ID          string         `json:"id"`
	Name        string         `json:"name"`
	ShortName   string         `json:"short_name"`
	Description string         `json:"description"`
	Language    string         `json:"lang"`
	Direction   string         `json:"dir"`
	Scope       string         `json:"scope"`
	StartURL    string         `json:"start_url"`
	Display     string         `json:"display"`
	Theme       string         `json:"theme_color"`
	Background  string         `json:"background_color"`
	Categories  []string       `json:"categories"`
	Icons       []manifestIcon `json:"icons"`
	Shortcuts   []shortcut     `json:"shortcuts"`
}

type manifestIcon struct {
	Source  string `json:"src"`
	Sizes   string `json:"sizes"`
	Type    string `json:"type"`
	Purpose string `json:"purpose,omitempty"`
}

type shortcut struct {
	Name  string         `json:"name"`
	URL   string         `json:"url"`
	Icons []manifestIcon `json:"icons"`
}

// words are the texts of a manifest in the firm's language.
type words struct{ description, home, inbox string }

// manifestOf describes the portal. It opens at the door that leads everybody to their own
// first page; the colours are those of the firm.
func manifestOf(o access.Organisation, colour string, w words) manifest {
	scope := scopeOf(o.Slug)
	shown := func(name, sizes, purpose string) manifestIcon {
		return manifestIcon{Source: IconURL(o, name), Sizes: sizes, Type: "image/png", Purpose: purpose}
	}
	small := []manifestIcon{shown("192.png", "192x192", "")}
	return manifest{ID: scope, Name: o.Name, ShortName: shortName(o.Name), Description: w.description, Language: o.Language, Direction: "ltr",
		Scope: scope, StartURL: scope, Display: "standalone", Theme: colour, Background: "#ffffff", Categories: []string{"business"},
		Icons:     []manifestIcon{shown("192.png", "192x192", "any"), shown("512.png", "512x512", "any"), shown("maskable-512.png", "512x512", "maskable")},
		Shortcuts: []shortcut{{Name: w.home, URL: scope, Icons: small}, {Name: w.inbox, URL: scope + "?to=inbox", Icons: small}}}
}

// scopeOf is the part of the site that is a firm's app.
func scopeOf(slug string) string { return "/" + slug + "/" }
