package mail

import (
	"regexp"
	"strings"
	"sync"
)

// lazily compiles an expression when the first mail needs it: together they take half a megabyte, in a program that may
// never be sent a mail.
func lazily(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// SplitReply parts what somebody wrote from what their mail program added: the mail that they
// answer, and signatures. Answers between quoted lines stay together with them, because they
// make no sense alone. A mail that is nothing but quoted is given back whole.
func SplitReply(text string) (written, rest string) {
	lines := strings.Split(strings.ReplaceAll(clean(text), "\u00a0", " "), "\n")
	for i := range lines {
		if lines[i] != "-- " {
			lines[i] = strings.TrimRight(lines[i], " \t")
		}
	}
	cut := cutLine(lines)
	own, quoted := lines[:cut], lines[cut:]
	if after, found := answerBelow(quoted); found {
		own, quoted = append(own[:len(own):len(own)], quoted[after:]...), quoted[:after]
	}
	if hasWords(own) || !hasQuoteMark(own) {
		var signature []string
		own, signature = cutSignature(own)
		quoted = append(signature, quoted...)
	}
	written, rest = joinLines(own), joinLines(quoted)
	if written == "" && !strings.HasPrefix(rest, ">") && forwarded(quoted) {
		return rest, ""
	}
	return written, rest
}

// An attribution is the line above a quoted mail: "On 12 Nov 2026, at 10:04, Jon wrote:". It
// holds a number (of the day) and ends with a colon; programs break it over up to three lines.
var attributions = lazily(`(?i)^\s*>?\s*(` +
	`on\b.+\bwrote|` +
	`am\b.+\b(schrieb|hat geschrieben)\b.*|` +
	`.+\bschrieb( am\b.+| \(.+\))?|` +
	`.+<[^<>@\s]+@[^<>\s]+>\s*(schrieb|wrote|a écrit|escribió|ha scritto)( am\b.*)?|` +
	`le\b.+\ba écrit|el\b.+\bescribió|il\b.+\bha scritto|op\b.+\b(schreef.*|geschreven)|` +
	`(den\b|på\b|kl\.?).+\bskrev\b.*|.+\bskrev\b.+|em\b.+\bescreveu|(w dniu|dnia)\b.+\b(pisze|napisał\(a\)|napisał|napisała)\b.*` +
	`)\s*:\s*$`)

var (
	hasDigit      = lazily(`\d`)
	ruleLine      = lazily(`(?i)^\s*[-_]{3,}\s*((original(-| )?(message|nachricht|mail)|ursprüngliche nachricht|urspr\. nachricht|weitergeleitete nachricht|forwarded message|message d'origine|messaggio originale|mensaje original|oorspronkelijk bericht|ursprungligt meddelande|originalmeddelande)\s*[-_]{2,})?\s*$`)
	namedRule     = lazily(`(?i)(original|ursprüngliche|urspr\.|weitergeleitete|forwarded|origine|oorspronkelijk|ursprung)`)
	headerFrom    = lazily(`(?i)^\s*\*?(from|von|de|da|van|från|fra|od)\s*:\s*\*?.{2,}`)
	headerOther   = lazily(`(?i)^\s*\*?(sent|date|to|cc|subject|gesendet|datum|an|betreff|envoyé|objet|à|enviado|asunto|para|inviato|oggetto|verzonden|aan|onderwerp|skickat|till|ämne)( am)?\s*:\s*\*?`)
	forwardedLine = lazily(`(?i)^\s*(begin forwarded message|anfang der weitergeleiteten (nachricht|e-mail)|-+\s*(forwarded message|weitergeleitete nachricht)\s*-+)\s*:?\s*$`)
	mobileLine    = lazily(`(?i)^\s*(sent from (my )?(iphone|ipad|android|mobile|phone|galaxy|samsung|huawei|pixel|outlook|mail for windows|yahoo|proton|gmail mobile|blackberry|windows).{0,60}|` +
		`get outlook for (ios|android).{0,60}|(gesendet|geschickt|diese nachricht wurde|diese e-mail wurde) (von|mit|über|aus)? ?(meinem|der|dem|outlook|mail für windows|yahoo|proton)?.{0,20}(iphone|ipad|android|handy|mobil|smartphone|galaxy|samsung|huawei|pixel|outlook|windows|mail|telekom|web\.de|gmx|app).{0,60}|` +
		`von meinem (iphone|ipad|android|handy|mobil|smartphone|galaxy|samsung|huawei|pixel).{0,40}(gesendet|geschickt|gesendet\.)|holen sie sich outlook für (ios|android).{0,40}|` +
		`(envoyé|inviato|enviado|verzonden|skickat|wysłane) .{0,12}(iphone|ipad|android|outlook|samsung|galaxy|mobil).{0,40})\s*$`)
	signatureLine = lazily(`^--\s*$`)
)

// mostLines bounds the lines among which the beginning of a quote is looked for.
const mostLines = 5000

// cutLine finds the first line of what was quoted at the end of a mail; len(lines) when nothing was.
func cutLine(lines []string) int {
	first, tail := firstWords(lines), quoteTail(lines)
	for i := range lines[:min(len(lines), mostLines)] {
		if isQuoted(lines[i]) {
			if i >= tail || i == first {
				return i
			}
			continue
		}
		if startsQuote(lines, i) {
			return i
		}
	}
	return len(lines)
}

func startsQuote(lines []string, i int) bool {
	line := lines[i]
	switch {
	case strings.TrimSpace(line) == "" || len(line) > longestAttribution:
		return false
	case forwardedLine().MatchString(line), ruleLine().MatchString(line) && (namedRule().MatchString(line) || headersFollow(lines, i+1)):
		return true
	}
	return headersFollow(lines, i) || isAttribution(lines, i)
}

// longestAttribution is in bytes, all of its lines together.
const longestAttribution = 500

// isAttribution reports whether an attribution begins at a line, on up to three lines.
func isAttribution(lines []string, i int) bool {
	joined := strings.TrimSpace(lines[i])
	for n := 1; n <= 3 && len(joined) < longestAttribution; n++ {
		if strings.HasSuffix(joined, ":") && attributions().MatchString(joined) && (hasDigit().MatchString(joined) || strings.Contains(joined, "@")) {
			return true
		}
		if i+n >= len(lines) || strings.TrimSpace(lines[i+n]) == "" {
			return false
		}
		joined += " " + strings.TrimSpace(lines[i+n])
	}
	return false
}

// headersFollow reports whether a copy of a mail's header begins at a line, as Outlook writes it.
func headersFollow(lines []string, i int) bool {
	for i < len(lines) && strings.TrimSpace(lines[i]) == "" {
		i++
	}
	if i >= len(lines) || !headerFrom().MatchString(lines[i]) {
		return false
	}
	found := 0
	for _, line := range lines[i+1 : min(i+7, len(lines))] {
		if headerOther().MatchString(line) {
			found++
		}
	}
	return found >= 2
}

func isQuoted(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), ">") }

// quoteTail is the first line from which on nothing but quoted lines and a signature follow.
func quoteTail(lines []string) int {
	tail := len(lines)
	for i := len(lines) - 1; i >= 0; i-- {
		switch {
		case signatureLine().MatchString(lines[i]) || len(lines[i]) < 200 && mobileLine().MatchString(lines[i]):
			tail = i
		case strings.TrimSpace(lines[i]) == "" || isQuoted(lines[i]):
			if tail == i+1 {
				tail = i
			}
		}
	}
	return tail
}

func firstWords(lines []string) int {
	for i, line := range lines {
		if strings.TrimSpace(line) != "" {
			return i
		}
	}
	return len(lines)
}

// answerBelow finds, behind an attribution and the one block that it quotes, an answer that was
// written below it.
func answerBelow(quoted []string) (int, bool) {
	last, marks := -1, 0
	for i, line := range quoted {
		if isQuoted(line) {
			last, marks = i, marks+1
		}
	}
	if marks == 0 {
		return 0, false
	}
	below := quoted[last+1:]
	own, _ := cutSignature(below)
	if !hasWords(own) || interleaved(quoted[:last+1]) {
		return firstAnswer(quoted)
	}
	return last + 1, true
}

// interleaved reports whether own lines stand between quoted ones.
func interleaved(quoted []string) bool {
	_, found := firstAnswer(quoted)
	return found
}

// firstAnswer is the quoted line before the first own one that stands between quoted lines:
// from there on the mail is kept as it was written.
func firstAnswer(quoted []string) (int, bool) {
	begun, last := -1, -1
	for i, line := range quoted {
		if isQuoted(line) {
			last = i
			if begun < 0 {
				begun = i
			}
		}
	}
	for i := begun + 1; begun >= 0 && i < last; i++ {
		if strings.TrimSpace(quoted[i]) != "" && !isQuoted(quoted[i]) && !wrappedQuote(quoted, i) {
			return begun, true
		}
	}
	return 0, false
}

// wrappedQuote reports whether a line is the end of a quoted one that was broken on the way.
func wrappedQuote(lines []string, i int) bool {
	return i > 0 && isQuoted(lines[i-1]) && len(lines[i-1]) > 60 && len(lines[i]) < 30 && i+1 < len(lines) && isQuoted(lines[i+1])
}

// cutSignature parts the text from a signature below "-- " and from "Sent from my phone".
func cutSignature(lines []string) (own, signature []string) {
	for i, line := range lines {
		if signatureLine().MatchString(line) && i > 0 || line == "-- " {
			return lines[:i], lines[i:]
		}
	}
	end := len(lines)
	for end > 0 && strings.TrimSpace(lines[end-1]) == "" {
		end--
	}
	for end > 0 && mobileLine().MatchString(lines[end-1]) {
		for end--; end > 0 && strings.TrimSpace(lines[end-1]) == ""; {
			end--
		}
	}
	return lines[:end], lines[end:]
}

func hasWords(lines []string) bool {
	for _, line := range lines {
		if strings.TrimSpace(line) != "" && !isQuoted(line) {
			return true
		}
	}
	return false
}

func hasQuoteMark(lines []string) bool {
	for _, line := range lines {
		if isQuoted(line) {
			return true
		}
	}
	return false
}

// forwarded reports whether what was quoted is a mail that was passed on without a word.
func forwarded(quoted []string) bool {
	at := firstWords(quoted)
	return at < len(quoted) && (forwardedLine().MatchString(quoted[at]) || ruleLine().MatchString(quoted[at]) && strings.Contains(strings.ToLower(quoted[at]), "weitergeleitet"))
}

var manyBlankLines = lazily(`\n{3,}`)

func joinLines(lines []string) string {
	return strings.TrimSpace(manyBlankLines().ReplaceAllString(strings.Join(lines, "\n"), "\n\n"))
}
