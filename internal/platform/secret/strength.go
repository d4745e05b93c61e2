package secret

import (
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn"
	"github.com/trustelem/zxcvbn/match"
)

// How long a password may be, in characters. No rule asks for digits or signs: such
// rules make passwords worse (NIST SP 800-63B).
const (
	ShortestPassword = 8
	LongestPassword  = 128

	// fewestGuesses is zxcvbn's "safely unguessable: moderate protection", score 3.
	fewestGuesses = 1e8
	// scoredCharacters bounds the work of scoring, which grows faster than the square
	// of the length: 3 ms for the worst 64 characters, 22 ms for 128.
	scoredCharacters = 64
)

// commonPasswords holds the first four bytes of the SHA-256 of each lower-cased password
// of the one million most used ones that zxcvbn alone would let pass: sorted, each as what
// it is more than the one before (encoding/binary, Uvarint). By chance one good password
// in 23,000 is taken for one of them. The package commonlist made it from the public
// SecLists list (MIT).
//
//go:embed common.bin
var commonPasswords []byte

// PasswordProblem says what is wrong with a new password, as an English sentence to be
// translated when shown, or "" when nothing is. userWords are words that an attacker
// would try first: the person's name, address and firm.
func PasswordProblem(password string, userWords ...string) string {
	length := utf8.RuneCountInString(password)
	switch {
	case length < ShortestPassword:
		return "Use at least 8 characters: three or four words that do not belong together are easy to keep in mind."
	case length > LongestPassword:
		return "Use at most 128 characters."
	case isCommon(password):
		return "This password is on the lists that attackers try first. Take three or four words that do not belong together."
	}
	scored := password
	if length > scoredCharacters {
		scored = string([]rune(password)[:scoredCharacters])
	}
	result := zxcvbn.PasswordStrength(scored, splitWords(userWords))
	if result.Guesses >= fewestGuesses {
		return ""
	}
	return hint(result.Sequence)
}

// hint turns the weakest long stretch of a password into advice.
func hint(sequence []*match.Match) string {
	var longest *match.Match
	for _, m := range sequence {
		if m.Pattern == "bruteforce" {
			continue
		}
		if longest == nil || len(m.Token) > len(longest.Token) {
			longest = m
		}
	}
	if longest == nil {
		return "This password is easy to guess. Make it longer: add a word or two that do not belong there."
	}
	switch longest.Pattern {
	case "repeat":
		return "Repeated characters and words are easy to guess. Take three or four words that do not belong together."
	case "sequence":
		return "Runs such as abc or 6543 are easy to guess. Take three or four words that do not belong together."
	case "spatial":
		return "Rows of keys are easy to guess. Take three or four words that do not belong together."
	case "date", "regex":
		return "Dates and years are easy to guess. Take three or four words that do not belong together."
	}
	if longest.DictionaryName == "user_inputs" {
		return "Names and addresses that others know are easy to guess. Take three or four words that do not belong together."
	}
	return "One common word is easy to guess, also with digits and signs in it. Take three or four words that do not belong together."
}

// splitWords adds the parts of an address or a full name to the words, lower-cased.
func splitWords(words []string) []string {
	var all []string
	for _, word := range words {
		word = strings.ToLower(word)
		all = append(all, word)
		all = append(all, strings.FieldsFunc(word, func(r rune) bool { return strings.ContainsRune(" @.-_+,'&", r) })...)
	}
	return all
}

// isCommon walks the whole list, which takes about a millisecond: scoring takes longer.
func isCommon(password string) bool {
	sum := sha256.Sum256([]byte(strings.ToLower(password)))
	want := uint64(binary.BigEndian.Uint32(sum[:]))
	hash := uint64(0)
	for rest := commonPasswords; len(rest) > 0 && hash < want; {
		more, size := binary.Uvarint(rest)
		if size <= 0 {
			panic("secret: the list of common passwords is damaged") // it is part of the program
		}
		hash, rest = hash+more, rest[size:]
	}
	return hash == want
}
