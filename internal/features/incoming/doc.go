// Package incoming puts mail into conversations: a reply to any notice lands in its thread, as
// a message of the person who wrote it. Floor 9.
//
// Each notice that can be answered carries a signed address, which names the person and the
// thread (address.go). A mail is stored as it came before it is acknowledged, and read by a job
// (reading.go). It is posted when it came to such an address, from an address of that person,
// whose domain has proven it (DKIM, SPF), and with exactly the rights that they have now.
//
// A mail is received, then posted; or unmatched, when it waits in the office's list for somebody
// to place it or to set it aside; dropped, when it is by a machine; or bounced, when it is a
// mail server's report about a mail of ours. Nobody becomes staff by a mail that is not proven.
package incoming
