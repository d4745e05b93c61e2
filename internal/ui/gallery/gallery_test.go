package main

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"
)

var (
	elementID = regexp.MustCompile(`\sid="([^"]*)"`)
	refersTo  = regexp.MustCompile(`\s(?:for|aria-labelledby|aria-describedby|popovertarget|data-open|form)="([^" ]*)"`)
	inline    = regexp.MustCompile(`\sstyle="|\son[a-z]+="|<style|<script>`)
	templates = regexp.MustCompile(`(?s)<template.*?</template>`)
)

// Every component is on some screen, so this holds for all of them.
func TestEveryScreenIsSoundHTML(t *testing.T) {
	for path := range screens() {
		recorder := httptest.NewRecorder()
		handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
		if recorder.Code != http.StatusOK {
			t.Fatalf("%s answers %d", path, recorder.Code)
		}
		html := templates.ReplaceAllString(recorder.Body.String(), "")
		if found := inline.FindString(html); found != "" {
			t.Errorf("%s holds %q, which the policy forbids", path, found)
		}
		seen := map[string]bool{}
		for _, match := range elementID.FindAllStringSubmatch(html, -1) {
			if match[1] == "" || seen[match[1]] {
				t.Errorf("%s has the id %q twice or empty", path, match[1])
			}
			seen[match[1]] = true
		}
		for _, match := range refersTo.FindAllStringSubmatch(html, -1) {
			if !seen[match[1]] {
				t.Errorf("%s refers to the id %q, which is not there", path, match[1])
			}
		}
	}
}
