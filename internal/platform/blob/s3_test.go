package blob

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lintel/internal/platform/fault"
)

// s3rver is a server by others, but does not check signatures of version 4: our checker
// stands in front of it.
func TestS3KeepsTheContractOnS3rver(t *testing.T) {
	program := "../../../node_modules/.bin/s3rver"
	if _, err := os.Stat(program); err != nil {
		missing(t, "npm's s3rver 3.7.1 in node_modules")
	}
	address := freeAddress(t)
	host, port, _ := net.SplitHostPort(address)
	data := t.TempDir()
	run(t, address, exec.Command(program, "--directory", data, "--address", host, "--port", port, "--silent", "--no-vhost-buckets", "--configure-bucket", testBucket))
	front := httptest.NewServer(checkSignatures(testSecret, httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: address})))
	t.Cleanup(front.Close)
	contract(t, func(t *testing.T) Store {
		store := newS3(t, front.URL)
		empty(t, store)
		return store
	})
	largeFiles(t, front.URL)
}

// versitygw is a server by others that checks signatures itself.
func TestS3KeepsTheContractOnVersitygw(t *testing.T) {
	program, err := exec.LookPath("versitygw")
	if err != nil {
		t.Skip("versitygw is not installed: go install github.com/versity/versitygw/cmd/versitygw@v1.8.0")
	}
	address, data := freeAddress(t), t.TempDir()
	for _, folder := range []string{"buckets/" + testBucket, "sidecar"} {
		if err := os.MkdirAll(filepath.Join(data, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	run(t, address, exec.Command(program, "--port", address, "--access", testAccess, "--secret", testSecret, "--quiet",
		"posix", "--sidecar", filepath.Join(data, "sidecar"), filepath.Join(data, "buckets")))
	contract(t, func(t *testing.T) Store {
		store := newS3(t, "http://"+address)
		empty(t, store)
		return store
	})
	wrongKeys(t, "http://"+address)
	largeFiles(t, "http://"+address)
}

func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("LINTEL_TEST_FULL") == "1" {
		t.Fatalf("the full run needs %s", what)
	}
	t.Skipf("skipped: %s is not there", what)
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// run starts a server and waits until it listens.
func run(t *testing.T, address string, server *exec.Cmd) {
	t.Helper()
	var said bytes.Buffer
	server.Stdout, server.Stderr = &said, &said
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	t.Cleanup(func() {
		server.Process.Kill()
		<-ended
	})
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		if conn, err := net.DialTimeout("tcp", address, time.Second); err == nil {
			conn.Close()
			return
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%s ended: %v\n%s", server.Path, err, &said)
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Fatalf("%s does not listen\n%s", server.Path, &said)
}

func empty(t *testing.T, store *S3) {
	t.Helper()
	var keys []string
	if err := store.Walk(context.Background(), func(info Info) error { keys = append(keys, info.Key); return nil }); err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		if err := store.Delete(context.Background(), key); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAWrongS3KeyIsRefusedAndSaid(t *testing.T) {
	server := httptest.NewServer(checkSignatures(testSecret, newFakeS3()))
	defer server.Close()
	wrongKeys(t, server.URL)
}

func wrongKeys(t *testing.T, endpoint string) {
	t.Helper()
	for name, c := range map[string]struct {
		change func(*S3Config)
		says   string
	}{
		"a wrong secret":   {func(c *S3Config) { c.SecretKey = "wrong" }, "the secret key is wrong"},
		"an unknown key":   {func(c *S3Config) { c.AccessKey = "NOBODY" }, "does not know the access key"},
		"no such bucket":   {func(c *S3Config) { c.Bucket = "elsewhere-files" }, "there is no such bucket"},
		"nobody is there":  {func(c *S3Config) { c.Endpoint = "http://" + freeAddress(t) }, "no answer"},
		"nothing is wrong": {func(*S3Config) {}, ""},
	} {
		config := S3Config{Endpoint: endpoint, Bucket: testBucket, PathStyle: true, AccessKey: testAccess, SecretKey: testSecret, Staging: t.TempDir()}
		c.change(&config)
		store, err := openS3(config, time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		err = store.Check(context.Background())
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says) || !fault.Is(err, fault.Unavailable)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, config := range []S3Config{{Bucket: "b", AccessKey: "a"}, {Bucket: "b", SecretKey: "s"}, {AccessKey: "a", SecretKey: "s"}} {
		config.Staging = t.TempDir()
		if _, err := OpenS3(config); err == nil {
			t.Errorf("%+v was taken", config)
		}
	}
}

// faults.md row 17.
func TestNothingIsAcknowledgedThatS3DoesNotHold(t *testing.T) {
	const times = 1000
	for _, c := range []struct {
		name string
		on   string // method
		n    int    // how often
		do   func(*fakeS3, http.ResponseWriter, *http.Request)
		kept bool
	}{
		{"500 once", "PUT", 1, fail, true},
		{"500 for good", "PUT", times, fail, false},
		{"the connection breaks in the answer", "PUT", 1, breakOff, true},
		{"404 after the put", "PUT", times, func(*fakeS3, http.ResponseWriter, *http.Request) {}, false},
		{"half of it is kept", "PUT", times, func(f *fakeS3, w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			f.objects[key(r)] = body[:len(body)/2]
		}, false},
		{"one bit is changed", "PUT", times, func(f *fakeS3, w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			body[7] ^= 1
			f.objects[key(r)] = body
		}, false},
		{"the look at it fails once", "HEAD", 1, fail, true},
		{"the look at it fails for good", "HEAD", times, fail, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake := newFakeS3()
			left := c.n
			fake.fault = func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method != c.on || left == 0 {
					return false
				}
				left--
				c.do(fake, w, r)
				return true
			}
			server := httptest.NewServer(checkSignatures(testSecret, fake))
			defer server.Close()
			store := newS3(t, server.URL)
			_, err := store.Put(context.Background(), "a", strings.NewReader("the proposal, signed"), 20)
			if c.kept && err != nil || !c.kept && !fault.Is(err, fault.Unavailable) {
				t.Fatalf("put: %v", err)
			}
			_, upErr := store.PutPart(context.Background(), "up", 0, strings.NewReader("the proposal, signed"))
			_, finishErr := store.FinishUpload(context.Background(), "up", "b")
			if upErr != nil || c.kept && finishErr != nil || !c.kept && !fault.Is(finishErr, fault.Unavailable) {
				t.Fatalf("upload: %v, %v", upErr, finishErr)
			}
			if !c.kept { // S3 is well again: the upload is still there to be finished
				fake.mu.Lock()
				left = 0
				fake.mu.Unlock()
				if _, err := store.FinishUpload(context.Background(), "up", "b"); err != nil {
					t.Errorf("finish later: %v", err)
				}
			}
			if got := readAll(t, store, "b"); string(got) != "the proposal, signed" {
				t.Errorf("read back %q", got)
			}
			if n, err := store.Sweep(context.Background(), time.Now().Add(time.Hour)); n != 0 || err != nil {
				t.Errorf("%d local files left, %v", n, err)
			}
		})
	}
}

func fail(_ *fakeS3, w http.ResponseWriter, _ *http.Request) {
	s3Error(w, http.StatusInternalServerError, "InternalError")
}

func breakOff(*fakeS3, http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func key(r *http.Request) string {
	_, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	return key
}

func TestAServerThatShowsNoHashIsReadBack(t *testing.T) {
	fake := newFakeS3()
	fake.fault = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != "HEAD" {
			return false
		}
		w.Header().Set("ETag", `"not-a-hash"`)
		w.Header().Set("Content-Length", fmt.Sprint(len(fake.objects[key(r)])))
		return true
	}
	server := httptest.NewServer(checkSignatures(testSecret, fake))
	defer server.Close()
	put(t, newS3(t, server.URL), "a", "kept")
	asked := strings.Join(fake.asked, "\n")
	if !strings.Contains(asked, "GET /"+testBucket+"/lintel/a") {
		t.Errorf("nothing was read back:\n%s", asked)
	}
}

// faults.md row 17: a body that breaks off is asked for again from there.
func TestABrokenReadGoesOnWhereItStopped(t *testing.T) {
	photo := bytes.Repeat([]byte("a photo of the kitchen. "), 20_000)
	for _, forever := range []bool{false, true} {
		fake := newFakeS3()
		fake.objects["lintel/a"] = photo
		breaks := 2
		fake.fault = func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != "GET" || !forever && breaks == 0 {
				return false
			}
			breaks--
			if forever {
				w.Header().Set("ETag", etag(photo))
				w.Header().Set("Content-Length", fmt.Sprint(len(photo)))
				panic(http.ErrAbortHandler)
			}
			start := 0
			fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &start)
			w.Header().Set("ETag", etag(photo))
			w.Header().Set("Content-Length", fmt.Sprint(len(photo)-start))
			if start > 0 {
				w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", start, len(photo)-1, len(photo)))
				w.WriteHeader(http.StatusPartialContent)
			}
			w.Write(photo[start : start+100_000])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
		server := httptest.NewServer(checkSignatures(testSecret, fake))
		object, err := newS3(t, server.URL).Open(context.Background(), "a")
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(object)
		object.Close()
		server.Close()
		if forever && err == nil {
			t.Errorf("a read that never comes through ended as if whole: %d bytes", len(got))
		}
		if !forever && (err != nil || !bytes.Equal(got, photo)) {
			t.Errorf("%d bytes of %d, %v", len(got), len(photo), err)
		}
	}
}
