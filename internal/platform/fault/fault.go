// Package fault is the one error type of Lintel: what went wrong, in words that a
// person may read, and of which kind, so that pages and the API answer alike.
//
// Everything that is not a Fault is a bug or an outage: the renderer answers 500
// with the request's id and shows nothing of it.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what sort of refusal a Fault is; the renderer turns it into a status.
type Kind string

// The kinds, with the HTTP status that the renderer gives each.
const (
	Invalid         Kind = "invalid"         // 422: the input is wrong; Fields say where
	NotFound        Kind = "not found"       // 404: absent, or not visible to this person
	Denied          Kind = "denied"          // 403: visible, but not theirs to do
	Unauthenticated Kind = "unauthenticated" // 401, or a redirect to sign-in on pages
	Conflict        Kind = "conflict"        // 409: somebody was faster
	Precondition    Kind = "precondition"    // 428: consent or a confirmation is missing
	TooLarge        Kind = "too large"       // 413
	TooMany         Kind = "too many"        // 429, with Retry-After
	Unavailable     Kind = "unavailable"     // 503: try again later
	NoSpace         Kind = "no space"        // 507
)

// Field is one wrong input: its form name and what to do about it. Values are names and
// values in turn for the {placeholders} of the message.
type Field struct {
	Name    string
	Message string
	Values  []any
}

// Fault is a refusal that its reader can act on. Message and the fields' messages are
// English source sentences without data of other people; the renderer translates them.
type Fault struct {
	Kind    Kind
	Message string
	Fields  []Field
	Values  []any // for the {placeholders} of the message
	cause   error
}

// New makes a fault of a kind with a sentence for the person.
func New(kind Kind, message string) *Fault { return &Fault{Kind: kind, Message: message} }

// Wrap is New that also keeps the cause, for the log only.
func Wrap(kind Kind, message string, cause error) *Fault {
	return &Fault{Kind: kind, Message: message, cause: cause}
}

// With gives the values for the {placeholders} of the message: names and values in turn.
func (f *Fault) With(pairs ...any) *Fault {
	f.Values = pairs
	return f
}

// ForField makes an Invalid fault about one form field.
func ForField(name, message string) *Fault {
	return &Fault{Kind: Invalid, Message: "Please check the marked fields.", Fields: []Field{{Name: name, Message: message}}}
}

// Error says the kind and the sentence, then the fields and the cause.
func (f *Fault) Error() string {
	text := string(f.Kind) + ": " + f.English()
	for _, field := range f.Fields {
		text += fmt.Sprintf(" [%s: %s]", field.Name, field.English())
	}
	if f.cause != nil {
		text += ": " + f.cause.Error()
	}
	return text
}

// English is the sentence with its values, for readers that are no people.
func (f *Fault) English() string { return english(f.Message, f.Values) }

// English is the sentence with its values.
func (f Field) English() string { return english(f.Message, f.Values) }

func english(message string, pairs []any) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		message = strings.ReplaceAll(message, fmt.Sprintf("{%v}", pairs[i]), fmt.Sprint(pairs[i+1]))
	}
	return message
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.cause }

// Is reports whether err is, or wraps, a Fault of the kind.
func Is(err error, kind Kind) bool {
	var f *Fault
	return errors.As(err, &f) && f.Kind == kind
}

// As gives the Fault in err, or nil.
func As(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// Problems collects field problems while a form is checked.
type Problems []Field

// Add notes a problem with a field.
func (p *Problems) Add(name, message string) { *p = append(*p, Field{Name: name, Message: message}) }

// Err is nil when nothing was noted, an Invalid fault otherwise.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return &Fault{Kind: Invalid, Message: "Please check the marked fields.", Fields: p}
}
