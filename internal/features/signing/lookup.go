package signing

import (
	"encoding/base64"
	"fmt"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
	"lintel/internal/platform/pdf"
	"lintel/internal/platform/secret"
)

// Sign puts the actor's signature under a version, inside the transaction that approves
// the document. The first one counts: again says that this version was signed before,
// and gives that signature (C03).
//
// Only the customer's own person may sign, in a browser whose proof the caller has
// checked; staff and API keys are refused (C06).
func Sign(tx *guard.Tx, s Signature) (signed Signature, again bool, err error) {
	if err := tx.Require(access.ProposalsAnswer); err != nil {
		return Signature{}, false, err
	}
	written, err := tx.Exec(insertSignature, guard.Args{"id": id.New(), "document": s.Document, "version": s.Version, "customer": s.Customer, "project": s.Project,
		"contact": s.Contact, "name": s.Name, "email": s.Email, "method": string(s.Method), "mark": s.Mark, "content_sha256": s.ContentSHA256,
		"consent_version": s.Consent.Version, "consent_sha256": s.Consent.SHA256, "choices": string(s.Choices), "total": s.Total.Minor, "currency": s.Total.Currency,
		"proof": string(s.Proof), "address": s.Browser.Address, "agent": s.Browser.Agent, "browser": s.BrowserID, "title": s.Title, "number": s.Number})
	if err != nil {
		return Signature{}, false, fmt.Errorf("write the signature: %w", err)
	}
	signed, err = load(tx, signatureSeen, guard.Args{"document": s.Document, "version": s.Version})
	return signed, written == 0, err
}

// SeenOfVersion gives the signature under a version, as a customer sees it. Without one it
// answers NotFound.
func SeenOfVersion(tx *guard.Tx, document string, version int) (Signature, error) {
	return load(tx, signatureSeen, guard.Args{"document": document, "version": version})
}

// OfDocument lists the signatures under all versions of a document, for staff.
func OfDocument(tx *guard.Tx, document string) ([]Signature, error) {
	return loadAll(tx, signaturesOfDocument, guard.Args{"document": document})
}

// Agreements lists a customer's Signed Agreements, newest first.
func Agreements(tx *guard.Tx) ([]Signature, error) { return loadAll(tx, agreementsSeen, nil) }

// AgreementsOfProject lists a project's signed agreements, for staff.
func AgreementsOfProject(tx *guard.Tx, customer, project string) ([]Signature, error) {
	return loadAll(tx, agreementsOfProject, guard.Args{"customer": customer, "project": project})
}

// ByID gives a signature, for jobs and staff.
func ByID(tx *guard.Tx, signature string) (Signature, error) {
	return load(tx, signatureByID, guard.Args{"id": signature})
}

// MarkSealed notes where the sealed PDF stands. done is false when another run was faster;
// its file counts.
func MarkSealed(tx *guard.Tx, signature, file, sha256 string) (done bool, err error) {
	changed, err := tx.Exec(markSealed, guard.Args{"id": signature, "file": file, "sha256": sha256})
	return changed == 1, err
}

// Unsealed gives some signatures of before an instant whose sealed copy is still to be made, the oldest first.
func Unsealed(tx *guard.Tx, before time.Time) (signatures []string, err error) {
	err = tx.Each(unsealed, guard.Args{"before": before}, func(row guard.Row) error {
		id := ""
		err := row(&id)
		signatures = append(signatures, id)
		return err
	})
	return signatures, err
}

// GiveSeal makes the organisation's sealing key when the organisation is founded, or
// replaces it by seal. The old key is kept, retired: what it sealed stays valid.
func GiveSeal(tx *guard.Tx, box secret.Box, seal pdf.Seal, origin string) error {
	certificate, key, err := seal.MarshalPEM()
	if err != nil {
		return fmt.Errorf("write the sealing key: %w", err)
	}
	if _, err := tx.Exec(retireSeals, nil); err != nil {
		return err
	}
	sealed := base64.StdEncoding.EncodeToString(box.Seal(key, sealContext(tx.Org())))
	_, err = tx.Exec(insertSeal, guard.Args{"id": id.New(), "certificate": string(certificate), "key": sealed, "origin": origin})
	return err
}

func sealContext(org access.OrgID) string { return "seal of " + string(org) }

// CurrentSeal opens the organisation's sealing key.
func CurrentSeal(tx *guard.Tx, box secret.Box) (pdf.Seal, SealInfo, error) {
	var info SealInfo
	var certificate, key string
	if err := tx.One(currentSeal, nil, &info.ID, &certificate, &key, &info.Origin, &info.MadeAt); err != nil {
		return pdf.Seal{}, info, fmt.Errorf("find the sealing key: %w", err)
	}
	raw, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		return pdf.Seal{}, info, fmt.Errorf("read the sealing key: %w", err)
	}
	plain, err := box.Open(raw, sealContext(tx.Org()))
	if err != nil {
		return pdf.Seal{}, info, fault.Wrap(fault.Unavailable, "The sealing key cannot be opened: the server's key file is missing or another one.", err)
	}
	seal, err := pdf.ParseSeal([]byte(certificate), plain)
	if err != nil {
		return pdf.Seal{}, info, fmt.Errorf("read the sealing key: %w", err)
	}
	info.Fingerprint = fingerprint(seal.Certificate.Raw)
	info.Subject = seal.Certificate.Subject.CommonName
	info.ValidUntil = seal.Certificate.NotAfter
	return seal, info, nil
}
