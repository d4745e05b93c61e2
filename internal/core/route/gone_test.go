package route

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"lintel/internal/platform/fault"
	"lintel/internal/platform/web"
)

func TestABrowserThatHasGoneOnIsNoErrorOfOurs(t *testing.T) {
	gone, leave := context.WithCancel(context.Background())
	leave()
	for _, c := range []struct {
		name   string
		ctx    context.Context
		err    error
		logged bool
	}{
		{"the browser has gone", gone, fmt.Errorf("who is this browser: %w", context.Canceled), false},
		{"something else went wrong when it had gone", gone, errors.New("disk on fire"), true},
		{"something of ours was cancelled while it waits", context.Background(), context.Canceled, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log bytes.Buffer
			edge := Edge{Log: slog.New(slog.NewTextHandler(&log, nil)), Trouble: func(*Request, *fault.Fault, int) web.Reply { return web.Reply{} }}
			edge.refusal(&Request{Request: httptest.NewRequestWithContext(c.ctx, http.MethodGet, "/hartwell/live", nil)}, c.err)
			if (log.Len() > 0) != c.logged {
				t.Errorf("logged %q", log.String())
			}
		})
	}
}
