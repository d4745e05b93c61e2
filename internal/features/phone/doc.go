// Package phone makes a firm's portal an app on the phones of its people: the manifest and
// the icons, the worker that shows what was last seen when there is no signal, and the page
// that explains how to put it on the home screen (JT-12, JT-13). Floor 4, above
// organisation, whose looks the app has.
//
// Nothing here belongs to a person: manifest, icons, worker and the page without a network
// are the same for everybody who knows the firm's address. What a phone may keep of a
// person's pages is decided in organisation (kept.go) and docs/decisions/0015.
package phone
