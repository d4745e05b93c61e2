// Package file keeps what people upload: photos, plans, PDFs, video; and what Lintel makes,
// as signed PDFs. Floor 2.
//
// A file hangs on a thing (a proposal's line, a message) and is seen exactly by those who
// see that thing: staff, and for shared files the customer's people with a live grant. The
// feature that owns the thing says, through a Hanger, who may hang what there.
//
// Bytes arrive by resumable uploads into the blob store first; the row in the database comes
// after them, so that no row points at nothing. What has no row is swept away a day later.
//
// Nothing that somebody uploaded is trusted: the type is told from the bytes, only pictures,
// PDF and video are ever shown inline, and pictures in pages are re-encoded copies without
// the camera's notes on where they were taken.
package file
