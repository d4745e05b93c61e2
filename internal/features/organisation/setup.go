package organisation

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"image/color"
	"image/jpeg"
	"image/png"

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
		if _, err := tx.Exec(dropSetupLogos, nil); err != nil {
			return err
		}
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
// is NotFound. A refused form keeps the link open; Invalid names everything that is wrong with
// it: the fields of a firm, slug, colour, logo, and those of the owner and the colleague with
// owner_ and colleague_ before them.
func (s *Service) SetUp(ctx context.Context, token string, f Founding) (access.Organisation, error) {
	if err := f.check(); err != nil {
		return access.Organisation{}, err
	}
	if err := s.claimSetup(ctx, token); err != nil {
		return access.Organisation{}, err
	}
	made, err := s.foundAs(ctx, f)
	if err != nil {
		return access.Organisation{}, s.reopen(ctx, token, err)
	}
	return made, nil
}

func (s *Service) claimSetup(ctx context.Context, token string) error {
	return s.store.AcrossChange(ctx, "the set-up link works once", func(tx *guard.AcrossTx) error {
		taken, err := tx.Exec(takeSetup, guard.Args{"value": secret.Hash(token)})
		if err == nil && taken == 0 {
			return fault.New(fault.NotFound, setupOver)
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(dropSetupLogos, nil)
		return err
	})
}

const setupOver = "This set-up link has been used, or a newer one was printed. Look at the last lines that the server wrote when it started."

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

// keptLogo is a logo that waits on the server while the rest of the set-up is corrected: a browser does not give a file twice.
type keptLogo struct {
	version string
	shown   string // a small picture of it, as a data: address
}

func setupLogo(version string) string { return "setup logo " + version }

// keepSetUpLogo keeps a logo as long as the link of the token is open; empty for a file that is none.
func (s *Service) keepSetUpLogo(ctx context.Context, token string, picture []byte) (kept keptLogo, err error) {
	if len(picture) == 0 {
		return kept, nil
	}
	decoded, refused := readLogo(picture)
	if refused != nil { // the form says so beside the field
		return kept, nil
	}
	var large, small bytes.Buffer
	if err := png.Encode(&large, fit(decoded, logoSide, nil)); err != nil {
		return kept, fmt.Errorf("write the logo of the set-up: %w", err)
	}
	if err := jpeg.Encode(&small, fit(decoded, shownSide, color.White), nil); err != nil {
		return kept, fmt.Errorf("draw the logo of the set-up: %w", err)
	}
	kept = keptLogo{version: secret.Hash(large.String()), shown: "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(small.Bytes())}
	return kept, s.store.AcrossChange(ctx, "the logo is kept while the set-up is corrected", func(tx *guard.AcrossTx) error {
		_, err := tx.Exec(keepSetupLogo, guard.Args{"name": setupLogo(kept.version), "value": base64.StdEncoding.EncodeToString(large.Bytes()), "token": secret.Hash(token)})
		return err
	})
}

// setUpLogo gives a logo that was kept. Invalid with the field logo when it is gone.
func (s *Service) setUpLogo(ctx context.Context, version string) ([]byte, error) {
	var encoded string
	err := s.store.Across(ctx, "take the logo that was kept for the set-up", func(tx *guard.AcrossTx) error {
		return tx.One(readSetupLogo, guard.Args{"name": setupLogo(version)}, &encoded)
	})
	if fault.Is(err, fault.NotFound) {
		return nil, fault.ForField("logo", "The logo is not here any more. Please choose it again.")
	}
	if err != nil {
		return nil, fmt.Errorf("read the logo of the set-up: %w", err)
	}
	return base64.StdEncoding.DecodeString(encoded)
}
