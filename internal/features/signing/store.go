package signing

import (
	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/money"
)

const signatureColumns = `s.id, s.document, s.version, s.customer, s.project, s.person, s.contact, s.name, s.email, s.method, s.mark, s.content_sha256,
	s.consent_version, s.consent_sha256, s.choices, s.total, s.currency, s.proof, s.address, s.agent, s.browser, s.signed_at, s.title, s.number,
	s.sealed_file, s.sealed_sha256, s.sealed_at`

var (
	insertSignature = guard.SQL("signature insert", `insert into signatures (org, id, document, version, customer, project, person, contact, name, email, method, mark,
		content_sha256, consent_version, consent_sha256, choices, total, currency, proof, address, agent, browser, signed_at, title, number)
		values (:org, :id, :document, :version, :customer, :project, :viewer, :contact, :name, :email, :method, :mark, :content_sha256, :consent_version,
		:consent_sha256, :choices, :total, :currency, :proof, :address, :agent, :browser, :now, :title, :number)
		on conflict (org, document, version) do nothing`)
	signatureByID = guard.SQL("signature by id", `select `+signatureColumns+` from signatures s where s.org = :org and s.id = :id`)
	signatureSeen = guard.SQL("signature of version, customer", `select `+signatureColumns+` from signatures s
		where s.org = :org and s.document = :document and s.version = :version and `+guard.Granted(access.Documents, "s.customer", "s.project", "s.document"))
	signaturesOfDocument = guard.SQL("signatures of document", `select `+signatureColumns+` from signatures s where s.org = :org and s.document = :document order by s.version`)
	agreementsSeen       = guard.SQL("agreements, customer", `select `+signatureColumns+` from signatures s
		where s.org = :org and s.customer in (select customer from grants where org = :org and person = :viewer and revoked_at is null)
		and `+guard.Granted(access.Documents, "s.customer", "s.project", "s.document")+` order by s.signed_at desc limit 200`)
	agreementsOfProject = guard.SQL("agreements of project", `select `+signatureColumns+` from signatures s where s.org = :org and s.customer = :customer and s.project = :project order by s.signed_at desc limit 200`)
	markSealed          = guard.SQL("signature sealed", `update signatures set sealed_file = :file, sealed_sha256 = :sha256, sealed_at = :now where org = :org and id = :id and sealed_file = ''`)
	unsealed            = guard.SQL("signatures that are not sealed", `select s.id from signatures s where s.org = :org and s.sealed_file = '' and s.signed_at < :before order by s.signed_at limit 50`)
	sealedByHash        = guard.AcrossSQL("signature by sealed hash", `select s.number, s.title, s.version, s.name, s.signed_at, o.name, o.slug from signatures s join organisations o on o.id = s.org where s.sealed_sha256 = :sha256 limit 1`)

	insertSeal  = guard.SQL("seal insert", `insert into organisation_seals (org, id, certificate, key_sealed, origin, created_at) values (:org, :id, :certificate, :key, :origin, :now)`)
	retireSeals = guard.SQL("seals retire", `update organisation_seals set retired_at = :now where org = :org and retired_at is null`)
	currentSeal = guard.SQL("seal current", `select id, certificate, key_sealed, origin, created_at from organisation_seals where org = :org and retired_at is null order by id desc limit 1`)
	sealOwners  = guard.AcrossSQL("seal owners", `select o.name, o.slug, s.certificate from organisation_seals s join organisations o on o.id = s.org`)
)

func scanSignature(row guard.Row) (Signature, error) {
	var s Signature
	var total int64
	var currency string
	err := row(&s.ID, &s.Document, &s.Version, &s.Customer, &s.Project, &s.Person, &s.Contact, &s.Name, &s.Email, &s.Method, &s.Mark, &s.ContentSHA256,
		&s.Consent.Version, &s.Consent.SHA256, guard.JSON{Value: &s.Choices}, &total, &currency, &s.Proof, &s.Browser.Address, &s.Browser.Agent, &s.BrowserID, &s.SignedAt,
		&s.Title, &s.Number, &s.SealedFile, &s.SealedSHA256, &s.SealedAt)
	s.Total = money.Amount{Minor: total, Currency: currency}
	for _, known := range consents {
		if known.Version == s.Consent.Version {
			s.Consent.Text = known.Text
		}
	}
	return s, err
}

func load(tx *guard.Tx, statement *guard.Statement, args guard.Args) (Signature, error) {
	var found []Signature
	err := tx.Each(statement, args, func(row guard.Row) error {
		s, err := scanSignature(row)
		found = append(found, s)
		return err
	})
	if err != nil {
		return Signature{}, err
	}
	if len(found) == 0 {
		return Signature{}, fault.New(fault.NotFound, "There is no signature yet.")
	}
	return found[0], nil
}

func loadAll(tx *guard.Tx, statement *guard.Statement, args guard.Args) ([]Signature, error) {
	var all []Signature
	err := tx.Each(statement, args, func(row guard.Row) error {
		s, err := scanSignature(row)
		all = append(all, s)
		return err
	})
	return all, err
}
