// Package live tells open pages that something has changed: a broker in memory, which on PostgreSQL spreads what one
// process says to all others. It carries topics, never contents: whoever hears one asks again with their own rights.
package live
