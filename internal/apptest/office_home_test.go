package apptest

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
	officedesk "lintel/internal/desks/office"
	"lintel/internal/features/customer"
	"lintel/internal/features/document"
	"lintel/internal/features/organisation"
	"lintel/internal/features/project"
)

// needing is what one firm's home shows while its work is done.
type needing struct {
	*Portal
	firm, rival *Firm
	m           *Family
	desk        *officedesk.Desk
	una         access.Actor
	contacts    []string
}

func inNeed(t *testing.T, run func(n *needing)) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, birch := p.Twins()
		m := alder.A
		run(&needing{Portal: p, firm: alder, rival: birch, m: m, desk: officedesk.New(p.App.Store, p.App.Documents, p.App.Inbox), una: p.As(m.One).Actor(alder.Slug, "/alder/home"),
			contacts: []string{p.contact(m.One.Email), p.contact(m.Two.Email)}})
	})
}

// begun is a draft on a project of its own.
func (n *needing) begun(title string) (proposal, projectID string) {
	n.t.Helper()
	made, err := n.App.Projects.Create(context.Background(), n.firm.Owner, project.Draft{Name: title, Customer: n.m.Things.Customer, Property: n.m.Things.Property, Stage: n.firm.stage})
	n.must(err)
	return n.m.proposal(Things{Project: made.ID}, title, n.contacts[0], n.contacts[1]), made.ID
}

func (n *needing) home(actor access.Actor) officedesk.Home {
	n.t.Helper()
	home, err := n.desk.Home(context.Background(), actor, time.UTC)
	n.must(err)
	return home
}

// kinds is how somebody's home needs them for a proposal or a contact.
func (n *needing) kinds(actor access.Actor, of string) (kinds []string) {
	n.t.Helper()
	home := n.home(actor)
	for _, need := range slices.Concat(home.Needs, home.More) {
		if need.Document == of || need.Contact == of {
			kinds = append(kinds, need.Kind)
		}
	}
	return kinds
}

func (n *needing) refusal(of string) document.Refusal {
	n.t.Helper()
	r, err := n.App.Documents.Read(context.Background(), n.una, of, 0)
	n.must(err)
	return document.Refusal{Document: of, Version: r.Version.Number, ShownSHA256: r.Version.SHA256, Reason: "Larger, please."}
}

// stageIn is a stage of a group.
func (n *needing) stageIn(bucket organisation.Bucket) string {
	n.t.Helper()
	stages, err := n.App.Organisations.Stages(context.Background(), n.firm.Owner)
	n.must(err)
	for _, s := range stages {
		if s.Bucket == bucket {
			return s.ID
		}
	}
	n.t.Fatalf("no stage is %s", bucket)
	return ""
}

// Each thing that needs somebody stands on the home by its state, stays when it is read of, and goes by the work; the other firm
// and colleagues whose it is not never see it.
func TestWhatNeedsTheOfficeStaysUntilTheWorkIsDone(t *testing.T) {
	ctx := context.Background()
	sent := func(n *needing, title string) (string, string) {
		made, on := n.begun(title)
		n.m.send(made)
		return made, on
	}
	cases := map[string]struct {
		kind   string
		arises func(n *needing) (of, on string)
		meanwhile,
		done func(n *needing, of, on string)
	}{
		"changes were asked for, until the next version is sent": {officedesk.ChangesRequested,
			func(n *needing) (string, string) {
				of, on := sent(n, "Barn")
				n.must(n.App.Documents.AskForChanges(ctx, n.una, n.refusal(of)))
				return of, on
			},
			func(n *needing, of, _ string) { n.must(n.App.Documents.Revise(ctx, n.firm.Owner, of)) },
			func(n *needing, of, _ string) { n.m.send(of) }},
		"a refusal, until it is answered": {officedesk.Declined, declined,
			func(n *needing, of, _ string) { n.m.remark(of, "What a pity.", true) },
			func(n *needing, of, _ string) { n.m.remark(of, "What a pity.", false) }},
		"a refusal, until the project is put away": {officedesk.Declined, declined, nil,
			func(n *needing, _, on string) {
				n.must(n.App.Projects.Move(ctx, n.firm.Owner, on, n.stageIn(organisation.Hidden)))
			}},
		"a proposal in its last week, until it is signed": {officedesk.Expiring,
			func(n *needing) (string, string) {
				of, on := sent(n, "Shed")
				n.Clock.Advance(25 * 24 * time.Hour)
				return of, on
			}, nil,
			func(n *needing, of, _ string) { n.m.sign(n.una, of) }},
		"a proposal that ran out, until it is withdrawn": {officedesk.Expired,
			func(n *needing) (string, string) {
				of, on := sent(n, "Gate")
				n.Clock.Advance(32 * 24 * time.Hour)
				n.RunJobs()
				return of, on
			}, nil,
			func(n *needing, of, _ string) { n.must(n.App.Documents.Void(ctx, n.firm.Owner, of, "Too late")) }},
		"a signature, until the project moves on": {officedesk.Approved,
			func(n *needing) (string, string) {
				of, on := sent(n, "Wall")
				n.m.sign(n.una, of)
				return of, on
			}, nil,
			func(n *needing, _, on string) {
				n.must(n.App.Projects.Move(ctx, n.firm.Owner, on, n.stageIn(organisation.Current)))
			}},
		"a draft that was left, until it is sent": {officedesk.Draft,
			func(n *needing) (string, string) {
				of, on := n.begun("Roof")
				if kinds := n.kinds(n.firm.Owner, of); len(kinds) > 0 {
					n.t.Errorf("what is just being written needs its writer: %v", kinds)
				}
				n.Clock.Advance(49 * time.Hour)
				return of, on
			}, nil,
			func(n *needing, of, _ string) { n.m.send(of) }},
		"an address that gave mail back, until it is corrected": {officedesk.Bounced,
			func(n *needing) (string, string) {
				n.raw(`update contacts set bounced_at = 1 where id = '` + n.contacts[1] + `'`)
				return n.contacts[1], ""
			}, nil,
			func(n *needing, of, _ string) {
				n.must(n.App.Customers.UpdateContact(ctx, n.firm.Owner, of, customer.ContactDetails{Name: "Tue", Email: "new@alder.example"}))
			}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			inNeed(t, func(n *needing) {
				of, on := c.arises(n)
				n.RunJobs()
				n.must(n.App.Inbox.ReadAll(ctx, n.firm.Owner))
				if c.meanwhile != nil {
					c.meanwhile(n, of, on)
				}
				if got := n.kinds(n.firm.Owner, of); !slices.Equal(got, []string{c.kind}) {
					n.t.Errorf("the owner's home shows %v, want %s, read or not", got, c.kind)
				}
				n.leads()
				readOnly := n.As(n.firm.Staff[access.ReadOnly]).Actor("alder", "/alder/office")
				for who, actor := range map[string]access.Actor{"the other firm": n.rival.Owner, "a colleague who only reads": readOnly} {
					if got := n.kinds(actor, of); len(got) > 0 {
						n.t.Errorf("%s sees it too: %v", who, got)
					}
				}
				c.done(n, of, on)
				if got := n.kinds(n.firm.Owner, of); slices.Contains(got, c.kind) {
					n.t.Errorf("the work is done, and it still stands there as %v", got)
				}
			})
		})
	}
}

func declined(n *needing) (string, string) {
	of, on := n.begun("Loft")
	n.m.send(of)
	n.must(n.App.Documents.Decline(context.Background(), n.una, n.refusal(of)))
	return of, on
}

// leads demands that every way of the cards leads somewhere.
func (n *needing) leads() {
	n.t.Helper()
	browser := n.As(n.firm.Staff[access.Owner])
	page := browser.Get("/alder/office").Body
	_, cards, found := strings.Cut(page, `<div class="needs">`)
	if !found {
		n.t.Fatal("the home has no needs")
	}
	cards, _, _ = strings.Cut(cards, "</section>")
	for _, part := range strings.Split(cards, `<a `)[1:] {
		_, part, _ = strings.Cut(part, `href="`)
		to, _, _ := strings.Cut(part, `"`)
		if answer := browser.Get(to); answer.Status != http.StatusOK {
			n.t.Errorf("a need leads to %s, which answers %d", to, answer.Status)
		}
	}
}

// What a colleague leaves behind who is here no more needs those who lead the firm, and nobody else.
func TestWhatSomebodyLeftBehindNeedsThoseWhoLeadTheFirm(t *testing.T) {
	inNeed(t, func(n *needing) {
		ctx := context.Background()
		manager := n.As(n.firm.Staff[access.Manager]).Actor("alder", "/alder/office")
		administrator := n.As(n.firm.Staff[access.Administrator]).Actor("alder", "/alder/office")
		of, _ := declined(n)
		n.raw(`update documents set owner = '` + string(manager.Person()) + `' where id = '` + of + `'`)
		if got := n.kinds(manager, of); len(got) != 1 {
			n.t.Errorf("its own manager's home shows %v", got)
		}
		if got := n.kinds(administrator, of); len(got) > 0 {
			n.t.Errorf("the administrator is shown what is the manager's: %v", got)
		}
		n.must(n.App.Staff.Suspend(ctx, n.firm.Owner, manager.Person(), "left"))
		for who, want := range map[access.Role]int{access.Owner: 1, access.Administrator: 1, access.Member: 0, access.ReadOnly: 0} {
			if got := n.kinds(n.As(n.firm.Staff[who]).Actor("alder", "/alder/office"), of); len(got) != want {
				n.t.Errorf("once they have left, %s is shown %v", who, got)
			}
		}
	})
}

// A role of the firm's own that may not read proposals opens the home, and finds none there.
func TestTheHomeShowsNothingThatARoleMayNotRead(t *testing.T) {
	inNeed(t, func(n *needing) {
		n.raw(`update contacts set bounced_at = 1 where id = '` + n.contacts[1] + `'`)
		declined(n)
		n.begun("Roof")
		n.Clock.Advance(49 * time.Hour)
		few := access.NewPermissionSet(access.HomeRead)
		home := n.home(access.NewActor(access.Identity{Org: n.firm.Org, Person: n.firm.Owner.Person(), Kind: access.Staff, Role: "own", Custom: &few, Proof: access.SignedIn}))
		if len(home.Needs)+len(home.More)+len(home.Proposals)+len(home.Waiting)+len(home.Requests) > 0 {
			n.t.Errorf("the home shows %d needs, %d proposals, %d questions and %d requests", len(home.Needs)+len(home.More), len(home.Proposals), len(home.Waiting), len(home.Requests))
		}
	})
}
