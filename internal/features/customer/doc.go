// Package customer is the firm's customers and the people there: contacts with their
// addresses. A contact is not a login; identity makes a person of a contact when something
// is sent to it.
//
// Floor 7. Only the office sees these records; customers see their own names where a
// project or document shows them.
package customer
