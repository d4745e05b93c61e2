package organisation

import (
	"lintel/internal/core/guard"
)

const settingsColumns = `id, slug, name, address, phone, email, website, trade, language, zone, currency, tax_name, tax_percent, colour, theme, logo,
	link_days, confirm_policy, link_policy, signed_stage, margin_floor, timestamps, created_at`

var (
	slugOfOrganisation     = guard.SQL("organisation slug", `select slug from organisations where id = :org`)
	settingsOfOrganisation = guard.SQL("organisation settings", `select `+settingsColumns+` from organisations where id = :org`)
	looksByID              = guard.AcrossSQL("organisation looks by id", `select colour, theme, logo from organisations where id = :id`)

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
	err = tx.One(settingsOfOrganisation, nil, settingsTargets(&s)...)
	return s, err
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
	err = tx.One(stageByID, guard.Args{"id": stage}, &s.ID, &s.Name, &s.Position, &s.Bucket, &s.CustomerVisible)
	return s, err
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

var (
	insertOrganisation = guard.SQL("insert organisation", `insert into organisations (id, slug, name, address, phone, email, website, trade, language, zone, currency,
		tax_name, tax_percent, colour, theme, logo, link_days, confirm_policy, link_policy, created_at)
		values (:org, :slug, :name, :address, :phone, :email, :website, :trade, :language, :zone, :currency,
		:tax_name, :tax_percent, :colour, :theme, :logo, :link_days, :confirm_policy, :link_policy, :now)`)
	updateFirm = guard.SQL("update firm details", `update organisations set name = :name, address = :address, phone = :phone, email = :email, website = :website, trade = :trade,
		language = :language, zone = :zone, currency = :currency, tax_name = :tax_name, tax_percent = :tax_percent where id = :org`)
	updateColour   = guard.SQL("update colour", `update organisations set colour = :colour, theme = :theme where id = :org`)
	updateLogo     = guard.SQL("update logo", `update organisations set logo = :logo where id = :org`)
	updatePolicies = guard.SQL("update policies", `update organisations set confirm_policy = :confirm_policy, link_policy = :link_policy, link_days = :link_days,
		signed_stage = :signed_stage, margin_floor = :margin_floor, timestamps = :timestamps where id = :org`)

	insertStage = guard.SQL("insert stage", `insert into stages (org, id, name, position, bucket, customer_visible)
		values (:org, :id, :name, :position, :bucket, :customer_visible)`)
	updateStage = guard.SQL("update stage", `update stages set name = :name, bucket = :bucket, customer_visible = :customer_visible where org = :org and id = :id`)
	placeStage  = guard.SQL("place stage", `update stages set position = :position where org = :org and id = :id`)
	deleteStage = guard.SQL("delete stage", `delete from stages where org = :org and id = :id`)

	insertTerms = guard.SQL("insert terms", `insert into terms_templates (org, id, title, body, position, standard)
		values (:org, :id, :title, :body, :position, :standard)`)
	updateTerms  = guard.SQL("update terms", `update terms_templates set title = :title, body = :body, standard = :standard where org = :org and id = :id and archived_at is null`)
	placeTerms   = guard.SQL("place terms", `update terms_templates set position = :position where org = :org and id = :id`)
	archiveTerms = guard.SQL("archive terms", `update terms_templates set archived_at = :now where org = :org and id = :id and archived_at is null`)

	anyOrganisation = guard.AcrossSQL("any organisation", `select count(*) from (select 1 from organisations limit 1) as capped`)
	readSetup       = guard.AcrossSQL("read set-up token", `select value from installation where name = 'setup'`)
	writeSetup      = guard.AcrossSQL("write set-up token", `insert into installation (name, value) values ('setup', :value) on conflict (name) do update set value = :value`)
	keepSetupLogo   = guard.AcrossSQL("keep a logo for the set-up", `insert into installation (name, value) select :name, :value from installation where name = 'setup' and value = :token on conflict (name) do nothing`)
	readSetupLogo   = guard.AcrossSQL("read a logo of the set-up", `select value from installation where name = :name`)
	dropSetupLogos  = guard.AcrossSQL("drop the logos of the set-up", `delete from installation where name like 'setup logo %'`)
	takeSetup       = guard.AcrossSQL("take set-up token", `delete from installation where name = 'setup' and value = :value`)
)

func firmArgs(d FirmDetails) guard.Args {
	return guard.Args{"name": d.Name, "address": d.Address, "phone": d.Phone, "email": d.Email, "website": d.Website, "trade": d.Trade, "language": d.Language,
		"zone": d.Zone, "currency": d.Currency, "tax_name": d.TaxName, "tax_percent": d.TaxPercent}
}

func storeStage(tx *guard.Tx, id string, position int, d StageDetails) error {
	_, err := tx.Exec(insertStage, guard.Args{"id": id, "name": d.Name, "position": position, "bucket": string(d.Bucket), "customer_visible": d.CustomerVisible})
	return err
}

func storeTerms(tx *guard.Tx, id string, position int, d TermsDetails) error {
	_, err := tx.Exec(insertTerms, guard.Args{"id": id, "title": d.Title, "body": d.Body, "position": position, "standard": d.Standard})
	return err
}

func loadOneTerms(tx *guard.Tx, id string) (t Terms, err error) {
	err = tx.One(termsByID, guard.Args{"id": id}, &t.ID, &t.Title, &t.Body, &t.Position, &t.Standard)
	return t, err
}
