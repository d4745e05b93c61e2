package organisation

import (
	"fmt"

	"lintel/internal/core/guard"
)

// wide reads settings for any actor: a customer's verb needs the firm's currency, zone and
// policies without being allowed to ask for them.
func wide(tx *guard.Tx) *guard.Tx {
	return tx.OnBehalfOf("the firm's own settings shape what everybody sees")
}

// Of gives the settings of the transaction's organisation. Any actor's transaction may ask.
func Of(tx *guard.Tx) (Settings, error) {
	s, err := loadSettings(wide(tx))
	if err != nil {
		return Settings{}, fmt.Errorf("load the organisation's settings: %w", err)
	}
	return s, nil
}

// Slug is the organisation's part of every address. Any actor's transaction may ask.
func Slug(tx *guard.Tx) (slug string, err error) {
	if err := wide(tx).One(slugOfOrganisation, nil, &slug); err != nil {
		return "", fmt.Errorf("load the organisation's address: %w", err)
	}
	return slug, nil
}

// Stages lists the organisation's stages in order.
func Stages(tx *guard.Tx) ([]Stage, error) {
	list, err := loadStages(wide(tx))
	if err != nil {
		return nil, fmt.Errorf("load stages: %w", err)
	}
	return list, nil
}

// StageByID gives one stage; NotFound when the organisation has no such stage.
func StageByID(tx *guard.Tx, stage string) (Stage, error) {
	s, err := loadStage(wide(tx), stage)
	if err != nil {
		return Stage{}, fmt.Errorf("load stage: %w", err)
	}
	return s, nil
}

// TermsTemplates lists the templates of terms in order, without archived ones.
func TermsTemplates(tx *guard.Tx) ([]Terms, error) {
	list, err := loadTerms(wide(tx))
	if err != nil {
		return nil, fmt.Errorf("load terms: %w", err)
	}
	return list, nil
}

// NextNumber takes the next number of a kind ("project", "proposal") in this transaction,
// so that numbers have no gaps when a transaction fails. The first is first.
func NextNumber(tx *guard.Tx, kind string, first int64) (int64, error) {
	var n int64
	if err := tx.OnBehalfOf("numbers are counted over the whole organisation").One(takeNumber, guard.Args{"kind": kind, "first": first}, &n); err != nil {
		return 0, fmt.Errorf("take the next %s number: %w", kind, err)
	}
	return n, nil
}
