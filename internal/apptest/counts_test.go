package apptest

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"lintel/internal/core/access"
)

// One number of the menu that cannot be counted takes none of the others with it: the page stands, and the log names it.
func TestANumberThatCannotBeCountedLeavesTheOthers(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		owner, una := p.As(alder.Staff[access.Owner]), p.As(alder.A.One)
		before := menuNumbers(owner.Get("/alder/office/customers").Body)
		if len(before) < 3 {
			t.Fatalf("the menu counts %v: nothing is measured", before)
		}
		menu := strings.Contains(una.Get("/alder/profile").Body, `href="/alder/home/projects"`)
		p.raw(`alter table incoming_mails rename to lost_mails`)
		page := owner.Get("/alder/office/customers")
		after := menuNumbers(page.Body)
		if page.Status != http.StatusOK || after["requests"] != before["requests"] || after["inbox"] != before["inbox"] || after["mails"] != "" {
			t.Errorf("the page answers %d and counts %v, before %v", page.Status, after, before)
		}
		if !strings.Contains(p.Log(), "figure=mails") || strings.Contains(p.Log(), "figure=inbox") {
			t.Error("the log does not name the number that is missing, and that alone")
		}
		p.raw(`alter table notices rename to lost_notices`)
		if still := strings.Contains(una.Get("/alder/profile").Body, `href="/alder/home/projects"`); still != menu {
			t.Errorf("without the bell's number the customer's menu is there: %t, before %t", still, menu)
		}
	})
}

var menuNumber = regexp.MustCompile(`(?s)<a[^>]*href="/alder/office/(inbox|mails|requests)"[^>]*>(.*?)</a>`)

// menuNumbers are the numbers beside the entries of the office's menu.
func menuNumbers(page string) map[string]string {
	found := map[string]string{}
	for _, entry := range menuNumber.FindAllStringSubmatch(page, -1) {
		if number := regexp.MustCompile(`>\s*(\d+)\+?\s*<`).FindStringSubmatch(entry[2]); number != nil && found[entry[1]] == "" {
			found[entry[1]] = number[1]
		}
	}
	return found
}
