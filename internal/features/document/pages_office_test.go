package document_test

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/document"
	"lintel/internal/features/document/estimate"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/file"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
	"lintel/internal/platform/money"
)

// ofEveryKind is a draft with each kind of line and group, and with everything that a line
// can have.
func ofEveryKind() proposal.Content {
	cost := int64(98_000)
	line := func(kind proposal.LineKind, price int64, percent string) proposal.Line {
		return proposal.Line{ID: id.New(), Kind: kind, Name: "Line, “quoted”", Description: "One\nTwo", Quantity: money.MustDecimal("1.5"), Unit: "m²", UnitPrice: price, Percent: money.MustDecimal(percent), TaxPercent: money.MustDecimal("5.5")}
	}
	dear, chosen, counted := line(proposal.Item, 138_000, "0"), line(proposal.Item, 4_999_999, "0"), line(proposal.Item, 1, "0")
	dear.UnitCost, dear.Note, dear.Allowance = &cost, "from the wholesaler", true
	chosen.Selected = true
	counted.QuantityEditable = &proposal.QuantityRange{Max: money.Whole(1000)}
	groups := []proposal.Group{
		{ID: id.New(), Name: "Work", Kind: proposal.Fixed, Lines: []proposal.Line{dear, line(proposal.Percent, 0, "8.25"), line(proposal.Discount, -5000, "0"), line(proposal.Discount, 0, "10")}},
		{ID: id.New(), Name: "One of them", Kind: proposal.Option, Min: 1, Max: 1, Lines: []proposal.Line{chosen, counted}},
		{ID: id.New(), Name: "Any of them", Kind: proposal.Option, Lines: []proposal.Line{line(proposal.Item, 0, "0")}},
		{ID: id.New(), Name: "Less", Kind: proposal.Discounts, Lines: []proposal.Line{line(proposal.Discount, 0, "0"), line(proposal.Discount, -150_000, "0")}},
	}
	return proposal.Content{Title: "Kitchen", CoverNote: "Dear Maria,\n\nhere it is.", Currency: "EUR", Pricing: proposal.TaxIncluded, ValidUntil: "2026-12-18", Deposit: money.MustDecimal("33.33"), OfficeNote: "Margin is thin.",
		Groups: groups, Terms: []proposal.Term{{ID: id.New(), Title: "Warranty", Body: "Five **years**.\n\n- parts\n- labour"}, {ID: id.New(), Title: "Payment", Body: "In parts."}}}
}

// What a browser posts from the rendered form is the draft.
func TestTheRenderedFormPostsTheDraft(t *testing.T) {
	inOffice(t, func(o *office) {
		saved := o.save(ofEveryKind())
		if answer := o.post("jon", o.path(""), o.form(o.get("jon", o.path("")), "draft")); answer.Code != http.StatusSeeOther {
			t.Fatalf("save: %d %.500s", answer.Code, answer.Body)
		}
		if after := o.desk().Version; !bytes.Equal(after.Content.Bytes(), saved.Content.Bytes()) || after.Revision != saved.Revision+1 {
			t.Fatalf("revision %d:\n%s\n%s", after.Revision, saved.Content.Bytes(), after.Content.Bytes())
		}
	})
}

func TestTheButtonsWorkWithoutScript(t *testing.T) {
	inOffice(t, func(o *office) {
		o.furnish()
		press := func(act string) proposal.Content {
			values := o.form(o.get("jon", o.path("")), "draft")
			values.Set("act", act)
			if answer := o.post("jon", o.path(""), values); answer.Code != http.StatusSeeOther {
				t.Fatalf("%s: %d %.300s", act, answer.Code, answer.Body)
			}
			return o.desk().Version.Content
		}
		before := o.desk().Version.Content
		first, second := before.Groups[0].Lines[0], before.Groups[0].Lines[1]
		if c := press("down:" + first.ID); c.Groups[0].Lines[1].ID != first.ID || c.Groups[0].Lines[0].ID != second.ID {
			t.Error("down does not move the line down")
		}
		if c := press("up:" + before.Groups[1].Lines[0].ID); len(c.Groups[0].Lines) != 4 {
			t.Error("the first line of a group does not move into the group above")
		}
		if c := press("duplicate:" + second.ID); c.Groups[0].Lines[1].Name != second.Name || !c.Groups[0].Lines[1].Allowance || c.Groups[0].Lines[1].ID == second.ID {
			t.Error("duplicate does not make a twin")
		}
		if c := press("delete:" + before.Groups[3].ID); len(c.Groups) != 3 {
			t.Error("delete does not remove the group")
		}
		if c := press("add-group:option"); c.Groups[3].Kind != proposal.Option || len(c.Groups[3].Lines) != 1 || c.Groups[3].Lines[0].TaxPercent != money.Whole(20) {
			t.Errorf("an option group has one line to begin with, with the firm's tax: %+v", c.Groups[3])
		}
		if c := press("add-terms:"); len(c.Terms) != len(before.Terms)+1 {
			t.Error("terms cannot be added")
		}
		press("remove-recipient:" + o.tom)
		if r := o.desk().Recipients; len(r) != 1 || r[0].Contact != o.maria {
			t.Errorf("recipients %+v", r)
		}
	})
}

func TestAnAutosaveAnswersTheFigures(t *testing.T) {
	inOffice(t, func(o *office) {
		o.furnish()
		values := o.form(o.get("jon", o.path("")), "draft")
		line := o.desk().Version.Content.Groups[0].Lines[0]
		values.Set("line.0.price", "2,000")
		fresh := id.New()
		values.Set("line.90.id", fresh)
		values.Set("line.90.group", o.desk().Version.Content.Groups[0].ID)
		values.Set("line.90.name", "Extra")
		values.Set("line.90.price", "100")
		answer := o.post("jon", o.path(""), values, "X-Autosave", "1")
		page := answer.Body.String()
		for _, want := range []string{`id="draft-version" value="3"`, `id="line-` + line.ID + `-total">2,000.00<`, `id="line-` + fresh + `-errors"`, `id="sum-lines"`, `id="draft-dock"`, `id="sum-margin"`} {
			if answer.Code != http.StatusOK || !strings.Contains(page, want) {
				t.Errorf("%d: the answer misses %s", answer.Code, want)
			}
		}
		if strings.Contains(page, `id="line-`+line.ID+`-errors"`) {
			t.Error("a line whose sheet did not change is answered anew")
		}
		values.Set("version", "3")
		values.Set("line.1.price", "many")
		answer = o.post("jon", o.path(""), values, "X-Autosave", "1")
		if answer.Code != http.StatusUnprocessableEntity || !strings.Contains(answer.Body.String(), "Unit price “many” is not a number") || !strings.Contains(answer.Body.String(), `-price-error"`) {
			t.Errorf("%d %.300s", answer.Code, answer.Body)
		}
		if saved := o.desk().Version; saved.Revision != 3 {
			t.Errorf("a wrong number is saved as revision %d", saved.Revision)
		}
	})
}

func TestAWrongNumberStaysWhereItWasTyped(t *testing.T) {
	inOffice(t, func(o *office) {
		o.furnish()
		values := o.form(o.get("jon", o.path("")), "draft")
		values.Set("line.0.price", "a lot")
		values.Set("title", "Still typed")
		values.Set("deposit", "300 %")
		answer := o.post("jon", o.path(""), values)
		page := answer.Body.String()
		for _, want := range []string{`value="a lot"`, `aria-invalid="true"`, "Unit price “a lot” is not a number", `value="Still typed"`} {
			if answer.Code != http.StatusUnprocessableEntity || !strings.Contains(page, want) {
				t.Errorf("%d: the page misses %s", answer.Code, want)
			}
		}
	})
}

// Whoever wants to send a draft that is not ready is led to what is missing, which stays
// marked until it is there.
func TestWhatIsMissingIsMarkedInTheEditorUntilItIsThere(t *testing.T) {
	inOffice(t, func(o *office) {
		o.furnish()
		content := o.desk().Version.Content
		content.Title, content.Groups[0].Name, content.Groups[1].Lines[0].Name = "", "", ""
		o.save(content)
		group, line := content.Groups[0].ID, content.Groups[1].Lines[0].ID
		marks := map[string]string{"title": `id="title-error"`, "the group": `id="group-` + group + `-name-error"`, "the line": `id="line-` + line + `-name-error"`}
		links := []string{`href="#title"`, `href="#group-` + group + `-name"`, `href="#line-` + line + `-name"`}
		values := o.form(o.get("jon", o.path("")), "draft")
		values.Set("act", "send")
		page := o.goesOn(o.post("jon", o.path(""), values))
		for what, mark := range marks {
			if !strings.Contains(page, mark) || !strings.Contains(page, "This is still missing") {
				t.Errorf("%s is not marked", what)
			}
		}
		for _, link := range links {
			if !strings.Contains(page, link) {
				t.Errorf("nothing leads to %s", link)
			}
		}
		values = o.form(page, "draft")
		values.Set("title", "Kitchen")
		answer := o.post("jon", o.path(""), values, "X-Autosave", "1").Body.String()
		if strings.Contains(answer, links[0]) || !strings.Contains(answer, links[1]) || !strings.Contains(answer, marks["the line"]) {
			t.Errorf("after the title was typed: %.600s", answer)
		}
		if page := o.get("jon", o.path("/send")); !strings.Contains(page, `href="`+o.path("?missing=1#group-"+group+"-name")+`"`) {
			t.Error("the page of sending does not lead to the group's name")
		}
	})
}

func TestANewProposalsFirstGroupHasAName(t *testing.T) {
	inOffice(t, func(o *office) {
		if name := o.desk().Version.Content.Groups[0].Name; name != "Scope of work" {
			t.Errorf("it is called %q", name)
		}
	})
}

func TestWhoMaySignIsSaidBeforeAndAfterSending(t *testing.T) {
	inOffice(t, func(o *office) {
		o.furnish()
		if page := o.get("jon", o.path("/send")); !strings.Contains(page, "Maria Ruiz has to sign.") {
			t.Error("one signer is not named")
		}
		o.must(o.service.SetRecipient(o.Context(), o.actors["jon"], o.document, o.tom, true))
		both := "Maria Ruiz or Tom Ruiz can sign: one signature is enough."
		for _, address := range []string{"", "/send"} {
			if page := o.get("jon", o.path(address)); !strings.Contains(page, both) {
				t.Errorf("%q does not say that one signature is enough", address)
			}
		}
		if page := o.get("jon", o.path("/send")); !strings.Contains(page, "Maria Ruiz or Tom Ruiz can sign it: one signature is enough.") {
			t.Error("the e-mail does not say it")
		}
		o.must(o.service.Send(o.Context(), o.actors["jon"], o.document, o.desk().Version.Revision, ""))
		if page := o.get("jon", o.path("")); !strings.Contains(page, both) {
			t.Error("the sent proposal does not say it")
		}
	})
}

// A colleague who still edits when the proposal is sent is told, and what they typed is shown
// as not saved.
func TestWhoEditsWhileAnotherSendsIsTold(t *testing.T) {
	inOffice(t, func(o *office) {
		o.furnish()
		theirs := o.form(o.get("eve", o.path("")), "draft")
		o.must(o.service.Send(o.Context(), o.actors["jon"], o.document, o.desk().Version.Revision, ""))
		sent := o.desk().Version
		theirs.Set("title", "Eve's title")
		answer := o.post("eve", o.path(""), theirs)
		for _, want := range []string{"This version was sent and can no longer be changed.", `value="Eve&#39;s title"`, "data-unsaved", "Not saved"} {
			if answer.Code != http.StatusConflict || !strings.Contains(answer.Body.String(), want) {
				t.Errorf("%d: the page misses %q", answer.Code, want)
			}
		}
		if after := o.desk().Version; !bytes.Equal(after.Content.Bytes(), sent.Content.Bytes()) {
			t.Error("what was sent is changed")
		}
		if answer := o.post("jon", o.path("/send"), url.Values{"revision": {strconv.Itoa(sent.Revision)}}); answer.Code != http.StatusSeeOther || len(o.desk().Mails) != 2 {
			t.Errorf("sent twice: %d, %d mails", answer.Code, len(o.desk().Mails))
		}
	})
}

func TestTwoAtTheSameDraftLoseNothing(t *testing.T) {
	inOffice(t, func(o *office) {
		o.furnish()
		mine := o.form(o.get("jon", o.path("")), "draft")
		theirs := o.form(o.get("eve", o.path("")), "draft")
		theirs.Set("title", "Eve's title")
		if answer := o.post("eve", o.path(""), theirs); answer.Code != http.StatusSeeOther {
			t.Fatalf("%d %.300s", answer.Code, answer.Body)
		}
		mine.Set("title", "Jon's title")
		for _, header := range []string{"", "1"} {
			answer := o.post("jon", o.path(""), mine, "X-Autosave", header)
			if answer.Code != http.StatusConflict || !strings.Contains(answer.Body.String(), "Somebody else saved this proposal meanwhile.") {
				t.Errorf("%d %.300s", answer.Code, answer.Body)
			}
			if header == "" && !strings.Contains(answer.Body.String(), `value="Jon&#39;s title"`) {
				t.Error("what was typed is gone")
			}
		}
		if o.desk().Document.Title != "Eve's title" {
			t.Errorf("title %q", o.desk().Document.Title)
		}
		mine.Set("act", "overwrite:"+strconv.Itoa(o.desk().Version.Revision))
		if answer := o.post("jon", o.path(""), mine); answer.Code != http.StatusSeeOther || o.desk().Document.Title != "Jon's title" {
			t.Errorf("keeping mine: %d, title %q", answer.Code, o.desk().Document.Title)
		}
	})
}

func TestAMemberNeverReceivesCostsAndCannotWipeThem(t *testing.T) {
	inOffice(t, func(o *office) {
		o.furnish()
		before := o.desk().Version.Content
		for _, address := range []string{"", "/send", "/preview", "/versions/1"} {
			page := o.get("eve", o.path(address))
			for _, secret := range []string{"1,150.00", "Unit cost", "Margin", ".cost"} {
				if strings.Contains(page, secret) {
					t.Errorf("%s shows %q to a member", address, secret)
				}
			}
		}
		values := o.form(o.get("eve", o.path("")), "draft")
		values.Set("line.0.name", "Site protection, all floors")
		values.Set("line.0.cost", "1")
		saved := o.post("eve", o.path(""), values, "X-Autosave", "1")
		if saved.Code != http.StatusOK || strings.Contains(saved.Body.String(), "sum-margin") {
			t.Errorf("%d %.300s", saved.Code, saved.Body)
		}
		after := o.desk().Version.Content
		if after.Groups[0].Lines[0].Name != "Site protection, all floors" || !reflect.DeepEqual(after.Groups[0].Lines[0].UnitCost, before.Groups[0].Lines[0].UnitCost) {
			t.Errorf("%+v", after.Groups[0].Lines[0])
		}
	})
}

func TestA02AnotherFirmsProposalIsNotThere(t *testing.T) {
	inOffice(t, func(o *office) {
		theirs := strings.Replace(o.path(""), "hartwell-sons", "rival-builders", 1)
		for _, address := range []string{"", "/send", "/preview", "/versions/1", "/import/" + id.New()} {
			if answer := o.do("rival jon", http.MethodGet, theirs+address, "", nil); answer.Code != http.StatusNotFound {
				t.Errorf("GET %s: %d", address, answer.Code)
			}
		}
		values := o.form(o.get("jon", o.path("")), "draft")
		for _, address := range []string{"", "/send", "/revise", "/withdraw", "/resend"} {
			values.Set("revision", "1")
			if answer := o.post("rival jon", theirs+address, values); answer.Code != http.StatusNotFound && !(address == "/resend" && answer.Code == http.StatusConflict) {
				t.Errorf("POST %s: %d %.200s", address, answer.Code, answer.Body)
			}
		}
		if answer := o.post("rival jon", "/rival-builders/office/projects/"+o.project+"/proposals", url.Values{"title": {"Mine"}}); answer.Code == http.StatusSeeOther {
			t.Error("a rival begins a proposal on Hartwell's project")
		}
	})
}

func TestA07IdsOfOthersAreRefused(t *testing.T) {
	inOffice(t, func(o *office) {
		o.furnish()
		values := o.form(o.get("jon", o.path("")), "draft")
		values.Set("act", "recipients")
		values.Set("recipient."+o.theirContact, "signs")
		if answer := o.post("jon", o.path(""), values); answer.Code != http.StatusUnprocessableEntity || len(o.desk().Recipients) != 2 {
			t.Errorf("another customer's contact: %d, %+v", answer.Code, o.desk().Recipients)
		}
		values = o.form(o.get("jon", o.path("")), "draft")
		foreign := id.New()
		values.Set("cover", foreign)
		values.Add("file", foreign)
		values.Set("more."+o.desk().Version.Content.Groups[0].Lines[0].ID+".photo", foreign)
		if answer := o.post("jon", o.path(""), values); answer.Code != http.StatusSeeOther {
			t.Errorf("%d %.300s", answer.Code, answer.Body)
		}
		c := o.desk().Version.Content
		if c.Cover != "" || len(c.Attachments) > 0 || len(c.Groups[0].Lines[0].Photos) > 0 {
			t.Errorf("a file that hangs elsewhere is taken: %+v", c)
		}
	})
}

func kitchenCSV(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile("estimate/testdata/estimate-kitchen.csv")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestTheKitchenEstimateIsPreviewedAndImported(t *testing.T) {
	inOffice(t, func(o *office) {
		answer := o.upload("jon", "estimate-kitchen.csv", kitchenCSV(t))
		if answer.Code != http.StatusSeeOther {
			t.Fatalf("%d %.300s", answer.Code, answer.Body)
		}
		preview := answer.Header().Get("Location")
		page := o.get("jon", preview)
		for _, want := range []string{">37</b>ready: 35 lines, 1 percent, 1 discount", ">3</b>rows need you", ">2</b>left out: a blank row and a subtotal", "comma, with byte-order mark", "Row 32",
			"The unit cost “abc” and the price “n/a” are not numbers.", "Import 37, leave out 3", "Tax: Y is 20%, N is 0%"} {
			if !strings.Contains(page, want) {
				t.Errorf("the preview misses %q", want)
			}
		}
		if lines, _, _ := o.desk().Version.Content.Counts(); lines != 0 {
			t.Fatalf("%d lines are imported by looking at them", lines)
		}
		values := o.form(page, "import-rows")
		values.Set("act", "import")
		if answer := o.post("jon", preview, values); answer.Code != http.StatusSeeOther {
			t.Fatalf("%d %.300s", answer.Code, answer.Body)
		}
		want := preview37(t)
		desk := o.desk()
		if lines, groups, discounts := desk.Version.Content.Counts(); lines != 36 || groups != 13 && groups != 14 || discounts != 1 {
			t.Errorf("%d lines, %d groups, %d discounts", lines, groups, discounts)
		}
		if desk.Document.Total != want {
			t.Errorf("total %s, want %s", desk.Document.Total, want)
		}
		if files, err := o.filesOf(document.ImportKind); err != nil || len(files) != 0 {
			t.Errorf("the spreadsheet stays: %v %v", files, err)
		}
	})
}

func (o *office) filesOf(kind string) (files []file.File, err error) {
	err = o.store.View(o.Context(), o.actors["jon"], access.FilesRead, func(tx *guard.Tx) error {
		files, err = o.files.Of(tx, kind, o.document)
		return err
	})
	return files, err
}

// preview37 is the total of the file's ready rows, counted by the rules alone.
func preview37(t *testing.T) money.Amount {
	t.Helper()
	sheet, err := estimate.Parse(kitchenCSV(t))
	if err != nil {
		t.Fatal(err)
	}
	p, err := sheet.Preview(sheet.Guess(), estimate.Options{Currency: "EUR", TaxWhenYes: money.Whole(20)})
	if err != nil {
		t.Fatal(err)
	}
	totals, err := proposal.Content{Currency: "EUR", Pricing: proposal.TaxOnTop, Groups: p.NewGroups(id.New, "Imported")}.Totals(proposal.Choices{})
	if err != nil {
		t.Fatal(err)
	}
	return totals.Total
}

func TestRowsArePutRightOrLeftOut(t *testing.T) {
	inOffice(t, func(o *office) {
		address := o.upload("jon", "estimate-kitchen.csv", kitchenCSV(t)).Header().Get("Location")
		values := o.form(o.get("jon", address), "import-rows")
		values.Set("fix.32.price", "12.50")
		values.Set("act", "again")
		page := o.goesOn(o.post("jon", address, values))
		if !strings.Contains(page, "Import 37, leave out 3") && !strings.Contains(page, "Import 38, leave out 2") {
			t.Errorf("a row put right is not counted")
		}
		values = o.form(page, "import-rows")
		values.Set("act", "suggested")
		page = o.goesOn(o.post("jon", address, values))
		values = o.form(page, "import-rows")
		values.Set("act", "import")
		values.Set("column.1", "")
		if page := o.goesOn(o.post("jon", address, values)); !strings.Contains(page, "Choose the column that has the names of the items.") {
			t.Error("a mapping without names is not refused")
		}
		if lines, _, _ := o.desk().Version.Content.Counts(); lines != 0 {
			t.Errorf("%d lines are half-imported", lines)
		}
	})
}

// A row that is wrong in two cells is put right in one go, and what is still wrong is asked for
// again with what was typed.
func TestARowWithTwoBrokenFieldsShowsBoth(t *testing.T) {
	inOffice(t, func(o *office) {
		address := o.upload("jon", "estimate-kitchen.csv", kitchenCSV(t)).Header().Get("Location")
		values := o.form(o.get("jon", address), "import-rows")
		for _, field := range []string{"fix.32.price", "fix.32.cost"} {
			if !values.Has(field) {
				t.Errorf("row 32 has no field %s", field)
			}
		}
		values.Set("fix.32.price", "12.50")
		values.Set("fix.32.cost", "ten")
		values.Set("act", "again")
		values = o.form(o.goesOn(o.post("jon", address, values)), "import-rows")
		if got := values["fix.32.cost"]; len(got) != 1 || got[0] != "ten" || values.Get("fix.32.price") != "12.50" {
			t.Errorf("after one correction of two: cost %q, price %q", got, values["fix.32.price"])
		}
		values.Set("fix.32.cost", "10")
		values.Set("act", "again")
		if page := o.goesOn(o.post("jon", address, values)); !strings.Contains(page, "Import 38, leave out 2") {
			t.Error("the row is not ready after both were put right")
		}
	})
}

// A spreadsheet has what the office paid, so that its file is as secret as the costs in the
// editor.
func TestAnEstimatesFileIsOnlyForThoseWhoSeeCosts(t *testing.T) {
	inOffice(t, func(o *office) {
		address := o.upload("jon", "estimate-kitchen.csv", kitchenCSV(t)).Header().Get("Location")
		files, err := o.filesOf(document.ImportKind)
		o.must(err)
		if _, _, err := o.files.Bytes(o.Context(), o.actors["eve"], files[0].ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("a colleague without costs reads the file: %v", err)
		}
		if answer := o.do("eve", http.MethodGet, address, "", nil); answer.Code != http.StatusNotFound {
			t.Errorf("and its rows: %d", answer.Code)
		}
		if _, _, err := o.files.Bytes(o.Context(), o.actors["jon"], files[0].ID); err != nil {
			t.Errorf("Jon: %v", err)
		}
		own := o.upload("eve", "estimate-kitchen.csv", kitchenCSV(t)).Header().Get("Location")
		if page := o.get("eve", own); !strings.Contains(page, "Import 37, leave out 3") {
			t.Error("who uploaded a file cannot import it")
		}
	})
}

func TestTheLifeOfAProposalInTheOffice(t *testing.T) {
	inOffice(t, func(o *office) {
		if page := o.get("jon", "/hartwell-sons/office/proposals?state=sent"); !strings.Contains(page, "No proposal is in this state") {
			t.Error("the empty state is missing")
		}
		page := o.get("jon", o.path("/send"))
		if !strings.Contains(page, "This is still missing") || !strings.Contains(page, "Choose at least one contact who signs.") && !strings.Contains(page, "Add at least one item.") {
			t.Error("the review does not say what is missing")
		}
		o.furnish()
		page = o.get("jon", o.path("/send"))
		if !strings.Contains(page, "maria@ruiz-family.example") || !strings.Contains(page, "Hello Maria") {
			t.Error("the review does not say who gets what")
		}
		answer := o.post("jon", o.path("/send"), url.Values{"revision": {"1"}})
		if answer.Code != http.StatusConflict {
			t.Errorf("an old revision is sent: %d", answer.Code)
		}
		answer = o.post("jon", o.path("/send"), url.Values{"revision": {strconv.Itoa(o.desk().Version.Revision)}})
		if answer.Code != http.StatusSeeOther || o.desk().Version.State != proposal.Sent {
			t.Fatalf("%d %.300s", answer.Code, answer.Body)
		}
		page = o.get("jon", o.path(""))
		for _, want := range []string{"Make next version", "the awaited signature ends now", "Revoke", "Not opened yet", "Send again", "Withdraw", "Waiting since"} {
			if !strings.Contains(page, want) {
				t.Errorf("the sent page misses %q", want)
			}
		}
		if strings.Contains(o.get("reader", o.path("")), "/revise") {
			t.Error("somebody who only reads is offered the next version")
		}
		links := o.desk().Links
		if answer := o.post("jon", o.path("/links/"+links[0].ID+"/revoke"), nil); answer.Code != http.StatusSeeOther || o.desk().Links[0].RevokedAt.IsZero() {
			t.Errorf("revoke: %d", answer.Code)
		}
		if answer := o.post("jon", o.path("/links/"+id.New()+"/revoke"), nil); answer.Code != http.StatusNotFound {
			t.Errorf("revoke another: %d", answer.Code)
		}
		if strings.Contains(o.get("jon", o.path("/preview")), `action="`+o.path("")) {
			t.Error("the preview has something to press")
		}
		if answer := o.post("jon", o.path("/revise"), nil); answer.Code != http.StatusSeeOther || o.desk().Version.State != proposal.Draft || o.desk().Version.Number != 2 {
			t.Errorf("next version: %d", answer.Code)
		}
		if page := o.get("jon", o.path("")); !strings.Contains(page, "version 1 sent on") || !strings.Contains(page, "Compare with v1") {
			t.Error("the editor does not say what became of version 1")
		}
		if page := o.get("jon", o.path("/versions/2")); !strings.Contains(page, "Nothing differs from version 1.") {
			t.Error("the versions are not compared")
		}
		if answer := o.post("jon", o.path("/withdraw"), nil); answer.Code != http.StatusConflict || o.desk().Document.State != proposal.Draft {
			t.Errorf("withdraw from an old page: %d %s", answer.Code, o.desk().Document.State)
		}
		if answer := o.post("jon", o.path("/send"), url.Values{"revision": {strconv.Itoa(o.desk().Version.Revision)}}); answer.Code != http.StatusSeeOther {
			t.Fatalf("send version 2: %d", answer.Code)
		}
		if answer := o.post("jon", o.path("/withdraw"), url.Values{"reason": {"too busy"}}); answer.Code != http.StatusSeeOther || o.desk().Document.State != proposal.Void {
			t.Errorf("withdraw: %d %s", answer.Code, o.desk().Document.State)
		}
	})
}
