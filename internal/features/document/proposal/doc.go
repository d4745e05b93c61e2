// Package proposal is what a proposal says and what follows from it: its lines, options and
// terms, the sums of what was chosen, what differs between two versions, the states of a
// version. Pure rules: nothing here knows of people, pages or data stores.
//
// Amounts are whole minor units of the one currency; taxes are computed per rate on the sum
// of that rate, not line by line; every rounding is half away from zero.
package proposal
