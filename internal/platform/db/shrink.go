package db

// Shrink gives back the memory in which SQLite's connections keep pages that they have read, for a program that nobody
// asks for anything: the next reads find them in the system's cache of files. PostgreSQL keeps nothing here.
func (d *DB) Shrink() {
	if d.engine != SQLite {
		return
	}
	var idle []*session
	for s := d.readers.takeIdle(); s != nil; s = d.readers.takeIdle() {
		idle = append(idle, s)
	}
	for i := len(idle) - 1; i >= 0; i-- { // the warm one is given back last, and so is taken first again
		idle[i].shrink()
		d.readers.give(idle[i])
	}
	_ = d.writer.do(func(tx *Tx) error { tx.session.shrink(); return nil }) // a closed database has nothing to give
}

// shrink is best effort: what fails leaves a cache as it was.
func (s *session) shrink() {
	_ = s.run("pragma shrink_memory")
}
