// Package contractor is the firms that do work for the organisation: their details, the
// people at their desk and their technicians.
//
// Floor 8. The office sees all of them. Somebody at a contractor's desk sees their own firm
// and its technicians and no other contractor's; a technician sees themselves. Desk users
// sign in with a password; technicians have none and enter by their link (identity/field.go).
//
// A contractor is live or archived; with the firm the access of its people ends. A person's
// place there is live or ended. One person may have places at several contractors.
package contractor
