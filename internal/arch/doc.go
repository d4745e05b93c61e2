// Package arch holds no code of the product, only tests of the rules in
// docs/ARCHITECTURE.md: which package may import which, what may stand in which file, and
// that no statement, route, event or escape exists without its declaration.
package arch
