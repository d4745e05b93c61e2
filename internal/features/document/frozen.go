package document

import (
	"lintel/internal/features/document/proposal"
	"sync"
)

// frozen remembers what was read from versions that never change: their contents and the
// differences between two of them. The keys are the SHA-256 of the frozen bytes, so nothing
// in it can be out of date. Callers must not change what they get.
type frozen struct {
	mu       sync.Mutex
	contents map[string]proposal.CustomerContent
	changes  map[[2]string][]proposal.Change
}

// mostFrozen bounds the memory: a content takes some tens of kilobytes.
const mostFrozen = 128

func newFrozen() *frozen {
	return &frozen{contents: map[string]proposal.CustomerContent{}, changes: map[[2]string][]proposal.Change{}}
}

// content reads the bytes of a version, or remembers having done so.
func (f *frozen) content(sha256 string, shown []byte) (proposal.CustomerContent, error) {
	f.mu.Lock()
	known, ok := f.contents[sha256]
	f.mu.Unlock()
	if ok {
		return known, nil
	}
	read, err := proposal.ParseCustomerContent(shown)
	if err != nil {
		return read, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.contents) >= mostFrozen {
		clear(f.contents)
	}
	f.contents[sha256] = read
	return read, nil
}

// difference lists what changed between two versions, or remembers it.
func (f *frozen) difference(before, after ShownVersion) ([]proposal.Change, error) {
	key := [2]string{before.SHA256, after.SHA256}
	f.mu.Lock()
	known, ok := f.changes[key]
	f.mu.Unlock()
	if ok {
		return known, nil
	}
	found, err := proposal.Difference(before.Content, after.Content)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.changes) >= mostFrozen {
		clear(f.changes)
	}
	f.changes[key] = found
	return found, nil
}
