// Package record holds what identity puts on record: the events of links, codes, sessions,
// passwords, grants, invitations and accounts, with the sentence that a feed shows for each.
// Identity's verbs make them and nobody else does; features that listen to one know it by
// its alias in identity.
package record
