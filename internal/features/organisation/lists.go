package organisation

import (
	"context"
	"fmt"
	"slices"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
)

// Stages lists the stages for the settings.
func (s *Service) Stages(ctx context.Context, actor access.Actor) (list []Stage, err error) {
	err = s.store.View(ctx, actor, access.SettingsRead, func(tx *guard.Tx) error {
		list, err = Stages(tx)
		return err
	})
	return list, err
}

// AddStage puts a stage at the end.
func (s *Service) AddStage(ctx context.Context, actor access.Actor, d StageDetails) error {
	if err := d.check(); err != nil {
		return err
	}
	return s.change(ctx, actor, "stages", func(tx *guard.Tx) error {
		all, err := Stages(tx)
		if err != nil {
			return err
		}
		last := 0
		for _, stage := range all {
			last = max(last, stage.Position)
		}
		return storeStage(tx, id.New(), last+1, d)
	})
}

// SaveStage changes a stage; its projects follow it into its bucket.
func (s *Service) SaveStage(ctx context.Context, actor access.Actor, stage string, d StageDetails) error {
	if err := d.check(); err != nil {
		return err
	}
	return s.store.Change(ctx, actor, access.SettingsWrite, func(tx *guard.Tx) error {
		changed, err := tx.Exec(updateStage, guard.Args{"id": stage, "name": d.Name, "bucket": string(d.Bucket), "customer_visible": d.CustomerVisible})
		if err != nil {
			return fmt.Errorf("change stage: %w", err)
		}
		if changed == 0 {
			return fault.New(fault.NotFound, "This stage was not found.")
		}
		return tx.Record(StageChanged{Organisation: tx.Org(), Stage: stage, Name: d.Name, Bucket: d.Bucket})
	})
}

// MoveStage moves a stage one place up (by -1) or down (by 1).
func (s *Service) MoveStage(ctx context.Context, actor access.Actor, stage string, by int) error {
	return s.change(ctx, actor, "stages", func(tx *guard.Tx) error {
		all, err := Stages(tx)
		if err != nil {
			return err
		}
		ids := make([]string, len(all))
		for i, one := range all {
			ids[i] = one.ID
		}
		return place(tx, placeStage, shifted(ids, stage, by))
	})
}

// RemoveStage deletes a stage that no project is in; Conflict otherwise.
func (s *Service) RemoveStage(ctx context.Context, actor access.Actor, stage string) error {
	err := s.change(ctx, actor, "stages", func(tx *guard.Tx) error {
		if s.ports.StageInUse != nil {
			used, err := s.ports.StageInUse(tx, stage)
			if err != nil {
				return err
			}
			if used {
				return fault.New(fault.Conflict, "There are still projects in this stage. Move them first.")
			}
		}
		_, err := tx.Exec(deleteStage, guard.Args{"id": stage})
		return err
	})
	return err
}

// Terms lists the templates of terms for the settings.
func (s *Service) Terms(ctx context.Context, actor access.Actor) (list []Terms, err error) {
	err = s.store.View(ctx, actor, access.SettingsRead, func(tx *guard.Tx) error {
		list, err = TermsTemplates(tx)
		return err
	})
	return list, err
}

// TermsByID gives one template. NotFound when it is not there or archived.
func (s *Service) TermsByID(ctx context.Context, actor access.Actor, terms string) (t Terms, err error) {
	err = s.store.View(ctx, actor, access.SettingsRead, func(tx *guard.Tx) error {
		t, err = loadOneTerms(tx, terms)
		return err
	})
	return t, err
}

// AddTerms puts a template at the end.
func (s *Service) AddTerms(ctx context.Context, actor access.Actor, d TermsDetails) error {
	if err := d.check(); err != nil {
		return err
	}
	return s.change(ctx, actor, "terms", func(tx *guard.Tx) error {
		all, err := TermsTemplates(tx)
		if err != nil {
			return err
		}
		last := 0
		for _, t := range all {
			last = max(last, t.Position)
		}
		return storeTerms(tx, id.New(), last+1, d)
	})
}

// SaveTerms changes a template. Documents keep the text they were written with.
func (s *Service) SaveTerms(ctx context.Context, actor access.Actor, terms string, d TermsDetails) error {
	if err := d.check(); err != nil {
		return err
	}
	return s.change(ctx, actor, "terms", func(tx *guard.Tx) error {
		changed, err := tx.Exec(updateTerms, guard.Args{"id": terms, "title": d.Title, "body": d.Body, "standard": d.Standard})
		if err == nil && changed == 0 {
			return fault.New(fault.NotFound, "These terms were not found.")
		}
		return err
	})
}

// MoveTerms moves a template one place up (by -1) or down (by 1).
func (s *Service) MoveTerms(ctx context.Context, actor access.Actor, terms string, by int) error {
	return s.change(ctx, actor, "terms", func(tx *guard.Tx) error {
		all, err := TermsTemplates(tx)
		if err != nil {
			return err
		}
		ids := make([]string, len(all))
		for i, one := range all {
			ids[i] = one.ID
		}
		return place(tx, placeTerms, shifted(ids, terms, by))
	})
}

// ArchiveTerms takes a template out of the choice. Documents keep their text.
func (s *Service) ArchiveTerms(ctx context.Context, actor access.Actor, terms string) error {
	return s.change(ctx, actor, "terms", func(tx *guard.Tx) error {
		_, err := tx.Exec(archiveTerms, guard.Args{"id": terms})
		return err
	})
}

// shifted is the list with one id moved; at an end it stays where it is.
func shifted(ids []string, moved string, by int) []string {
	from := slices.Index(ids, moved)
	to := from + by
	if from < 0 || to < 0 || to >= len(ids) {
		return ids
	}
	ids = slices.Clone(ids)
	ids[from], ids[to] = ids[to], ids[from]
	return ids
}

func place(tx *guard.Tx, s *guard.Statement, ids []string) error {
	for i, one := range ids {
		if _, err := tx.Exec(s, guard.Args{"id": one, "position": i + 1}); err != nil {
			return err
		}
	}
	return nil
}
