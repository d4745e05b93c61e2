package notify

import (
	"context"
	"fmt"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
)

// Project is a project whose news a person has muted.
type Project struct{ ID, Name string }

// Preferences is everything on a person's Notification Settings.
type Preferences struct {
	Settings
	Defaults Choices
	Zone     *time.Location // in which the quiet hours and digests are
	Muted    []Project
	Devices  []Device
}

// Preferences gives the actor's own. Staff and customers; NotFound for everybody else, who is told nothing so far.
func (s *Service) Preferences(ctx context.Context, actor access.Actor) (p Preferences, err error) {
	err = s.store.View(ctx, actor, access.NoticesWrite, func(tx *guard.Tx) error {
		f, err := loadFirm(tx.OnBehalfOf("the organisation's defaults hold for everybody"))
		if err != nil {
			return err
		}
		p.Defaults, p.Zone = f.defaults[actor.Kind()], f.Location()
		if own := actor.Zone(); own != nil {
			p.Zone = own
		}
		if p.Settings, err = loadOwn(tx); err != nil {
			return err
		}
		p.Choices = p.Choices.Over(p.Defaults)
		if p.Devices, err = loadDevices(tx); err != nil {
			return err
		}
		return tx.Each(forWhom(tx, mutedOffice, mutedOwn), nil, func(row guard.Row) error {
			var m Project
			err := row(&m.ID, &m.Name)
			p.Muted = append(p.Muted, m)
			return err
		})
	})
	return p, err
}

func loadOwn(tx *guard.Tx) (settings Settings, err error) {
	choices := ""
	err = tx.One(ownSettings, nil, &settings.Own, &choices, &settings.Rhythm, &settings.QuietFrom, &settings.QuietUntil)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return settings, fmt.Errorf("load notification settings: %w", err)
	}
	settings.Choices = ParseChoices(choices)
	return settings, nil
}

// Save keeps the actor's own choices. With Own false the choices that they had made stay for another time, and the
// organisation's defaults hold. Faults: Invalid on rhythm, quiet_from and quiet_until.
func (s *Service) Save(ctx context.Context, actor access.Actor, wanted Settings) error {
	if err := wanted.check(); err != nil {
		return err
	}
	return s.store.Change(ctx, actor, access.NoticesWrite, func(tx *guard.Tx) error {
		if !wanted.Own {
			before, err := loadOwn(tx)
			if err != nil {
				return err
			}
			wanted.Choices = before.Choices
		}
		_, err := tx.Exec(saveOwnSettings, wanted.args())
		return err
	})
}

func saveSettings(tx *guard.Tx, person access.PersonID, settings Settings) error {
	args := settings.args()
	args["person"] = string(person)
	_, err := tx.Exec(saveSettingsOf, args)
	return err
}

func (s Settings) args() guard.Args {
	return guard.Args{"own": s.Own, "choices": s.Choices.String(), "rhythm": string(s.Rhythm), "from": s.QuietFrom, "until": s.QuietUntil}
}

const minutesADay = 24 * 60

func (s Settings) check() error {
	var problems fault.Problems
	if s.Rhythm != AtOnce && s.Rhythm != Daily && s.Rhythm != Weekly {
		problems.Add("rhythm", "Please choose one from the list.")
	}
	for field, minute := range map[string]int{"quiet_from": s.QuietFrom, "quiet_until": s.QuietUntil} {
		if minute < 0 || minute >= minutesADay {
			problems.Add(field, "Please enter a time, like 22:00.")
		}
	}
	return problems.Err()
}

// Defaults gives the organisation's, for staff and for customers. Staff with settings:read.
func (s *Service) Defaults(ctx context.Context, actor access.Actor) (list map[access.Kind]Choices, err error) {
	err = s.store.View(ctx, actor, access.SettingsRead, func(tx *guard.Tx) error {
		f, err := loadFirm(tx)
		list = f.defaults
		return err
	})
	return list, err
}

// SaveDefaults sets what holds for everybody who has chosen nothing of their own. Staff with settings:write.
func (s *Service) SaveDefaults(ctx context.Context, actor access.Actor, list map[access.Kind]Choices) error {
	return s.store.Change(ctx, actor, access.SettingsWrite, func(tx *guard.Tx) error {
		for _, kind := range []access.Kind{access.Staff, access.Customer} {
			before, err := loadDefaults(tx, kind)
			if err != nil {
				return err
			}
			after := list[kind].Over(before).String()
			if after == before.String() {
				continue
			}
			if _, err := tx.Exec(saveDefaults, guard.Args{"kind": string(kind), "choices": after}); err != nil {
				return err
			}
			if err := tx.Record(DefaultsChanged{Kind: kind, Before: before.String(), After: after}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Mute silences a project for the actor, or lets it speak again: no mail and no push of it; its lines in the inbox come
// read. NotFound when the actor cannot see the project.
func (s *Service) Mute(ctx context.Context, actor access.Actor, project string, silent bool) error {
	return s.store.Change(ctx, actor, access.NoticesWrite, func(tx *guard.Tx) error {
		if !silent {
			_, err := tx.Exec(unmute, guard.Args{"project": project})
			return err
		}
		seen := 0
		if err := tx.One(forWhom(tx, projectOffice, projectSeen), guard.Args{"project": project}, &seen); err != nil {
			return err
		}
		if seen == 0 {
			return fault.New(fault.NotFound, "This project was not found.")
		}
		_, err := tx.Exec(mute, guard.Args{"project": project})
		return err
	})
}

// IsMuted reports whether the actor has silenced a project.
func (s *Service) IsMuted(ctx context.Context, actor access.Actor, project string) (muted bool, err error) {
	err = s.store.View(ctx, actor, access.HomeRead, func(tx *guard.Tx) error {
		count := 0
		err := tx.One(isMuted, guard.Args{"project": project}, &count)
		muted = count > 0
		return err
	})
	return muted, err
}

// Name is what people call an activity.
func (a Activity) Name(ctx context.Context) string {
	switch a {
	case Messages:
		return i18n.T(ctx, "Messages")
	case Mentions:
		return i18n.T(ctx, "Somebody mentions you")
	case Files:
		return i18n.T(ctx, "Files and photos")
	case Documents:
		return i18n.T(ctx, "Proposals and answers to them")
	case Schedule:
		return i18n.T(ctx, "Schedule")
	case DailyLogs:
		return i18n.T(ctx, "Daily logs")
	case Requests:
		return i18n.T(ctx, "Requests for new projects")
	case Projects:
		return i18n.T(ctx, "Projects: stages and progress")
	}
	return i18n.T(ctx, "Access and addresses")
}

// Name is what people call a way.
func (m Method) Name(ctx context.Context) string {
	switch m {
	case Portal:
		return i18n.T(ctx, "In the portal")
	case Email:
		return i18n.T(ctx, "E-mail")
	}
	return i18n.T(ctx, "Push")
}

func kindTitle(ctx context.Context, kind access.Kind) string {
	if kind == access.Customer {
		return i18n.T(ctx, "What customers are told")
	}
	return i18n.T(ctx, "What the office is told")
}

// theirs lists the activities that a kind of person is ever told of.
func theirs(kind access.Kind) []Activity {
	if kind == access.Customer {
		return []Activity{Messages, Mentions, Files, Documents, Schedule, DailyLogs, Requests, Projects}
	}
	return Activities
}
