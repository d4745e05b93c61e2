// Package demo makes a believable sample world by calling the services of the program, as
// people would have done over the last weeks: four firms, one for each kind of portal that
// Lintel replaces. The demo command shows it, and tests walk through it.
//
// Nothing here reaches past the services: staff and customers enter by links, customers
// confirm their browsers with the codes from their mails and sign in their own name.
package demo
