package cli

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"lintel/internal/app"
	"lintel/internal/core/access"
	"lintel/internal/features/file"
	"lintel/internal/platform/config"
	"lintel/internal/platform/db"
	"lintel/internal/platform/secret"
)

const testPassphrase = "four horses in a row"

// backUp and bringBack run the commands and give what they printed.
func backUp(c config.Config, to, passphrase string) (string, error) {
	var out bytes.Buffer
	err := backupCommand{Config: c, File: to, Passphrase: config.Secret(passphrase)}.Run(&terminal{context.Background(), &out, io.Discard})
	return out.String(), err
}

func bringBack(c config.Config, from, passphrase string) (string, error) {
	var out bytes.Buffer
	err := restoreCommand{Config: c, File: from, Passphrase: config.Secret(passphrase)}.Run(&terminal{context.Background(), &out, io.Discard})
	return out.String(), err
}

// saver saves files as fast as it can, and remembers those that were acknowledged.
type saver struct {
	portal *app.App
	actor  access.Actor
	mu     sync.Mutex
	saved  map[string]string // id to content
}

func (s *saver) run(ctx context.Context, began func(), failed func(error)) {
	for i := 0; ctx.Err() == nil; i++ {
		content := fmt.Sprintf("what was saved as number %d", i)
		f, err := s.portal.Files.Save(context.Background(), s.actor, file.Hang{Kind: "proposal", On: "one", Visibility: file.Office}, "note.txt", "text/plain", []byte(content))
		if err != nil {
			failed(err)
			return
		}
		s.mu.Lock()
		s.saved[f.ID] = content
		s.mu.Unlock()
		if i == 20 {
			began()
		}
	}
}

func (s *saver) acknowledged() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	copied := map[string]string{}
	for id, content := range s.saved {
		copied[id] = content
	}
	return copied
}

func TestABackupTakenWhilePeopleWorkHoldsAllThatWasAcknowledged(t *testing.T) {
	folder := t.TempDir()
	world := filepath.Join(folder, "world")
	if err := os.Mkdir(world, 0o700); err != nil {
		t.Fatal(err)
	}
	show, err := openDemo(t.Context(), world, "http://localhost:8080", quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer show.app.Close()
	organisations, err := show.app.Store.Organisations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	work := &saver{portal: show.app, actor: access.NewSystem(organisations[0], "a test"), saved: map[string]string{}}
	ctx, stop := context.WithCancel(t.Context())
	began, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		work.run(ctx, func() { close(began) }, func(err error) { t.Error(err) })
	}()
	select {
	case <-began:
	case <-ended:
		t.Fatal("nothing could be saved")
	}
	before := work.acknowledged()
	settings := config.Defaults()
	settings.BaseURL, settings.DataDir = "http://localhost", world
	kept := filepath.Join(folder, "kept.tar")
	said, err := backUp(settings, kept, testPassphrase)
	after := work.acknowledged()
	stop()
	<-ended
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if len(after) == len(before) {
		t.Error("nobody wrote while the backup ran")
	}
	if left, _ := filepath.Glob(filepath.Join(folder, ".lintel-backup-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}

	settings.DataDir = filepath.Join(folder, "back")
	said, err = bringBack(settings, kept, testPassphrase)
	if err != nil || strings.Count(said, "unbroken") != len(organisations) {
		t.Fatalf("restore: %v\n%s", err, said)
	}
	restored, err := app.New(t.Context(), app.Options{Config: settings, Clock: show.clock, Log: quiet, Sender: noMailServer{}})
	if err != nil {
		t.Fatal(err)
	}
	defer restored.Close()
	for id, content := range before {
		if _, got, err := restored.Files.Bytes(t.Context(), work.actor, id); err != nil || string(got) != content {
			t.Fatalf("the file with %q was acknowledged before and is now %q, %v", content, got, err)
		}
	}
	wantSame(t, world, settings.DataDir, keyFile)
}

func wantSame(t *testing.T, one, other, name string) {
	t.Helper()
	first, err := os.ReadFile(filepath.Join(one, name))
	if err != nil {
		t.Fatal(err)
	}
	second, err := os.ReadFile(filepath.Join(other, name))
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("%s is another one: %v", name, err)
	}
	if info, err := os.Stat(filepath.Join(other, name)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%s: %v, %v", name, info.Mode(), err)
	}
}

// small is an installation with one file, and a backup of it.
func small(t *testing.T) (c config.Config, kept string) {
	t.Helper()
	folder := t.TempDir()
	c = installation(t, filepath.Join(folder, "data"), aFile)
	putFile(t, c)
	kept = filepath.Join(folder, "kept.tar")
	if said, err := backUp(c, kept, testPassphrase); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return c, kept
}

const aFile = `insert into files (org, id, name, media_type, size, sha256, blob, hangs_kind, hangs_on, visibility, created_at)
	values ('org1', 'f1', 'plan', 'text/plain', 8, '8b81cb1bfd98aff49acd24a5ab58c85bc4711b6b8a1e12ed4a9e4ff2c6b7e88f', 'file/org1/f1/original', 'proposal', 'p1', 'office', 0)`

func putFile(t *testing.T, c config.Config) {
	t.Helper()
	store, err := openStore(c)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	stored, err := store.Put(t.Context(), "file/org1/f1/original", strings.NewReader("the plan"), 8)
	if err != nil {
		t.Fatal(err)
	}
	database, err := db.Open(t.Context(), "", c.DataDir)
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	err = database.Write(t.Context(), "*", func(tx *db.Tx) error {
		_, err := tx.Exec(`update files set sha256 = $1`, stored.SHA256)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestABackupWithoutAPassphraseSaysThatTheKeyIsNotInIt(t *testing.T) {
	c, _ := small(t)
	kept := filepath.Join(t.TempDir(), "kept.tar")
	said, err := backUp(c, kept, "")
	if err != nil || !strings.Contains(said, "key file is NOT in it") {
		t.Errorf("%v\n%s", err, said)
	}
	key, err := os.ReadFile(filepath.Join(c.DataDir, keyFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{kept, filepath.Join(filepath.Dir(c.DataDir), "kept.tar")} {
		content, err := os.ReadFile(name)
		if err != nil || bytes.Contains(content, bytes.TrimSpace(key)) {
			t.Errorf("the key can be read in %s: %v", name, err)
		}
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	back := config.Defaults()
	back.DataDir = filepath.Join(t.TempDir(), "back")
	said, err = bringBack(back, kept, "")
	if err != nil || !strings.Contains(said, "key file was NOT in it") {
		t.Errorf("%v\n%s", err, said)
	}
}

func TestABackupIsRefusedWhereItWouldMislead(t *testing.T) {
	c, kept := small(t)
	for _, v := range []struct {
		change     func(*config.Config)
		to, pass   string
		says, name string
	}{
		{func(*config.Config) {}, kept, testPassphrase, "is there already", "over another one"},
		{func(c *config.Config) { c.DataDir = "" }, kept + "2", testPassphrase, "LINTEL_DATA", "of nothing"},
		{func(c *config.Config) { c.DataDir = t.TempDir() }, kept + "2", testPassphrase, "no database", "of an empty folder"},
		{func(*config.Config) {}, kept + "2", "short", "at least", "with a short passphrase"},
		{func(*config.Config) {}, filepath.Join(t.TempDir(), "nowhere", "kept.tar"), testPassphrase, "beside the backup", "into no folder"},
	} {
		settings := c
		v.change(&settings)
		if _, err := backUp(settings, v.to, v.pass); err == nil || !strings.Contains(err.Error(), v.says) {
			t.Errorf("%s: %v", v.name, err)
		}
		if _, err := os.Stat(kept + "2"); err == nil {
			t.Errorf("%s: something was written", v.name)
		}
	}
}

func TestAFileThatTheInstallationLostIsNamed(t *testing.T) {
	for name, spoil := range map[string]func(string) error{
		"missing": os.Remove,
		"damaged": func(path string) error { return os.WriteFile(path, []byte("the plot"), 0o600) },
	} {
		c, _ := small(t)
		if err := spoil(filepath.Join(c.DataDir, "files/blobs/file/org1/f1/original")); err != nil {
			t.Fatal(err)
		}
		kept := filepath.Join(t.TempDir(), "kept.tar")
		said, err := backUp(c, kept, testPassphrase)
		if err == nil || !strings.Contains(said, "LOST: the bytes of file/org1/f1/original") {
			t.Errorf("%s: %v\n%s", name, err, said)
		}
		back := config.Defaults()
		back.DataDir = filepath.Join(t.TempDir(), "back")
		if said, err := bringBack(back, kept, testPassphrase); err != nil || !strings.Contains(said, "LOST: the bytes of file/org1/f1/original") {
			t.Errorf("%s: restored %v\n%s", name, err, said)
		}
	}
}

func TestARestoreLeavesNothingUnlessAllOfItIsRight(t *testing.T) {
	_, kept := small(t)
	whole, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]struct {
		change func([]byte) []byte
		pass   string
		says   string
	}{
		"a byte of a file changed":      {func(b []byte) []byte { return bytes.Replace(b, []byte("the plan"), []byte("the plot"), 1) }, testPassphrase, "original is damaged"},
		"cut off":                       {func(b []byte) []byte { return b[:len(b)-4096] }, testPassphrase, "no whole backup"},
		"without the manifest":          {without(t, manifestEntry), testPassphrase, "no whole backup"},
		"without a file":                {without(t, "files/file/org1/f1/original"), testPassphrase, "original is damaged"},
		"with a file that nobody named": {with(t, "files/file/org1/f2/original"), testPassphrase, "does not name"},
		"with a name out of the folder": {with(t, "files/../../outside"), testPassphrase, "not the name of a file"},
		"with an unknown part":          {with(t, "etc/passwd"), testPassphrase, "not known"},
		"of a later format":             {func(b []byte) []byte { return bytes.Replace(b, []byte(`"format": 1`), []byte(`"format": 2`), 1) }, testPassphrase, "format 2"},
		"with a wrong passphrase":       {func(b []byte) []byte { return b }, "four horses in a row!", "does not open"},
		"without the passphrase":        {func(b []byte) []byte { return b }, "", "is locked"},
	} {
		folder := t.TempDir()
		from := filepath.Join(folder, "kept.tar")
		if err := os.WriteFile(from, v.change(slices.Clone(whole)), 0o600); err != nil {
			t.Fatal(err)
		}
		back := config.Defaults()
		back.DataDir = filepath.Join(folder, "back")
		if _, err := bringBack(back, from, v.pass); err == nil || !strings.Contains(err.Error(), v.says) {
			t.Errorf("%s: %v", name, err)
		}
		if left, err := os.ReadDir(back.DataDir); err != nil || len(left) > 0 {
			t.Errorf("%s: left are %v, %v", name, left, err)
		}
	}
}

// without and with write a tar anew, less or more an entry before the manifest.
func without(t *testing.T, name string) func([]byte) []byte {
	return func(content []byte) []byte {
		return rewrite(t, content, func(header *tar.Header, _ *tar.Writer) bool { return header.Name != name })
	}
}

func with(t *testing.T, name string) func([]byte) []byte {
	return func(content []byte) []byte {
		return rewrite(t, content, func(header *tar.Header, out *tar.Writer) bool {
			if header.Name == manifestEntry {
				_ = out.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: 5})
				_, _ = io.WriteString(out, "added")
			}
			return true
		})
	}
}

func rewrite(t *testing.T, content []byte, keep func(*tar.Header, *tar.Writer) bool) []byte {
	t.Helper()
	var out bytes.Buffer
	writer, reader := tar.NewWriter(&out), tar.NewReader(bytes.NewReader(content))
	for {
		header, err := reader.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if !keep(header, writer) {
			continue
		}
		if err := writer.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(writer, reader); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestARestoreReplacesNothing(t *testing.T) {
	c, kept := small(t)
	if _, err := bringBack(c, kept, testPassphrase); err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("over an installation: %v", err)
	}
	if _, err := secret.OpenOrCreateKey(filepath.Join(c.DataDir, keyFile)); err != nil {
		t.Error(err)
	}
	if !hasDatabase(c) {
		t.Error("the database is gone")
	}
	disk := config.Defaults()
	disk.DataDir = t.TempDir()
	if err := os.Mkdir(filepath.Join(disk.DataDir, lostAndFound), 0o700); err != nil {
		t.Fatal(err)
	}
	if said, err := bringBack(disk, kept, testPassphrase); err != nil {
		t.Errorf("into the root of a new disk: %v\n%s", err, said)
	}
}

// The manifest names everything in the tar, so that a backup can be checked without Lintel.
func TestTheManifestNamesEverything(t *testing.T) {
	_, kept := small(t)
	file, err := os.Open(kept)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var names []string
	var m manifest
	for reader := tar.NewReader(file); ; {
		header, err := reader.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if header.Name != manifestEntry {
			names = append(names, header.Name)
			continue
		}
		if err := json.NewDecoder(reader).Decode(&m); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{databaseEntry, "files/file/org1/f1/original", keyEntry}
	if !slices.Equal(names, want) || len(m.Entries) != len(want) || m.Format != backupFormat || m.At.IsZero() {
		t.Errorf("the tar has %v, the manifest %+v", names, m)
	}
}
