package organisation

import (
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/money"
	"lintel/internal/platform/plain"
)

// reserved are first parts of addresses that mean something else, or could be taken for it.
var reserved = words(`about account accounts admin api app assets auth billing check desk dev demo docs download email favicon field files help health
	healthz home invite join l legal link links lintel login logout mail me metrics new office org password privacy portal readyz reset robots root
	search security setup sign sign-in sign-out sign-up signin signout signup sitemap static status support system terms test theme uploads user users
	verify webhook webhooks well-known www`)

func words(text string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(text) {
		set[word] = true
	}
	return set
}

var slugShape = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// CanonicalSlug brings what somebody typed to the one form that addresses have, so that
// two organisations can never differ by case, Unicode form, dots or percent signs only
// (A20). Invalid, with the field slug, when it cannot be an address or is reserved.
func CanonicalSlug(typed string) (string, error) {
	if plain, err := url.PathUnescape(typed); err == nil {
		typed = plain
	}
	slug := strings.Trim(strings.ToLower(norm.NFKC.String(strings.TrimSpace(typed))), ".")
	switch {
	case len(slug) < 2 || len(slug) > 40 || !slugShape.MatchString(slug):
		return "", fault.ForField("slug", "Use 2 to 40 small letters from a to z, digits and hyphens.")
	case reserved[slug]:
		return "", fault.ForField("slug", "This word is needed for something else. Please choose another.")
	}
	return slug, nil
}

// SuggestSlug makes an address out of a firm's name, as "hartwell-sons" of "Hartwell & Sons".
func SuggestSlug(name string) string {
	var out strings.Builder
	gap := false
	for _, c := range norm.NFKD.String(strings.ToLower(name)) {
		switch {
		case c == 'ß':
			out.WriteString("ss")
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			if gap && out.Len() > 0 {
				out.WriteByte('-')
			}
			gap = false
			out.WriteRune(c)
		case !unicode.Is(unicode.Mn, c) && c != '\'' && c != '’':
			gap = true
		}
	}
	slug := strings.Trim(out.String()[:min(out.Len(), 40)], "-")
	if reserved[slug] || len(slug) < 2 {
		slug = strings.Trim("firm-"+slug, "-")
	}
	return slug
}

// FirmDetails are the fields of the settings' first tab.
type FirmDetails struct {
	Name, Address, Phone, Email, Website, Trade, Language, Zone, Currency, TaxName, TaxPercent string
}

func (d FirmDetails) check() error {
	var problems fault.Problems
	if d.Name == "" {
		problems.Add("name", "Enter the name that your customers know.")
	}
	if problem := plain.NameProblem(d.Name); problem != "" {
		problems.Add("name", problem)
	}
	if d.Email != "" && !isAddress(d.Email) {
		problems.Add("email", "Enter a full address, like office@example.com.")
	}
	if d.Website != "" && !webAddress(d.Website) {
		problems.Add("website", "Enter an address that begins with https://.")
	}
	if !oneOf(d.Trade, Builder, Integrator, Compliance, Landlord) {
		problems.Add("trade", "Choose one of the trades.")
	}
	if !knownLanguage(d.Language) {
		problems.Add("language", "Choose one of the languages.")
	}
	if _, err := time.LoadLocation(d.Zone); err != nil || d.Zone == "" || d.Zone == "Local" {
		problems.Add("zone", "Choose one of the time zones.")
	}
	if err := money.CheckCurrency(d.Currency); err != nil {
		problems.Add("currency", "Choose one of the currencies.")
	}
	if !percent(d.TaxPercent) {
		problems.Add("tax_percent", "Enter a number from 0 to 100, like 20 or 7.7.")
	}
	return problems.Err()
}

func webAddress(text string) bool {
	address, err := url.Parse(text)
	return err == nil && (address.Scheme == "https" || address.Scheme == "http") && address.Host != ""
}

func knownLanguage(tag string) bool {
	for _, language := range i18n.Languages() {
		if language.Tag == tag {
			return true
		}
	}
	return false
}

func oneOf(value string, allowed ...string) bool {
	for _, a := range allowed {
		if value == a {
			return true
		}
	}
	return false
}

var percentShape = regexp.MustCompile(`^(100(\.0{1,3})?|\d{1,2}(\.\d{1,3})?)$`)

func percent(text string) bool { return percentShape.MatchString(text) }

// Policies are the fields of the tab about signing and links.
type Policies struct {
	ConfirmPolicy, LinkPolicy string
	LinkDays                  int
	SignedStage               string // stage id, or empty
	MarginFloor               string // percent, or empty
	Timestamps                bool
}

func (p Policies) check() error {
	var problems fault.Problems
	if !oneOf(p.ConfirmPolicy, ConfirmFirst, ConfirmAlways, ConfirmNever) {
		problems.Add("confirm_policy", "Choose when the code is asked for.")
	}
	if !oneOf(p.LinkPolicy, LinkPortal, LinkItem) {
		problems.Add("link_policy", "Choose what a link opens.")
	}
	if p.LinkDays < 1 || p.LinkDays > 365 {
		problems.Add("link_days", "Enter 1 to 365 days.")
	}
	if p.MarginFloor != "" && !percent(p.MarginFloor) {
		problems.Add("margin_floor", "Enter a number from 0 to 100, or leave it empty.")
	}
	return problems.Err()
}

// StageDetails are the fields of a stage.
type StageDetails struct {
	Name            string
	Bucket          Bucket
	CustomerVisible bool
}

func (d StageDetails) check() error {
	var problems fault.Problems
	if d.Name == "" {
		problems.Add("name", "Enter a name for the stage.")
	}
	if !oneOf(string(d.Bucket), string(Pending), string(Current), string(Completed), string(Hidden)) {
		problems.Add("bucket", "Choose a group.")
	}
	return problems.Err()
}

// TermsDetails are the fields of a template of terms.
type TermsDetails struct {
	Title, Body string
	Standard    bool
}

func (d TermsDetails) check() error {
	var problems fault.Problems
	if d.Title == "" {
		problems.Add("title", "Enter a title, like Warranty.")
	}
	if d.Body == "" {
		problems.Add("body", "Enter the text of the terms.")
	}
	return problems.Err()
}
