package db

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Spreads reports whether other processes may work on the same data, so that they have to be told of changes.
func (d *DB) Spreads() bool { return d.engine == PostgreSQL }

// Notify sends payloads, each under 8,000 bytes, to everybody who listens on a channel of the PostgreSQL database. It has a
// transaction of its own: inside others it would make every commit wait for one lock (measured: two thirds of the speed).
func (d *DB) Notify(ctx context.Context, channel string, payloads []string) error {
	if d.engine != PostgreSQL {
		return errors.New("only PostgreSQL tells other processes")
	}
	if _, err := d.pool.Exec(ctx, "select pg_notify($1, payload) from unnest($2::text[]) as payload", channel, payloads); err != nil {
		return fmt.Errorf("notify other processes: %w", asFault(err))
	}
	return nil
}

// Listen hears a channel of the PostgreSQL database on a connection of its own until the context or the connection ends. ready
// is called once it hears; what was sent before is lost.
func (d *DB) Listen(ctx context.Context, channel string, ready func(), hear func(payload string)) error {
	if d.engine != PostgreSQL {
		return errors.New("only PostgreSQL tells other processes")
	}
	conn, err := pgx.ConnectConfig(ctx, d.pool.Config().ConnConfig)
	if err != nil {
		return fmt.Errorf("connect to listen: %w", asFault(err))
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "listen "+pgx.Identifier{channel}.Sanitize()); err != nil {
		return fmt.Errorf("listen: %w", asFault(err))
	}
	ready()
	for {
		notification, err := conn.WaitForNotification(ctx)
		if err != nil {
			return fmt.Errorf("wait for a notification: %w", err)
		}
		hear(notification.Payload)
	}
}
