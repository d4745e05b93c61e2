// Package id makes the identifiers of every row: UUIDv7 (RFC 9562) in 26 lower-case
// base32 characters, so that they sort by the time they were made, in Go, in SQLite and
// in PostgreSQL alike, and cannot be guessed.
package id

import (
	"encoding/base32"

	"github.com/google/uuid"
)

// Length is the number of characters of an id.
const Length = 26

// hex-style base32 keeps the order of the bytes in the order of the text.
var encoding = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// New makes an id. It panics only when the machine has no randomness left.
func New() string {
	u := uuid.Must(uuid.NewV7())
	return encoding.EncodeToString(u[:])
}

// Valid reports whether s has the shape of an id; anything else cannot be in the database.
func Valid(s string) bool {
	if len(s) != Length {
		return false
	}
	for _, c := range s {
		if (c < '0' || c > '9') && (c < 'a' || c > 'v') {
			return false
		}
	}
	return true
}
