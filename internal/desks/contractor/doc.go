// Package contractordesk is the first page of a contractor's desk: who they are here, what
// work waits, and their technicians. It owns no data.
package contractordesk
