// Package httpclient is the one way by which Lintel asks other servers on behalf of a
// tenant: web hooks, payment providers, time stamps, address look-ups.
//
// The address comes from outside, so it is treated as hostile: only public addresses are
// dialled, decided on the very address that is connected to, redirects are answers like
// any other, and time and size have an end (security.md rule 7, group G).
package httpclient
