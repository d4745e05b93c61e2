// Package outbox holds the mails that Lintel owes: written in the transaction that caused
// them, sent by jobs after it, each once. Floor 4.
//
// A mail is queued, then sent; or expired (it was only good until an hour that passed),
// bounced (the address refuses mail) or failed (no mail server took it for a day and a half).
//
// A letter lies sealed in the database, because it holds links and codes; it is rendered,
// with the firm's brand and its attachment, when it is sent, and forgotten 30 days later.
// Only the office sees the list of mails; nobody sees their text again.
package outbox
