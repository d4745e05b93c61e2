package identity

import (
	"context"
	"fmt"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity/letter"
	"lintel/internal/features/identity/store"
	"lintel/internal/features/identity/throttle"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/jobs"
)

const (
	renewJob = "identity: send a new link"
	onceJob  = "identity: send a one-time link"
	seenJob  = "identity: write down who was seen"
	purgeJob = "identity: purge what has ended"

	addressJob = "identity: tell other organisations a new address"

	keepEnded = 90 * 24 * time.Hour // ended links stay listed, and can be asked for anew
)

// Jobs registers the work that identity does outside of requests.
func (s *Service) Jobs(r *jobs.Runner) {
	r.Handle(onceJob, s.sendOnce)
	r.Handle(renewJob, s.sendRenewed)
	r.Handle(addressJob, s.spreadAddress)
	r.Handle(lookJob, s.endLook)
	r.Handle(seenJob, func(ctx context.Context, _ jobs.Task) error { return s.FlushSeen(ctx) })
	r.Handle(purgeJob, func(ctx context.Context, _ jobs.Task) error { return s.Purge(ctx) })
	r.Every(5*time.Minute, jobs.Job{Kind: seenJob})
	r.Every(6*time.Hour, jobs.Job{Kind: purgeJob})
}

// sendOnce mails a sign-in or reset link, if the address belongs to a member of anything.
// A newer link voids the older ones of its purpose (B03).
func (s *Service) sendOnce(ctx context.Context, task jobs.Task) error {
	var request onceRequest
	if err := task.Arguments(&request); err != nil {
		return jobs.NoRetry(err)
	}
	account, err := s.accountOf(ctx, request.Folded, Visit{})
	if err != nil || account.person == "" {
		return err
	}
	places, err := s.placesOf(ctx, account.person)
	if err != nil {
		return err
	}
	if len(places) == 0 {
		return s.sendToTechnician(ctx, account.person, request.Slug)
	}
	place := places[0]
	for _, p := range places {
		if p.Organisation.Slug == request.Slug {
			place = p
			break
		}
	}
	err = s.store.AcrossChange(ctx, "identity: a newer one-time link voids the older", func(tx *guard.AcrossTx) error {
		_, err := tx.Exec(store.VoidLinks, guard.Args{"person": string(account.person), "purpose": request.Purpose})
		return err
	})
	if err != nil {
		return fmt.Errorf("void older links: %w", err)
	}
	return s.mailOnce(ctx, place, account, request)
}

func (s *Service) mailOnce(ctx context.Context, place Place, account account, request onceRequest) error {
	system := access.NewSystem(place.Organisation.ID, "send a one-time link")
	return s.store.Change(ctx, system, access.SystemWork, func(tx *guard.Tx) error {
		made := newLink{person: account.person, purpose: request.Purpose, browser: request.Browser, sentTo: fold(account.email), expires: tx.Now().Add(onceLife)}
		link, token, err := made.store(tx)
		if err != nil {
			return err
		}
		path := ResetLinkPath
		if request.Purpose == forSignIn {
			path = SignInLinkPath
		}
		letter, err := s.letters.Once(ctx, tx, letter.Once{ID: link, To: letter.To{Person: account.person, Name: place.Name, Address: account.email},
			Path: withNext(path+token, request.Next), Ends: made.expires, SignsIn: request.Purpose == forSignIn})
		if err != nil {
			return err
		}
		return s.means.Mail(tx, letter)
	})
}

// sendRenewed mails a new link for an ended one to the person's present address. A link
// that was revoked, or whose person is no member any more, gets none.
func (s *Service) sendRenewed(ctx context.Context, task jobs.Task) error {
	var request renewal
	if err := task.Arguments(&request); err != nil {
		return jobs.NoRetry(err)
	}
	f, err := s.linkByHash(ctx, request.Token)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if f.purpose == ForTechnician {
		return s.renewForTechnician(ctx, f)
	}
	member, ok := f.as(access.Customer)
	if !ok || !f.revoked.IsZero() || f.purpose != ForDocument && f.purpose != ForPortal {
		return nil
	}
	if ok, err := s.allowed(ctx, "identity: throttle new links", throttle.ForAddress(throttle.MailsToAddress, "mail", fold(member.Email))); err != nil || !ok {
		return err
	}
	var item LandingItem
	if f.item != "" {
		item, err = s.means.Describe(ctx, f.organisation, member.Person, f.itemKind, f.item)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	title := ""
	if item.Title != "" {
		title = item.Kind + ": " + item.Title
	}
	system := access.NewSystem(f.organisation.ID, "send a new link for an ended one")
	return s.store.Change(ctx, system, access.SystemWork, func(tx *guard.Tx) error {
		path, err := MakeLink(tx, LinkRequest{Person: member.Person, Purpose: f.purpose, ItemKind: f.itemKind, Item: f.item})
		if err != nil {
			return err
		}
		letter, err := s.letters.Renewed(ctx, tx, letter.To{Person: member.Person, Name: member.Name, Address: member.Email},
			letter.Renewed{Path: path, Kind: f.itemKind, Item: f.item, Title: title})
		if err != nil {
			return err
		}
		return s.means.Mail(tx, letter)
	})
}

// Purge takes away what has ended: sessions, browsers, codes, throttles at once or after a
// day, one-time links after a day, personal links after 90 days. The events of all stay.
func (s *Service) Purge(ctx context.Context) error {
	err := s.store.AcrossChange(ctx, "identity: purge what has ended", func(tx *guard.AcrossTx) error {
		for _, statement := range store.Purges {
			if _, err := tx.Exec(statement, nil); err != nil {
				return err
			}
		}
		yesterday := guard.Args{"before": tx.Now().Add(-24 * time.Hour)}
		if _, err := tx.Exec(store.PurgeCodes, yesterday); err != nil {
			return err
		}
		if _, err := tx.Exec(store.PurgeOnce, yesterday); err != nil {
			return err
		}
		_, err := tx.Exec(store.PurgeLinks, guard.Args{"before": tx.Now().Add(-keepEnded)})
		return err
	})
	if err != nil {
		return fmt.Errorf("purge what has ended: %w", err)
	}
	return nil
}
