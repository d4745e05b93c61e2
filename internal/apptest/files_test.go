package apptest

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/demo"
	"lintel/internal/features/file"
	"lintel/internal/features/filing"
	"lintel/internal/features/identity"
	"lintel/internal/platform/db"
)

// shelves is a firm with two families, for tests of the Files tab.
type shelves struct {
	*testing.T
	portal *Portal
	firm   *Firm
	a, b   *Family
	office *Client
	one    *Client // of family A
	other  *Client // of family B
}

func onShelves(t *testing.T, run func(s *shelves)) {
	t.Helper()
	OnBoth(t, func(t *testing.T, p *Portal) {
		f := p.firm("alder", "Xorgalder", "Xoffalder", 7131719)
		run(&shelves{T: t, portal: p, firm: f, a: f.A, b: f.B, office: p.As(f.Staff[access.Owner]), one: p.As(f.A.One), other: p.As(f.B.One)})
	})
}

func (s *shelves) actor(who demo.Person) access.Actor {
	s.Helper()
	home := "/alder/home"
	if who.Role != "customer" {
		home = "/alder/office"
	}
	return s.portal.As(who).Actor("alder", home)
}

// upload sends a whole file as a browser does and gives its id.
func (s *shelves) upload(who access.Actor, kind, on, name string, content []byte) string {
	s.Helper()
	ctx := context.Background()
	u, err := s.portal.App.Files.Begin(ctx, who, file.NewUpload{Kind: kind, On: on, Name: name, Size: int64(len(content))})
	s.portal.must(err)
	_, err = s.portal.App.Files.Append(ctx, who, u.ID, 0, bytes.NewReader(content))
	s.portal.must(err)
	return u.ID
}

func (s *shelves) add(who access.Actor, m *Family, folder, visibility, name string) string {
	s.Helper()
	return s.upload(who, filing.Folders, filing.On(m.Things.Project, folder, visibility), name, dot())
}

// ask is Get with headers.
func ask(who *Client, address string, headers ...string) Answer {
	before := who.Header
	who.Header = http.Header{}
	for i := 0; i+1 < len(headers); i += 2 {
		who.Header.Set(headers[i], headers[i+1])
	}
	defer func() { who.Header = before }()
	return who.Get(address)
}

func (s *shelves) want(a Answer, status int, what string) {
	s.Helper()
	if a.Status != status {
		s.Errorf("%s: %d, want %d", what, a.Status, status)
	}
}

func tabOf(m *Family, face string) string {
	return "/alder/" + face + "/projects/" + m.Things.Project + "/files"
}

func TestJB11JB12SY12WhatOneSideAddsStandsInTheOthersFilesAtOnce(t *testing.T) {
	onShelves(t, func(s *shelves) {
		s.add(s.firm.Owner, s.a, "", file.Shared, "Plan from the office.png")
		s.add(s.actor(s.a.One), s.a, s.a.Things.Folder, file.Shared, "Photo from the customer.png")
		if page := s.one.Get(tabOf(s.a, "home")).Body; !strings.Contains(page, "Plan from the office.png") {
			s.Error("the customer does not see what the office added")
		}
		if page := s.office.Get(tabOf(s.a, "office") + "?folder=" + s.a.Things.Folder).Body; !strings.Contains(page, "Photo from the customer.png") {
			s.Error("the office does not see what the customer added to a folder")
		}
		if page := s.other.Get(tabOf(s.b, "home")).Body; strings.Contains(page, "Plan from the office.png") {
			s.Error("another customer sees it too")
		}
		part := ask(s.one, "/alder/projects/"+s.a.Things.Project+"/files", "HX-Request", "true").Body
		if !strings.HasPrefix(part, `<div id="project-files" data-live="project:`+s.a.Things.Project+`"`) || strings.Contains(part, "<html") {
			s.Errorf("the live part is not the list alone: %.200s", part)
		}
	})
}

// Invariant 4: what only the office sees becomes the customer's by an act of its own, which is an event.
func TestOnlyAnExplicitActSharesAFileOfTheOffice(t *testing.T) {
	onShelves(t, func(s *shelves) {
		ctx, app := context.Background(), s.portal.App
		id := s.add(s.firm.Owner, s.a, "", file.Office, "Margin.png")
		inside, err := app.Filing.MakeFolder(ctx, s.firm.Owner, s.a.Things.Project, "Calculation", true)
		s.portal.must(err)
		within := s.add(s.firm.Owner, s.a, inside.ID, file.Shared, "Buying prices.png") // the folder decides
		hidden := func(when string) {
			s.Helper()
			for _, address := range []string{tabOf(s.a, "home"), tabOf(s.a, "home") + "?view=photos"} {
				if page := s.one.Get(address).Body; strings.Contains(page, "Margin") || strings.Contains(page, "Buying") || strings.Contains(page, "Calculation") {
					s.Errorf("%s: %s shows what is the office's", when, address)
				}
			}
			s.want(s.one.Get("/alder/files/"+within+"/details"), http.StatusNotFound, when+": the file in the folder of the office")
			s.want(s.one.Get(tabOf(s.a, "home")+"?folder="+inside.ID), http.StatusNotFound, when+": the folder of the office")
			s.want(s.one.Get("/alder/projects/"+s.a.Things.Project+"/files.zip?file="+within), http.StatusNotFound, when+": an archive of it")
		}
		hidden("before")
		s.want(s.one.Get("/alder/files/"+id+"/details"), http.StatusNotFound, "the file")
		s.want(s.office.Post("/alder/office/files/"+within+"/share", nil), http.StatusConflict, "sharing inside a folder of the office")
		s.want(s.office.Post("/alder/office/files/"+id+"/rename", url.Values{"name": {"x"}}), http.StatusNotFound, "no such address")
		before := s.events("file.published")
		s.want(s.office.Post("/alder/office/files/"+id+"/share", nil), http.StatusSeeOther, "sharing")
		if s.events("file.published") != before+1 {
			s.Error("sharing left no event")
		}
		s.want(s.one.Get("/alder/files/"+id+"/details"), http.StatusOK, "the shared file")
		s.want(s.office.Post("/alder/office/files/"+id+"/withdraw", nil), http.StatusSeeOther, "taking it back")
		s.want(s.one.Get("/alder/files/"+id), http.StatusNotFound, "the file taken back")
		s.want(s.office.Post("/alder/office/files/"+id+"/share", nil), http.StatusSeeOther, "sharing again")
		s.want(s.office.Post("/alder/office/projects/"+s.a.Things.Project+"/files/move", url.Values{"file": {id}, "folder": {inside.ID}}), http.StatusSeeOther, "moving it into the office's folder")
		s.want(s.one.Get("/alder/files/"+id), http.StatusNotFound, "the file moved inside")
		hidden("after")
	})
}

func (s *shelves) count(query string) (n int) {
	s.Helper()
	s.portal.must(s.portal.App.Database.Read(context.Background(), "*", func(tx *db.Tx) error {
		list, err := rows(tx, query)
		if err != nil || len(list) == 0 {
			return err
		}
		_, err = fmt.Sscan(list[0], &n)
		return err
	}))
	return n
}

func (s *shelves) events(kind string) int {
	s.Helper()
	return s.count(fmt.Sprintf("select count(*) from events where kind = '%s'", kind))
}

func TestVersionsKeepOneRowAndTheOlderOnesStay(t *testing.T) {
	onShelves(t, func(s *shelves) {
		first := s.add(s.firm.Owner, s.a, s.a.Things.Folder, file.Shared, "Plan.png")
		second := s.upload(s.firm.Owner, filing.NextVersions, first, "Plan, moved island.png", dot())
		in := tabOf(s.a, "home") + "?folder=" + s.a.Things.Folder
		page := s.one.Get(in).Body
		if strings.Contains(page, "/files/"+first+"/details") || !strings.Contains(page, "/files/"+second+"/details") || !strings.Contains(page, "Version 2") {
			s.Error("the list does not show the newest version alone")
		}
		sheet := s.one.Get("/alder/files/" + second + "/details").Body
		if !strings.Contains(sheet, "/files/"+first+"/details") || !strings.Contains(sheet, "Version 1") {
			s.Error("the page of the file does not list the version before")
		}
		s.want(s.one.Get("/alder/files/"+first), http.StatusOK, "the version before")
		_, err := s.portal.App.Files.Begin(context.Background(), s.firm.Owner, file.NewUpload{Kind: filing.NextVersions, On: first, Name: "Late.png", Size: 3})
		if err == nil {
			_, err = s.portal.App.Files.Append(context.Background(), s.firm.Owner, s.begin(first), 0, strings.NewReader("abc"))
		}
		if err == nil {
			s.Error("a version was added behind one that has been superseded")
		}
		_, err = s.portal.App.Files.Begin(context.Background(), s.actor(s.a.One), file.NewUpload{Kind: filing.NextVersions, On: second, Name: "Not mine.png", Size: 3})
		if err == nil {
			s.Error("a customer adds a version to the office's file")
		}
		s.want(s.office.Post("/alder/files/"+second+"/remove", nil), http.StatusSeeOther, "removing")
		s.want(s.one.Get("/alder/files/"+first), http.StatusNotFound, "an older version of what was removed")
		bin := s.office.Get(tabOf(s.a, "office") + "?view=bin").Body
		if !strings.Contains(bin, "Plan, moved island.png") {
			s.Error("it is not in the bin")
		}
		s.want(s.office.Post("/alder/office/projects/"+s.a.Things.Project+"/files/restore", url.Values{"series": {first}}), http.StatusSeeOther, "restoring")
		s.want(s.one.Get("/alder/files/"+first), http.StatusOK, "the older version after it was restored")
		s.want(s.one.Get("/alder/files/"+second), http.StatusOK, "the newest version after it was restored")
	})
}

func (s *shelves) begin(on string) string {
	u, err := s.portal.App.Files.Begin(context.Background(), s.firm.Owner, file.NewUpload{Kind: filing.NextVersions, On: on, Name: "Late.png", Size: 3})
	s.portal.must(err)
	return u.ID
}

func TestCustomersChangeTheirOwnFilesAndRemoveThemForADay(t *testing.T) {
	onShelves(t, func(s *shelves) {
		una := s.actor(s.a.One)
		own := s.add(una, s.a, "", file.Office, "Mine.png") // customers cannot hide anything from the office or from each other
		theirs := s.add(s.firm.Owner, s.a, "", file.Shared, "Office's.png")
		s.want(s.portal.As(s.a.Two).Get("/alder/files/"+own), http.StatusOK, "a colleague of the customer")
		s.want(s.one.Post("/alder/files/"+own+"/rename", url.Values{"name": {"Better name"}, "caption": {"The garden side"}}), http.StatusSeeOther, "renaming one's own")
		if page := s.office.Get("/alder/files/" + own + "/details").Body; !strings.Contains(page, "Better name.png") || !strings.Contains(page, "The garden side") {
			s.Error("the new name and caption are not there, or the ending was lost")
		}
		s.want(s.one.Post("/alder/files/"+own+"/rename", url.Values{"name": {""}}), http.StatusUnprocessableEntity, "no name")
		s.want(s.one.Post("/alder/files/"+theirs+"/rename", url.Values{"name": {"x"}}), http.StatusForbidden, "renaming the office's")
		s.want(s.one.Post("/alder/files/"+theirs+"/remove", nil), http.StatusForbidden, "removing the office's")
		s.want(s.one.Post("/alder/files/"+s.a.Things.File+"/remove", nil), http.StatusForbidden, "removing an old file of the office")
		later := s.add(una, s.a, "", file.Shared, "Later.png")
		s.want(s.one.Post("/alder/files/"+own+"/remove", nil), http.StatusSeeOther, "removing one's own")
		s.want(s.one.Get("/alder/files/"+own), http.StatusNotFound, "the removed file")
		s.portal.Clock.Advance(25 * time.Hour)
		s.one.Post("/alder/files/"+later+"/remove", nil)
		s.want(s.one.Get("/alder/files/"+later), http.StatusOK, "a file of yesterday")
	})
}

func TestFoldersAreMadeRenamedAndRemovedWhenEmpty(t *testing.T) {
	onShelves(t, func(s *shelves) {
		base := "/alder/office/projects/" + s.a.Things.Project
		s.want(s.office.Post(base+"/folders", url.Values{"name": {"Permits"}}), http.StatusSeeOther, "a folder")
		ctx, app := context.Background(), s.portal.App
		if _, err := app.Filing.MakeFolder(ctx, s.firm.Owner, s.a.Things.Project, " permits ", false); err == nil {
			s.Error("two folders of one name")
		}
		made, err := app.Filing.MakeFolder(ctx, s.firm.Owner, s.a.Things.Project, "Letters", false)
		s.portal.must(err)
		id := s.add(s.actor(s.a.One), s.a, made.ID, file.Shared, "Letter.png")
		if _, err := app.Filing.RemoveFolder(ctx, s.firm.Owner, made.ID); err == nil {
			s.Error("a folder with files was removed")
		}
		s.want(s.office.Post(base+"/files/move", url.Values{"file": {id}, "folder": {s.b.Things.Folder}}), http.StatusNotFound, "a folder of another project")
		s.want(s.office.Post(base+"/files/move", url.Values{"file": {s.b.Things.File}, "folder": {made.ID}}), http.StatusNotFound, "a file of another project")
		s.want(s.office.Post(base+"/files/move", url.Values{"file": {id}, "folder": {""}}), http.StatusSeeOther, "moving out")
		s.want(s.office.Post("/alder/office/folders/"+made.ID+"/rename", url.Values{"name": {"Mail"}}), http.StatusSeeOther, "renaming")
		if page := s.one.Get(tabOf(s.a, "home")).Body; !strings.Contains(page, "Mail") || !strings.Contains(page, "Letter.png") {
			s.Error("the customer does not see the folder's new name, or the file outside of it")
		}
		s.want(s.office.Post("/alder/office/folders/"+made.ID+"/remove", nil), http.StatusSeeOther, "removing")
		s.want(s.office.Get(tabOf(s.a, "office")+"?folder="+made.ID), http.StatusNotFound, "the folder")
		s.want(s.one.Post("/alder/office/folders/"+s.a.Things.Folder+"/rename", url.Values{"name": {"x"}}), http.StatusNotFound, "a customer renames a folder")
	})
}

// A10: another customer, another firm and somebody whose access has ended get nothing: neither archives nor pages, small
// pictures or parts of a film.
func TestA10E04FilesPagesAndArchivesOfOthersAreNotThere(t *testing.T) {
	onShelves(t, func(s *shelves) {
		film := s.upload(s.firm.Owner, filing.Folders, filing.On(s.a.Things.Project, "", file.Shared), "Walk.mp4", append([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), make([]byte, 4000)...))
		project, folder := s.a.Things.Project, s.a.Things.Folder
		addresses := []string{"/alder/projects/" + project + "/files", "/alder/projects/" + project + "/files.zip", "/alder/projects/" + project + "/files.zip?folder=" + folder, "/alder/projects/" + project + "/files.zip?file=" + film,
			"/alder/files/" + film + "/details", "/alder/files/" + s.a.Things.File + "/thumb", "/alder/files/" + s.a.Things.File + "/preview", "/alder/files/" + film + "?show=1", tabOf(s.a, "home"), tabOf(s.a, "home") + "?view=photos"}
		for _, address := range addresses {
			headers := []string{"HX-Request", "true", "Range", "bytes=0-99"}
			s.want(ask(s.other, address, headers...), http.StatusNotFound, "another customer, "+address)
			if got := ask(s.portal.Browser(), address, headers...); got.Status != http.StatusUnauthorized || got.Body != "" {
				s.Errorf("nobody, %s: %d %q", address, got.Status, got.Body)
			}
		}
		s.want(s.other.Get("/alder/projects/"+s.b.Things.Project+"/files.zip?file="+film), http.StatusNotFound, "A's film in B's archive")
		s.want(s.other.Get("/alder/projects/"+s.b.Things.Project+"/files?folder="+folder), http.StatusNotFound, "A's folder in B's project")
		if got := ask(s.one, "/alder/files/"+film+"?show=1", "Range", "bytes=1000-1999"); got.Status != http.StatusPartialContent || len(got.Body) != 1000 {
			s.Errorf("a part of one's own film: %d, %d bytes", got.Status, len(got.Body))
		}
		una := s.actor(s.a.One).Person()
		s.firm.change(func(tx *guard.Tx) error {
			return identity.RevokeGrants(tx, una, s.a.Things.Customer, "the test ends it")
		})
		for _, address := range addresses {
			if got := ask(s.one, address, "HX-Request", "true"); got.Status != http.StatusNotFound && !(got.Status == http.StatusForbidden && strings.Contains(address, "/home/")) {
				s.Errorf("after the access has ended, %s: %d", address, got.Status)
			}
		}
	})
}

func TestWithoutTheModuleThereIsNoFilesTab(t *testing.T) {
	onShelves(t, func(s *shelves) {
		una := s.actor(s.a.One).Person()
		s.firm.change(func(tx *guard.Tx) error {
			only := access.NewModuleSet(access.Projects, access.Messages)
			if err := identity.RevokeGrants(tx, una, s.a.Things.Customer, "the test begins anew"); err != nil {
				return err
			}
			return identity.SetModules(tx, una, identity.Scope{Customer: s.a.Things.Customer}, only, "the test takes Files away")
		})
		page := s.one.Get("/alder/home/projects/" + s.a.Things.Project)
		s.want(page, http.StatusOK, "the project")
		if strings.Contains(page.Body, tabOf(s.a, "home")) {
			s.Error("the tab is shown without the module")
		}
		s.want(s.one.Get(tabOf(s.a, "home")), http.StatusNotFound, "the tab")
		s.want(s.one.Get("/alder/projects/"+s.a.Things.Project+"/files.zip"), http.StatusNotFound, "the archive")
		s.want(s.one.Get("/alder/files/"+s.a.Things.File), http.StatusNotFound, "a file")
	})
}

func TestTheArchiveHoldsWhatItsReaderSeesUnderNamesOfTheirOwn(t *testing.T) {
	onShelves(t, func(s *shelves) {
		for _, name := range []string{"Plan.png", "plan.png", "../../etc/Plan.png", "Plan.png"} {
			s.add(s.firm.Owner, s.a, "", file.Shared, name)
		}
		s.add(s.firm.Owner, s.a, s.a.Things.Folder, file.Shared, "Section.png")
		s.add(s.firm.Owner, s.a, "", file.Office, "Margin.png")
		names := func(who *Client, query string) []string {
			s.Helper()
			got := who.Get("/alder/projects/" + s.a.Things.Project + "/files.zip" + query)
			s.want(got, http.StatusOK, "the archive")
			if kind := got.Header.Get("Content-Type"); kind != "application/zip" || !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment") {
				s.Errorf("sent as %s, %s", kind, got.Header.Get("Content-Disposition"))
			}
			in, err := zip.NewReader(strings.NewReader(got.Body), int64(len(got.Body)))
			s.portal.must(err)
			var list []string
			for _, f := range in.File {
				list = append(list, f.Name)
				content, err := f.Open()
				s.portal.must(err)
				if bytes, err := io.ReadAll(content); err != nil || len(bytes) == 0 {
					s.Errorf("%s: %d bytes, %v", f.Name, len(bytes), err)
				}
				if f.Method != zip.Store && strings.HasSuffix(f.Name, ".png") {
					s.Errorf("%s was packed again", f.Name)
				}
			}
			return list
		}
		customers := names(s.one, "")
		seen := map[string]bool{}
		for _, name := range customers {
			if seen[strings.ToLower(name)] || strings.HasPrefix(name, "/") || strings.Contains(name, "..") || strings.Contains(name, "Margin") || strings.Contains(name, s.firm.Office) {
				s.Errorf("the customer's archive holds %s in %v", name, customers)
			}
			seen[strings.ToLower(name)] = true
		}
		if !seen["plan (2).png"] || !seen["plan (4).png"] {
			s.Errorf("four plans are %v", customers)
		}
		if !slices.ContainsFunc(customers, func(name string) bool { return strings.HasSuffix(name, "/Section.png") }) {
			s.Errorf("the folder is not in %v", customers)
		}
		if office := names(s.office, ""); len(office) < len(customers)+2 {
			s.Errorf("the office gets %d files, the customer %d", len(office), len(customers))
		}
		if inFolder := names(s.one, "?folder="+s.a.Things.Folder); len(inFolder) != 1 || inFolder[0] != "Section.png" {
			s.Errorf("the folder's archive holds %v", inFolder)
		}
	})
}

func TestJB21NewFilesAreCountedUntilSomebodyLooks(t *testing.T) {
	onShelves(t, func(s *shelves) {
		count := func(who access.Actor, projects ...string) (counts map[string]int) {
			s.Helper()
			s.portal.must(s.portal.App.Store.View(context.Background(), who, access.FilesRead, func(tx *guard.Tx) (err error) {
				counts, err = filing.Unread(tx, projects, time.UnixMicro(0))
				return err
			}))
			return counts
		}
		mine, theirs := s.a.Things.Project, s.b.Things.Project
		una := s.actor(s.a.One)
		seen := "/alder/projects/" + mine + "/files/seen"
		s.want(s.one.Post(seen, nil), http.StatusNoContent, "looking")
		s.portal.Clock.Advance(time.Minute)
		s.add(s.firm.Owner, s.a, "", file.Shared, "One.png")
		s.add(s.firm.Owner, s.a, s.a.Things.Folder, file.Shared, "Two.png")
		s.add(s.firm.Owner, s.a, "", file.Office, "Not for them.png")
		s.add(una, s.a, "", file.Shared, "Own.png")
		s.add(s.firm.Owner, s.b, "", file.Shared, "Others.png")
		if got := count(una, mine, theirs); got[mine] != 2 || got[theirs] != 0 {
			s.Errorf("the customer has %v new files", got)
		}
		s.want(s.other.Post(seen, nil), http.StatusNotFound, "looking at somebody else's")
		s.want(s.one.Get(tabOf(s.a, "home")), http.StatusOK, "the tab")
		if got := count(una, mine); got[mine] != 2 {
			s.Error("a GET counts as looking")
		}
		if page := s.one.Get("/alder/home/projects/" + mine).Body; !strings.Contains(page, "2 new<") {
			s.Error("the project does not say that two files are new")
		}
		s.portal.Clock.Advance(time.Minute)
		s.want(s.one.Post(seen, nil), http.StatusNoContent, "looking again")
		if got := count(una, mine); got[mine] != 0 {
			s.Errorf("%v are new after looking", got)
		}
		dana := s.actor(s.firm.Staff[access.Manager])
		if got := count(dana, mine, theirs); got[mine] < 4 || got[theirs] < 1 {
			s.Errorf("the office has %v new files", got)
		}
	})
}

// Of a file the other side is told, and nobody else: not who added it, not another customer, not of what only the office sees.
func TestTheOtherSideIsToldOfAFileAndNobodyElse(t *testing.T) {
	onShelves(t, func(s *shelves) {
		p := s.portal
		p.RunJobs()
		told := func(person access.PersonID, name string) int {
			return s.count(fmt.Sprintf("select count(*) from notices where person = '%s' and title like '%%%s%%'", person, name))
		}
		una, tue, bea := s.actor(s.a.One).Person(), s.actor(s.a.Two).Person(), s.actor(s.b.One).Person()
		s.add(s.firm.Owner, s.a, "", file.Shared, "Tiles.png")
		s.add(s.firm.Owner, s.a, "", file.Office, "Margin.png")
		s.add(s.actor(s.a.One), s.a, "", file.Shared, "Fence.png")
		p.RunJobs()
		for _, c := range []struct {
			who  string
			id   access.PersonID
			name string
			want int
		}{
			{"the customer", una, "Tiles.png", 1}, {"their colleague", tue, "Tiles.png", 1}, {"another customer", bea, "Tiles.png", 0}, {"the owner, who added it", s.firm.Owner.Person(), "Tiles.png", 0},
			{"the customer", una, "Margin.png", 0}, {"the owner", s.firm.Owner.Person(), "Fence.png", 1}, {"the customer, who added it", una, "Fence.png", 0}, {"their colleague", tue, "Fence.png", 0},
		} {
			if got := told(c.id, c.name); got != c.want {
				s.Errorf("%s was told %d times of %s, want %d", c.who, got, c.name, c.want)
			}
		}
	})
}

// E15: what lies in the data folder has no address of its own.
func TestE15WhereBytesAreKeptHasNoAddress(t *testing.T) {
	p := Start(t, SQLite)
	f := p.firm("alder", "Xorgalder", "Xoffalder", 1)
	key := "file/" + string(f.Org) + "/" + f.A.Things.File + "/original"
	for _, address := range []string{"/files/" + key, "/data/files/" + key, "/" + key, "/lintel.key", "/lintel.db", "/backup", "/backups/lintel.zip", "/data/lintel.db", "/alder/lintel.key", "/alder/files/..%2F..%2Flintel.key",
		"/alder/files/%2e%2e%2f%2e%2e%2flintel.db", "/static/../lintel.key", "/static/..%2f..%2flintel.key", "/alder/files/" + f.A.Things.File + "/original", "/.git/config", "/staging/"} {
		for who, browser := range map[string]*Client{"nobody": p.Browser(), "a customer": p.As(f.A.One)} {
			got := browser.Get(address)
			if got.Status == http.StatusOK || got.Status >= 500 {
				t.Errorf("%s, %s: %d", who, address, got.Status)
			}
		}
	}
}

// E16: markup in names and captions stays words on every page and in the mail.
func TestE16MarkupInNamesAndCaptionsIsInert(t *testing.T) {
	onShelves(t, func(s *shelves) {
		p := s.portal
		una := s.actor(s.a.One)
		id := s.add(una, s.a, "", file.Shared, `Wall&'"); alert(1) //.png`)
		p.must(p.App.Filing.Rename(context.Background(), una, id, `Wall&'"); alert(1) //.png`, `<script>alert("caption")</script><img src=x onerror=alert(1)>`))
		folder, err := p.App.Filing.MakeFolder(context.Background(), s.firm.Owner, s.a.Things.Project, `"><script>alert(2)</script>`, false)
		p.must(err)
		p.RunJobs()
		pages := []string{tabOf(s.a, "office"), tabOf(s.a, "office") + "?choose=1", tabOf(s.a, "office") + "?view=photos", tabOf(s.a, "office") + "?view=photos&choose=1", tabOf(s.a, "office") + "?folder=" + folder.ID,
			"/alder/files/" + id + "/details", "/alder/office/inbox", "/alder/office/projects/" + s.a.Things.Project, "/alder/office/projects/" + s.a.Things.Project + "/activity"}
		for _, address := range pages {
			got := s.office.Get(address)
			s.want(got, http.StatusOK, address)
			for _, bad := range []string{"<script>alert", "<img src=x", `onerror=alert(1)>`} {
				if strings.Contains(got.Body, bad) {
					s.Errorf("%s holds %s", address, bad)
				}
			}
		}
		for _, m := range p.Mails("") {
			if strings.Contains(m.HTML, "<script>alert") || strings.Contains(m.HTML, "<img src=x") {
				s.Errorf("the mail %q holds markup", m.Subject)
			}
		}
	})
}
