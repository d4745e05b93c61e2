package access

// Face is which of the portal's faces a page belongs to.
type Face string

// The faces, each with its own part of the URL space.
const (
	Public       Face = "public"   // no sign-in; sees nothing of anybody
	LinkLanding  Face = "link"     // holds a link; a GET shows who it is for and changes nothing
	OfficeFace   Face = "office"   // /{org}/office/…
	CustomerFace Face = "customer" // /{org}/home/…
	DeskFace     Face = "desk"     // /{org}/desk/… contractors
	FieldFace    Face = "field"    // /{org}/field/… technicians
	EitherFace   Face = "either"   // shared by the faces: files, the own profile
	APIFace      Face = "api"      // /api/v1/…, by a token
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

// DeskWith opens a route to a contractor's people at their desk.
func DeskWith(p Permission) Rule { return Rule{face: DeskFace, permission: p} }

// FieldWith opens a route to technicians.
func FieldWith(p Permission) Rule { return Rule{face: FieldFace, permission: p} }

// APIWith opens a route to API tokens that have the permission as a scope.
func APIWith(p Permission) Rule { return Rule{face: APIFace, permission: p} }

// EitherWith opens a route to whoever has the permission, on whichever face they are.
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
	return r.MeantFor(actor) && actor.May(r.permission)
}

// MeantFor reports whether the route lies on a face of the actor's. Others need not know
// that there is anything.
func (r Rule) MeantFor(actor Actor) bool {
	switch r.face {
	case OfficeFace:
		return actor.Kind() == Staff && actor.Token() == ""
	case CustomerFace:
		return actor.Kind() == Customer
	case DeskFace:
		return actor.Kind() == Contractor
	case FieldFace:
		return actor.Kind() == Technician
	case APIFace:
		return actor.Token() != ""
	case EitherFace:
		return !actor.Zero() && actor.Kind() != System && actor.Token() == ""
	}
	return false
}
