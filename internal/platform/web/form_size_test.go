package web

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"lintel/internal/platform/fault"
)

func TestAFormMayHaveAsManyFieldsAndBytesAsItsSizeSays(t *testing.T) {
	size := FormSize{Bytes: 1 << 20, Fields: 25_000}
	fields := func(count int) string {
		var body strings.Builder
		for n := range count {
			fmt.Fprintf(&body, "&line.%d.name=a%%26b", n)
		}
		return body.String()[1:]
	}
	for name, test := range map[string]struct {
		body  string
		taken bool
	}{
		"as many as it may have": {fields(25_000), true},
		"one more":               {fields(25_001), false},
		"too long":               {"a=" + strings.Repeat("x", 1<<20), false},
	} {
		r := httptest.NewRequest("POST", "/", strings.NewReader(test.body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
		form, err := ReadForm(httptest.NewRecorder(), r, size)
		switch {
		case test.taken && (err != nil || len(form.Values) != 25_000 || form.Raw("line.24999.name") != "a&b"):
			t.Errorf("%s: %v", name, err)
		case !test.taken && !fault.Is(err, fault.TooLarge):
			t.Errorf("%s: %v", name, err)
		}
	}
}
