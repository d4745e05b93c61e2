// Command bench measures Lintel beside the plainest program that could do the same work,
// and prints what it costs as ratios. Machines are shared and noisy, so all targets are
// visited in turn, round by round, each figure is the CPU time that the server's own
// process used, with what a database server beside it worked, and the median of the rounds counts.
//
//	go run ./bench            the table
//	go run ./bench -rounds 3  quicker and rougher
//	go run ./bench -profile proposal  CPU profile of one target, as bench.pprof
//
// Q is the unit: one indexed read of 50 rows and an HTML page built from them by plain Go,
// with database/sql and the SQLite driver that is registered there.
// The bench speaks to loopback only, and ends every process that it starts.
package main
