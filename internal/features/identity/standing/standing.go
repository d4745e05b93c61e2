package standing

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"lintel/internal/core/access"
)

// How long a browser stays signed in.
const (
	CustomerIdle = 30 * 24 * time.Hour
	StaffIdle    = 12 * time.Hour
	staffLongest = 7 * 24 * time.Hour // since the password was typed
)

// LookLife is how long a member of staff looks at the portal as somebody before they have
// to say again why.
const LookLife = 30 * time.Minute

// Candidate is one capacity in which a browser may act in an organisation.
type Candidate struct {
	Identity   access.Identity
	Everywhere bool
	EnteredAt  time.Time
	SeenAt     time.Time
}

// withLookers leaves out the entries of staff who look at the portal as somebody else,
// unless the same browser is signed in as that member of staff and they still may.
func withLookers(list []Candidate) []Candidate {
	kept := list[:0:0]
	for _, c := range list {
		if c.Identity.SeenBy == "" || mayLook(list, c.Identity.SeenBy) {
			kept = append(kept, c)
		}
	}
	return kept
}

func mayLook(list []Candidate, looker access.PersonID) bool {
	for _, c := range list {
		if c.Identity.Person == looker && c.Identity.Kind == access.Staff && c.Identity.SeenBy == "" {
			return access.NewActor(c.Identity).May(access.SeeAs)
		}
	}
	return false
}

// Fresh reports whether the entry has not run out.
func (c Candidate) Fresh(now time.Time) bool {
	if c.lookOver(now) {
		return false
	}
	if c.Identity.Kind == access.Staff {
		return now.Sub(c.SeenAt) < StaffIdle && now.Sub(c.EnteredAt) < staffLongest
	}
	return now.Sub(c.SeenAt) < CustomerIdle
}

// preferredKind is the capacity that a page is for: a person can be both a customer and a
// member of staff of one firm, and have entered as both in one browser.
func preferredKind(r *http.Request, slug string) access.Kind {
	page := strings.TrimPrefix(r.URL.Path, "/"+slug)
	if next := r.URL.Query().Get("next"); strings.HasPrefix(page, "/confirm") && next != "" {
		page = strings.TrimPrefix(next, "/"+slug)
	}
	for face, kind := range map[string]access.Kind{"/home": access.Customer, "/desk": access.Contractor, "/field": access.Technician} {
		if page == face || strings.HasPrefix(page, face+"/") {
			return kind
		}
	}
	return access.Staff
}

// Choose takes the entry for a page: one of the kind that the page is for before others, of
// one person the one that proves more, of two people the one who came last. Who looks as
// somebody else is nobody else meanwhile.
func Choose(list []Candidate, r *http.Request, slug string) (best Candidate, found bool) {
	wanted := preferredKind(r, slug)
	for _, c := range whileLooking(withLookers(list), r, slug) {
		if !found || c.before(best, wanted) {
			best, found = c, true
		}
	}
	return best, found
}

func (c Candidate) before(other Candidate, wanted access.Kind) bool {
	mine, theirs := c.Identity, other.Identity
	switch {
	case (mine.Kind == wanted) != (theirs.Kind == wanted):
		return mine.Kind == wanted
	case mine.Person == theirs.Person && strength(mine.Proof) != strength(theirs.Proof):
		return strength(mine.Proof) > strength(theirs.Proof)
	case !c.EnteredAt.Equal(other.EnteredAt):
		return c.EnteredAt.After(other.EnteredAt)
	}
	return !c.Everywhere
}

func strength(proof access.Proof) int {
	switch proof {
	case access.SignedIn:
		return 2
	case access.ConfirmedBrowser:
		return 1
	}
	return 0
}

// whileLooking leaves only the look, when a member of staff looks as somebody else and the
// page is not the office's: so nothing that the browser may do otherwise mixes with it, and
// a comment cannot go out by mistake. Addresses that the faces share belong to the page
// that asked for them.
func whileLooking(list []Candidate, r *http.Request, slug string) []Candidate {
	if ofOffice(r, slug) {
		return list
	}
	for _, c := range list {
		if c.Identity.SeenBy != "" {
			return []Candidate{c}
		}
	}
	return list
}

func ofOffice(r *http.Request, slug string) bool {
	office := "/" + slug + "/office"
	if within(r.URL.Path, office) {
		return true
	}
	for _, face := range []string{"/home", "/desk", "/field"} {
		if within(r.URL.Path, "/"+slug+face) {
			return false
		}
	}
	asked, err := url.Parse(r.Referer())
	return err == nil && within(asked.Path, office)
}

func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}

// lookOver reports whether the time of a look is up.
func (c Candidate) lookOver(now time.Time) bool {
	return c.Identity.SeenBy != "" && now.Sub(c.EnteredAt) >= LookLife
}
