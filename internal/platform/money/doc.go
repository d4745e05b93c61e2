// Package money counts money and quantities exactly: whole minor units (cents) for
// amounts, ten-thousandths for quantities and percents, no floating point anywhere.
//
// Every operation that could overflow or mix currencies returns an Invalid fault with
// a sentence for the person who typed the number. Rounding is always half away from
// zero, because that is what an accountant does by hand on both sides of nought.
package money
