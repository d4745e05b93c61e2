package app

import (
	"context"
	"strings"
	"time"

	"lintel/internal/features/notify"
	"lintel/internal/platform/push"
)

// burst is how long a mail waits for others about the same thing.
const burst = 2 * time.Minute

// newInbox makes the service that tells people what happened. In the demo mails come at once, because whoever tries it out
// looks for them.
func (a *App) newInbox(options Options) (*notify.Service, error) {
	key, err := notify.PushKey(context.Background(), a.Store, a.Box)
	if err != nil {
		return nil, err
	}
	base := strings.TrimSuffix(a.Config.BaseURL, "/")
	sender, err := push.New(push.Options{Client: a.client(options), Key: key, Contact: base, Now: a.Clock.Now, Also: options.PushHosts})
	if err != nil {
		return nil, err
	}
	means := notify.Means{BaseURL: base, Mail: a.Outbox.Queue, Box: a.Box, Burst: burst, Suppressed: a.Outbox.Suppressed, Push: sender}
	if a.Config.Demo || options.MailsAtOnce {
		means.Burst = 0
	}
	return notify.New(a.Store, means), nil
}
