package apptest

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"lintel/internal/core/access"
)

// CP-21: the list of live links says what each opens, and all of them end in one go.
func TestTheOfficeReadsWhatEachLinkOpensAndEndsThemAll(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m := alder.A
		m.send(m.Things.Draft)
		p.RunJobs()
		owner, customer := p.As(alder.Staff[access.Owner]), "/"+alder.Slug+"/office/customers/"+m.Things.Customer
		for _, page := range []string{customer, m.accessURL()} {
			answer := owner.Get(page).Body
			if !regexp.MustCompile(`<b>Proposal P-\d+, [^<]*`+m.Canary).MatchString(answer) || strings.Contains(answer, "<b>Document link</b>") {
				t.Errorf("%s does not say which proposals its links open", page)
			}
		}
		other := p.As(alder.Staff[access.Finance])
		if refused := other.Post(customer+"/links/revoke", nil); refused.Status != http.StatusForbidden {
			t.Errorf("the bookkeeper ends all links: %d", refused.Status)
		}
		if done := owner.Post(customer+"/links/revoke", url.Values{"back": {m.accessURL()}}); done.Location != m.accessURL() {
			t.Errorf("ending all links leads to %q", done.Location)
		}
		if answer := owner.Get(m.accessURL()).Body; !strings.Contains(answer, "0 links work") {
			t.Error("links work after all were ended")
		}
		if answer := owner.Get("/" + alder.Slug + "/office/customers/" + alder.B.Things.Customer).Body; strings.Contains(answer, "0 links work") {
			t.Error("the other family's links were ended too")
		}
	})
}
