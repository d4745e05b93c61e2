package file

import "time"

// The limits of files, all in one place.
const (
	MaxFile       int64 = 2 << 30   // bytes of one file
	DefaultQuota  int64 = 100 << 30 // bytes of one organisation, stored and announced
	MaxPixels           = 50_000_000
	maxUnderway         = 200      // unfinished uploads of one person
	mostAnnounced int64 = 10 << 30 // bytes of them: who announces much and sends nothing must not take the firm's space
	maxWholeRead  int64 = 64 << 20
	longestName         = 180 // characters
	uploadLife          = 24 * time.Hour
	keepArchived        = 30 * 24 * time.Hour
	previewSide         = 1600 // pixels of the longer side
	thumbSide           = 400
	previewMemory       = 200 << 20 // bytes that decoding one picture may take
	unmadePreview int64 = 12 << 20  // until the preview is made, an original up to this stands in for it
	readPatience        = 60 * time.Second
)
