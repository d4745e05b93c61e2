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

// Conversation is the thread on a proposal, for those who see it.
func Conversation(tx *guard.Tx, document string) (message.Thread, error) {
	statement := documentSeen
	if tx.Actor().SeesWholeOrganisation() {
		statement = documentByID
	}
	d, err := loadDocument(tx, statement, document)
	if err != nil {
		return message.Thread{}, err
	}
	settings, err := organisation.Of(tx)
	if err != nil {
		return message.Thread{}, err
	}
	return threadOf(d, settings), nil
}

func threadOf(d Document, settings organisation.Settings) message.Thread {
	t := message.Thread{Kind: "proposal", ID: d.ID, Customer: d.Customer, Project: d.Project, Item: d.ID, Title: d.Title, OfficeURL: OfficePath(settings.Slug, d.ID),
		People: func(tx *guard.Tx) ([]message.Person, error) { return mentionable(tx, d) }}
	if d.SentVersion > 0 {
		t.CustomerURL = CustomerPath(settings.Slug, d.ID)
	}
	return t
}

// mentionable is the job's contact list as it concerns one proposal (JT-29): the office,
// and those whom the proposal was sent to.
func mentionable(tx *guard.Tx, d Document) (people []message.Person, err error) {
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
		err = tx.Each(signersSeen, guard.Args{"document": d.ID}, func(row guard.Row) error {
			var p message.Person
			err := row(&p.ID, &p.Name)
			people = append(people, p)
			return err
		})
		return people, err
	}
	recipients, err := loadRecipients(tx, d.ID)
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
