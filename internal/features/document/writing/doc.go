// Package writing is where the office writes proposals: its pages with the list, the editor,
// the import, the last look before sending, and a version that went out. What they do is the
// service's in package document.
package writing
