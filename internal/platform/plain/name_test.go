package plain

import "testing"

// F09: the names of senders are what they look like.
func TestF09NamesAreWhatTheyLookLike(t *testing.T) {
	for _, name := range []string{"Hart\u202ewell", "Hart\u200bwell", "\ufeffHartwell", "H\u0430rtwell & Sons", "Ηartwell", "https://evil.example", "Pay at www.evil.example", "evil.example/login",
		"Hartwell\r\nBcc: x@evil.example", "Hartwell\u2028Sons", "Z\u0301\u0301\u0301\u0301algo", "Hart\u00adwell", "\u3164\u3164", "\u2800\u2800", "A\uffa0B"} {
		if NameProblem(name) == "" {
			t.Errorf("%+q is taken for a name", name)
		}
	}
	for _, name := range []string{"Hartwell & Sons", "Müller, Søn & Cie.", "O’Brien-Łukasz", "St.Brides Hall", "Иван Петров", "Νίκος", "علی\u200cرضا", "王小明", "ACME Москва", "Smith/Jones Partners", "Nguyễn Văn Ắn", "A.B. Plumbing", ""} {
		if problem := NameProblem(name); problem != "" {
			t.Errorf("%q: %s", name, problem)
		}
	}
}
