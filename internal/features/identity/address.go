package identity

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"lintel/internal/platform/fault"
	"lintel/internal/platform/plain"
)

const longestAddress = 254 // RFC 5321

// CheckAddress takes exactly one bare e-mail address and gives it trimmed, and folded as
// people are found by it. Line breaks and second recipients are Invalid (F05).
func CheckAddress(email string) (address, folded string, err error) {
	address = strings.TrimSpace(email)
	parsed, parseErr := mail.ParseAddress(address)
	if parseErr != nil || parsed.Address != address || len(address) > longestAddress || strings.ContainsFunc(address, unicode.IsControl) {
		return "", "", fault.ForField("email", "Please enter a full e-mail address, like maria@example.com.")
	}
	return address, fold(address), nil
}

func fold(address string) string { return strings.ToLower(strings.TrimSpace(address)) }

func checkName(name string) (string, error) {
	name = strings.TrimSpace(name)
	switch {
	case name == "":
		return "", fault.ForField("name", "Please enter the name.")
	case utf8.RuneCountInString(name) > 200 || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return "", fault.ForField("name", "Please enter the name in one line of plain text.")
	}
	if problem := plain.NameProblem(name); problem != "" {
		return "", fault.ForField("name", problem)
	}
	return name, nil
}

// Mask hides most of an address: "m•••a@ruiz-•••". Whoever holds a link learns no more.
func Mask(email string) string {
	local, domain, found := strings.Cut(email, "@")
	if !found {
		return "•••"
	}
	return maskLocal(local) + "@" + maskDomain(domain)
}

func maskLocal(local string) string {
	letters := []rune(local)
	if len(letters) < 3 {
		return "•••"
	}
	return string(letters[0]) + "•••" + string(letters[len(letters)-1])
}

func maskDomain(domain string) string {
	letters := []rune(domain)
	return string(letters[:min(len(letters)/3, 5)]) + "•••"
}
