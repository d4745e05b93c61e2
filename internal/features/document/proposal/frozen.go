package proposal

import "sync"

// Frozen remembers what was read from versions that never change: their contents and the
// differences between two of them. The keys are the SHA-256 of the frozen bytes, so nothing
// in it can be out of date. Callers must not change what they get.
type Frozen struct {
	mu       sync.Mutex
	contents map[string]CustomerContent
	changes  map[[2]string][]Change
}

// mostFrozen bounds the memory: a content takes some tens of kilobytes.
const mostFrozen = 128

// NewFrozen makes an empty memory; it may be used from many goroutines.
func NewFrozen() *Frozen {
	return &Frozen{contents: map[string]CustomerContent{}, changes: map[[2]string][]Change{}}
}

// Content reads the bytes of a version, or remembers having done so.
func (f *Frozen) Content(sha256 string, shown []byte) (CustomerContent, error) {
	f.mu.Lock()
	known, ok := f.contents[sha256]
	f.mu.Unlock()
	if ok {
		return known, nil
	}
	read, err := ParseCustomerContent(shown)
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

// SentVersion is a version that was sent: the SHA-256 of its bytes, and what they say.
type SentVersion struct {
	SHA256  string
	Content CustomerContent
}

// Difference lists what changed between two versions, or remembers it.
func (f *Frozen) Difference(before, after SentVersion) ([]Change, error) {
	key := [2]string{before.SHA256, after.SHA256}
	f.mu.Lock()
	known, ok := f.changes[key]
	f.mu.Unlock()
	if ok {
		return known, nil
	}
	found, err := Difference(before.Content, after.Content)
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
