package document

import (
	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/file"
	"lintel/internal/features/identity"
	"lintel/internal/features/message"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
)

// HangOnProposal lets staff who may write proposals hang files on one. The customer sees
// them when a version that names them is sent.
func HangOnProposal(tx *guard.Tx, document string) (file.Hang, error) {
	if err := tx.Require(access.ProposalsWrite); err != nil {
		return file.Hang{}, err
	}
	d, err := loadDocument(tx, documentByID, document)
	if err != nil {
		return file.Hang{}, err
	}
	return file.Hang{Kind: "proposal", On: d.ID, Item: d.ID, Customer: d.Customer, Project: d.Project, Visibility: file.Office, Quiet: true}, nil
}

var signersSeen = guard.SQL("proposal recipients, customer", `select r.person, c.name from document_recipients r join contacts c on c.org = r.org and c.id = r.contact
	join documents d on d.org = r.org and d.id = r.document where r.org = :org and r.document = :document and r.person <> '' and r.person <> :viewer
	and `+guard.Granted(access.Documents, "d.customer", "d.project", "d.id")+` order by c.folded`)

const threadColumns = `select d.customer, d.project, d.title, d.sent_version from documents d where d.org = :org and d.id = :id`

var (
	threadByID = guard.SQL("thread of a proposal", threadColumns)
	threadSeen = guard.SQL("thread of a proposal, customer", threadColumns+` and d.sent_version > 0 and `+guard.Granted(access.Documents, "d.customer", "d.project", "d.id"))
)

// Conversation is the thread on a proposal, for those who see it.
func Conversation(tx *guard.Tx, document string) (message.Thread, error) {
	statement := threadSeen
	if tx.Actor().SeesWholeOrganisation() {
		statement = threadByID
	}
	d := Document{ID: document}
	if err := tx.One(statement, guard.Args{"id": document}, &d.Customer, &d.Project, &d.Title, &d.SentVersion); err != nil {
		if fault.Is(err, fault.NotFound) {
			return message.Thread{}, fault.New(fault.NotFound, "This proposal was not found.")
		}
		return message.Thread{}, err
	}
	slug, err := organisation.Slug(tx)
	if err != nil {
		return message.Thread{}, err
	}
	return threadOf(d, slug), nil
}

func threadOf(d Document, slug string) message.Thread {
	t := message.Thread{Kind: "proposal", ID: d.ID, Customer: d.Customer, Project: d.Project, Item: d.ID, Title: d.Title, OfficeURL: OfficePath(slug, d.ID),
		People: func(tx *guard.Tx) ([]message.Person, error) { return mentionable(tx, d.ID) }}
	if d.SentVersion > 0 {
		t.CustomerURL = CustomerPath(slug, d.ID)
	}
	return t
}

// mentionable is the job's contact list as it concerns one proposal (JT-29): the office,
// and those whom the proposal was sent to.
func mentionable(tx *guard.Tx, document string) (people []message.Person, err error) {
	members, err := identity.StaffMembers(tx.OnBehalfOf("everybody on a proposal may mention the office"))
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		if m.State == "active" && m.Person != tx.Actor().Person() {
			people = append(people, message.Person{ID: m.Person, Name: m.Name})
		}
	}
	if !tx.Actor().SeesWholeOrganisation() {
		err = tx.Each(signersSeen, guard.Args{"document": document}, func(row guard.Row) error {
			var p message.Person
			err := row(&p.ID, &p.Name)
			people = append(people, p)
			return err
		})
		return people, err
	}
	recipients, err := loadRecipients(tx, document)
	for _, r := range recipients {
		if r.Person != "" {
			people = append(people, message.Person{ID: r.Person, Name: r.Name})
		}
	}
	return people, err
}

// contactOf names who answers for a proposal in the office, for the customer's page.
func contactOf(tx *guard.Tx, owner access.PersonID) (identity.Member, error) {
	member, err := identity.MemberByPerson(tx.OnBehalfOf("a proposal's page names its contact in the office"), owner)
	if fault.Is(err, fault.NotFound) {
		return identity.Member{}, nil
	}
	return member, err
}
