// Package pdf draws documents, seals them, checks sealed ones and cleans uploaded ones.
// It knows nothing of proposals or invoices: callers hand over headings, paragraphs and
// tables, and get the bytes of a file.
//
// Drawing: New makes a Document on A4 or US Letter with a letterhead; its methods add
// blocks from top to bottom; Bytes ends it. The same input gives the same bytes, so that
// a SHA-256 of the file means something. The file is tagged (ISO 32000-1, 14.8), which
// is what screen readers need. It does not claim PDF/A: no validator has passed it.
//
// Sealing: Sign adds a PAdES baseline signature (ETSI EN 319 142-1, level B-B, or B-T
// with a time stamp of RFC 3161) that certifies the file and allows no change. Verify
// needs nothing but the file.
//
// Uploads: CheckUpload refuses a PDF that nobody can vouch for, and takes everything out
// that could change what it shows.
//
// Text is laid out left to right, one glyph per character: Arabic and Indic scripts are
// not shaped, and characters that no embedded font has are drawn as U+FFFD.
package pdf
