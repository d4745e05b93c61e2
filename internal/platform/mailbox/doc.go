// Package mailbox takes mail in: as a server that a mail server in front hands it to (LMTP, or
// SMTP), and out of a mailbox elsewhere (IMAP).
//
// A mail is acknowledged, or marked as read, only after Keep has stored it for good; what is
// not acknowledged its sender keeps and brings again. So nothing is lost, and some mails come
// twice, which whoever keeps them must notice.
package mailbox
