// Package identity says who a browser belongs to: people, what they are in each
// organisation, what customers are granted, and the ways in. A personal link opens the
// portal after a POST, a six-digit code confirms a browser before an act that binds, and a
// password or a one-time link signs a person in.
//
// It has parts, which other features do not see: entering has the pages, above; below are
// standing (which entry of a session counts), seen, throttle, letter, record (its events)
// and store (its statements). What a colleague may be given is staff's business, and who can
// read what oversight's.
//
// Tokens and codes exist in mails and cookies only; the database holds their hashes. Every
// token carries its purpose and is refused for every other (security.md, group B).
package identity
