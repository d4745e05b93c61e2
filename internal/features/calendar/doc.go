// Package calendar gives each person a secret address from which a calendar program reads
// what is published for them: tasks, milestones and what they have to do themselves.
//
// There is one feed for a person, organisation and capacity. Only the hash of its address is
// kept; who holds the address reads schedules as the person may at that moment, and nothing
// else (B21, H08). Floor 11.
package calendar
