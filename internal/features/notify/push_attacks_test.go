package notify

import (
	"net/http"
	"testing"
)

// A11: whoever has lost the module, or the portal, while the push service was away is not shown on their phone what they may
// not read any more.
func TestA11WhatWasTakenAwayMeanwhileIsNotPushed(t *testing.T) {
	onBoth(t, func(w *inboxes) {
		vendor := w.startPush()
		w.json("maria", "/hartwell-sons/profile/push", subscription(w.T, vendor.url+"/phone"))
		w.grant("maria", "kitchen", "messages")
		w.grant("maria", "kitchen", "projects")
		vendor.answer = http.StatusServiceUnavailable
		told := func(event string) {
			w.happen(event, "kitchen", "kitchen")
			w.tellOf(Telling{Person: "maria", Event: event, Activity: Messages, Title: "Eve wrote: the margin", Project: "kitchen"})
			w.drain()
		}
		told("e1")
		tried := vendor.taken
		if tried == 0 {
			w.Fatal("nothing was tried while the service was away")
		}
		w.exec(`update grants set revoked_at = 1 where person = 'maria' and module = 'messages'`)
		vendor.answer = http.StatusCreated
		for range 8 {
			w.pass(3 * 60 * 60 * 1e9)
		}
		if vendor.taken != tried {
			w.Errorf("without the module %d messages reach the phone", vendor.taken-tried)
		}
		w.exec(`update grants set revoked_at = null`)
		vendor.answer = http.StatusServiceUnavailable
		told("e2")
		tried = vendor.taken
		w.exec(`update memberships set state = 'removed' where person = 'maria'`)
		vendor.answer = http.StatusCreated
		for range 8 {
			w.pass(3 * 60 * 60 * 1e9)
		}
		if vendor.taken != tried {
			w.Errorf("after the removal %d messages reach the phone", vendor.taken-tried)
		}
	})
}

// On a phone that two people share, its notifications are those of who turned them on last.
func TestASharedPhoneShowsTheMessagesOfItsLastReader(t *testing.T) {
	onBoth(t, func(w *inboxes) {
		vendor := w.startPush()
		phone := subscription(w.T, vendor.url+"/phone")
		w.json("jon", "/hartwell-sons/profile/push", phone)
		w.json("maria", "/hartwell-sons/profile/push", phone)
		if devices := w.preferences("jon").Devices; len(devices) != 0 {
			w.Errorf("Jon still has %d devices, and Maria holds the phone", len(devices))
		}
		w.tell("jon", "e1", "The margin is too small", kitchen)
		w.drain()
		if vendor.taken != 0 {
			w.Errorf("%d messages for Jon reach Maria's screen", vendor.taken)
		}
	})
}
