package officedesk

import (
	"context"
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
	soon          = 7 // days before the last valid day in which a proposal needs somebody
	homeNeeds     = 6
	homeProposals = 6
	homeNotices   = 6
	homeWaiting   = 5
	homeRequests  = 4
)

// The kinds of needs that are no answers; an answer's kind is its event's.
const (
	ChangesRequested = "proposal.changes_requested"
	Declined         = "proposal.declined"
	Approved         = "proposal.approved"
	Expiring         = "expiring"
	Bounced          = "bounced"
)

// Need is one thing that waits for somebody in the office.
type Need struct {
	Kind       string
	Notice     string // of an answer: opening it marks it as read
	Title      string // of a bounced contact: the customer's name
	Number     string
	Who        string
	Document   string
	ValidUntil string
	ViewedAt   time.Time
	Customer   string
	Contact    string
	Email      string
	At         time.Time
}

// Steps says which first steps a firm has taken.
type Steps struct{ Customer, Project, Proposal bool }

// Home is what the first page shows.
type Home struct {
	Needs     []Need // the most urgent first
	More      int    // needs that found no place
	Proposals []document.Document
	Notices   []notify.Notice
	Waiting   []message.Waiting // conversations in which a customer has written last
	Requests  []request.Request // that wait for an answer
	Fuller    bool              // more wait than Waiting and Requests hold
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

// Home gathers the actor's first page. Staff only.
func (d *Desk) Home(ctx context.Context, actor access.Actor, zone *time.Location) (h Home, err error) {
	err = d.store.View(ctx, actor, access.HomeRead, func(tx *guard.Tx) error {
		if h.Needs, err = needs(tx, zone); err != nil {
			return err
		}
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
		h.Steps, err = loadSteps(tx)
		return err
	})
	if err != nil {
		return h, err
	}
	h.Fuller = len(h.Waiting) > homeWaiting || len(h.Requests) > homeRequests
	h.Waiting, h.Requests = h.Waiting[:min(len(h.Waiting), homeWaiting)], h.Requests[:min(len(h.Requests), homeRequests)]
	if h.More = len(h.Needs) - homeNeeds; h.More > 0 {
		h.Needs = h.Needs[:homeNeeds]
	}
	if h.Proposals, err = d.documents.List(ctx, actor, "", time.Time{}, "", homeProposals); err != nil {
		return h, err
	}
	notices, err := d.inbox.Inbox(ctx, actor)
	h.Notices = others(notices, h.Needs)
	return h, err
}

// others are the newest notices that do not stand among the needs already.
func others(notices []notify.Notice, needs []Need) (list []notify.Notice) {
	shown := map[string]bool{}
	for _, n := range needs {
		shown[n.Notice] = true
	}
	for _, n := range notices {
		if !shown[n.ID] && len(list) < homeNotices {
			list = append(list, n)
		}
	}
	return list
}

// needs puts first what a customer waits for, then what goes wrong by itself, then what is
// good to know.
func needs(tx *guard.Tx, zone *time.Location) ([]Need, error) {
	answers, err := loadAnswers(tx)
	if err != nil {
		return nil, err
	}
	bounced, err := loadBounced(tx)
	if err != nil {
		return nil, err
	}
	expiring, err := loadExpiring(tx, tx.Now().In(zone))
	if err != nil {
		return nil, err
	}
	list := ofKind(answers, ChangesRequested)
	list = append(list, bounced...)
	list = append(list, expiring...)
	list = append(list, ofKind(answers, Declined)...)
	return append(list, ofKind(answers, Approved)...), nil
}

func ofKind(all []Need, kind string) (some []Need) {
	for _, n := range all {
		if n.Kind == kind {
			some = append(some, n)
		}
	}
	return some
}

// Agreements lists the signed agreements of a project, the newest first. Staff only.
func (d *Desk) Agreements(ctx context.Context, actor access.Actor, of project.Line) (list []signing.Signature, err error) {
	err = d.store.View(ctx, actor, access.ProposalsRead, func(tx *guard.Tx) error {
		list, err = signing.AgreementsOfProject(tx, of.Customer, of.ID)
		return err
	})
	return list, err
}
