package access

// Face is which of the portal's faces a page belongs to.
type Face string

// The faces, each with its own part of the URL space.
const (
	Public       Face = "public"   // no sign-in; sees nothing of anybody
	LinkLanding  Face = "link"     // holds a link; a GET shows who it is for and changes nothing
	OfficeFace   Face = "office"   // /{org}/office/…
	CustomerFace Face = "customer" // /{org}/home/…
	EitherFace   Face = "either"   // shared by office and customer: files
	Operations   Face = "operations"
)

// Rule is who may ask for a URL. The zero Rule guards nothing and is refused at start-up.
type Rule struct {
	face       Face
	permission Permission
	why        string
}

// Anyone opens a route to the world; why says how that is safe.
func Anyone(why string) Rule { return Rule{face: Public, why: why} }

// LinkHolder opens a route to whoever holds a personal link.
func LinkHolder(why string) Rule { return Rule{face: LinkLanding, why: why} }

// OfficeWith opens a route to staff who have the permission.
func OfficeWith(p Permission) Rule { return Rule{face: OfficeFace, permission: p} }

// CustomerWith opens a route to a customer's contacts.
func CustomerWith(p Permission) Rule { return Rule{face: CustomerFace, permission: p} }

// EitherWith opens a route to staff and to customers.
func EitherWith(p Permission) Rule { return Rule{face: EitherFace, permission: p} }

// Zero reports whether the rule says nothing.
func (r Rule) Zero() bool { return r.face == "" }

// Face is the face that the rule is for.
func (r Rule) Face() Face { return r.face }

// Permission is what the actor must have; empty on public routes.
func (r Rule) Permission() Permission { return r.permission }

// String is the rule as routes.golden shows it.
func (r Rule) String() string {
	if r.permission != "" {
		return string(r.face) + " " + string(r.permission)
	}
	return string(r.face) + " (" + r.why + ")"
}

// NeedsActor reports whether somebody must be signed in.
func (r Rule) NeedsActor() bool { return r.permission != "" }

// Admits reports whether the actor may use the route at all. Which objects they find
// there is decided below, by guard.
func (r Rule) Admits(actor Actor) bool {
	if !r.NeedsActor() {
		return true
	}
	switch r.face {
	case OfficeFace:
		return actor.Kind() == Staff && actor.May(r.permission)
	case CustomerFace:
		return actor.Kind() == Customer && actor.May(r.permission)
	case EitherFace:
		return (actor.Kind() == Staff || actor.Kind() == Customer) && actor.May(r.permission)
	}
	return false
}
