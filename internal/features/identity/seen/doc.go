// Package seen remembers in memory who was here and which API tokens were used, so that a
// page view writes nothing. Identity writes it down every few minutes, and once more when
// the server stops.
package seen
