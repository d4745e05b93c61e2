package cli

import (
	"errors"
	"fmt"

	"lintel/internal/app"
	"lintel/internal/platform/config"
)

type auditVerify struct {
	config.Config `embed:""`
}

// Run checks all chains; a broken one ends with status 1.
func (c auditVerify) Run(t *terminal) error {
	audits, err := app.VerifyAudit(t.ctx, c.Config)
	if err != nil {
		return err
	}
	broken := false
	for _, a := range audits {
		if a.Broken != nil {
			broken = true
			fmt.Fprintf(t.out, "%-24s BROKEN at event %d: %s\n", a.Slug, a.Broken.Sequence, a.Broken.Why)
			continue
		}
		fmt.Fprintf(t.out, "%-24s %6d events, unbroken, head %s\n", a.Slug, a.Events, a.Head)
	}
	if broken {
		return errors.New("an event log is not as it was written")
	}
	return nil
}
