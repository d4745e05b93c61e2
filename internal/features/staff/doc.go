// Package staff is who works in the office and what each may do: colleagues, the roles of
// the firm, and the API tokens that colleagues give to other programs.
//
// A colleague is invited, active, suspended (keeps their place and can do nothing) or
// removed. Only somebody who may do all that a role permits gives that role to another, and
// only owners decide about owners. A role of the firm's own is a set of permissions; who
// changes it changes what its members may do from their next request on.
//
// An API token acts as its maker, narrowed to its scopes, until it ends, is revoked, or its
// maker is suspended or removed. Floor 6.
package staff
