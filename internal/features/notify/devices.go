package notify

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
	"lintel/internal/platform/jobs"
	"lintel/internal/platform/push"
	"lintel/internal/platform/secret"
)

// PushKey gives the installation's key for push messages, which it makes the first time: all subscriptions hang on it.
func PushKey(ctx context.Context, store *guard.Store, box secret.Box) (key []byte, err error) {
	const purpose = "push key"
	stored := ""
	read := func(tx *guard.AcrossTx) error { return tx.One(readPushKey, nil, &stored) }
	err = store.Across(ctx, "notify: the key for push messages", read)
	if fault.Is(err, fault.NotFound) {
		if key, err = push.NewKey(); err != nil {
			return nil, err
		}
		value := base64.StdEncoding.EncodeToString(box.Seal(key, purpose))
		err = store.AcrossChange(ctx, "notify: make the key for push messages", func(tx *guard.AcrossTx) error {
			if _, err := tx.Exec(writePushKey, guard.Args{"value": value}); err != nil {
				return err
			}
			return read(tx) // another process may have been faster
		})
	}
	if err != nil {
		return nil, fmt.Errorf("load the key for push messages: %w", err)
	}
	sealed, err := base64.StdEncoding.DecodeString(stored)
	if err != nil {
		return nil, fmt.Errorf("read the key for push messages: %w", err)
	}
	if key, err = box.Open(sealed, purpose); err != nil {
		return nil, fmt.Errorf("open the key for push messages: %w", err)
	}
	return key, nil
}

// mostDevices is how many a person may have; the oldest make room.
const mostDevices = 20

// Device is a phone or computer that takes push messages.
type Device struct {
	ID         string
	Name       string // "Chrome on Android"
	Hash       string // of its address, by which its own browser knows itself
	CreatedAt  time.Time
	LastUsedAt time.Time // zero: never
}

// pushing is what a push job carries.
type pushing struct {
	Device  string       `json:"device"`
	Message push.Message `json:"message"`
}

// pushTo queues a push to each of a person's devices.
func (s *Service) pushTo(tx *guard.Tx, t Telling, notice string) error {
	message := push.Message{Title: t.Title, URL: t.URL, Tag: notice}
	var devices []string
	err := tx.Each(devicesOf, guard.Args{"person": string(t.Person), "kind": string(t.Kind)}, func(row guard.Row) error {
		device := ""
		err := row(&device)
		devices = append(devices, device)
		return err
	})
	if err != nil {
		return err
	}
	for _, device := range devices {
		if err := tx.Enqueue(jobs.Job{Kind: pushJob, Arguments: pushing{device, message}, MaxAttempts: 6}); err != nil {
			return err
		}
	}
	return nil
}

// push sends one message. A device that is gone is forgotten.
func (s *Service) push(ctx context.Context, task jobs.Task) error {
	var job pushing
	if err := task.Arguments(&job); err != nil {
		return jobs.NoRetry(err)
	}
	actor := access.NewSystem(access.OrgID(task.Organisation), "notify: push to a device")
	to, err := s.address(ctx, actor, job)
	if fault.Is(err, fault.NotFound) {
		return nil // the device was removed meanwhile, or its person may not know any more
	}
	if err != nil {
		return err
	}
	err = s.means.Push.Send(ctx, to, job.Message)
	return s.store.Change(ctx, actor, access.SystemWork, func(tx *guard.Tx) error {
		switch {
		case err == nil:
			_, err := tx.Exec(deviceUsed, guard.Args{"id": job.Device})
			return err
		case push.IsGone(err):
			_, err := tx.Exec(dropDevice, guard.Args{"id": job.Device})
			return err
		}
		return err
	})
}

// address is where a message goes. NotFound for a device that is gone, and when access has ended since the message was
// written: the push service may have been away for hours (A11).
func (s *Service) address(ctx context.Context, actor access.Actor, job pushing) (to push.Subscription, err error) {
	device, sealed := job.Device, ""
	err = s.store.View(ctx, actor, access.SystemWork, func(tx *guard.Tx) error {
		h := held{}
		if err := tx.One(deviceByID, guard.Args{"id": device}, &sealed, &h.person, &h.kind); err != nil {
			return err
		}
		err := tx.One(toldByPush, guard.Args{"id": job.Message.Tag}, &h.activity, &h.customer, &h.at)
		if err != nil {
			return err
		}
		theirs, err := s.stillTheirs(tx, h)
		if err == nil && !theirs {
			err = fault.New(fault.NotFound, "This device is told of it no more.")
		}
		return err
	})
	if err != nil {
		return to, err
	}
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return to, fmt.Errorf("read the keys of a device: %w", err)
	}
	plain, err := s.means.Box.Open(raw, deviceContext(actor.Org(), device))
	if err != nil {
		return to, fmt.Errorf("open the keys of a device: %w", err)
	}
	err = json.Unmarshal(plain, &to)
	return to, err
}

func deviceContext(org access.OrgID, device string) string {
	return "push device:" + string(org) + ":" + device
}

// PushKey is the public key that a browser subscribes with; empty when push is not set up.
func (s *Service) PushKey() string {
	if s.means.Push == nil {
		return ""
	}
	return s.means.Push.PublicKey()
}

// Subscribe adds the browser that the actor looks with to their devices, or finds it there. name is what the person
// recognises it by. Faults: Invalid when it is no address of a known push service (G06) or its keys are none; Denied for who
// is here by a link to one document: the device would be told of more (B21); CodeNeeded for who came by another link and has not
// proven yet that the mailbox is theirs, because a device outlives the link.
func (s *Service) Subscribe(ctx context.Context, actor access.Actor, to push.Subscription, name string) error {
	if actor.Item() != "" {
		return fault.New(fault.Denied, "This link opens one document and nothing that lasts longer. Please open the portal by your own account.")
	}
	if s.means.Push == nil {
		return fault.New(fault.Unavailable, "Push messages are not set up here.")
	}
	if err := s.means.Push.Check(to); err != nil {
		return fault.Wrap(fault.Invalid, "This browser's push service is not one that we know.", err)
	}
	device := id.New()
	plain, err := json.Marshal(to)
	if err != nil {
		return fmt.Errorf("write the keys of a device: %w", err)
	}
	sealed := base64.StdEncoding.EncodeToString(s.means.Box.Seal(plain, deviceContext(actor.Org(), device)))
	return s.store.Change(ctx, actor, access.NoticesWrite, func(tx *guard.Tx) error {
		if err := identity.RequireConfirmed(tx); err != nil {
			return err
		}
		// Anew, because the browser may have got other keys for the same address; and whoever had it before on a phone that
		// people share is shown to its new reader no more.
		given := tx.OnBehalfOf("notify: a browser shows messages to one person")
		if _, err := given.Exec(freeEndpoint, guard.Args{"hash": secret.Hash(to.Endpoint)}); err != nil {
			return err
		}
		list, err := loadDevices(tx)
		if err != nil {
			return err
		}
		for i := mostDevices - 1; i < len(list); i++ {
			if _, err := tx.Exec(removeDevice, guard.Args{"id": list[i].ID}); err != nil {
				return err
			}
		}
		_, err = tx.Exec(addDevice, guard.Args{"id": device, "kind": string(actor.Kind()), "hash": secret.Hash(to.Endpoint), "sealed": sealed, "name": name})
		return err
	})
}

// RemoveDevice takes one of the actor's own devices away, by its id. A second time does nothing.
func (s *Service) RemoveDevice(ctx context.Context, actor access.Actor, device string) error {
	return s.store.Change(ctx, actor, access.NoticesWrite, func(tx *guard.Tx) error {
		_, err := tx.Exec(removeDevice, guard.Args{"id": device})
		return err
	})
}

// RemoveEndpoint is RemoveDevice for a browser that knows only its own address.
func (s *Service) RemoveEndpoint(ctx context.Context, actor access.Actor, endpoint string) error {
	return s.store.Change(ctx, actor, access.NoticesWrite, func(tx *guard.Tx) error {
		_, err := tx.Exec(forgetEndpoint, guard.Args{"hash": secret.Hash(endpoint)})
		return err
	})
}

func loadDevices(tx *guard.Tx) (list []Device, err error) {
	err = tx.Each(ownDevices, nil, func(row guard.Row) error {
		var d Device
		err := row(&d.ID, &d.Name, &d.Hash, &d.CreatedAt, &d.LastUsedAt)
		list = append(list, d)
		return err
	})
	return list, err
}
