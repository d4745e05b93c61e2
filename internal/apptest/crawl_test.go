package apptest

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/features/organisation"
)

// crawler is somebody who follows every link, with the words that they must never read.
type crawler struct {
	name   string
	client *Client
	starts []string
	banned []string
	reads  []string // must be found, or the crawl has looked at nothing
}

// costs are the ways in which a cost price could stand on a page.
func costs(f *Firm) []string {
	whole, cents := f.Cost/100, f.Cost%100
	return []string{fmt.Sprint(f.Cost), fmt.Sprintf("%d.%02d", whole, cents), fmt.Sprintf("%d,%03d.%02d", whole/1000, whole%1000, cents)}
}

func everythingOf(f *Firm) []string {
	return append([]string{f.Canary, f.Office, f.A.Canary, f.B.Canary, "one@aye." + f.Slug, "one@bee." + f.Slug}, costs(f)...)
}

func crawlers(p *Portal, alder, birch *Firm) (list []crawler) {
	objects := func(f *Firm) (paths []string) {
		for _, family := range []*Family{f.A, f.B} {
			t := family.Things
			for _, path := range []string{"/home/projects/" + t.Project, "/home/proposals/" + t.Proposal, "/home/proposals/" + t.Approved, "/files/" + t.File, "/files/" + t.OfficeFile,
				"/files/" + t.Agreement, "/messages/proposal/" + t.Proposal, "/office/proposals/" + t.Proposal, "/office/customers/" + t.Customer, "/office/projects/" + t.Project} {
				paths = append(paths, "/"+f.Slug+path)
			}
		}
		return paths
	}
	everywhere := append(append([]string{"/", "/alder", "/birch", "/sign-in", "/sign-in/choose", "/alder/office", "/alder/home", "/alder/home/projects", "/alder/home/proposals", "/alder/home/agreements",
		"/alder/office/projects?q=X", "/alder/office/customers?q=Family", "/alder/office/search?q=X", "/alder/home/search?q=X", "/birch/office", "/birch/home",
		"/alder/office/projects?sort=name", "/alder/office/proposals", "/alder/office/settings", "/alder/office/inbox", "/alder/home/inbox", "/alder/desk", "/alder/desk/technicians", "/alder/desk/preferences", "/alder/field", "/alder/field/preferences", "/alder/office/contractors", "/alder/profile/sessions"}, objects(alder)...), objects(birch)...)
	add := func(name string, client *Client, reads []string, banned ...[]string) {
		c := crawler{name: name, client: client, starts: everywhere, reads: reads}
		for _, words := range banned {
			c.banned = append(c.banned, words...)
		}
		list = append(list, c)
	}
	office := append([]string{alder.Office}, costs(alder)...)
	stranger := []string{alder.A.Canary, alder.B.Canary, alder.Office, birch.A.Canary, birch.B.Canary, birch.Office}
	add("nobody", p.Browser(), []string{alder.Canary}, stranger, costs(alder), costs(birch))
	for _, role := range access.Roles {
		banned, reads := everythingOf(birch), []string{alder.A.Canary, alder.B.Canary, alder.Office}
		if !access.Allows(access.Staff, role, access.CostsRead) {
			banned = append(banned, costs(alder)...)
		} else if role != access.Finance { // the preview and the list show no costs to anybody; the editor does
			reads = append(reads, costs(alder)[2])
		}
		add("staff, "+string(role), p.As(alder.Staff[role]), reads, banned)
	}
	add("A's first contact", p.As(alder.A.One), []string{alder.A.Canary}, everythingOf(birch), office, []string{alder.B.Canary, "bee.alder"})
	add("A's second contact", p.As(alder.A.Two), []string{alder.A.Canary}, everythingOf(birch), office, []string{alder.B.Canary, "bee.alder"})
	add("B's first contact", p.As(alder.B.One), []string{alder.B.Canary}, everythingOf(birch), office, []string{alder.A.Canary, "aye.alder"})
	add("A's contractor at the desk", p.As(alder.A.Desk), []string{alder.A.Canary}, everythingOf(birch), office, []string{alder.B.Canary, "bee.alder"})
	add("B's technician", p.As(alder.B.Field), []string{alder.B.Canary}, everythingOf(birch), office, []string{alder.A.Canary, "aye.alder"})
	add("the other firm's customer", p.As(birch.A.One), []string{birch.A.Canary}, []string{alder.Office, alder.A.Canary, alder.B.Canary, birch.Office, birch.B.Canary}, costs(birch))
	return list
}

// The public pages of a firm may say its name; the rest of the other firm may stand nowhere.
func allowed(page Page, word string, slug string) bool {
	return word == "Xorg"+slug && (strings.HasPrefix(page.Path, "/sign-in") || page.Path == "/"+slug || strings.HasPrefix(page.Path, "/"+slug+"/logo") || strings.HasPrefix(page.Path, "/"+slug+"/theme") ||
		page.Path == "/"+slug+"/manifest.webmanifest" || page.Path == "/"+slug+"/offline")
}

func TestNobodyReadsWhatIsNotTheirsOnAnyPageOrInAnyMailAndReadingChangesNothing(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, birch := p.Twins()
		people := crawlers(p, alder, birch)
		before := p.State()
		total := 0
		for i, c := range people {
			if i%sweep != 0 {
				continue
			}
			found, read := map[string]bool{}, map[string]bool{}
			pages := c.client.Crawl(700, func(page Page) {
				if page.Status >= 500 && page.Status != http.StatusServiceUnavailable {
					t.Errorf("%s: %s answers %d (linked from %s)", c.name, page.Path, page.Status, page.From)
				}
				text := Readable(page.Body) + fmt.Sprint(page.Header)
				for _, word := range c.reads {
					read[word] = read[word] || strings.Contains(text, word)
				}
				for _, word := range c.banned {
					if strings.Contains(text, word) && !allowed(page, word, "birch") && !allowed(page, word, "alder") && !found[word+page.Path] {
						found[word+page.Path] = true
						t.Errorf("%s reads %q on %s (linked from %s)", c.name, word, page.Path, page.From)
					}
				}
			}, c.starts...)
			for _, word := range c.reads {
				if !read[word] {
					t.Errorf("%s never reads %q, so the crawl proves nothing", c.name, word)
				}
			}
			total += pages
			t.Logf("%-28s %4d pages", c.name, pages)
		}
		// H02: a GET changes nothing, wherever it leads.
		for _, table := range Changed(before, p.State()) {
			t.Errorf("reading has changed %s", table)
		}
		t.Logf("%d pages crawled, %d mails read", total, mailsAreTheirs(t, p, alder, birch))
	})
}

// mailsAreTheirs reads every mail and tells how many there are.
func mailsAreTheirs(t *testing.T, p *Portal, alder, birch *Firm) int {
	mails := p.Mails("")
	for _, m := range mails {
		to := DeliveredTo(m)
		text := m.Subject + m.Text + m.HTML + fmt.Sprint(m.Headers)
		for _, attached := range m.Attachments {
			text += Readable(string(attached.Bytes))
		}
		for _, f := range []*Firm{alder, birch} {
			mine := strings.HasSuffix(to, "@"+f.Slug+".example") || strings.HasSuffix(to, "."+f.Slug+".example")
			banned := []string{f.Office}
			switch {
			case !mine:
				banned = everythingOf(f)
			case strings.HasSuffix(to, "@"+f.Slug+".example"): // colleagues are told of what came for the office
				banned = nil
			}
			for _, family := range []*Family{f.A, f.B} {
				if mine && strings.Contains(to, ".") && !strings.Contains(to, "@"+family.Name+".") && strings.Contains(to, "e."+f.Slug) {
					banned = append(banned, family.Canary)
				}
			}
			for _, word := range append(banned, costs(f)...) {
				if strings.Contains(text, word) {
					t.Errorf("the mail %q to %s says %q", m.Subject, to, word)
				}
			}
		}
	}
	if len(mails) < 8 {
		t.Errorf("only %d mails", len(mails))
	}
	return len(mails)
}

func TestAMailScannerChangesNothingHoweverOftenItComes(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		alder.LinkPolicy(organisation.LinkPortal)
		scanner := p.Browser()
		before, opened := p.State(), 0
		for _, m := range p.Mails("") {
			for _, address := range regexp.MustCompile(`https://portal\.example[^\s"<>]*`).FindAllString(m.Text, -1) {
				for range 10 {
					scanner.Do(http.MethodHead, strings.TrimPrefix(address, BaseURL), "", nil)
					scanner.Visit(strings.TrimPrefix(address, BaseURL))
					opened++
				}
			}
		}
		for _, table := range Changed(before, p.State()) {
			t.Errorf("the scanner has changed %s", table)
		}
		if opened < 40 {
			t.Fatalf("only %d links were opened", opened)
		}
	})
}
