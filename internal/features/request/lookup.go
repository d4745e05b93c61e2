package request

import (
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/features/message"
	"lintel/internal/features/organisation"
)

// NotAnswered lists the newest requests that the office has not answered. The office's transactions only.
func NotAnswered(tx *guard.Tx, limit int) ([]Request, error) {
	list, _, err := loadPage(tx, Submitted, organisation.Cursor{}, limit)
	return list, err
}

// Conversation is the thread on a request, for those who see it.
func Conversation(tx *guard.Tx, id string) (message.Thread, error) {
	r, err := loadOne(tx, id)
	if err != nil {
		return message.Thread{}, err
	}
	firm, err := organisation.Of(tx)
	if err != nil {
		return message.Thread{}, err
	}
	return message.Thread{Kind: fileKind, ID: r.ID, Customer: r.Customer, Project: r.ID, Item: r.ID, Title: r.Title,
		OfficeURL: OfficeURL(firm.Slug, r.ID), CustomerURL: CustomerURL(firm.Slug, r.ID),
		People: func(tx *guard.Tx) ([]message.Person, error) { return mentionable(tx, r) }}, nil
}

// mentionable are those who may be mentioned on a request: the office, and whoever asked.
func mentionable(tx *guard.Tx, r Request) (people []message.Person, err error) {
	members, err := identity.StaffMembers(tx.OnBehalfOf("everybody on a request may mention the office"))
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		if m.State == identity.Active && m.Person != tx.Actor().Person() {
			people = append(people, message.Person{ID: m.Person, Name: m.Name})
		}
	}
	if r.Person != tx.Actor().Person() {
		people = append(people, message.Person{ID: r.Person, Name: r.PersonName})
	}
	return people, nil
}

// OfficeURL is the office's address of a request, or of the list without an id.
func OfficeURL(slug, id string) string { return address(slug, "/office/requests", id) }

// CustomerURL is the customer's address of a request, or of the list without an id.
func CustomerURL(slug, id string) string { return address(slug, "/home/requests", id) }

// NewURL is where a customer writes a request.
func NewURL(slug string) string { return CustomerURL(slug, "new") }

func address(slug, path, id string) string {
	if id == "" {
		return "/" + slug + path
	}
	return "/" + slug + path + "/" + id
}
