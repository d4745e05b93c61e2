package organisation

import (
	"testing"

	"lintel/internal/core/access"
)

// What lets people in, shows a secret once or asks for a deed never stays on a phone.
func TestWhatLetsPeopleInIsNotKept(t *testing.T) {
	for path, want := range map[string]bool{
		"/hartwell/home": true, "/hartwell/home/projects/p1/files": true, "/hartwell/home/proposals/d1": true, "/hartwell/home/inbox": true,
		"/hartwell/office/projects": true, "/hartwell/desk": true, "/hartwell/field": true,
		"/hartwell/profile": false, "/hartwell/profile/factors": false, "/hartwell/profiles": true, "/hartwell/confirm": false, "/hartwell/portals": false,
		"/hartwell/office/settings": false, "/hartwell/office/settings/tokens": false, "/hartwell/home/users/u1": false,
		"/hartwell/home/proposals/d1/sign": false, "/hartwell/home/proposals/d1/decline": false, "/hartwell/home/proposals/d1/changes": false, "/hartwell/home/proposals/d1/signed": true,
		"/sign-in": false, "/l": false, "/northgate/home": false, "/hartwell": false,
	} {
		if got := keepable("hartwell", path); got != want {
			t.Errorf("%s: kept %v, want %v", path, got, want)
		}
	}
}

// One person has one mark in all sessions; anybody else, and the same person as another kind
// or with less, has another.
func TestAReadersMarkIsTheirOwn(t *testing.T) {
	maria := access.Identity{Org: "o1", Person: "maria", Kind: access.Customer, Session: "s1"}
	mark := func(change func(*access.Identity)) string {
		i := maria
		change(&i)
		return readerMark(access.NewActor(i))
	}
	own := mark(func(*access.Identity) {})
	if own == "" || own != mark(func(i *access.Identity) { i.Session = "s2" }) {
		t.Errorf("the mark %q changes with the session", own)
	}
	for name, change := range map[string]func(*access.Identity){
		"another person": func(i *access.Identity) { i.Person = "tomas" },
		"another firm":   func(i *access.Identity) { i.Org = "o2" },
		"another kind":   func(i *access.Identity) { i.Kind = access.Staff },
		"one item only":  func(i *access.Identity) { i.Item = "d1" },
		"seen by staff":  func(i *access.Identity) { i.SeenBy = "ruth" },
	} {
		if mark(change) == own {
			t.Errorf("%s has the same mark", name)
		}
	}
	if readerMark(access.Actor{}) != "" {
		t.Error("nobody has a mark")
	}
}
