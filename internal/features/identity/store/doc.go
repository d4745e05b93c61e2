// Package store holds the statements of identity, each by its name (guard.SQL): they are
// prepared, planned and asked in the wrong organisation by internal/app. Identity's verbs
// run them in their transactions; nobody else sees them.
package store
