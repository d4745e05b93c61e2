package db

import (
	"context"
	"errors"
	"testing"
)

func TestTheWarmReaderIsTakenFirst(t *testing.T) {
	ctx := context.Background()
	first, second := &session{}, &session{}
	r := newReaders(2)
	r.give(first)
	r.give(second)
	for range 3 {
		got, err := r.take(ctx)
		if err != nil || got != second {
			t.Fatalf("not the one that was given back last: %v", err)
		}
		r.give(got)
	}
	a, b := r.takeIdle(), r.takeIdle()
	if a != second || b != first || r.takeIdle() != nil {
		t.Error("the sessions were not given one after the other, each to one")
	}
	ended, end := context.WithCancel(ctx)
	end()
	if _, err := r.take(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("who has gone waited for a reader: %v", err)
	}
}
