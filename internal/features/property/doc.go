// Package property is the address book of the places where work is done. A property
// belongs to a customer.
//
// Floor 8. The records are the office's; customers see the address with their projects.
package property
