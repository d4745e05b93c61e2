package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"lintel/internal/platform/fault"
)

// The contract that every Store keeps. S3 speaks to a server in this process that checks
// signatures; the full run adds servers written by others (s3_test.go).
func TestDiskKeepsTheContract(t *testing.T) {
	contract(t, func(t *testing.T) Store { return newDisk(t) })
}

func TestS3KeepsTheContract(t *testing.T) {
	contract(t, func(t *testing.T) Store {
		server := httptest.NewServer(checkSignatures(testSecret, newFakeS3()))
		t.Cleanup(server.Close)
		return newS3(t, server.URL)
	})
}

func newDisk(t *testing.T) *Disk {
	t.Helper()
	disk, err := OpenDisk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { disk.Close() })
	return disk
}

func newS3(t *testing.T, endpoint string) *S3 {
	t.Helper()
	store, err := openS3(S3Config{Endpoint: endpoint, Bucket: testBucket, Prefix: "lintel/", PathStyle: true,
		AccessKey: testAccess, SecretKey: testSecret, Staging: t.TempDir()}, time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

func contract(t *testing.T, open func(*testing.T) Store) {
	ctx := context.Background()
	photo := bytes.Repeat([]byte("a photo of the kitchen. "), 20_000)

	t.Run("what was put is read back, whole and in parts", func(t *testing.T) {
		store := open(t)
		for _, size := range []int64{int64(len(photo)), -1} {
			stored, err := store.Put(ctx, "org1/photo7", bytes.NewReader(photo), size)
			if err != nil {
				t.Fatal(err)
			}
			if stored.SHA256 != sumOf(photo) || stored.Size != int64(len(photo)) {
				t.Errorf("stored %+v", stored)
			}
		}
		info, err := store.Stat(ctx, "org1/photo7")
		if err != nil || info.Size != int64(len(photo)) || info.Key != "org1/photo7" || time.Since(info.Modified) > time.Hour {
			t.Errorf("stat %+v, %v", info, err)
		}
		if got := readAll(t, store, "org1/photo7"); !bytes.Equal(got, photo) {
			t.Errorf("read back %d other bytes", len(got))
		}
		object, err := store.Open(ctx, "org1/photo7")
		if err != nil {
			t.Fatal(err)
		}
		defer object.Close()
		put(t, store, "org1/note", "a short note")
		note, err := store.Open(ctx, "org1/note")
		if err != nil {
			t.Fatal(err)
		}
		defer note.Close()
		if err := iotest.TestReader(note, []byte("a short note")); err != nil {
			t.Errorf("reading and seeking: %v", err)
		}
		request := httptest.NewRequest("GET", "/", nil)
		request.Header.Set("Range", "bytes=100000-100019")
		answer := httptest.NewRecorder()
		http.ServeContent(answer, request, "", object.Info().Modified, object)
		if answer.Code != 206 || answer.Body.String() != string(photo[100000:100020]) {
			t.Errorf("a range over HTTP: %d %q", answer.Code, answer.Body)
		}
	})

	t.Run("an empty file is a file", func(t *testing.T) {
		store := open(t)
		stored, err := store.Put(ctx, "empty", strings.NewReader(""), 0)
		if err != nil || stored.Size != 0 || stored.SHA256 != sumOf(nil) {
			t.Fatalf("%+v, %v", stored, err)
		}
		if got := readAll(t, store, "empty"); len(got) != 0 {
			t.Errorf("read %q", got)
		}
	})

	t.Run("a second put replaces the first", func(t *testing.T) {
		store := open(t)
		put(t, store, "org1/a", "first, longer")
		put(t, store, "org1/a", "second")
		if got := readAll(t, store, "org1/a"); string(got) != "second" {
			t.Errorf("read %q", got)
		}
	})

	t.Run("a file that does not arrive whole is not there", func(t *testing.T) {
		broken := errors.New("connection reset")
		ended, end := context.WithCancel(ctx)
		end()
		for _, c := range []struct {
			name string
			ctx  context.Context
			body io.Reader
			size int64
			kind fault.Kind
		}{
			{"fewer bytes than announced", ctx, strings.NewReader("abc"), 4, fault.Invalid},
			{"more bytes than announced", ctx, strings.NewReader("abcde"), 4, fault.Invalid},
			{"the connection breaks", ctx, io.MultiReader(bytes.NewReader(photo), iotest.ErrReader(broken)), -1, ""},
			{"the request ends", ended, strings.NewReader("abc"), 3, ""},
		} {
			store := open(t)
			_, err := store.Put(c.ctx, "org1/a", c.body, c.size)
			if err == nil || c.kind != "" && !fault.Is(err, c.kind) {
				t.Errorf("%s: %v", c.name, err)
			}
			if _, err := store.Stat(ctx, "org1/a"); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: it is there: %v", c.name, err)
			}
			if n, err := store.Sweep(ctx, time.Now().Add(time.Hour)); n != 0 || err != nil {
				t.Errorf("%s: %d files left behind, %v", c.name, n, err)
			}
		}
	})

	t.Run("only names of the agreed shape are taken", func(t *testing.T) {
		store := open(t)
		for _, key := range []string{"", "/", "/etc/passwd", "../a", "a/../b", "a//b", "a/", "a.b", "A", "a b", "a\x00b", "a\\b", "ä", "a%2fb", strings.Repeat("a", 201)} {
			if _, err := store.Put(ctx, key, strings.NewReader("x"), 1); !fault.Is(err, fault.Invalid) {
				t.Errorf("put %q: %v", key, err)
			}
			if _, err := store.Open(ctx, key); !fault.Is(err, fault.Invalid) {
				t.Errorf("open %q: %v", key, err)
			}
			if _, err := store.Stat(ctx, key); !fault.Is(err, fault.Invalid) {
				t.Errorf("stat %q: %v", key, err)
			}
			if err := store.Delete(ctx, key); !fault.Is(err, fault.Invalid) {
				t.Errorf("delete %q: %v", key, err)
			}
			if _, err := store.FinishUpload(ctx, "u1", key); !fault.Is(err, fault.Invalid) {
				t.Errorf("finish to %q: %v", key, err)
			}
		}
		for _, upload := range []string{"", "../a", "a/b", ".", "A", strings.Repeat("a", 65)} {
			_, partErr := store.PutPart(ctx, upload, 0, strings.NewReader("x"))
			_, offsetErr := store.UploadOffset(ctx, upload)
			_, finishErr := store.FinishUpload(ctx, upload, "a")
			for _, err := range []error{partErr, offsetErr, finishErr, store.DropUpload(ctx, upload)} {
				if !fault.Is(err, fault.Invalid) {
					t.Errorf("upload %q: %v", upload, err)
				}
			}
		}
	})

	t.Run("what is not there is not found, and deleting it is no error", func(t *testing.T) {
		store := open(t)
		put(t, store, "org1/a", "x")
		for _, key := range []string{"org1/b", "org1"} {
			if _, err := store.Open(ctx, key); !fault.Is(err, fault.NotFound) {
				t.Errorf("open %s: %v", key, err)
			}
			if _, err := store.Stat(ctx, key); !fault.Is(err, fault.NotFound) {
				t.Errorf("stat %s: %v", key, err)
			}
			if err := store.Delete(ctx, key); err != nil {
				t.Errorf("delete %s: %v", key, err)
			}
		}
		for range 2 {
			if err := store.Delete(ctx, "org1/a"); err != nil {
				t.Error(err)
			}
		}
		if _, err := store.Stat(ctx, "org1/a"); !fault.Is(err, fault.NotFound) {
			t.Errorf("deleted and still there: %v", err)
		}
	})

	t.Run("a walk meets every file once", func(t *testing.T) {
		store := open(t)
		keys := []string{"org1/a", "org1/b/c", "org2/a"}
		for _, key := range keys {
			put(t, store, key, key)
		}
		var met []string
		err := store.Walk(ctx, func(info Info) error {
			if info.Size != int64(len(info.Key)) || info.Modified.IsZero() {
				t.Errorf("met %+v", info)
			}
			met = append(met, info.Key)
			return nil
		})
		slices.Sort(met)
		if err != nil || !slices.Equal(met, keys) {
			t.Errorf("met %q, %v", met, err)
		}
		stop := errors.New("enough")
		if err := store.Walk(ctx, func(Info) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("the visitor's error came back as %v", err)
		}
	})

	t.Run("the store says that it works, and leaves nothing", func(t *testing.T) {
		store := open(t)
		if err := store.Check(ctx); err != nil {
			t.Fatal(err)
		}
		if err := store.Walk(ctx, func(info Info) error { return errors.New(info.Key) }); err != nil {
			t.Errorf("left behind: %v", err)
		}
	})

	t.Run("uploads", func(t *testing.T) { uploadContract(t, open(t), photo) })
}

func uploadContract(t *testing.T, store Store, video []byte) {
	ctx := context.Background()
	half := int64(len(video) / 2)
	broken := errors.New("connection reset")

	offset, err := store.PutPart(ctx, "up1", 0, io.MultiReader(bytes.NewReader(video[:half]), iotest.ErrReader(broken)))
	if offset != half || !errors.Is(err, broken) {
		t.Fatalf("a broken part: offset %d, %v; want %d and the cause", offset, err, half)
	}
	if offset, err := store.UploadOffset(ctx, "up1"); offset != half || err != nil {
		t.Fatalf("where to go on: %d, %v", offset, err)
	}
	if _, err := store.Stat(ctx, "org1/video"); !fault.Is(err, fault.NotFound) {
		t.Errorf("visible before it is finished: %v", err)
	}
	for _, wrong := range []int64{0, half - 1, half + 1} {
		if at, err := store.PutPart(ctx, "up1", wrong, bytes.NewReader(video)); at != half || !fault.Is(err, fault.Conflict) {
			t.Errorf("a part at %d: offset %d, %v", wrong, at, err)
		}
	}

	started, goOn, finished := make(chan bool), make(chan bool), make(chan error)
	go func() {
		_, err := store.PutPart(ctx, "up1", half, io.MultiReader(readerFunc(func([]byte) (int, error) {
			close(started)
			<-goOn
			return 0, io.EOF
		}), bytes.NewReader(video[half:])))
		finished <- err
	}()
	<-started
	if _, err := store.PutPart(ctx, "up1", half, bytes.NewReader(video[half:])); !fault.Is(err, fault.Conflict) {
		t.Errorf("two requests at once in one upload: %v", err)
	}
	if _, err := store.FinishUpload(ctx, "up1", "org1/video"); !fault.Is(err, fault.Conflict) {
		t.Errorf("finished under a running request: %v", err)
	}
	close(goOn)
	if err := <-finished; err != nil {
		t.Fatal(err)
	}

	for range 2 { // the second is after a crash between the file and its row
		stored, err := store.FinishUpload(ctx, "up1", "org1/video")
		if err != nil || stored.SHA256 != sumOf(video) || stored.Size != int64(len(video)) {
			t.Fatalf("finished: %+v, %v", stored, err)
		}
	}
	if got := readAll(t, store, "org1/video"); !bytes.Equal(got, video) {
		t.Errorf("read back %d other bytes", len(got))
	}
	for what, err := range map[string]error{
		"offset of a finished upload": second(store.UploadOffset(ctx, "up1")),
		"a part of an unknown upload": second(store.PutPart(ctx, "up2", 5, strings.NewReader("x"))),
		"finish an unknown upload":    second(store.FinishUpload(ctx, "up2", "org1/unknown")),
	} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}

	if _, err := store.PutPart(ctx, "up3", 0, strings.NewReader("begun")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := store.DropUpload(ctx, "up3"); err != nil {
			t.Error(err)
		}
	}
	if _, err := store.UploadOffset(ctx, "up3"); !fault.Is(err, fault.NotFound) {
		t.Errorf("dropped and still there: %v", err)
	}
	if _, err := store.PutPart(ctx, "up4", 0, strings.NewReader("abandoned")); err != nil {
		t.Fatal(err)
	}
	if n, err := store.Sweep(ctx, time.Now().Add(-time.Hour)); n != 0 || err != nil {
		t.Errorf("swept %d young uploads, %v", n, err)
	}
	if n, err := store.Sweep(ctx, time.Now().Add(time.Hour)); n != 1 || err != nil {
		t.Errorf("swept %d old uploads, %v", n, err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func second[T any](_ T, err error) error { return err }

func put(t *testing.T, store Store, key, text string) {
	t.Helper()
	if _, err := store.Put(context.Background(), key, strings.NewReader(text), int64(len(text))); err != nil {
		t.Fatal(err)
	}
}

func readAll(t *testing.T, store Store, key string) []byte {
	t.Helper()
	object, err := store.Open(context.Background(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer object.Close()
	all, err := io.ReadAll(object)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func sumOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
