package notify

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/outbox"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
	"lintel/internal/platform/jobs"
)

// Tell tells a person of an event, in the caller's transaction, once and on the ways that they want. Who is no member of
// that kind (any more) is told nothing. System and staff only.
func (s *Service) Tell(tx *guard.Tx, t Telling) error { return s.TellAll(tx, []Telling{t}) }

// TellAll tells many people; what they have in common is read once. A person stands in it once at most for an event: the
// first telling counts.
func (s *Service) TellAll(tx *guard.Tx, list []Telling) error {
	if len(list) == 0 {
		return nil
	}
	f, err := loadFirm(tx)
	if err != nil {
		return err
	}
	planned := map[time.Time]bool{}
	for _, t := range list {
		if err := s.tell(tx, f, t, planned); err != nil {
			return fmt.Errorf("tell %s: %w", t.Person, err)
		}
	}
	return nil
}

func (s *Service) tell(tx *guard.Tx, f firm, t Telling, planned map[time.Time]bool) error {
	to, err := readerOf(tx, f, t.Person, t.Kind, t.Project)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look who is told: %w", err)
	}
	wants := to.settings.Choices
	read := time.Time{}
	if to.muted {
		read = tx.Now()
	}
	notice := id.New()
	stored, err := tx.Exec(insertNotice, guard.Args{"id": notice, "person": string(t.Person), "event": t.Event, "title": t.Title, "url": t.URL, "icon": t.Icon,
		"activity": string(t.Activity), "project": t.Project, "hidden": !t.goes(wants, Portal), "read_at": read, "module": string(t.Activity.module("")), "saying": string(t.Activity.module(saying))})
	if err != nil || stored == 0 || to.muted {
		return err
	}
	tx.Announce("person:"+string(t.Person), false)
	if to.devices && t.goes(wants, Push) {
		if _, quiet := to.settings.quietEnd(tx.Now(), to.zone); !quiet {
			if err := s.pushTo(tx, t, notice); err != nil {
				return err
			}
		}
	}
	if !t.goes(wants, Email) {
		return nil
	}
	return s.hold(tx, t, to, planned)
}

// hold keeps the mail until it is due, and sees that somebody looks then.
func (s *Service) hold(tx *guard.Tx, t Telling, to reader, planned map[time.Time]bool) error {
	due := to.settings.mailDue(tx.Now(), to.zone, t.Activity, s.means.Burst)
	bundle := cmp.Or(t.Letter.Thread, t.Project, t.Event)
	if s.means.Burst > 0 {
		var burst time.Time
		err := tx.One(burstDue, guard.Args{"person": string(t.Person), "kind": string(t.Kind), "bundle": bundle, "latest": due}, &burst)
		if err != nil {
			return err
		}
		if !burst.IsZero() {
			due = burst
		}
	}
	h := held{id: id.New(), Title: t.Title, URL: t.URL, Letter: t.Letter}
	sealed, err := s.seal(tx.Org(), h)
	if err != nil {
		return err
	}
	_, err = tx.Exec(holdLetter, guard.Args{"id": h.id, "person": string(t.Person), "kind": string(t.Kind), "event": t.Event, "activity": string(t.Activity), "project": t.Project,
		"bundle": bundle, "sealed": sealed, "due": due})
	if err != nil || planned[due] {
		return err
	}
	planned[due] = true
	return tx.Enqueue(jobs.Job{Kind: lettersJob, RunAt: due, Unique: fmt.Sprintf("%s %s %d", lettersJob, tx.Org(), due.UnixMicro())})
}

// held is a letter that waits.
type held struct {
	id       string
	person   access.PersonID
	kind     access.Kind
	event    string
	activity Activity
	project  string
	bundle   string
	read     bool // the notice that it is about was read meanwhile
	customer string
	at       string // project of the event
	about    string // kind of the event
	called   string // the project's name

	Title  string
	URL    string
	Letter outbox.Letter
}

func sealContext(org access.OrgID, letter string) string {
	return "held letter:" + string(org) + ":" + letter
}

func (s *Service) seal(org access.OrgID, h held) (string, error) {
	plain, err := json.Marshal(h)
	if err != nil {
		return "", fmt.Errorf("write a held letter: %w", err)
	}
	return base64.StdEncoding.EncodeToString(s.means.Box.Seal(plain, sealContext(org, h.id))), nil
}

func (s *Service) unseal(org access.OrgID, sealed string, h *held) error {
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return fmt.Errorf("read a held letter: %w", err)
	}
	plain, err := s.means.Box.Open(raw, sealContext(org, h.id))
	if err != nil {
		return fmt.Errorf("open a held letter: %w", err)
	}
	return json.Unmarshal(plain, h)
}
