package request

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/features/notify"
	"lintel/internal/features/organisation"
	"lintel/internal/features/outbox"
	"lintel/internal/features/project"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
)

// Subscribers tell the office of requests, and whoever asked of the answer. Each runs in a job after the commit and may run
// twice; notify tells a person of an event once. Messages on a request are told of by the package message.
func (s *Service) Subscribers() []event.Subscriber {
	return []event.Subscriber{
		{Name: "tell the office of requests", Kinds: []string{"request.made"}, Handle: s.tell((*Service).tellOffice)},
		{Name: "tell of answers to requests", Kinds: []string{"request.accepted", "request.declined", "request.merged"}, Handle: s.tell((*Service).tellAuthor)},
	}
}

// news is one subscriber's transaction with what all of them need.
type news struct {
	ctx      context.Context
	tx       *guard.Tx
	firm     organisation.Settings
	request  Request
	happened event.Recorded
}

func (s *Service) tell(do func(*Service, news) error) func(context.Context, event.Recorded) error {
	return func(ctx context.Context, r event.Recorded) error {
		return s.store.Change(ctx, access.NewSystem(r.Org, "tell people what happened to a request"), access.SystemWork, func(tx *guard.Tx) error {
			firm, err := organisation.Of(tx)
			if err != nil {
				return err
			}
			of, err := loadOne(tx, r.Subject.ID)
			if err != nil {
				return err
			}
			return do(s, news{ctx, tx, firm, of, r})
		})
	}
}

const quoteLength = 600 // characters of a request in a mail

func (s *Service) tellOffice(n news) error {
	members, err := notify.OfficeOf(n.tx, "")
	if err != nil {
		return err
	}
	for _, person := range members {
		ctx, err := s.told.Reader(n.ctx, n.tx, person, access.Staff)
		if err != nil {
			return err
		}
		letter := outbox.Letter{Paragraphs: n.facts(ctx), Quote: excerpt(n.request.Description, quoteLength), QuoteBy: n.request.PersonName,
			Button: i18n.T(ctx, "Open the request"), AboutKind: fileKind, About: n.request.ID}
		words := i18n.T(ctx, "{name} of {customer} asks for work: {title}", "name", n.request.PersonName, "customer", n.request.CustomerName, "title", n.request.Title)
		if n.request.PersonName == n.request.CustomerName {
			words = i18n.T(ctx, "{name} asks for work: {title}", "name", n.request.PersonName, "title", n.request.Title)
		}
		if err := s.tellStaff(n, person, words, letter); err != nil {
			return err
		}
	}
	return nil
}

// facts are the short fields of a request, a line each.
func (n news) facts(ctx context.Context) (lines []string) {
	if n.request.Place != "" {
		lines = append(lines, i18n.T(ctx, "Where: {place}", "place", n.request.Place))
	}
	if n.request.Wanted != "" {
		lines = append(lines, i18n.T(ctx, "When: {wanted}", "wanted", n.request.Wanted))
	}
	return lines
}

// tellStaff tells a colleague; whoever did it is not told.
func (s *Service) tellStaff(n news, person access.PersonID, words string, letter outbox.Letter) error {
	if person == n.happened.Person {
		return nil
	}
	letter.URL = s.means.BaseURL + OfficeURL(n.firm.Slug, n.request.ID)
	return s.told.Tell(n.tx, notify.Telling{Person: person, Kind: access.Staff, Event: n.happened.ID, Activity: notify.Requests, Title: words,
		URL: OfficeURL(n.firm.Slug, n.request.ID), Icon: "clipboard-check", Letter: letter})
}

// tellAuthor tells whoever asked what became of it.
func (s *Service) tellAuthor(n news) error {
	ctx, err := s.told.Reader(n.ctx, n.tx, n.request.Person, access.Customer)
	if err != nil {
		return err
	}
	words, letter := answerWords(ctx, n)
	seen, err := n.seesProject()
	if err != nil {
		return err
	}
	if seen {
		letter.Button = i18n.T(ctx, "Open the project")
		return s.tellCustomer(n, words, project.CustomerURL(n.firm.Slug, n.request.Project), n.request.Project, letter)
	}
	letter.Button = i18n.T(ctx, "Open the request")
	return s.tellCustomer(n, words, CustomerURL(n.firm.Slug, n.request.ID), "", letter)
}

// seesProject reports that whoever asked sees the project that the request went to: it is granted, and in a stage that
// customers see.
func (n news) seesProject() (bool, error) {
	if n.request.Project == "" {
		return false, nil
	}
	p, err := project.ProjectByID(n.tx, n.request.Project)
	if err != nil {
		return false, err
	}
	stage, err := organisation.StageByID(n.tx, p.Stage)
	if err != nil || !stage.CustomerVisible || stage.Bucket == organisation.Hidden {
		return false, err
	}
	return identity.Holds(n.tx, n.request.Person, identity.Scope{Customer: n.request.Customer, Project: p.ID}, access.NewModuleSet(access.Projects))
}

func answerWords(ctx context.Context, n news) (words string, letter outbox.Letter) {
	title, firm := n.request.Title, n.firm.Name
	letter = outbox.Letter{AboutKind: fileKind, About: n.request.ID}
	switch n.request.State {
	case Accepted:
		letter.Title = i18n.T(ctx, "Good news about your request")
		letter.Paragraphs = []string{i18n.T(ctx, "{firm} has taken on **{title}**. All that you sent is kept with it, and the next steps appear in your portal.", "firm", firm, "title", title)}
		return i18n.T(ctx, "Your request “{title}” was accepted", "title", title), letter
	case Merged:
		letter.Title = i18n.T(ctx, "Your request has found its place")
		letter.Paragraphs = []string{i18n.T(ctx, "{firm} has added **{title}** to work that is already planned for you, with all that you sent.", "firm", firm, "title", title)}
		return i18n.T(ctx, "Your request “{title}” was added to a project", "title", title), letter
	}
	letter.Title = i18n.T(ctx, "About your request")
	letter.Paragraphs = []string{i18n.T(ctx, "Thank you for asking about **{title}**. {firm} cannot take it on this time:", "firm", firm, "title", title)}
	letter.Quote, letter.QuoteBy = n.request.Reason, n.request.AnsweredName
	letter.Notes = []string{i18n.T(ctx, "You can answer in the portal, and ask again whenever you like.")}
	return i18n.T(ctx, "{firm} has answered your request “{title}”", "firm", firm, "title", title), letter
}

// tellCustomer tells whoever asked, while they may still see it (A13). seen is the project that the link opens, or empty for
// the request itself.
func (s *Service) tellCustomer(n news, words, url, seen string, letter outbox.Letter) error {
	r := n.request
	if r.Person == n.happened.Person && n.happened.ActorKind == access.Customer {
		return nil
	}
	sees, err := identity.Holds(n.tx, r.Person, identity.Scope{Customer: r.Customer, Project: r.ID}, access.NewModuleSet(access.AddJob))
	if err != nil || !sees {
		return err
	}
	if seen == "" {
		path, err := identity.MakeLink(n.tx, identity.LinkRequest{Person: r.Person, Purpose: identity.ForDocument, ItemKind: fileKind, Item: r.ID})
		if err != nil {
			return err
		}
		letter.URL = s.means.BaseURL + path
	}
	return s.told.Tell(n.tx, notify.Telling{Person: r.Person, Kind: access.Customer, Event: n.happened.ID, Activity: notify.Requests, Title: words, URL: url,
		Icon: "clipboard-check", Project: seen, Letter: letter})
}

// Landing says what the landing page of a link to a request shows. NotFound when the person does not see it any more.
func (s *Service) Landing(ctx context.Context, firm access.Organisation, person access.PersonID, requestID string) (identity.LandingItem, error) {
	var of Request
	err := s.store.View(ctx, access.NewSystem(firm.ID, "say which request a link opens"), access.ProjectsRead, func(tx *guard.Tx) (err error) {
		if of, err = loadOne(tx, requestID); err != nil {
			return err
		}
		sees, err := identity.Holds(tx, person, identity.Scope{Customer: of.Customer, Project: of.ID}, access.NewModuleSet(access.AddJob))
		if err == nil && !sees {
			err = fault.New(fault.NotFound, "This request was not found.")
		}
		return err
	})
	return identity.LandingItem{Kind: i18n.T(ctx, "Request"), Title: of.Title, URL: CustomerURL(firm.Slug, requestID)}, err
}
