package apptest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/features/file"
	"lintel/internal/features/filing"
)

// A program reads what a project's files are, in folders and beside its talk, and who sees them.
func TestAProgramReadsTheFilesOfAProject(t *testing.T) {
	onShelves(t, func(s *shelves) {
		ctx, app, owner, things := context.Background(), s.portal.App, s.firm.Owner, s.a.Things
		c := s.portal.bearer(s.firm.token(access.FilesRead))
		at := "/api/v1/projects/" + things.Project + "/files"
		inside, err := app.Filing.MakeFolder(ctx, owner, things.Project, "Calculation", true)
		s.portal.must(err)
		plain := s.add(owner, s.a, "", file.Shared, "Plan.png")
		secret := s.add(owner, s.a, inside.ID, file.Shared, "Buying.png")
		photo := s.add(s.actor(s.a.One), s.a, things.Folder, file.Shared, "Photo.png")
		s.portal.must(app.Filing.Rename(ctx, owner, plain, "Floor plan.png", "The ground floor"))
		second := s.upload(owner, filing.NextVersions, plain, "Plan again.png", append(dot(), 0))
		sum := func(content []byte) string { hash := sha256.Sum256(content); return hex.EncodeToString(hash[:]) }
		items := map[string]map[string]any{}
		for _, item := range c.pageOf(at).Items {
			items[item["id"].(string)] = item
		}
		for id, want := range map[string]map[string]any{
			secret:       {"name": "Buying.png", "folder": inside.ID, "folder_name": "Calculation", "visibility": "office", "of_kind": "project", "of": things.Project, "project": things.Project, "version": 1.0},
			photo:        {"name": "Photo.png", "folder": things.Folder, "visibility": "shared", "added_by_name": s.a.One.Name, "size": float64(len(dot())), "sha256": sum(dot()), "media_type": "image/png", "waiting": false},
			second:       {"name": "Plan again.png", "version": 2.0, "caption": "The ground floor", "folder": "", "folder_name": "", "added_by": string(owner.Person()), "sha256": sum(append(dot(), 0))},
			things.Photo: {"of_kind": "dailylog", "of": things.Log, "visibility": "office"},
		} {
			for name, value := range want {
				if items[id][name] != value {
					s.Errorf("the list says %s = %v of %v, want %v", name, items[id][name], want["name"], value)
				}
			}
		}
		if items[plain] != nil || items[things.Import] != nil {
			s.Error("a version that was replaced, or what an estimate was read from, stands in the list")
		}
		one := c.Get("/api/v1/files/" + second)
		one.says(s.T, http.StatusOK, map[string]any{"id": second, "version": 2.0, "project": things.Project})
		if !strings.Contains(one.Body, `"versions":[{"id":"`+second+`"`) || !strings.Contains(one.Body, `{"id":"`+plain+`","name":"Floor plan.png"`) {
			s.Errorf("the versions are not there: %s", one.Body)
		}
		c.Get("/api/v1/files/"+photo).says(s.T, http.StatusOK, map[string]any{"id": photo, "folder": things.Folder, "versions": nil})

		before, _ := c.walk(at)
		for i := range 101 {
			_, err := app.Files.Save(ctx, owner, file.Hang{Kind: "project", On: things.Project, Customer: things.Customer, Project: things.Project, Visibility: file.Shared, Quiet: true}, fmt.Sprintf("%03d.txt", i), "", []byte("x"))
			s.portal.must(err)
		}
		seen, pages := c.walk(at)
		if len(seen) != len(before)+101 || pages != 3 {
			s.Errorf("%d files on %d pages, there were %d before", len(seen), pages, len(before))
		}
		for id, times := range seen {
			if times != 1 {
				s.Errorf("%s stands in the list %d times", id, times)
			}
		}
	})
}

// A program downloads a file whole, in part or not again, under the headers of the page's download; nothing in it can run.
func TestAProgramDownloadsAFile(t *testing.T) {
	onShelves(t, func(s *shelves) {
		things := s.a.Things
		c := s.portal.bearer(s.firm.token(access.FilesRead))
		script := []byte("<!doctype html><script>alert(1)</script>")
		page := s.upload(s.firm.Owner, filing.Folders, filing.On(things.Project, "", file.Office), "page.html", script)
		at := "/api/v1/files/" + page + "/content"
		whole, office := c.Get(at), s.office.Get("/alder/files/"+page)
		if whole.Status != http.StatusOK || whole.Body != string(script) {
			s.Errorf("the file answers %d %q", whole.Status, whole.Body)
		}
		for _, name := range []string{"Content-Type", "Content-Disposition", "Content-Security-Policy", "Cache-Control", "ETag", "X-Content-Type-Options", "Accept-Ranges"} {
			if got, want := whole.Header.Get(name), office.Header.Get(name); got != want || got == "" {
				s.Errorf("%s is %q, and %q on the page", name, got, want)
			}
		}
		if kind := whole.Header.Get("Content-Type"); kind != "application/octet-stream" || !strings.HasPrefix(whole.Header.Get("Content-Disposition"), "attachment") {
			s.Errorf("a page that somebody uploaded is sent as %s, %s", kind, whole.Header.Get("Content-Disposition"))
		}
		c.Header.Set("Range", "bytes=2-8")
		if part := c.Get(at); part.Status != http.StatusPartialContent || part.Body != "doctype" {
			s.Errorf("a part answers %d %q", part.Status, part.Body)
		}
		c.Header.Del("Range")
		c.Header.Set("If-None-Match", whole.Header.Get("ETag"))
		s.want(c.Get(at), http.StatusNotModified, "what the program has already")
		c.Header.Del("If-None-Match")
		s.portal.must(s.portal.App.Filing.Remove(context.Background(), s.firm.Owner, page))
		s.want(c.Get(at), http.StatusNotFound, "a file in the bin")
	})
}

// A program gets no file that its token, or its firm, does not reach; an estimate with cost prices stays closed without the scope,
// though the token's maker brought it.
func TestAProgramGetsNoFileBeyondItsToken(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, birch := p.Twins()
		reads, other, costs := p.bearer(alder.token(access.FilesRead)), p.bearer(alder.token(access.ProjectsRead, access.CostsRead)), p.bearer(alder.token(access.FilesRead, access.CostsRead))
		a, foreign := alder.A.Things, birch.A.Things
		for _, one := range []struct {
			why    string
			who    *Client
			path   string
			status int
		}{
			{"the list without the scope", other, "/api/v1/projects/" + a.Project + "/files", http.StatusForbidden},
			{"a file without the scope", other, "/api/v1/files/" + a.File, http.StatusForbidden},
			{"its bytes without the scope", other, "/api/v1/files/" + a.File + "/content", http.StatusForbidden},
			{"another firm's list", reads, "/api/v1/projects/" + foreign.Project + "/files", http.StatusNotFound},
			{"another firm's file", reads, "/api/v1/files/" + foreign.File, http.StatusNotFound},
			{"another firm's bytes", reads, "/api/v1/files/" + foreign.File + "/content", http.StatusNotFound},
			{"no file", reads, "/api/v1/files/nothing", http.StatusNotFound},
			{"an estimate", reads, "/api/v1/files/" + a.Import, http.StatusNotFound},
			{"an estimate's bytes", reads, "/api/v1/files/" + a.Import + "/content", http.StatusNotFound},
			{"an estimate's bytes with the scope", costs, "/api/v1/files/" + a.Import + "/content", http.StatusOK},
			{"a cursor that is none", reads, "/api/v1/projects/" + a.Project + "/files?after=%00x", http.StatusOK},
		} {
			answer := one.who.Get(one.path)
			if answer.Status != one.status || answer.Status >= 400 && !strings.HasPrefix(answer.Header.Get("Content-Type"), "application/problem+json") {
				t.Errorf("%s answers %d %s, want %d", one.why, answer.Status, answer.Body, one.status)
			}
		}
		if own := p.As(alder.Staff[access.Owner]).Get("/alder/files/" + a.Import); own.Status != http.StatusOK {
			t.Errorf("whoever brought an estimate gets %d", own.Status)
		}
	})
}
