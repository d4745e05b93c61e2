package organisation

import (
	"context"
	"fmt"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/secret"
)

// OpenSetup makes the one-time link of a server on which no organisation exists yet, and
// gives its path; an older one ends. Empty when there is an organisation already. The
// serve command prints it.
func (s *Service) OpenSetup(ctx context.Context) (path string, err error) {
	token := secret.Token()
	err = s.store.AcrossChange(ctx, "the first start prints the set-up link", func(tx *guard.AcrossTx) error {
		path = ""
		var some int
		if err := tx.One(anyOrganisation, nil, &some); err != nil || some > 0 {
			return err
		}
		path = "/setup/firm/" + token
		_, err := tx.Exec(writeSetup, guard.Args{"value": secret.Hash(token)})
		return err
	})
	if err != nil {
		return "", fmt.Errorf("open the set-up: %w", err)
	}
	return path, nil
}

// SetupOpen reports whether the token of the link is the one that is waited for.
func (s *Service) SetupOpen(ctx context.Context, token string) (bool, error) {
	var waiting string
	err := s.store.Across(ctx, "check the set-up link", func(tx *guard.AcrossTx) error {
		return tx.One(readSetup, nil, &waiting)
	})
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil && waiting == secret.Hash(token), err
}

// SetUp founds the first organisation and ends the link. Two at once make one: the second
// is NotFound. A refused form keeps the link open.
func (s *Service) SetUp(ctx context.Context, token string, f Founding) (access.Organisation, error) {
	if err := s.claimSetup(ctx, token); err != nil {
		return access.Organisation{}, err
	}
	made, err := s.Found(ctx, f)
	if err != nil {
		return access.Organisation{}, s.reopen(ctx, token, err)
	}
	return made, nil
}

func (s *Service) claimSetup(ctx context.Context, token string) error {
	return s.store.AcrossChange(ctx, "the set-up link works once", func(tx *guard.AcrossTx) error {
		taken, err := tx.Exec(takeSetup, guard.Args{"value": secret.Hash(token)})
		if err == nil && taken == 0 {
			return fault.New(fault.NotFound, "This set-up link has been used, or a newer one was printed.")
		}
		return err
	})
}

// reopen lets the person correct the form; a crash in between is healed by the next start,
// which prints a new link.
func (s *Service) reopen(ctx context.Context, token string, cause error) error {
	err := s.store.AcrossChange(ctx, "a refused set-up may be corrected", func(tx *guard.AcrossTx) error {
		_, err := tx.Exec(writeSetup, guard.Args{"value": secret.Hash(token)})
		return err
	})
	if err != nil {
		return fmt.Errorf("keep the set-up link open after %q: %w", cause, err)
	}
	return cause
}
