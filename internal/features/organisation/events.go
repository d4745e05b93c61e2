package organisation

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/platform/i18n"
)

// Founded is recorded when the organisation is set up; it is the first event of its log.
type Founded struct {
	Organisation access.OrgID `json:"-"`
	Name         string       `json:"name"`
}

// About names the event.
func (e Founded) About() (string, event.Subject) {
	return "organisation.founded", subject(e.Organisation)
}

// SettingsChanged is recorded when a part of the settings is saved.
type SettingsChanged struct {
	Organisation access.OrgID `json:"-"`
	Part         string       `json:"part"` // "firm", "looks", "signing", "stages", "terms"
}

// About names the event.
func (e SettingsChanged) About() (string, event.Subject) {
	return "organisation.settings_changed", subject(e.Organisation)
}

// StageChanged is recorded when a stage's name, bucket or visibility changes; projects
// follow their stage into its bucket.
type StageChanged struct {
	Organisation access.OrgID `json:"-"`
	Stage        string       `json:"stage"`
	Name         string       `json:"name"`
	Bucket       Bucket       `json:"bucket"`
}

// About names the event.
func (e StageChanged) About() (string, event.Subject) {
	return "organisation.stage_changed", subject(e.Organisation)
}

func subject(org access.OrgID) event.Subject {
	return event.Subject{Kind: "organisation", ID: string(org)}
}

// Events describes what this package records.
func Events() []event.Kind {
	return []event.Kind{
		{Name: "organisation.founded", Visibility: event.NobodysFeed, Icon: "building-2", Notice: "nobody, because nobody else is there yet",
			Sentence: func(ctx context.Context, r event.Recorded) string {
				var e Founded
				_ = r.Read(&e) // an erased event reads with an empty name
				return i18n.T(ctx, "The portal of {name} was set up", "name", e.Name)
			}},
		{Name: "organisation.settings_changed", Visibility: event.NobodysFeed, Icon: "settings", Notice: "nobody, because the office did it itself",
			Sentence: func(ctx context.Context, r event.Recorded) string {
				var e SettingsChanged
				_ = r.Read(&e)
				return i18n.T(ctx, "{who} changed the settings: {part}", "who", r.ActorName, "part", partName(ctx, e.Part))
			}},
		{Name: "organisation.stage_changed", Visibility: event.NobodysFeed, Icon: "flag", Notice: "nobody, because the office did it itself",
			Sentence: func(ctx context.Context, r event.Recorded) string {
				var e StageChanged
				_ = r.Read(&e)
				return i18n.T(ctx, "{who} changed the stage {name}", "who", r.ActorName, "name", e.Name)
			}},
	}
}

func partName(ctx context.Context, part string) string {
	switch part {
	case "firm":
		return i18n.T(ctx, "Firm")
	case "looks":
		return i18n.T(ctx, "Looks")
	case "signing":
		return i18n.T(ctx, "Signing and links")
	case "stages":
		return i18n.T(ctx, "Stages")
	case "terms":
		return i18n.T(ctx, "Terms")
	}
	return part
}
