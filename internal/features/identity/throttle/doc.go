// Package throttle slows guessing and floods: how many mails an address gets, how many
// passwords and codes a network tries, before a way in answers no more (security.md B10,
// B12). Identity asks before its verbs; the counts stand in the database and outlive a
// restart, but for the front's, which is in memory.
package throttle
