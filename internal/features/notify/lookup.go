package notify

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
)

// CustomersOf lists the people who may use a module on a customer's project now; project may be empty for what belongs to
// the customer alone. System and staff only.
func CustomersOf(tx *guard.Tx, customer, project string, module access.Module) (list []access.PersonID, err error) {
	err = tx.Each(customersGranted, guard.Args{"customer": customer, "project": project, "module": string(module)}, func(row guard.Row) error {
		var person access.PersonID
		err := row(&person)
		list = append(list, person)
		return err
	})
	return list, err
}

// OfficeOf lists who in the office is told of a project: its lead, or everybody with a leading role when there is none or
// they have left. System and staff only.
func OfficeOf(tx *guard.Tx, lead access.PersonID) (list []access.PersonID, err error) {
	members, err := identity.StaffMembers(tx)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		if m.State != identity.Active {
			continue
		}
		if m.Person == lead {
			return []access.PersonID{lead}, nil
		}
		if m.Role == access.Owner || m.Role == access.Administrator {
			list = append(list, m.Person)
		}
	}
	return list, nil
}

// reader is a person who is told something, as the organisation knows them, with what they have chosen.
type reader struct {
	name, email string
	language    string
	zone        *time.Location
	settings    Settings
	muted       bool // the project that it is about
	devices     bool // there is one to push to
}

// firm is what telling needs to know of the organisation, once for all who are told.
type firm struct {
	organisation.Settings
	defaults map[access.Kind]Choices
}

func loadFirm(tx *guard.Tx) (f firm, err error) {
	if f.Settings, err = organisation.Of(tx); err != nil {
		return f, err
	}
	f.defaults = map[access.Kind]Choices{}
	for _, kind := range []access.Kind{access.Staff, access.Customer} {
		if f.defaults[kind], err = loadDefaults(tx, kind); err != nil {
			return f, err
		}
	}
	return f, nil
}

func loadDefaults(tx *guard.Tx, kind access.Kind) (Choices, error) {
	stored := ""
	err := tx.One(defaultsOf, guard.Args{"kind": string(kind)}, &stored)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, fmt.Errorf("load notification defaults: %w", err)
	}
	return ParseChoices(stored).Over(everyWay()), nil
}

// readerOf answers NotFound when the person is no member of that kind (any more).
func readerOf(tx *guard.Tx, f firm, person access.PersonID, kind access.Kind, project string) (r reader, err error) {
	var zone, choices string
	var muted, devices int
	err = tx.One(personToTell, guard.Args{"person": string(person), "kind": string(kind), "project": project}, &r.name, &r.email, &r.language, &zone,
		&r.settings.Own, &choices, &r.settings.Rhythm, &r.settings.QuietFrom, &r.settings.QuietUntil, &muted, &devices)
	if err != nil {
		return r, err
	}
	r.muted, r.devices = muted > 0 && project != "", devices > 0
	r.settings.Choices = f.defaults[kind]
	if r.settings.Own {
		r.settings.Choices = ParseChoices(choices).Over(f.defaults[kind])
	}
	r.language, r.zone = cmp.Or(r.language, f.Language), f.Location()
	if own, err := clock.Zone(zone); zone != "" && err == nil {
		r.zone = own
	}
	return r, nil
}

// in is a context whose texts are in the person's language and whose times are in their zone.
func (r reader) in(ctx context.Context, now time.Time) context.Context {
	return i18n.WithReader(ctx, i18n.Reader{Language: r.language, Zone: r.zone, Now: now})
}

// Reader gives a context whose texts are in the person's language and whose times are in their zone: their own choice, else
// the organisation's. For somebody who is no member of that kind it is the organisation's; Tell tells them nothing.
func (s *Service) Reader(ctx context.Context, tx *guard.Tx, person access.PersonID, kind access.Kind) (context.Context, error) {
	settings, err := organisation.Of(tx)
	if err != nil {
		return ctx, err
	}
	r, err := readerOf(tx, firm{Settings: settings}, person, kind, "")
	if fault.Is(err, fault.NotFound) {
		return reader{language: settings.Language, zone: settings.Location()}.in(ctx, tx.Now()), nil
	}
	if err != nil {
		return ctx, fmt.Errorf("look who is told: %w", err)
	}
	return r.in(ctx, tx.Now()), nil
}

// LanguageOf is the language that a customer's person reads mail in: their own choice, or the firm's.
func LanguageOf(tx *guard.Tx, settings organisation.Settings, person access.PersonID) string {
	r, err := readerOf(tx, firm{Settings: settings}, person, access.Customer, "")
	if err != nil || r.language == "" {
		return settings.Language
	}
	return r.language
}
