// Package watch keeps open pages up to date: which topics a person may hear, and when their stream ends.
//
// A page names its topics ("project:ID") when it connects. Each is checked with the reader's rights, and again when something
// about the reader has changed: whose access was taken away hears nothing more, and the stream ends within a second (A11).
package watch
