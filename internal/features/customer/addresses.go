package customer

import (
	"context"
	"fmt"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/platform/jobs"
)

var followPerson = guard.SQL("follow the address of a contact's person", `update contacts set email = :email, email_folded = :email_folded, bounced_at = null, bounce_reason = ''
	where org = :org and person = :person and archived = false`)

// Addresses writes into the contacts that a person has another address now. Without it the
// next document would go to the old mailbox, as to somebody new.
func (s *Service) Addresses() event.Subscriber {
	return event.Subscriber{Name: "customer addresses", Kinds: []string{"person.email_changed"}, Handle: func(ctx context.Context, r event.Recorded) error {
		var changed identity.EmailChanged
		if err := r.Read(&changed); err != nil {
			return jobs.NoRetry(err)
		}
		system := access.NewSystem(r.Org, "a contact's person changed their address")
		return s.store.Change(ctx, system, access.CustomersWrite, func(tx *guard.Tx) error {
			_, err := tx.Exec(followPerson, guard.Args{"person": string(changed.Person), "email": changed.Email, "email_folded": foldEmail(changed.Email)})
			if err != nil {
				return fmt.Errorf("follow a person's address: %w", err)
			}
			return nil
		})
	}}
}
