package organisation

import (
	"context"
	"fmt"
	"net/mail"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
	"lintel/internal/platform/plain"
	"lintel/internal/platform/secret"
)

// Founding is what a new organisation begins with. Empty fields of Firm get defaults.
type Founding struct {
	Slug   string
	Firm   FirmDetails
	Colour string
	Logo   []byte // PNG or JPEG, may be empty
	Owner  Owner
	// Colleague is invited by mail when it has an address; its Password is not used.
	Colleague Owner
}

const defaultColour = "#00835a"

// check gives everything that is wrong at once, as Invalid or nil: whoever founds a firm types their password anew in each
// round.
func (f Founding) check() error {
	var slug, theme, logo error
	if f.Slug != "" {
		_, slug = CanonicalSlug(f.Slug)
	}
	if f.Colour != "" {
		_, theme = themeVersion(f.Colour)
	}
	if len(f.Logo) > 0 {
		_, logo = readLogo(f.Logo)
	}
	people := fieldsOf("owner_", f.Owner.check(f.Firm.Name, f.Slug))
	if f.Colleague.Name != "" || f.Colleague.Email != "" {
		people = allOf(people, f.checkColleague())
	}
	return allOf(f.Firm.check(), slug, theme, logo, people)
}

func (f Founding) checkColleague() error {
	if f.Colleague.Email != "" && strings.EqualFold(f.Colleague.Email, f.Owner.Email) {
		return fieldsOf("colleague_", allOf(f.Colleague.checkPerson(), fault.ForField("email", "This is your own address. Your colleague needs one of their own.")))
	}
	return fieldsOf("colleague_", f.Colleague.checkPerson())
}

// check is about somebody who comes in with a password; words are what an attacker would try first.
func (o Owner) check(words ...string) error {
	err := o.checkPerson()
	if problem := secret.PasswordProblem(o.Password, append(words, o.Name, o.Email)...); problem != "" {
		return allOf(err, fault.ForField("password", problem))
	}
	return err
}

func (o Owner) checkPerson() error {
	var problems fault.Problems
	if o.Name == "" {
		problems.Add("name", "Please enter the name.")
	} else if problem := plain.NameProblem(o.Name); problem != "" {
		problems.Add("name", problem)
	}
	if !isAddress(o.Email) {
		problems.Add("email", "Please enter a full e-mail address, like maria@example.com.")
	}
	return problems.Err()
}

func isAddress(text string) bool {
	parsed, err := mail.ParseAddress(text)
	return err == nil && parsed.Address == text
}

// allOf is one refusal with the fields of all; an error that names no field is given as it is.
func allOf(errs ...error) error {
	var all fault.Problems
	for _, err := range errs {
		refusal := fault.As(err)
		if err != nil && (refusal == nil || len(refusal.Fields) == 0) {
			return err
		}
		if refusal != nil {
			all = append(all, refusal.Fields...)
		}
	}
	return all.Err()
}

// Found makes an organisation with the default stages, standard terms, its seal and its
// owner, in one transaction. A taken slug is a Conflict (A20); Invalid names the fields
// name, slug, colour, logo and those of Ports.NewOwner. Only set-up, the command line and
// the demo may call it: it checks nobody's permission.
func (s *Service) Found(ctx context.Context, f Founding) (access.Organisation, error) {
	f.Firm = f.Firm.withDefaults()
	return s.foundAs(ctx, f)
}

// foundAs founds a firm with exactly what was said of it.
func (s *Service) foundAs(ctx context.Context, f Founding) (access.Organisation, error) {
	firm, err := s.prepareFirm(&f)
	if err != nil {
		return access.Organisation{}, err
	}
	if len(f.Logo) > 0 {
		if firm.Logo, err = s.keepLogo(ctx, firm.ID, f.Logo); err != nil {
			return access.Organisation{}, err
		}
	}
	parts, err := s.prepareParts(ctx, firm, f)
	if err != nil {
		return access.Organisation{}, err
	}
	err = s.store.Change(ctx, access.NewSystem(firm.ID, "set up the organisation"), access.SystemWork, func(tx *guard.Tx) error {
		return found(tx, firm, f.Firm, parts)
	})
	if fault.Is(err, fault.Conflict) {
		return access.Organisation{}, &fault.Fault{Kind: fault.Conflict, Message: "This address is taken already. Please choose another.",
			Fields: []fault.Field{{Name: "slug", Message: "This address is taken already. Please choose another."}}}
	}
	if err != nil {
		return access.Organisation{}, fmt.Errorf("found organisation: %w", err)
	}
	return firm.Brief(), nil
}

func (s *Service) prepareFirm(f *Founding) (firm Settings, err error) {
	if err := f.Firm.check(); err != nil {
		return firm, err
	}
	if f.Slug == "" {
		f.Slug = SuggestSlug(f.Firm.Name)
	}
	if firm.Slug, err = CanonicalSlug(f.Slug); err != nil {
		return firm, err
	}
	firm.Colour = f.Colour
	if firm.Colour == "" {
		firm.Colour = defaultColour
	}
	if firm.Theme, err = themeVersion(firm.Colour); err != nil {
		return firm, err
	}
	firm.ID = access.OrgID(id.New())
	firm.Name, firm.Email, firm.Zone, firm.Language, firm.Currency = f.Firm.Name, f.Firm.Email, f.Firm.Zone, f.Firm.Language, f.Firm.Currency
	return firm, nil
}

func (d FirmDetails) withDefaults() FirmDetails {
	for _, field := range []struct {
		value    *string
		fallback string
	}{{&d.Trade, Builder}, {&d.Language, "en"}, {&d.Zone, "UTC"}, {&d.Currency, "EUR"}, {&d.TaxName, "VAT"}, {&d.TaxPercent, "20"}} {
		if *field.value == "" {
			*field.value = field.fallback
		}
	}
	return d
}

func (s *Service) prepareParts(ctx context.Context, firm Settings, f Founding) (parts []Prepared, err error) {
	if s.ports.NewSeal != nil {
		part, err := s.ports.NewSeal(ctx, firm)
		if err != nil {
			return nil, fmt.Errorf("make the seal: %w", err)
		}
		parts = append(parts, part)
	}
	if s.ports.NewOwner != nil && f.Owner != (Owner{}) {
		part, err := s.ports.NewOwner(ctx, f.Owner)
		if err != nil {
			return nil, fmt.Errorf("make the owner: %w", fieldsOf("owner_", err))
		}
		parts = append(parts, func(tx *guard.Tx) error { return fieldsOf("owner_", part(tx)) })
	}
	if s.ports.InviteStaff != nil && f.Colleague.Email != "" {
		parts = append(parts, func(tx *guard.Tx) error {
			_, err := s.ports.InviteStaff(ctx, tx, f.Colleague.Email, f.Colleague.Name, access.Administrator)
			return fieldsOf("colleague_", err)
		})
	}
	return parts, nil
}

// fieldsOf renames the fields of a refusal to those of a person in the set-up form, where
// the firm has a name and an e-mail address too.
func fieldsOf(person string, err error) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	renamed := *f
	renamed.Fields = nil
	for _, field := range f.Fields {
		field.Name = person + strings.TrimPrefix(field.Name, person)
		renamed.Fields = append(renamed.Fields, field)
	}
	return &renamed
}

func found(tx *guard.Tx, firm Settings, d FirmDetails, parts []Prepared) error {
	args := firmArgs(d)
	for name, value := range map[string]any{"slug": firm.Slug, "colour": firm.Colour, "theme": firm.Theme, "logo": firm.Logo,
		"link_days": 30, "confirm_policy": ConfirmFirst, "link_policy": LinkPortal} {
		args[name] = value
	}
	if _, err := tx.Exec(insertOrganisation, args); err != nil {
		return fmt.Errorf("store organisation: %w", err)
	}
	policies := Policies{ConfirmPolicy: ConfirmFirst, LinkPolicy: LinkPortal, LinkDays: 30, Timestamps: true}
	for i, stage := range defaultStages() {
		stageID := id.New()
		if err := storeStage(tx, stageID, i+1, stage); err != nil {
			return fmt.Errorf("store stage: %w", err)
		}
		if stage.Name == stageWhenSigned {
			policies.SignedStage = stageID
		}
	}
	for i, terms := range defaultTerms() {
		if err := storeTerms(tx, id.New(), i+1, terms); err != nil {
			return fmt.Errorf("store terms: %w", err)
		}
	}
	if err := storePolicies(tx, policies); err != nil {
		return err
	}
	if err := tx.Record(Founded{Organisation: firm.ID, Name: firm.Name}); err != nil {
		return err
	}
	for _, part := range parts {
		if err := part(tx); err != nil {
			return err
		}
	}
	return nil
}
