// Package kill holds the tests that end the real program with kill -9 at random instants,
// in the middle of sending, signing, sealing, mailing and uploading, and then check that
// nothing was lost that had been acknowledged (faults 1, 3, 4 and 22).
package kill
