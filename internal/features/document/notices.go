package document

import (
	"context"
	"fmt"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/identity"
	"lintel/internal/features/notify"
	"lintel/internal/features/organisation"
	"lintel/internal/features/outbox"
	"lintel/internal/features/signing"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
)

// Subscribers tell people what happened to proposals: the owner in the office, and the
// customer's recipients. Each runs in a job after the commit and may run twice; marks on
// notices and mails keep everybody from hearing it twice.
func (s *Service) Subscribers() []event.Subscriber {
	return []event.Subscriber{
		{Name: "tell the office of answers", Kinds: []string{"proposal.approved", "proposal.declined", "proposal.changes_requested", "proposal.expired"}, Handle: s.tellOffice},
		{Name: "send the sealed copies", Kinds: []string{"agreement.sealed"}, Handle: s.sendCopies},
		{Name: "note that a personal link was followed", Kinds: []string{"person.link_opened"}, Handle: s.followed},
		{Name: "tell of comments on proposals", Kinds: []string{"message.posted", "message.noted"}, About: func(thread string) bool { return thread == "proposal" }, Handle: s.tellOfComment},
	}
}

// telling is one subscriber's transaction with what all of them need.
type telling struct {
	tx       *guard.Tx
	ctx      context.Context // in the firm's language and zone, or those of the person that to names
	settings organisation.Settings
	document Document
	happened event.Recorded
}

func (s *Service) tell(ctx context.Context, r event.Recorded, do func(telling) error) error {
	system := access.NewSystem(r.Org, "tell people what happened to a proposal")
	return s.store.Change(ctx, system, access.SystemWork, func(tx *guard.Tx) error {
		settings, err := organisation.Of(tx)
		if err != nil {
			return err
		}
		d, err := loadDocument(tx, documentByID, r.Subject.ID)
		if err != nil {
			return err
		}
		ctx := i18n.WithReader(ctx, i18n.Reader{Language: settings.Language, Zone: settings.Location(), Now: tx.Now()})
		return do(telling{tx: tx, ctx: ctx, settings: settings, document: d, happened: r})
	})
}

// to is the telling in the words of one person.
func (s *Service) to(t telling, person access.PersonID, kind access.Kind) (telling, error) {
	var err error
	t.ctx, err = s.means.Notices.Reader(t.ctx, t.tx, person, kind)
	return t, err
}

// language is what the words of the telling are in.
func (t telling) language() string { return i18n.ReaderOf(t.ctx).Language }

func (s *Service) tellOffice(ctx context.Context, r event.Recorded) error {
	return s.tell(ctx, r, func(t telling) error {
		var said struct{ Reason string }
		if err := r.Read(&said); err != nil {
			return err
		}
		tale := story{activity: notify.Documents, words: officeWords}
		switch r.Kind {
		case "proposal.declined", "proposal.changes_requested":
			tale.quote = said.Reason
		case "proposal.approved": // the mail comes with the sealed copy, in a moment
			tale.without = []notify.Method{notify.Email}
		}
		return s.toOwner(t, tale)
	})
}

// story is what people are told: in words that each reads in their own language, and with
// the words that somebody else wrote.
type story struct {
	activity notify.Activity
	words    func(telling) string
	quote    string
	without  []notify.Method // ways on which another story of the same deed is told
	more     func(telling) []string
	attached string // id of a file that comes with the mail
}

func officeWords(t telling) string {
	who, what := t.happened.ActorName, t.document.Title
	switch t.happened.Kind {
	case "proposal.approved":
		return signedWords(t, who)
	case "proposal.declined":
		return i18n.T(t.ctx, "{name} declined {title}.", "name", who, "title", what)
	case "proposal.changes_requested":
		return i18n.T(t.ctx, "{name} asks for changes to {title}.", "name", who, "title", what)
	}
	return i18n.T(t.ctx, "{title} is no longer valid.", "title", what)
}

func signedWords(t telling, who string) string {
	return i18n.T(t.ctx, "{name} signed and approved {title}.", "name", who, "title", t.document.Title)
}

// toOwner tells the proposal's owner, or everybody with a leading role when the owner has
// left.
func (s *Service) toOwner(t telling, tale story) error {
	members, err := responsible(t.tx, t.document.Owner)
	if err != nil {
		return err
	}
	return s.toMembers(t, members, tale)
}

// toMembers tells colleagues; whoever did it is not told.
func (s *Service) toMembers(t telling, members []identity.Member, tale story) error {
	for _, m := range members {
		if m.Person == t.happened.Person {
			continue
		}
		t, err := s.to(t, m.Person, access.Staff)
		if err != nil {
			return err
		}
		words := tale.words(t)
		letter := s.officeLetter(t, m, words)
		if tale.quote != "" {
			letter.Quote, letter.QuoteBy = tale.quote, t.happened.ActorName
		}
		if tale.more != nil {
			letter.Paragraphs = append(letter.Paragraphs, tale.more(t)...)
		}
		letter.AttachFile = tale.attached
		err = s.means.Notices.Tell(t.tx, notify.Telling{Person: m.Person, Kind: access.Staff, Event: t.happened.ID, Activity: tale.activity, Title: words,
			URL: OfficePath(t.settings.Slug, t.document.ID), Icon: "file-text", Project: t.document.Project, Without: tale.without, Letter: letter})
		if err != nil {
			return err
		}
	}
	return nil
}

// officeLetter is a mail to a colleague about the proposal; a person is mailed once for an
// event.
func (s *Service) officeLetter(t telling, m identity.Member, words string) outbox.Letter {
	return outbox.Letter{Person: m.Person, To: m.Email, ToName: m.Name, Subject: proposal.Shorten(words, 150), Preheader: t.document.Number, Title: words, Language: t.language(),
		Paragraphs: []string{i18n.T(t.ctx, "{number}, {project}, {customer}", "number", t.document.Number, "project", t.document.ProjectName, "customer", t.document.CustomerName)},
		Button:     i18n.T(t.ctx, "Open in the office"), URL: s.means.BaseURL + OfficePath(t.settings.Slug, t.document.ID),
		AboutKind: "proposal", About: t.document.ID, Mark: "event " + t.happened.ID + " to " + string(m.Person), Thread: answersGoTo(t)}
}

// answersGoTo is the conversation that an answer by mail belongs to. An answer to a note is a note.
func answersGoTo(t telling) string {
	if t.happened.Kind == "message.noted" {
		return "proposal:" + t.document.ID + ":internal"
	}
	return "proposal:" + t.document.ID
}

func responsible(tx *guard.Tx, owner access.PersonID) ([]identity.Member, error) {
	member, err := identity.MemberByPerson(tx, owner)
	if err == nil && member.State == "active" {
		return []identity.Member{member}, nil
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	all, err := identity.StaffMembers(tx)
	if err != nil {
		return nil, err
	}
	var leading []identity.Member
	for _, m := range all {
		if m.State == "active" && (m.Role == access.Owner || m.Role == access.Administrator) {
			leading = append(leading, m)
		}
	}
	return leading, nil
}

// sendCopies mails the sealed PDF to the signer, always, and to the owner, as they have chosen (JB-09, JB-45).
func (s *Service) sendCopies(ctx context.Context, r event.Recorded) error {
	return s.tell(ctx, r, func(t telling) error {
		var sealed signing.AgreementSealed
		if err := r.Read(&sealed); err != nil {
			return err
		}
		signature, err := signing.ByID(t.tx, sealed.Signature)
		if err != nil {
			return err
		}
		path, err := identity.MakeLink(t.tx, identity.LinkRequest{Person: signature.Person, Purpose: "document", ItemKind: "proposal", Item: t.document.ID, Days: t.settings.LinkDays})
		if err != nil {
			return err
		}
		t, err = s.to(t, signature.Person, access.Customer)
		if err != nil {
			return err
		}
		letter := outbox.Letter{Person: signature.Person, To: signature.Email, ToName: signature.Name, Language: t.language(),
			Subject:    i18n.T(t.ctx, "Signed: {title}", "title", t.document.Title),
			Preheader:  i18n.T(t.ctx, "Your copy of the agreement is attached."),
			Title:      i18n.T(t.ctx, "Thank you. It is signed."),
			Paragraphs: []string{i18n.T(t.ctx, "Your signed copy of {title} is attached. It is sealed: any change to it can be found.", "title", t.document.Title)},
			Button:     i18n.T(t.ctx, "Open it in the portal"), URL: s.means.BaseURL + path, AttachFile: sealed.File,
			AboutKind: "proposal", About: t.document.ID, Mark: "event " + r.ID + " to the signer"}
		if err := s.mails.Queue(t.tx, letter); err != nil {
			return err
		}
		return s.copyToOwner(t, sealed, signature)
	})
}

// copyToOwner is the one mail that the office gets of a signature: who signed what, for how much, and the sealed copy. In the
// portal and by push it was told when it was signed.
func (s *Service) copyToOwner(t telling, sealed signing.AgreementSealed, signature signing.Signature) error {
	return s.toOwner(t, story{
		activity: notify.Documents,
		words:    func(t telling) string { return signedWords(t, signature.Name) },
		more: func(t telling) []string {
			return []string{i18n.T(t.ctx, "Total: **{sum}**", "sum", i18n.Money(t.ctx, signature.Total)), i18n.T(t.ctx, "The signed and sealed agreement is attached.")}
		},
		attached: sealed.File,
		without:  []notify.Method{notify.Portal, notify.Push},
	})
}

// comment is what this feature reads of a message.posted event.
type comment struct {
	Excerpt  string
	Mentions []access.PersonID
	Internal bool
}

// tellOfComment takes a comment to the other side (JT-20, JT-31, SY-03, SY-09): a
// customer's to the office, the office's to the recipients, and to those who are mentioned.
func (s *Service) tellOfComment(ctx context.Context, r event.Recorded) error {
	var posted comment
	if err := r.Read(&posted); err != nil {
		return err
	}
	return s.tell(ctx, r, func(t telling) error {
		if err := s.toMentioned(t, posted); err != nil {
			return err
		}
		switch {
		case posted.Internal:
			return nil
		case r.ActorKind == access.Customer:
			return s.toOwner(t, story{activity: notify.Messages, words: wrote, quote: posted.Excerpt})
		}
		return s.toRecipients(t, posted)
	})
}

func wrote(t telling) string {
	return i18n.T(t.ctx, "{name} wrote on {title}", "name", t.happened.ActorName, "title", t.document.Title)
}

// toMentioned tells the colleagues whose names stand behind an @ (SY-04). Mentioned
// contacts get every message anyway.
func (s *Service) toMentioned(t telling, posted comment) error {
	var members []identity.Member
	for _, person := range posted.Mentions {
		member, err := identity.MemberByPerson(t.tx, person)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if member.Kind == access.Staff && member.State == "active" {
			members = append(members, member)
		}
	}
	return s.toMembers(t, members, story{activity: notify.Mentions, words: wrote, quote: posted.Excerpt})
}

func (s *Service) toRecipients(t telling, posted comment) error {
	recipients, err := loadRecipients(t.tx, t.document.ID)
	if err != nil || t.document.SentVersion == 0 {
		return err
	}
	for _, r := range recipients {
		if r.Person == "" || r.Mailed == 0 {
			continue
		}
		// Who may no longer read it here gets no mail with its words either (CP-22).
		reads, err := identity.Holds(t.tx, r.Person, identity.Scope{Customer: t.document.Customer, Project: t.document.Project}, access.NewModuleSet(access.Documents, access.Messages))
		if err != nil {
			return err
		}
		if !reads {
			continue
		}
		t, err := s.to(t, r.Person, access.Customer)
		if err != nil {
			return err
		}
		words := i18n.T(t.ctx, "{name} answered on {title}", "name", t.happened.ActorName, "title", t.document.Title)
		path, err := identity.MakeLink(t.tx, identity.LinkRequest{Person: r.Person, Purpose: "document", ItemKind: "proposal", Item: t.document.ID, Days: t.settings.LinkDays})
		if err != nil {
			return err
		}
		letter := outbox.Letter{Person: r.Person, To: r.Email, ToName: r.Name, Subject: words, Title: words, Quote: posted.Excerpt, QuoteBy: t.happened.ActorName, Language: t.language(), Thread: "proposal:" + t.document.ID,
			Button: i18n.T(t.ctx, "Read and answer"), URL: s.means.BaseURL + path, AboutKind: "proposal", About: t.document.ID,
			Mark: fmt.Sprintf("event %s to %s", t.happened.ID, r.Contact)}
		err = s.means.Notices.Tell(t.tx, notify.Telling{Person: r.Person, Kind: access.Customer, Event: t.happened.ID, Activity: notify.Messages, Title: words,
			URL: CustomerPath(t.settings.Slug, t.document.ID), Icon: "message-square", Project: t.document.Project, Letter: letter})
		if err != nil {
			return err
		}
	}
	return nil
}

// OfficePath is where staff work on a proposal.
func OfficePath(slug, document string) string { return "/" + slug + "/office/proposals/" + document }

// CustomerPath is where a customer reads and signs a proposal.
func CustomerPath(slug, document string) string { return "/" + slug + "/home/proposals/" + document }
