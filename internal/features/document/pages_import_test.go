package document_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"lintel/internal/features/document"
	"lintel/internal/features/document/proposal"
)

// goesOn follows a redirect as a browser does, with the cookies that came with it.
func (o *office) goesOn(answer *httptest.ResponseRecorder) string {
	o.Helper()
	if answer.Code != http.StatusSeeOther {
		o.Fatalf("%d instead of a page to go on to: %.300s", answer.Code, answer.Body)
	}
	next := o.do("jon", http.MethodGet, answer.Header().Get("Location"), "", nil, "Cookie", cookiesOf(answer))
	if next.Code != http.StatusOK {
		o.Fatalf("%s: %d %.300s", answer.Header().Get("Location"), next.Code, next.Body)
	}
	return next.Body.String()
}

func cookiesOf(answer *httptest.ResponseRecorder) string {
	var cookies []string
	for _, cookie := range answer.Result().Cookies() {
		cookies = append(cookies, cookie.Name+"="+cookie.Value)
	}
	return strings.Join(cookies, "; ")
}

// doors is a spreadsheet of so many lines.
func doors(count int) []byte {
	return []byte("Item,Description,Unit,Price,Unit cost\n" + strings.Repeat("Oak door with frame,\"Painted white on both sides, with a lock\",pcs,480.00,300.00\n", count))
}

func (o *office) imports(address string) *httptest.ResponseRecorder {
	o.Helper()
	values := o.form(o.get("jon", address), "import-rows")
	values.Set("act", "import")
	return o.post("jon", address, values)
}

func TestAsManyLinesAsThePreviewSaysAreReadyAreTakenSavedAndSent(t *testing.T) {
	inOffice(t, func(o *office) {
		o.furnish()
		o.save(proposal.Content{Title: "Doors", Currency: "EUR", Pricing: proposal.TaxOnTop})
		address := o.upload("jon", "rows.csv", doors(proposal.MaxLines)).Header().Get("Location")
		if page := o.get("jon", address); !strings.Contains(page, "Import 1,500") {
			t.Error("the preview does not say that all are ready")
		}
		if answer := o.imports(address); answer.Code != http.StatusSeeOther {
			t.Fatalf("%d %.300s", answer.Code, answer.Body)
		}
		if lines, _, _ := o.desk().Version.Content.Counts(); lines != proposal.MaxLines {
			t.Fatalf("%d lines", lines)
		}
		if answer := o.post("jon", o.path(""), o.form(o.get("jon", o.path("")), "draft")); answer.Code != http.StatusSeeOther {
			t.Fatalf("it cannot be saved in the editor: %d %.300s", answer.Code, answer.Body)
		}
		if answer := o.post("jon", o.path("/send"), map[string][]string{"revision": {fmt.Sprint(o.desk().Version.Revision)}}); answer.Code != http.StatusSeeOther || o.desk().Version.State != proposal.Sent {
			t.Errorf("it cannot be sent: %d %.300s", answer.Code, answer.Body)
		}
	})
}

func TestMoreLinesThanAProposalHoldsAreSaidBeforeAnythingIsChosen(t *testing.T) {
	inOffice(t, func(o *office) {
		o.furnish()
		before := o.desk().Version
		lines, _, discounts := before.Content.Counts()
		for count, says := range map[int]string{
			proposal.MaxLines: fmt.Sprintf("This file has 1,500 lines, this proposal has %d already, and a proposal holds up to 1,500.", lines+discounts),
			3000:              fmt.Sprintf("This file has 3,000 lines, this proposal has %d already, and a proposal holds up to 1,500.", lines+discounts),
		} {
			address := o.upload("jon", "rows.csv", doors(count)).Header().Get("Location")
			page := o.get("jon", address)
			if !strings.Contains(page, says) || strings.Contains(page, `value="import">`) {
				t.Errorf("%d lines: the preview misses %q, or offers to import them", count, says)
			}
			o.imports(address)
			if after := o.desk().Version; after.Revision != before.Revision {
				t.Errorf("%d lines: something is imported", count)
			}
		}
		if page := o.get("jon", o.path("")); !strings.Contains(page, "Up to 1,500 lines and 5 MB.") {
			t.Error("the dialog promises something else")
		}
	})
}

func TestALineThatMakesTheTotalTooLargeIsNamed(t *testing.T) {
	inOffice(t, func(o *office) {
		content := []byte("Item,Qty,Price\nDoor,1,480\nTower,100000,9999999999999\nWindow,2,100\nMoon,900000000,9999999999999\n")
		address := o.upload("jon", "rows.csv", content).Header().Get("Location")
		page := o.get("jon", address)
		for _, want := range []string{"Row 5", "The quantity “900000000” times this price is more than can be counted.", "Import 2, leave out 2", "Row 3"} {
			if !strings.Contains(page, want) {
				t.Errorf("the preview misses %q", want)
			}
		}
		if answer := o.imports(address); answer.Code != http.StatusSeeOther || o.desk().Document.Total.Minor != 68_000 && o.desk().Document.Total.Minor != 81_600 {
			t.Errorf("%d, total %s", answer.Code, o.desk().Document.Total)
		}
		values := o.form(o.get("jon", o.path("")), "draft")
		values.Set("line.1.price", "9999999999999")
		values.Set("line.1.quantity", "900000")
		answer := o.post("jon", o.path(""), values)
		line := o.desk().Version.Content.Groups[0].Lines[1]
		for _, want := range []string{proposal.TotalTooLarge, `href="#line-` + line.ID + `-price"`, `id="line-` + line.ID + `-price-error"`} {
			if answer.Code != http.StatusUnprocessableEntity || !strings.Contains(answer.Body.String(), want) {
				t.Errorf("%d: the editor misses %q", answer.Code, want)
			}
		}
	})
}

func TestAnImportIsDoneOnceAndItsPagesCanBeLoadedAgain(t *testing.T) {
	inOffice(t, func(o *office) {
		address := o.upload("jon", "rows.csv", []byte("Item,Price,Tax\nDoor,abc,Y\nWindow,100,Y\n")).Header().Get("Location")
		values := o.form(o.get("jon", address), "import-rows")
		values.Set("fix.2.price", "12.50")
		values.Set("act", "again")
		answer := o.post("jon", address, values)
		if page := o.goesOn(answer); !strings.Contains(page, "Import 2") {
			t.Error("the decisions are lost on the way")
		}
		again := o.form(o.get("jon", answer.Header().Get("Location")), "import-rows")
		again.Set("act", "import")
		imported := o.post("jon", address, again)
		if imported.Code != http.StatusSeeOther {
			t.Fatalf("%d %.300s", imported.Code, imported.Body)
		}
		if answer := o.post("jon", address, again); answer.Code != http.StatusNotFound {
			t.Errorf("a second click: %d", answer.Code)
		}
		cookie := cookiesOf(imported)
		for name, answer := range map[string]*httptest.ResponseRecorder{"sent again": o.post("jon", address, again, "Cookie", cookie), "the way back": o.do("jon", http.MethodGet, answer.Header().Get("Location"), "", nil, "Cookie", cookie)} {
			if answer.Code != http.StatusSeeOther || answer.Header().Get("Location") != o.path("") {
				t.Errorf("%s: %d %s", name, answer.Code, answer.Header().Get("Location"))
			}
		}
		if lines, _, _ := o.desk().Version.Content.Counts(); lines != 2 {
			t.Errorf("%d lines are imported", lines)
		}
	})
}

func TestSpreadsheetsFromHellAreRefusedByRowAndReason(t *testing.T) {
	hell := map[string]struct {
		content []byte
		says    string
	}{
		"300 columns":          {[]byte("Item,Price\n" + strings.Repeat("Item,Price,", 150) + "\n"), "Row 2 has more than 200 columns."},
		"a workbook":           {[]byte("PK\x03\x04 and so on"), "This is not a CSV file."},
		"100 MB":               {bytes.Repeat([]byte("Item,Price\n"), 100_000_000/11), "This file has 100 MB, and an import takes up to 5 MB."},
		"10,000 rows":          {[]byte("Item,Price\n" + strings.Repeat("Door,1\n", 10_000)), "This file has 10,001 rows, and a proposal holds up to 1,500 lines."},
		"nothing":              {nil, "This file is empty."},
		"nothing but headers":  {[]byte("Item,Price\n"), "This file has the names of the columns and no rows below them."},
		"blank rows":           {[]byte(",,\n,,\n"), "There are no rows in this file."},
		"an open quotation":    {[]byte("Item,Price\nDoor,1\n\"Window,2\nDoor,3\n"), "A quotation mark in row 3 is never closed."},
		"NUL":                  {[]byte("Item,Price\nDoor,1\nWin\x00dow,2\n"), "Row 3 has a character that is no text."},
		"a million characters": {[]byte("Item,Price\nDoor,1\n" + strings.Repeat("x", 1_000_000) + ",2\n"), "A cell in row 3 has 1,000,000 characters; 10,000 are the most."},
	}
	inOffice(t, func(o *office) {
		for name, test := range hell {
			page := o.goesOn(o.upload("jon", "rows.csv", test.content))
			if !strings.Contains(page, test.says) || !strings.Contains(page, `aria-invalid="true"`) {
				o.Errorf("%s: the page does not say %q at the field", name, test.says)
			}
			if files, err := o.filesOf(document.ImportKind); err != nil || len(files) != 0 {
				o.Errorf("%s is kept: %v %v", name, files, err)
			}
		}
	})
}
