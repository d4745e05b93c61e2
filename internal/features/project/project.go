package project

import (
	"time"

	"lintel/internal/features/customer"
	"lintel/internal/features/organisation"
	"lintel/internal/features/property"
	"lintel/internal/platform/fault"
)

// Project is a piece of work for a customer.
type Project struct {
	ID          string
	Number      string // as people read it: "1042"
	Serial      int64  // the same for sorting
	Name        string
	Customer    string
	Property    string // empty: no place yet
	Stage       string
	Bucket      organisation.Bucket // of its stage
	Description string              // customers read it too
	Cover       string              // file id of its picture, empty without one
	Lead        string              // person of the office who leads it
	CreatedAt   time.Time
	UpdatedAt   time.Time
	Archived    bool
}

// Line is a project with the names that stand beside it. A list leaves Customer, Property, Description, Lead and CreatedAt
// empty, and a customer's also the number: they are on the project's own page.
type Line struct {
	Project
	StageName    string
	CustomerName string
	Place        string // street and town, empty without a property

	talkedAt, filedAt time.Time // when there was last a message or a file in it; zero for never
	toSign, signed    int       // proposals that wait for a signature, and signed ones
}

// Draft is what the office fills in to make a project. Customer is an id, or NewCustomer
// makes one; the same for Property, which may also stay empty.
type Draft struct {
	Name        string
	Description string
	Stage       string // empty: the first stage
	Customer    string
	NewCustomer customer.Details
	NewContact  customer.ContactDetails
	Property    string
	NewProperty property.Details
	Lead        string
}

// Details are the fields that the office may change later.
type Details struct {
	Name        string
	Description string
	Property    string
	Lead        string
}

const nameMissing = "Enter a name that you and the customer will recognise."

func (d Draft) check() error {
	var problems fault.Problems
	if d.Name == "" {
		problems.Add("name", nameMissing)
	}
	if d.Customer == "" && d.NewCustomer.Name == "" {
		problems.Add("customer", "Choose a customer, or add a new one.")
	}
	return problems.Err()
}

// withinReach is where the next steps of a project are: the stages in order without
// hidden ones, for the stepper.
func withinReach(stages []organisation.Stage, current string) []organisation.Stage {
	var list []organisation.Stage
	for _, s := range stages {
		if s.Bucket != organisation.Hidden || s.ID == current {
			list = append(list, s)
		}
	}
	return list
}

// forCustomers keeps the stages that customers see.
func forCustomers(stages []organisation.Stage) []organisation.Stage {
	var list []organisation.Stage
	for _, s := range stages {
		if s.CustomerVisible && s.Bucket != organisation.Hidden {
			list = append(list, s)
		}
	}
	return list
}
