package cli

import (
	"context"
	"fmt"
	"log/slog"

	"lintel/internal/platform/mailbox"
)

// mailListener is the listener that a mail server hands mail over to, if one is set.
type mailListener struct{ running *mailbox.Server }

// takeMail opens the listener for incoming mail and begins to read the mailbox, whichever is set.
// Both end with the context; a mail that was not acknowledged then comes again.
func (p *portal) takeMail(ctx context.Context) error {
	server, listener, err := p.app.MailServer(p.log)
	if err != nil {
		return fmt.Errorf("listen for incoming mail: %w", err)
	}
	go p.app.ReadMailbox(ctx, p.log)
	if server == nil {
		return nil
	}
	p.mail.running = server
	p.log.Info("taking mail", "address", listener.Addr().String(), "for", p.app.Config.Incoming.Address, "protocol", p.app.Config.Incoming.Protocol)
	go func() {
		if err := server.Serve(listener); err != nil {
			p.failed <- fmt.Errorf("take mail: %w", err)
		}
	}()
	return nil
}

func (m mailListener) stop(log *slog.Logger) {
	if m.running == nil {
		return
	}
	if err := m.running.Stop(); err != nil {
		log.Warn("stop taking mail", "error", err)
	}
}
