// Package search is one index over everything that people look for: projects, proposals, customers, messages, files. It
// knows where a word stands and whose business that is, and keeps no text.
//
// A thing becomes findable by a Source, which app registers: how its words are read for the index, and how its line is read
// for whoever looks. An entry that is out of date therefore shows nothing: what people see is read from the thing's owner
// with their own rights, at the moment when they look.
//
// The index is partitioned by its words: each carries the mark of its organisation and kind, and once more, when the
// customer may see it, the mark of the customer. A customer's search asks for words with their own marks only, so that it
// touches nobody else's rows; and whoever reads the statements finds the grants in each (A08).
//
// Staff find what their permissions cover, customers what is granted to them, contractors and technicians nothing.
//
// Floor 2.
package search
