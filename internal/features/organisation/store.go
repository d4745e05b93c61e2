package organisation

import (
	"lintel/internal/core/access"
	"lintel/internal/core/guard"
)

const settingsColumns = `id, slug, name, address, phone, email, website, trade, language, zone, currency, tax_name, tax_percent, colour, theme, logo,
	link_days, confirm_policy, link_policy, signed_stage, margin_floor, timestamps, created_at`

var (
	settingsOfOrganisation = guard.SQL("organisation settings", `select `+settingsColumns+` from organisations where id = :org`)
	briefBySlug            = guard.AcrossSQL("organisation brief by slug",
		`select id, slug, name, language, zone, currency, theme, logo from organisations where slug = :slug`)
	looksByID = guard.AcrossSQL("organisation looks by id", `select colour, theme, logo from organisations where id = :id`)

	stagesInOrder = guard.SQL("stages in order", `select id, name, position, bucket, customer_visible from stages where org = :org order by position, id`)
	stageByID     = guard.SQL("stage by id", `select id, name, position, bucket, customer_visible from stages where org = :org and id = :id`)

	termsInOrder = guard.SQL("terms in order",
		`select id, title, body, position, standard from terms_templates where org = :org and archived_at is null order by position, id`)
	termsByID = guard.SQL("terms by id", `select id, title, body, position, standard from terms_templates where org = :org and id = :id and archived_at is null`)

	takeNumber = guard.SQL("take the next number", `insert into numbers (org, kind, last) values (:org, :kind, :first)
		on conflict (org, kind) do update set last = numbers.last + 1 returning last`)
)

func settingsTargets(s *Settings) []any {
	return []any{&s.ID, &s.Slug, &s.Name, &s.Address, &s.Phone, &s.Email, &s.Website, &s.Trade, &s.Language, &s.Zone, &s.Currency, &s.TaxName,
		&s.TaxPercent, &s.Colour, &s.Theme, &s.Logo, &s.LinkDays, &s.ConfirmPolicy, &s.LinkPolicy, &s.SignedStage, &s.MarginFloor, &s.Timestamps, &s.CreatedAt}
}

func loadSettings(tx *guard.Tx) (s Settings, err error) {
	return s, tx.One(settingsOfOrganisation, nil, settingsTargets(&s)...)
}

func loadStages(tx *guard.Tx) (list []Stage, err error) {
	err = tx.Each(stagesInOrder, nil, func(row guard.Row) error {
		var s Stage
		if err := row(&s.ID, &s.Name, &s.Position, &s.Bucket, &s.CustomerVisible); err != nil {
			return err
		}
		list = append(list, s)
		return nil
	})
	return list, err
}

func loadStage(tx *guard.Tx, stage string) (s Stage, err error) {
	return s, tx.One(stageByID, guard.Args{"id": stage}, &s.ID, &s.Name, &s.Position, &s.Bucket, &s.CustomerVisible)
}

func loadTerms(tx *guard.Tx) (list []Terms, err error) {
	err = tx.Each(termsInOrder, nil, func(row guard.Row) error {
		var t Terms
		if err := row(&t.ID, &t.Title, &t.Body, &t.Position, &t.Standard); err != nil {
			return err
		}
		list = append(list, t)
		return nil
	})
	return list, err
}

func loadBrief(tx *guard.AcrossTx, slug string) (o access.Organisation, err error) {
	var zone string
	err = tx.One(briefBySlug, guard.Args{"slug": slug}, &o.ID, &o.Slug, &o.Name, &o.Language, &zone, &o.Currency, &o.Theme, &o.Logo)
	o.Zone = location(zone)
	return o, err
}
