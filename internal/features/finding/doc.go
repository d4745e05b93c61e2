// Package finding says what the search finds: projects, proposals, customers, messages, files and requests, each with how
// its words are read for the index and how its line is read for whoever looks. It only reads; what it reads stands on
// lower floors.
//
// Floor 12.
package finding
