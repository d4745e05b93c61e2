// Package portalaccess is how a customer's people come into the portal and what they may use
// there: the invitation that the office sends with the word Confirm, the table of people and
// modules, the end of an access, one more project for somebody, and the users that a
// customer's own administrator adds.
//
// What is granted stands in identity's tables; this package holds the rules of who may give
// and take it, the mails about it and the pages. The office sees all people of a customer; an
// administrator of a customer sees those of the own company.
//
// Floor 10.
package portalaccess
