// Package notify is each person's inbox in the portal: one line for each event that
// concerns them, read or unread. Features decide who is told and in which words; mails go
// through outbox.
//
// Seen by the person it belongs to and by nobody else, staff included. Floor 6.
package notify
