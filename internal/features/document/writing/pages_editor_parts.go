package writing

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"lintel/internal/features/customer"
	"lintel/internal/features/document"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/file"
	"lintel/internal/platform/i18n"
	"lintel/internal/ui"
)

// restatedLine is a line whose tags an autosave answers anew; whole: its sheet too.
type restatedLine struct {
	group groupForm
	form  lineForm
	whole bool
}

// restated lists the lines that the browser made itself, that were wrong before, or whose
// tags say something else now; or all.
func (v editorView) restated(before editorView, all bool) []restatedLine {
	var list []restatedLine
	stored := before.form.byID()
	for _, g := range v.form.Groups {
		for _, l := range g.Lines {
			typed, was := v.typed[l.ID], stored[l.ID]
			whole := all || !typed.Seen || typed.Wrong
			if whole || !slices.Equal(lineTags(context.Background(), g, l), lineTags(context.Background(), before.groupOf(l.ID), was)) {
				list = append(list, restatedLine{g, l, whole})
			}
		}
	}
	return list
}

// groupOf is the group that a line stands in.
func (v editorView) groupOf(line string) groupForm {
	if g, _ := v.form.find(line); g >= 0 {
		return v.form.Groups[g]
	}
	return groupForm{}
}

// problemsOfLine are what is wrong with a line, by its cells.
func (v editorView) problemsOfLine(line string) map[string]string {
	g, l := v.form.find(line)
	if l < 0 {
		return nil
	}
	return v.lineProblems(g, l)
}

// byID lists the form's lines by their ids.
func (f draftForm) byID() map[string]lineForm {
	lines := map[string]lineForm{}
	for _, g := range f.Groups {
		for _, l := range g.Lines {
			lines[l.ID] = l
		}
	}
	return lines
}

type lineTag struct{ text, icon string }

// lineTags is what is special about a line, in a few words each.
func lineTags(ctx context.Context, g groupForm, l lineForm) []lineTag {
	var tags []lineTag
	if l.Selected && g.Kind == string(proposal.Option) {
		tags = append(tags, lineTag{i18n.T(ctx, "Chosen from the start"), "check"})
	}
	if l.Kind == string(proposal.Percent) {
		tags = append(tags, lineTag{i18n.T(ctx, "Part of all items"), "percent"})
	}
	if l.Kind == string(proposal.Discount) && g.Kind != string(proposal.Discounts) {
		tags = append(tags, lineTag{i18n.T(ctx, "Discount"), "percent"})
	}
	if l.Allowance {
		tags = append(tags, lineTag{i18n.T(ctx, "Allowance: billed at cost"), ""})
	}
	if l.Choosable {
		tags = append(tags, lineTag{i18n.T(ctx, "Customer chooses {least} to {most}", "least", cmp.Or(l.Min, "0"), "most", cmp.Or(l.Max, l.Quantity)), "list-checks"})
	}
	if n := len(l.Photos); n > 0 {
		tags = append(tags, lineTag{i18n.N(ctx, n, "{n} photo", "{n} photos"), "image"})
	}
	if l.Note != "" {
		tags = append(tags, lineTag{i18n.T(ctx, "Note for the office"), "lock"})
	}
	return tags
}

func moreTitle(ctx context.Context, l lineForm) string {
	return cmp.Or(l.Name, i18n.T(ctx, "More about this line"))
}

func termTitle(ctx context.Context, t proposal.Term) string {
	return cmp.Or(t.Title, i18n.T(ctx, "New terms"))
}

// choiceText says what the customer may choose in an option group.
func choiceText(ctx context.Context, g groupForm) string {
	least, _ := strconv.Atoi(g.Min)
	most, _ := strconv.Atoi(g.Max)
	switch {
	case least == 0 && most == 0:
		return i18n.T(ctx, "Customer may choose any")
	case least == 0:
		return i18n.T(ctx, "Customer may choose up to {most}", "most", most)
	case least == most:
		return i18n.T(ctx, "Customer must choose {least}", "least", least)
	case most == 0:
		return i18n.T(ctx, "Customer must choose {least} or more", "least", least)
	}
	return i18n.T(ctx, "Customer must choose {least} to {most}", "least", least, "most", most)
}

// linePictures puts the chosen pictures first, in their order.
func linePictures(pictures []file.File, chosen []string) []file.File {
	sorted := slices.Clone(pictures)
	rank := func(f file.File) int {
		if at := slices.Index(chosen, f.ID); at >= 0 {
			return at
		}
		return len(chosen)
	}
	slices.SortStableFunc(sorted, func(a, b file.File) int { return cmp.Compare(rank(a), rank(b)) })
	return sorted
}

func contains(list []string, wanted string) bool { return slices.Contains(list, wanted) }

func coverOptions(ctx context.Context, v editorView) []ui.Option {
	options := []ui.Option{{Label: i18n.T(ctx, "No picture"), Selected: v.form.Cover == ""}}
	for _, f := range v.pictures() {
		options = append(options, ui.Option{Value: f.ID, Label: f.Name, Selected: v.form.Cover == f.ID})
	}
	return options
}

// attachmentRow is a file of the form. Each has a name of its own, so that a copy brought
// back after a crash fills the right ones.
func attachmentRow(ctx context.Context, slug string, i int, f file.File) ui.FileProps {
	row := file.Row(ctx, slug, f)
	row.Field, row.Value = "attachment."+strconv.Itoa(i), f.ID
	row.RemoveName, row.RemoveValue, row.RemoveLabel = "remove_file", f.ID, i18n.T(ctx, "Remove {name}", "name", f.Name)
	return row
}

func recipientText(ctx context.Context, r document.Recipient) string {
	if r.Signs {
		return i18n.T(ctx, "{name}, signs", "name", r.Name)
	}
	return i18n.T(ctx, "{name}, copy", "name", r.Name)
}

func contactLine(ctx context.Context, c customer.Contact) string {
	switch {
	case c.Email == "":
		return i18n.T(ctx, "No e-mail address yet: add it on the customer's page.")
	case c.Bounced():
		return i18n.T(ctx, "{email}: the last e-mail came back.", "email", c.Email)
	case c.Title != "":
		return c.Title + ", " + c.Email
	}
	return c.Email
}

func recipientOptions(ctx context.Context, chosen string) []ui.Option {
	return []ui.Option{{Value: "", Label: i18n.T(ctx, "Gets nothing"), Selected: chosen == ""}, {Value: "signs", Label: i18n.T(ctx, "Signs"), Selected: chosen == "signs"},
		{Value: "copy", Label: i18n.T(ctx, "Gets a copy to read"), Selected: chosen == "copy"}}
}

// signersLine says whose signature is awaited. Who signs first signs for all.
func signersLine(ctx context.Context, recipients []document.Recipient) string {
	switch names := document.Signers(recipients); len(names) {
	case 0:
		return ""
	case 1:
		return i18n.T(ctx, "{name} has to sign.", "name", names[0])
	default:
		last := len(names) - 1
		return i18n.T(ctx, "{names} or {last} can sign: one signature is enough.", "names", strings.Join(names[:last], ", "), "last", names[last])
	}
}

// sendLine says who will be written to.
func (v editorView) sendLine(ctx context.Context) string {
	var parts []string
	switch n := len(v.desk.Recipients); {
	case n == 1:
		parts = append(parts, i18n.T(ctx, "{name} gets one e-mail.", "name", namesOf(v.desk.Recipients)))
	case n > 1:
		last := v.desk.Recipients[n-1]
		parts = append(parts, i18n.T(ctx, "{names} and {last} each get one e-mail.", "names", namesOf(v.desk.Recipients[:n-1]), "last", last.FirstName()))
	}
	if sent := v.desk.Document.SentVersion; sent > 0 {
		parts = append(parts, i18n.T(ctx, "Version {version} stays readable, marked replaced.", "version", sent))
	}
	return strings.Join(parts, " ")
}

// summary links what is wrong to the field where it stands.
func (v editorView) summary() []ui.ErrorProps {
	var list []ui.ErrorProps
	add := func(at, name, text string) {
		if text != "" {
			list = append(list, ui.ErrorProps{Field: at, Text: problemAt(name, text)})
		}
	}
	for g, group := range v.form.Groups {
		add("group-"+group.ID+"-name", group.Name, v.groupProblem(g))
		for l, line := range group.Lines {
			for _, cell := range []string{"name", "description", "quantity", "unit", "price", "tax", "cost"} {
				add("line-"+line.ID+"-"+cell, line.Name, v.problems[proposal.FieldName(g, l, cell)])
			}
		}
	}
	for _, field := range []string{"title", "coverNote", "validUntil", "deposit", "pricing", "officeNote", "terms", "files"} {
		add(field, "", v.problems[field])
	}
	add("files", "", v.problems["attachments"])
	add("sum-lines", "", v.problems["total"])
	add("recipients-add", "", v.problems["recipients"])
	add(v.firstAdd(), "", v.problems["groups"])
	for i, term := range v.form.Terms {
		for _, field := range []string{"title", "body"} {
			add("term-"+field+"-"+term.ID, term.Title, v.problems["terms."+strconv.Itoa(i)+"."+field])
		}
	}
	return list
}

// groupProblem is what is wrong with a group itself.
func (v editorView) groupProblem(index int) string {
	return cmp.Or(v.problems[proposal.FieldName(index, -1, "name")], v.problems[proposal.FieldName(index, -1, "min")], v.problems[proposal.FieldName(index, -1, "max")])
}

// firstAdd is the field in which the first line of a proposal is written.
func (v editorView) firstAdd() string {
	if len(v.form.Groups) == 0 {
		return "lines"
	}
	return "group-" + v.form.Groups[0].ID + "-add"
}

func problemAt(name, text string) string {
	if name == "" {
		return text
	}
	const most = 60
	if short := proposal.Shorten(name, most); short != name {
		name = short + "…"
	}
	return name + ": " + text
}
