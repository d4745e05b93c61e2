package apptest

import (
	"net/url"
	"strings"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/platform/db"
	"lintel/internal/platform/id"
)

// told is who has a notice of something newer than before, and in which words.
func (p *Portal) told(org access.OrgID, after int) map[string]string {
	p.t.Helper()
	out := map[string]string{}
	var lines string
	p.read(&lines, `select coalesce(string_agg(m.email || ' = ' || n.title, '|'), '') from notices n join memberships m on m.org = n.org and m.person = n.person
		join events e on e.org = n.org and e.id = n.event where n.org = $1 and e.seq > $2 and n.hidden = false`, string(org), after)
	for _, line := range strings.Split(lines, "|") {
		if who, title, found := strings.Cut(line, " = "); found {
			out[who] = title
		}
	}
	return out
}

func (p *Portal) lastEvent(org access.OrgID) (seq int) {
	p.t.Helper()
	p.read(&seq, `select seq from event_heads where org = $1`, string(org))
	return seq
}

// mailsAfter are the subjects of the mails to an address that are newer than so many.
func (p *Portal) mailsAfter(to string, count int) (subjects []string) {
	for _, m := range p.Mails(to)[count:] {
		subjects = append(subjects, m.Subject)
	}
	return subjects
}

// SY-03, SY-04, SY-09, SY-12: a message is at once on the other side, in the inbox and in the mail of the right people and
// of nobody else, in their words and language.
func TestSY03SY04SY09SY12AMessageReachesTheRightPeopleAndNoOther(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, birch := p.Twins()
		m, project := alder.A, alder.A.Things.Project
		owner, member := "owner@alder.example", "member@alder.example"
		manager := alder.Staff[access.Manager]
		una, tue := m.One, m.Two
		path := "/alder/messages/project/" + project
		office, home := p.As(manager), p.As(una)
		everybody := []string{owner, member, manager.Email, "administrator@alder.example", "finance@alder.example", una.Email, tue.Email, alder.B.One.Email, birch.A.One.Email, "owner@birch.example"}
		step := func(what string, who *Client, form url.Values, want map[string]string) {
			t.Helper()
			form.Set("id", id.New())
			before, mails := p.lastEvent(alder.Org), map[string]int{}
			for _, address := range everybody {
				mails[address] = len(p.Mails(address))
			}
			if answer := who.Post(path, form); answer.Status != 303 {
				t.Fatalf("%s: %d", what, answer.Status)
			}
			p.RunJobs()
			told := p.told(alder.Org, before)
			for _, address := range everybody {
				got := p.mailsAfter(address, mails[address])
				if want[address] == "" && (len(got) > 0 || told[address] != "") {
					t.Errorf("%s: %s is told %q and mailed %q", what, address, told[address], got)
				}
				if want[address] != "" && (told[address] != want[address] || len(got) != 1 || got[0] != want[address]) {
					t.Errorf("%s: %s is told %q and mailed %q, want once %q", what, address, told[address], got, want[address])
				}
			}
		}
		house := "House of " + m.Canary
		administrator := "administrator@alder.example"
		wrote := una.Name + " wrote on " + house
		step("a customer writes", home, url.Values{"text": {"When does the kitchen come?"}}, map[string]string{owner: wrote, administrator: wrote})
		if page := p.As(manager).Get("/alder/office/projects/" + project); !strings.Contains(page.Body, "When does the kitchen come?") {
			t.Error("the office does not see it at once")
		}
		answered := "Colleague manager " + alder.Canary + " wrote on " + house
		step("the office answers", office, url.Values{"text": {"On Friday."}}, map[string]string{una.Email: answered, tue.Email: answered})
		note := "Colleague manager " + alder.Canary + " mentioned you on " + house
		step("an internal note mentions a colleague", office, url.Values{"text": {"@Colleague member " + alder.Canary + " call them"}, "internal": {"1"}}, map[string]string{member: note})
		step("an internal note mentions a customer's name", office, url.Values{"text": {"@" + una.Name + " pays late"}, "internal": {"1"}}, nil)
		mention := una.Name + " mentioned you on " + house
		step("a customer mentions a colleague and her husband", home, url.Values{"text": {"@Colleague member " + alder.Canary + " and @" + tue.Name + ": is it oak?"}},
			map[string]string{owner: wrote, administrator: wrote, member: mention, tue.Email: mention})

		alder.change(func(tx *guard.Tx) error { // she reads German, he may no longer read messages
			two, err := identity.CustomerByAddress(tx, tue.Email)
			if err != nil {
				return err
			}
			for _, at := range []identity.Scope{{Customer: m.Things.Customer}, {Customer: m.Things.Customer, Project: project}} {
				if err := identity.SetModules(tx, two.Person, at, access.NewModuleSet(access.Projects, access.Documents), "a test"); err != nil {
					return err
				}
			}
			return nil
		})
		p.must(p.App.Database.Write(t.Context(), "*", func(tx *db.Tx) error {
			_, err := tx.Exec(`update people set language = 'de' where email = $1`, una.Email)
			return err
		}))
		step("a German reader, and one without the module", office, url.Values{"text": {"Oak it is."}}, map[string]string{una.Email: "Colleague manager " + alder.Canary + " hat zu " + house + " geschrieben"})
	})
}
