package identity

import (
	"lintel/internal/core/event"
	"lintel/internal/features/identity/record"
)

// The events that other features listen to.
type (
	LinkOpened   = record.LinkOpened
	EmailChanged = record.EmailChanged
)

// Events declares what this feature records.
func Events() []event.Kind { return record.Events() }
