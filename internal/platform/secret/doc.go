// Package secret makes and checks everything that must not be guessed or read: tokens
// and codes, passwords, and the box that keeps settings such as a mail password
// unreadable in the database.
//
// Nothing here logs, and nothing here keeps state between calls; what must be shared
// (the key, the limit on parallel password checks) is a value that app makes once.
package secret
