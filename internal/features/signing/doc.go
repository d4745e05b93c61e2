// Package signing is the electronic signature and its evidence: what a person agreed to,
// how it is known that it was this person, and the sealed PDF that proves both to anybody.
//
// A signature binds to the SHA-256 of the exact bytes that were shown and to the version
// of the consent text. It is inserted once per version of a document, in the transaction
// that approves the document, and never changes: the database refuses it too.
//
// States: signed → sealed (the PDF stands on disk). Seen by staff, and by the customer it
// belongs to. Floor 6: documents are a higher floor and hand in what was signed.
package signing
