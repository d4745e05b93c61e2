// Package standing decides as what a browser stands before a page: of all that its session
// has entered, in one portal, which entry counts, and which have run out. It reads nothing
// and knows only what it is given; identity asks it on every request.
package standing
