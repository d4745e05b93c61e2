package apptest

import (
	"net/http"
	"strings"
	"testing"

	"lintel/internal/core/access"
)

// JT-29: below the name of whom one may mention stands what they do and for whom, in the list after an @ and in the one without
// script; never what somebody in the office is permitted, and nobody of another family.
func TestJT29TheMentionListSaysWhatPeopleDoAndForWhom(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m := alder.A
		p.raw(`update memberships set title = 'Kitchen planner' where kind = 'staff' and email = '` + alder.Staff[access.Owner].Email + `'`)
		p.raw(`update contacts set title = 'Home owner' where email = '` + m.Two.Email + `'`)
		firm, family := "Firm "+alder.Canary, "Family "+m.Canary
		for who, browser := range map[string]*Client{"a customer": p.As(m.One), "the office": p.As(alder.Staff[access.Administrator])} {
			list := browser.Get("/alder/messages/project/" + m.Things.Project + "/people?q=")
			page := browser.Visit("/alder/" + map[string]string{"a customer": "home", "the office": "office"}[who] + "/projects/" + m.Things.Project)
			if list.Status != http.StatusOK || page.Status != http.StatusOK {
				t.Fatalf("%s: %d, %d", who, list.Status, page.Status)
			}
			for place, body := range map[string]string{"after an @": list.Body + browser.Get("/alder/messages/project/"+m.Things.Project+"/people?q=Tue").Body, "without script": page.Body} {
				for _, line := range []string{"Kitchen planner, " + firm, "Home owner, " + family, "<small>" + firm + "</small>"} {
					if !strings.Contains(body, line) {
						t.Errorf("%s, %s: the list does not say %q", who, place, line)
					}
				}
			}
			for _, role := range access.Roles {
				if strings.Contains(strings.ToLower(list.Body), "<small>"+string(role)) {
					t.Errorf("%s is told who is %s", who, role)
				}
			}
			if strings.Contains(list.Body, alder.B.Canary) {
				t.Errorf("%s is shown another family", who)
			}
			for _, option := range strings.Split(list.Body, `role="option"`)[1:] {
				option, _, _ = strings.Cut(option, "</li>")
				if strings.Count(option, "<small>") != 1 {
					t.Errorf("%s: an option says not once what they do: %s", who, option)
				}
			}
		}
	})
}
