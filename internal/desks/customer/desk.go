package customerdesk

import (
	"context"
	"sort"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/notify"
	"lintel/internal/features/project"
	"lintel/internal/platform/money"
)

// How much the home shows; the rest is behind "View all".
const (
	homeNotices    = 5
	homeProjects   = 6
	homeAgreements = 4
	listAgreements = 200
)

// Desk reads what a customer's home shows.
type Desk struct {
	store    *guard.Store
	inbox    *notify.Service
	projects *project.Service
}

// New makes the desk.
func New(store *guard.Store, inbox *notify.Service, projects *project.Service) *Desk {
	return &Desk{store, inbox, projects}
}

// Proposal is a sent proposal as its customer sees it.
type Proposal struct {
	ID, Number, Title    string
	Project, ProjectName string
	State                proposal.State // of the version that was sent last
	Pending              bool           // the office works on the next version
	Signs                bool           // this person is asked to sign
	Total                money.Amount
	ValidUntil           string // last valid day, 2026-12-18; empty: no last day
	SentAt, AnsweredAt   time.Time
	Past                 bool // the last valid day is over
}

// ForSigning reports whether this person can sign it now.
func (p Proposal) ForSigning() bool {
	return p.Signs && !p.Pending && !p.Past && p.State == proposal.Sent
}

// Agreement is a signed agreement.
type Agreement struct {
	ID, Document, Number, Title string
	Version                     int
	Signer                      string
	Total                       money.Amount
	SignedAt                    time.Time
	File                        string // the sealed PDF; empty until it is sealed
}

// Home is what the first page shows.
type Home struct {
	Needs      []Proposal      // to sign, the most urgent first
	Notices    []notify.Notice // the unread ones first
	Unread     int             // of the inbox
	Projects   []project.Line
	News       map[string]project.News // of the projects: what is new in them
	More       bool                    // there are more projects
	Proposals  int
	Agreements []Agreement
}

// Home gathers the actor's first page. Customers only.
func (d *Desk) Home(ctx context.Context, actor access.Actor, zone *time.Location) (h Home, err error) {
	err = d.store.View(ctx, actor, access.HomeRead, func(tx *guard.Tx) error {
		if tx.May(access.ProjectsRead) {
			if h.Projects, err = loadProjects(tx, homeProjects+1); err != nil {
				return err
			}
			if h.News, err = d.projects.News(tx, idsOf(h.Projects)); err != nil {
				return err
			}
		}
		if !tx.May(access.ProposalsRead) {
			return nil
		}
		proposals, err := loadProposals(tx, "")
		if err != nil {
			return err
		}
		h.Proposals, h.Needs = len(proposals), waiting(past(proposals, tx.Now(), zone))
		h.Agreements, err = loadAgreements(tx, "", homeAgreements)
		return err
	})
	if err != nil {
		return h, err
	}
	if h.More = len(h.Projects) > homeProjects; h.More {
		h.Projects = h.Projects[:homeProjects]
	}
	if h.Notices, err = d.inbox.Inbox(ctx, actor); err != nil {
		return h, err
	}
	sort.SliceStable(h.Notices, func(i, j int) bool { return h.Notices[i].Unread() && !h.Notices[j].Unread() })
	for _, n := range h.Notices {
		if n.Unread() {
			h.Unread++
		}
	}
	h.Notices = h.Notices[:min(len(h.Notices), homeNotices)]
	return h, nil
}

func idsOf(projects []project.Line) []string {
	ids := make([]string, len(projects))
	for i, p := range projects {
		ids[i] = p.ID
	}
	return ids
}

// OnlyProject is the one project that is all the actor sees, in which their portal opens
// (JT-10): nothing that they may read lies outside of it. Empty when there are more, or none.
func (d *Desk) OnlyProject(ctx context.Context, actor access.Actor) (only string, err error) {
	if !actor.May(access.ProjectsRead) {
		return "", nil
	}
	err = d.store.View(ctx, actor, access.HomeRead, func(tx *guard.Tx) error {
		projects, err := loadProjects(tx, 2)
		if err != nil || len(projects) != 1 {
			return err
		}
		proposals, err := loadProposals(tx, "")
		if err != nil {
			return err
		}
		for _, p := range proposals {
			if p.Project != projects[0].ID {
				return nil
			}
		}
		only = projects[0].ID
		return nil
	})
	return only, err
}

// Proposals lists the sent proposals that the actor may see, of one project or of all,
// with those to sign first.
func (d *Desk) Proposals(ctx context.Context, actor access.Actor, project string, zone *time.Location) (list []Proposal, err error) {
	err = d.store.View(ctx, actor, access.ProposalsRead, func(tx *guard.Tx) error {
		if list, err = loadProposals(tx, project); err != nil {
			return err
		}
		list = past(list, tx.Now(), zone)
		sort.SliceStable(list, func(i, j int) bool { return list[i].ForSigning() && !list[j].ForSigning() })
		return nil
	})
	return list, err
}

// Agreements lists the Signed Agreements that the actor may see, the newest first.
func (d *Desk) Agreements(ctx context.Context, actor access.Actor, project string) (list []Agreement, err error) {
	err = d.store.View(ctx, actor, access.ProposalsRead, func(tx *guard.Tx) error {
		list, err = loadAgreements(tx, project, listAgreements)
		return err
	})
	return list, err
}

// past marks proposals whose last valid day is over though the timetable has not yet said so.
func past(list []Proposal, now time.Time, zone *time.Location) []Proposal {
	for i := range list {
		list[i].Past = list[i].State == proposal.Sent && proposal.IsPast(list[i].ValidUntil, now, zone)
	}
	return list
}

// waiting picks what the actor can sign now: the nearest deadline first, then those
// without one, the oldest first.
func waiting(list []Proposal) (needs []Proposal) {
	for _, p := range list {
		if p.ForSigning() {
			needs = append(needs, p)
		}
	}
	sort.SliceStable(needs, func(i, j int) bool {
		a, b := needs[i], needs[j]
		if a.ValidUntil != b.ValidUntil {
			return b.ValidUntil == "" || a.ValidUntil != "" && a.ValidUntil < b.ValidUntil
		}
		return a.SentAt.Before(b.SentAt)
	})
	return needs
}
