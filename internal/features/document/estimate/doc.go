// Package estimate reads an office's estimate, the CSV file of a spreadsheet, into lines of a
// proposal: which column holds what, which rows are none, which need a person. Pure rules:
// nothing is kept here, and a cell that looks like a formula stays text.
package estimate
