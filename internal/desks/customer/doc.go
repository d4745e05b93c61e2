// Package customerdesk is the customer's home: what needs them, what is new, their
// projects, proposals and Signed Agreements. It owns no data; it reads that of several
// features in few statements, each of which asks who is looking.
package customerdesk
