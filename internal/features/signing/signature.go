package signing

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/money"
	"lintel/internal/platform/pdf"
	"lintel/internal/platform/plain"
)

// Method is how a signature was made.
type Method string

// Drawing and typing are of equal rank: a keyboard or a voice signs as well as a finger.
const (
	Drawn Method = "drawn"
	Typed Method = "typed"
)

// Signature is one person's signature under one version of a document.
type Signature struct {
	ID            string
	Document      string
	Version       int
	Customer      string
	Project       string
	Person        access.PersonID
	Contact       string
	Name          string // as typed or known when signing
	Email         string
	Method        Method
	Mark          string // drawn: PNG in base64; typed: the name
	ContentSHA256 string
	Consent       Consent
	Choices       json.RawMessage
	Total         money.Amount
	Proof         access.Proof
	Browser       route.Browser
	BrowserID     string // the session in which it was signed
	SignedAt      time.Time
	Title         string
	Number        string
	SealedFile    string // empty until the PDF is sealed
	SealedSHA256  string
	SealedAt      time.Time
}

// Sealed reports whether the sealed PDF is on disk.
func (s Signature) Sealed() bool { return s.SealedFile != "" }

// Consent is the text that a person agreed to, with its version and hash.
type Consent struct {
	Version  string
	Language string // of the text
	Text     string
	SHA256   string
}

// The consent texts. A changed text is a new version; old ones stay, because signatures name them. The text follows ESIGN
// (15 U.S.C. § 7001) and eIDAS art. 25: intent, consent to do business electronically, and the same force as on paper. Each
// language is a version of its own: a signature binds to the words that were read.
var consents = []Consent{
	newConsent("2026-11", "en", "I have read this proposal and its terms. I agree to do business electronically, and that this signature binds me like one on paper."),
	newConsent("2026-11-de", "de", "Ich habe dieses Angebot und seine Bedingungen gelesen. Ich stimme zu, dass wir dieses Geschäft elektronisch abschließen und dass mich diese Unterschrift bindet wie eine auf Papier."),
}

func newConsent(version, language, text string) Consent {
	sum := sha256.Sum256([]byte(text))
	return Consent{Version: version, Language: language, Text: text, SHA256: hex.EncodeToString(sum[:])}
}

// CurrentConsent is the text to show and to sign under today, in a reader's language as i18n names it. Languages that have none
// of their own read it in English.
func CurrentConsent(language string) Consent {
	language, _, _ = strings.Cut(language, "-")
	newest := map[string]Consent{}
	for _, c := range consents {
		newest[c.Language] = c
	}
	if c, known := newest[language]; known {
		return c
	}
	return newest["en"]
}

// CheckConsent answers Precondition (428) unless the person agreed to a text that is current in its language (C15).
func CheckConsent(version string) (Consent, error) {
	if version == "" {
		return Consent{}, fault.New(fault.Precondition, "Please tick the box to agree before you approve.")
	}
	for _, c := range consents {
		if c.Version == version && c == CurrentConsent(c.Language) {
			return c, nil
		}
	}
	return Consent{}, fault.New(fault.Precondition, "The text that you agree to has changed. Please read it again.")
}

// Limits of a drawn signature (C13).
const (
	markBytes  = 300_000
	markWidth  = 2000
	markHeight = 1000
	leastInk   = 20 // dark pixels; fewer is a slip of the finger
)

// CheckMark brings what the browser sent into the form that is kept: a PNG with nothing
// but its pixels, or the typed name. Wrong input is Invalid on the field "signature".
func CheckMark(method Method, drawn, typed string) (string, error) {
	switch method {
	case Drawn:
		return checkDrawing(drawn)
	case Typed:
		return checkTyped(typed)
	}
	return "", fault.ForField("signature", "Please draw or type your signature.")
}

func checkTyped(name string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	switch count := utf8.RuneCountInString(name); {
	case count < 2:
		return "", fault.ForField("signature", "Please type your full name.")
	case count > 120 || !utf8.ValidString(name):
		return "", fault.ForField("signature", "Please type your name in up to 120 characters.")
	}
	if problem := plain.NameProblem(name); problem != "" {
		return "", fault.ForField("signature", problem)
	}
	if !isName(name) {
		return "", fault.ForField("signature", "Please type your name, in letters.")
	}
	if pdf.Undrawable(name) != "" {
		return "", fault.ForField("signature", "The signed copy cannot print this writing. Please draw your signature instead.")
	}
	return name, nil
}

// isName asks for two letters at least, and no signs that names do not have.
func isName(name string) bool {
	letters := 0
	for _, r := range name {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsMark(r), unicode.IsDigit(r), unicode.Is(unicode.Pd, r), unicode.Is(unicode.Cf, r), strings.ContainsRune(" .,'’‘·&()/", r):
		default:
			// Whoever writes with pictures or signs of no script is told that these cannot be printed.
			if pdf.Undrawable(string(r)) == "" {
				return false
			}
		}
	}
	return letters >= 2
}

func checkDrawing(url string) (string, error) {
	encoded, isPNG := strings.CutPrefix(url, "data:image/png;base64,")
	if !isPNG || encoded == "" {
		return "", fault.ForField("signature", "Please draw your signature, or type your name instead.")
	}
	unusable := fault.ForField("signature", "This drawing could not be read. Please draw again, or type your name instead.")
	if len(encoded) > markBytes*4/3+4 {
		return "", unusable
	}
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return "", unusable
	}
	size, err := png.DecodeConfig(bytes.NewReader(raw))
	if err != nil || size.Width > markWidth || size.Height > markHeight || size.Width < 1 || size.Height < 1 {
		return "", unusable
	}
	picture, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return "", unusable
	}
	ink, dark := inkOnWhite(picture)
	if dark < leastInk {
		return "", fault.ForField("signature", "Please draw your signature, or type your name instead.")
	}
	var out bytes.Buffer
	if err := png.Encode(&out, ink); err != nil {
		return "", unusable
	}
	return base64.StdEncoding.EncodeToString(out.Bytes()), nil
}

// inkOnWhite redraws the signature in grey on white paper, without transparency and
// without anything else the file may have carried, cut to the ink with a little margin.
func inkOnWhite(picture image.Image) (*image.Gray, int) {
	bounds := picture.Bounds()
	grey := image.NewGray(image.Rect(0, 0, bounds.Dx(), bounds.Dy()))
	area := image.Rectangle{}
	dark := 0
	for y := range bounds.Dy() {
		for x := range bounds.Dx() {
			r, g, b, alpha := picture.At(bounds.Min.X+x, bounds.Min.Y+y).RGBA()
			level := uint32(0xffff) - alpha + (299*r+587*g+114*b)/1000
			grey.SetGray(x, y, color.Gray{Y: uint8(min(level, 0xffff) >> 8)})
			if level < 0x8000 {
				dark++
				area = area.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	const margin = 8
	return grey.SubImage(area.Inset(-margin).Intersect(grey.Bounds())).(*image.Gray), dark
}
