//go:build !race

package apptest

// sweep is the distance between the steps of a long row that are walked: every one is.
const sweep = 1
