package writing

import (
	"slices"
	"strings"

	"lintel/internal/features/document/proposal"
	"lintel/internal/platform/id"
)

// act changes the form as the button says that was pressed: "up:ID", "add-group:option".
// at is the id of what the page shall show next; known says that there is such a button.
func (f *draftForm) act(button string, templates []proposal.Term) (at string, known bool) {
	verb, what, _ := strings.Cut(button, ":")
	switch verb {
	case "up", "down":
		way := 1
		if verb == "up" {
			way = -1
		}
		f.move(what, way)
		return what, true
	case "duplicate":
		return f.duplicate(what), true
	case "delete":
		f.remove(what)
		return "", true
	case "add-group":
		return f.addGroup(groupKind(what)), true
	case "add-line":
		return f.addLine(what), true
	case "add-terms":
		return f.addTerms(what, templates), true
	}
	return "", false
}

// find gives where a line stands, or a group (line below 0); group below 0 is nowhere.
func (f *draftForm) find(wanted string) (group, line int) {
	for g := range f.Groups {
		if f.Groups[g].ID == wanted {
			return g, -1
		}
		for l := range f.Groups[g].Lines {
			if f.Groups[g].Lines[l].ID == wanted {
				return g, l
			}
		}
	}
	return -1, -1
}

// move takes a line over its neighbour, and over the edge of its group into the next; groups
// and terms change places.
func (f *draftForm) move(wanted string, way int) {
	if term := slices.IndexFunc(f.Terms, func(t proposal.Term) bool { return t.ID == wanted }); term >= 0 {
		swap(f.Terms, term, term+way)
		return
	}
	g, l := f.find(wanted)
	switch {
	case g < 0:
	case l < 0:
		swap(f.Groups, g, g+way)
	case l+way >= 0 && l+way < len(f.Groups[g].Lines):
		swap(f.Groups[g].Lines, l, l+way)
	case g+way >= 0 && g+way < len(f.Groups):
		line, other := f.Groups[g].Lines[l], &f.Groups[g+way]
		f.Groups[g].Lines = slices.Delete(f.Groups[g].Lines, l, l+1)
		if way < 0 {
			other.Lines = append(other.Lines, line)
		} else {
			other.Lines = slices.Insert(other.Lines, 0, line)
		}
	}
}

func swap[T any](list []T, i, j int) {
	if j >= 0 && j < len(list) {
		list[i], list[j] = list[j], list[i]
	}
}

func (f *draftForm) duplicate(wanted string) string {
	g, l := f.find(wanted)
	if l < 0 {
		return ""
	}
	twin := f.Groups[g].Lines[l]
	twin.ID = id.New()
	f.Groups[g].Lines = slices.Insert(f.Groups[g].Lines, l+1, twin)
	return twin.ID
}

func (f *draftForm) remove(wanted string) {
	f.Terms = slices.DeleteFunc(f.Terms, func(t proposal.Term) bool { return t.ID == wanted })
	g, l := f.find(wanted)
	switch {
	case g < 0:
	case l < 0:
		f.Groups = slices.Delete(f.Groups, g, g+1)
	default:
		f.Groups[g].Lines = slices.Delete(f.Groups[g].Lines, l, l+1)
	}
}

func (f *draftForm) addGroup(kind string) string {
	group := groupForm{ID: id.New(), Kind: kind}
	if kind != string(proposal.Fixed) {
		group.Lines = []lineForm{{ID: id.New(), Quantity: "1", Tax: f.NewTax}}
	}
	f.Groups = append(f.Groups, group)
	return group.ID
}

func (f *draftForm) addLine(group string) string {
	for i := range f.Groups {
		if f.Groups[i].ID == group {
			line := lineForm{ID: id.New(), Quantity: "1", Tax: f.NewTax}
			f.Groups[i].Lines = append(f.Groups[i].Lines, line)
			return line.ID
		}
	}
	return ""
}

func (f *draftForm) addTerms(template string, templates []proposal.Term) string {
	term := proposal.Term{ID: id.New()}
	if i := slices.IndexFunc(templates, func(t proposal.Term) bool { return t.ID == template }); i >= 0 {
		term.Title, term.Body = templates[i].Title, templates[i].Body
	}
	f.Terms = append(f.Terms, term)
	return term.ID
}
