// Package feed is the Activity Feed of a project: everything that happened in it, each event
// in one sentence with its picture, and each conversation in its place with the answers to it.
// Floor 8.
//
// It is read from the log of events. Staff see what is not the audit trail's alone; customers
// what is for the portal, of the projects that were granted to them and of the modules that
// they may use: without Messages no message, without Documents no proposal.
package feed
