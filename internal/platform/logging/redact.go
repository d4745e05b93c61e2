package logging

import (
	"encoding"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
)

const hidden = "(hidden)"

// secretWords are parts of names whose values are never written.
var secretWords = []string{"token", "password", "passphrase", "cookie", "authorization", "secret", "link", "credential", "apikey", "api_key", "privatekey", "private_key"}

// secretNames are whole names of that kind; as parts they would hide harmless ones ("statuscode").
var secretNames = map[string]bool{"code": true, "otp": true, "pin": true, "key": true, "sessionid": true, "session_id": true, "signin_code": true, "confirmation_code": true}

// secretInText finds secrets inside sentences, addresses and headers. Each pattern's first
// group stays, so that a reader sees what was there.
var secretInText = []*regexp.Regexp{
	regexp.MustCompile(`(/(?:l|link|setup|invite|reset|confirm|unsubscribe|d)/)[^/?#\s"'<>]{12,}`),
	regexp.MustCompile(`(?i)([?&;](?:token|code|password|secret|signature|sig|key|t)=)[^&#\s"'<>]+`),
	regexp.MustCompile(`(?i)\b((?:bearer|basic) )[A-Za-z0-9._~+/=-]{6,}`),
	regexp.MustCompile(`(?i)\b((?:set-cookie|cookie|authorization|password|passwd|token|secret)\s*[:=]\s*)[^\s,;"']+`),
	regexp.MustCompile(`(://[^/\s:@]*:)[^/\s@]+@`),
	regexp.MustCompile(`(\b)[0-9a-z]{39}\b`), // a token of package secret, wherever it stands
}

// redact is the last thing that happens to each attribute, and to the message, before it is written.
func redact(groups []string, attr slog.Attr) slog.Attr {
	if isSecretName(attr.Key) || anySecret(groups) {
		return slog.String(attr.Key, hidden)
	}
	switch attr.Value.Kind() {
	case slog.KindString:
		attr.Value = slog.StringValue(redactText(attr.Value.String()))
	case slog.KindAny:
		attr.Value = redactAny(attr.Value.Any())
	}
	return attr
}

func anySecret(groups []string) bool {
	for _, group := range groups {
		if isSecretName(group) {
			return true
		}
	}
	return false
}

func isSecretName(name string) bool {
	lower := strings.ReplaceAll(strings.ToLower(name), "-", "_")
	if secretNames[lower] {
		return true
	}
	for _, word := range secretWords {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return false
}

// redactAny writes what has a text of its own; of other structures, which could hold
// anything, only the type.
func redactAny(value any) slog.Value {
	switch v := value.(type) {
	case nil:
		return slog.AnyValue(nil)
	case slog.Level:
		return slog.AnyValue(v)
	case *slog.Source:
		return slog.AnyValue(v)
	case error:
		return slog.StringValue(redactText(v.Error()))
	case encoding.TextMarshaler:
		text, err := v.MarshalText()
		if err != nil {
			return slog.StringValue(fmt.Sprintf("(%T)", value))
		}
		return slog.StringValue(redactText(string(text)))
	case fmt.Stringer:
		return slog.StringValue(redactText(v.String()))
	case []byte:
		return slog.StringValue(fmt.Sprintf("(%d bytes)", len(v)))
	case []string:
		return slog.StringValue(redactText(strings.Join(v, " ")))
	}
	return slog.StringValue(fmt.Sprintf("(%T)", value))
}

// redactText takes secrets out of a text and makes it one line, so that nobody can write a
// log line of their own (F05).
func redactText(text string) string {
	for _, pattern := range secretInText {
		text = pattern.ReplaceAllString(text, "${1}"+hidden)
	}
	return strings.NewReplacer("\r", "\\r", "\n", "\\n").Replace(text)
}
