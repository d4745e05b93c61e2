// Package identity says who a browser belongs to: people, what they are in each
// organisation, what customers are granted, and the ways in. A personal link opens the
// portal after a POST, a six-digit code confirms a browser before an act that binds, and a
// password or a one-time link signs a person in.
//
// Tokens and codes exist in mails and cookies only; the database holds their hashes. Every
// token carries its purpose and is refused for every other (security.md, group B).
package identity
