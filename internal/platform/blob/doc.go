// Package blob keeps the bytes of files: photos, videos, PDFs. It knows keys and bytes
// only; what a file is, whose it is and who may see it lies in the database.
//
// A store answers only when the bytes are safe: on disk after fsync of the file and of
// its folder, on S3 after the hash has been verified. Callers write the blob first and
// the database row after it, so that a row never points at nothing; Walk finds the blobs
// that never got a row.
//
// Both stores receive into a local folder first. The S3 store sends the file on from
// there when it is complete: so a resumed upload must reach the machine where it began,
// and that machine needs free space for the uploads under way. In memory an upload
// costs one 256 KiB buffer, however large it is.
package blob
