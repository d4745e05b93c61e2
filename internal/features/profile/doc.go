// Package profile is the page on which a person says what they are called, how they sign in
// and where mail reaches them: it opens from the initials at the top right (JT-09). Each
// person sees and changes their own only. Floor 6, above identity, which holds the rules.
//
// A new password needs a code from the mailbox (JT-08); a new address fresh proof and a code
// from the new mailbox, and the old one is told (B19).
package profile
