//go:build race

package apptest

// sweep is the distance between the steps of a long row that are walked. Where one request follows another nothing can race, so
// that under the race detector one of ten is enough: each takes several times as long there.
const sweep = 10
