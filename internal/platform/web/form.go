package web

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"lintel/internal/platform/fault"
)

// Limits of what a form may carry.
const (
	FormLimit  = 2 << 20 // bytes of a whole form; files go through uploads
	LineLimit  = 300     // characters of a one-line field
	TextLimit  = 20_000  // characters of a many-line field
	ValueLimit = 20_000  // number of fields
)

// FormSize is how much a form may carry.
type FormSize struct {
	Bytes  int64
	Fields int
}

// OrdinarySize is the size of nearly every form.
var OrdinarySize = FormSize{FormLimit, ValueLimit}

// Form is what a person sent in. Its methods trim, and refuse what no keyboard types.
type Form struct {
	Values   url.Values
	problems fault.Problems
}

// ReadForm reads the body of a POST. A body that is larger than the size is TooLarge. Of files more than FormLimit waits on
// the disk, not in memory.
func ReadForm(w http.ResponseWriter, r *http.Request, size FormSize) (*Form, error) {
	r.Body = http.MaxBytesReader(w, r.Body, size.Bytes)
	var err error
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		err = r.ParseMultipartForm(min(size.Bytes, FormLimit))
	} else {
		err = readPairs(r, size)
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, fault.New(fault.TooLarge, "This is more than a form can carry. Please send large files with the upload button.")
	}
	if fault.Is(err, fault.TooLarge) {
		return nil, err
	}
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "The form could not be read. Please try again.", err)
	}
	if len(r.PostForm) > size.Fields {
		return nil, tooManyFields()
	}
	return &Form{Values: r.PostForm}, nil
}

func tooManyFields() error { return fault.New(fault.TooLarge, "This form has too many fields.") }

// readPairs reads a form as browsers send it. It goes by parts, because net/url takes no more
// than 10,000 fields at once.
func readPairs(r *http.Request, size FormSize) error {
	const part = 5_000
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); strings.TrimSpace(kind) != "application/x-www-form-urlencoded" {
		return r.ParseForm()
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	pairs := strings.SplitN(string(body), "&", size.Fields+1)
	if len(pairs) > size.Fields {
		return tooManyFields()
	}
	r.PostForm = url.Values{}
	for some := range slices.Chunk(pairs, part) {
		values, err := url.ParseQuery(strings.Join(some, "&"))
		if err != nil {
			return err
		}
		for name, list := range values {
			r.PostForm[name] = append(r.PostForm[name], list...)
		}
	}
	return nil
}

// Line is a one-line field, trimmed.
func (f *Form) Line(name string) string { return f.text(name, LineLimit, false) }

// Text is a many-line field, trimmed, with line ends as \n.
func (f *Form) Text(name string) string { return f.text(name, TextLimit, true) }

// Required is Line that also notes a problem when it is empty.
func (f *Form) Required(name, message string) string {
	value := f.Line(name)
	if value == "" {
		f.problems.Add(name, message)
	}
	return value
}

// Checked reports whether a box is ticked.
func (f *Form) Checked(name string) bool {
	v := f.Values.Get(name)
	return v != "" && v != "off" && v != "false" && v != "0"
}

// Raw is a field as it came, for values that are checked elsewhere (signatures, tokens).
func (f *Form) Raw(name string) string { return f.Values.Get(name) }

// All is every value of a field that may repeat.
func (f *Form) All(name string) []string { return f.Values[name] }

// Problem notes a problem with a field.
func (f *Form) Problem(name, message string) { f.problems.Add(name, message) }

// Err is nil, or the fault with all noted problems.
func (f *Form) Err() error { return f.problems.Err() }

// Whole reads a whole number, such as a version or revision, that the databases can hold; an error for everything else.
func Whole(text string) (int, error) {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0, err
	}
	return int(n), nil
}

func (f *Form) text(name string, limit int, lines bool) string {
	value := strings.TrimSpace(strings.ReplaceAll(f.Values.Get(name), "\r\n", "\n"))
	if !utf8.ValidString(value) {
		f.problems.Add(name, "This contains characters that cannot be read.")
		return ""
	}
	if utf8.RuneCountInString(value) > limit {
		f.problems.Add(name, "This is too long.")
		return value
	}
	for _, c := range value {
		if unicode.IsControl(c) && !(lines && (c == '\n' || c == '\t')) {
			f.problems.Add(name, "Please use plain text without line breaks or control characters here.")
			return ""
		}
	}
	return value
}
