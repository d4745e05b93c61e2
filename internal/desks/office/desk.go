package officedesk

import (
	"context"
	"slices"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/document"
	"lintel/internal/features/message"
	"lintel/internal/features/notify"
	"lintel/internal/features/project"
	"lintel/internal/features/request"
	"lintel/internal/features/signing"
)

const (
	soon          = 7                   // days before the last valid day in which a proposal needs somebody
	over          = 30                  // days after it in which it still does
	recent        = 90 * 24 * time.Hour // what was answered or left longer ago waits for nobody
	quiet         = 24 * time.Hour      // a draft is being written until nobody has touched it for so long
	mostOfKind    = 7
	homeNeeds     = 6
	homeProposals = 6
	homeNotices   = 6
	homeWaiting   = 5
	homeRequests  = 4
)

// The kinds of needs.
const (
	ChangesRequested = "changes requested"
	Bounced          = "bounced"
	Expiring         = "expiring"
	Declined         = "declined"
	Expired          = "expired"
	Approved         = "approved" // and the project is where it was before
	Draft            = "draft"
)

// Need is one thing that waits for somebody in the office, until it is done.
type Need struct {
	Kind       string
	Title      string // of a bounced contact: the customer's name
	Number     string
	Who        string
	Document   string
	Project    string
	ValidUntil string
	ViewedAt   time.Time
	UpdatedAt  time.Time
	Customer   string
	Contact    string
	Email      string
	At         time.Time // of the answer, or when mail came back
}

// Steps says which first steps a firm has taken.
type Steps struct{ Customer, Project, Proposal bool }

// Home is what the first page shows.
type Home struct {
	Needs     []Need // the most urgent first
	More      []Need // those that found no place beside them
	Proposals []document.Document
	Notices   []notify.Notice
	Waiting   []message.Waiting // conversations in which a customer has written last
	Requests  []request.Request // that wait for an answer
	Fuller    bool              // more wait than stand here
	Steps     Steps
}

// Desk reads what the office's home shows.
type Desk struct {
	store     *guard.Store
	documents *document.Service
	inbox     *notify.Service
}

// New makes the desk.
func New(store *guard.Store, documents *document.Service, inbox *notify.Service) *Desk {
	return &Desk{store, documents, inbox}
}

// Home gathers the actor's first page, of what they may read. Staff only.
func (d *Desk) Home(ctx context.Context, actor access.Actor, zone *time.Location) (h Home, err error) {
	err = d.store.View(ctx, actor, access.HomeRead, func(tx *guard.Tx) error { return h.load(tx, zone) })
	if err != nil {
		return h, err
	}
	if actor.May(access.ProposalsRead) {
		if h.Proposals, err = d.documents.List(ctx, actor, "", time.Time{}, "", homeProposals); err != nil {
			return h, err
		}
	}
	notices, err := d.inbox.Inbox(ctx, actor)
	h.Notices = others(notices, h.Needs)
	return h, err
}

func (h *Home) load(tx *guard.Tx, zone *time.Location) (err error) {
	var all []Need
	if all, h.Fuller, err = needs(tx, zone); err != nil {
		return err
	}
	h.Needs, h.More = all[:min(len(all), homeNeeds)], all[min(len(all), homeNeeds):]
	if tx.May(access.MessagesRead) {
		if h.Waiting, err = message.WaitingForAnswer(tx, homeWaiting+1); err != nil {
			return err
		}
	}
	if tx.May(access.ProjectsRead) {
		if h.Requests, err = request.NotAnswered(tx, homeRequests+1); err != nil {
			return err
		}
	}
	h.Fuller = h.Fuller || len(h.Waiting) > homeWaiting || len(h.Requests) > homeRequests
	h.Waiting, h.Requests = h.Waiting[:min(len(h.Waiting), homeWaiting)], h.Requests[:min(len(h.Requests), homeRequests)]
	h.Steps, err = loadSteps(tx)
	return err
}

// others are the newest notices that are not about a proposal that stands among the needs.
func others(notices []notify.Notice, needs []Need) (list []notify.Notice) {
	for _, n := range notices {
		shown := slices.ContainsFunc(needs, func(need Need) bool {
			return need.Document != "" && strings.HasSuffix(n.URL, strings.TrimPrefix(document.OfficePath("", need.Document), "/"))
		})
		if !shown && len(list) < homeNotices {
			list = append(list, n)
		}
	}
	return list
}

// needs puts first what a customer waits for, then what goes wrong by itself, then what the firm would like to have, and last
// what only its writer knows of. full says that there may be more of a kind.
func needs(tx *guard.Tx, zone *time.Location) (list []Need, full bool, err error) {
	now, today := tx.Now(), tx.Now().In(zone)
	day := func(n int) string { return today.AddDate(0, 0, n).Format(time.DateOnly) }
	since := func() guard.Args { return guard.Args{"since": now.Add(-recent)} }
	whose := "own"
	if role := tx.Actor().Role(); role == access.Owner || role == access.Administrator {
		whose = "led"
	}
	proposals := func(kind string, f *guard.Family, args guard.Args) func() ([]Need, error) {
		return func() ([]Need, error) { return loadProposals(tx, kind, f.Choose(whose, "first"), args) }
	}
	kinds := []struct {
		needs access.Permission
		load  func() ([]Need, error)
	}{
		{access.ProposalsRead, proposals(ChangesRequested, changesWait, since())},
		{access.CustomersWrite, func() ([]Need, error) { return loadBounced(tx) }},
		{access.ProposalsRead, proposals(Expiring, expiring, guard.Args{"today": day(0), "until": day(soon)})},
		{access.ProposalsRead, proposals(Declined, refused, since())},
		{access.ProposalsRead, proposals(Expired, expired, guard.Args{"from": day(-over)})},
		{access.ProposalsRead, proposals(Approved, agreed, since())},
		{access.ProposalsWrite, func() ([]Need, error) {
			return loadProposals(tx, Draft, drafts, guard.Args{"since": now.Add(-recent), "quiet": now.Add(-quiet)})
		}},
	}
	found := make([][]Need, len(kinds))
	var steps []func() error
	for i, kind := range kinds {
		if tx.May(kind.needs) {
			steps = append(steps, func() (err error) { found[i], err = kind.load(); return err })
		}
	}
	if err := tx.Together(steps...); err != nil {
		return nil, false, err
	}
	for _, some := range found {
		full = full || len(some) == mostOfKind
	}
	return slices.Concat(found...), full, nil
}

// Agreements lists the signed agreements of a project, the newest first. Staff only.
func (d *Desk) Agreements(ctx context.Context, actor access.Actor, of project.Line) (list []signing.Signature, err error) {
	err = d.store.View(ctx, actor, access.ProposalsRead, func(tx *guard.Tx) error {
		list, err = signing.AgreementsOfProject(tx, of.Customer, of.ID)
		return err
	})
	return list, err
}
