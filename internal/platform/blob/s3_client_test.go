package blob

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"lintel/internal/platform/fault"
)

// The examples of Amazon's description "Authenticating Requests: Using the Authorization
// Header (AWS Signature Version 4)", with its keys, which open nothing.
func TestRequestsAreSignedAsAmazonDescribesIt(t *testing.T) {
	keys := s3Keys{access: "AKIAIOSFODNN7EXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", region: "us-east-1"}
	at := time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, method, path string
		query              url.Values
		header             map[string]string
		body, want         string
	}{
		{"a part of an object", "GET", "/test.txt", nil, map[string]string{"Range": "bytes=0-9"}, "",
			"f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
		{"a new object", "PUT", "/test$file.text", nil, map[string]string{"Date": "Fri, 24 May 2013 00:00:00 GMT", "X-Amz-Storage-Class": "REDUCED_REDUNDANCY"}, "Welcome to Amazon S3.",
			"98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
		{"a word without a value", "GET", "/", url.Values{"lifecycle": {""}}, nil, "",
			"fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
		{"a list", "GET", "/", url.Values{"prefix": {"J"}, "max-keys": {"2"}}, nil, "",
			"34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
	} {
		target := "https://examplebucket.s3.amazonaws.com" + escapeS3(c.path, true)
		if c.query != nil {
			target += "?" + queryS3(c.query)
		}
		request, err := http.NewRequest(c.method, target, nil)
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range c.header {
			request.Header.Set(name, value)
		}
		keys.sign(request, sumOf([]byte(c.body)), at)
		if _, got, _ := strings.Cut(request.Header.Get("Authorization"), "Signature="); got != c.want {
			t.Errorf("%s: signed %s, want %s", c.name, got, c.want)
		}
	}
}

func TestTheBucketStandsWhereTheServerLooksForIt(t *testing.T) {
	for _, c := range []struct {
		endpoint, bucket string
		pathStyle        bool
		want             string
	}{
		{"https://s3.example.com", "files", true, "https://s3.example.com/files"},
		{"https://s3.example.com", "files", false, "https://files.s3.example.com"},
		{"https://s3.example.com:443/", "files", false, "https://files.s3.example.com"},
		{"http://s3.example.com:9000/store/", "files", true, "http://s3.example.com:9000/store/files"},
		{"http://s3.example.com:9000", "files", false, "http://files.s3.example.com:9000"},
		{"", "files", true, "https://files.s3.eu-central-1.amazonaws.com"},
		{"", "files.example.com", false, "https://s3.eu-central-1.amazonaws.com/files.example.com"},
		{"http://127.0.0.1:9000", "files", false, "http://127.0.0.1:9000/files"},
		{"http://[fd00::1]:9000", "files", false, "http://[fd00::1]:9000/files"},
		{"ftp://s3.example.com", "files", true, ""},
		{"s3.example.com", "files", true, ""},
		{"https://s3.example.com/?a=b", "files", true, ""},
	} {
		server, err := bucketURL(S3Config{Endpoint: c.endpoint, Bucket: c.bucket, Region: "eu-central-1", PathStyle: c.pathStyle})
		if c.want == "" && err == nil || c.want != "" && (err != nil || server.String() != c.want) {
			t.Errorf("%+v: %s, %v", c, server, err)
		}
	}
}

// The whole contract with the bucket's name before the host's, at a server that takes the
// signature of that host.
func TestS3KeepsTheContractWithTheBucketInTheHost(t *testing.T) {
	contract(t, func(t *testing.T) Store {
		fake := newFakeS3()
		server := httptest.NewServer(checkSignatures(testSecret, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			bucket, _, _ := strings.Cut(r.Host, ".")
			r.URL.Path = "/" + bucket + r.URL.Path
			fake.ServeHTTP(w, r)
		})))
		t.Cleanup(server.Close)
		_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
		store := newS3(t, server.URL)
		config := store.config
		config.Endpoint, config.PathStyle = "http://s3.test:"+port, false
		client, err := newS3Client(config, time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		client.http.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
		}
		store.client = client
		return store
	})
}

func TestALargeFileGoesInParts(t *testing.T) {
	server := httptest.NewServer(checkSignatures(testSecret, newFakeS3()))
	defer server.Close()
	largeFiles(t, server.URL)
}

// largeFiles sends files of more than one part. 5 MiB is the least that Amazon takes.
func largeFiles(t *testing.T, endpoint string) {
	t.Helper()
	store := newS3(t, endpoint)
	store.partBytes = 5 << 20
	for _, size := range []int{5<<20 + 1, 10 << 20, 11<<20 + 7} {
		video := bytes.Repeat([]byte(fmt.Sprintf("%016d", size)), size/16+1)[:size]
		stored, err := store.Put(context.Background(), "org1/video", bytes.NewReader(video), int64(size))
		if err != nil || stored.SHA256 != sumOf(video) || stored.Size != int64(size) {
			t.Fatalf("%d bytes: stored %+v, %v", size, stored, err)
		}
		if got := readAll(t, store, "org1/video"); !bytes.Equal(got, video) {
			t.Errorf("%d bytes: read back %d other ones", size, len(got))
		}
	}
	if n, err := store.Sweep(context.Background(), time.Now().Add(time.Hour)); n != 0 || err != nil {
		t.Errorf("%d parts or files left behind, %v", n, err)
	}
}

func TestALargeFileThatBreaksIsWholeOrNotThere(t *testing.T) {
	for _, c := range []struct {
		name string
		on   func(r *http.Request) bool
		n    int
		do   func(*fakeS3, http.ResponseWriter, *http.Request)
		kept bool
	}{
		{"a part fails once", func(r *http.Request) bool { return r.URL.Query().Get("partNumber") == "2" }, 1, fail, true},
		{"a part breaks off once", func(r *http.Request) bool { return r.URL.Query().Get("partNumber") == "2" }, 1, breakOff, true},
		{"a part fails for good", func(r *http.Request) bool { return r.URL.Query().Get("partNumber") == "2" }, 1000, fail, false},
		{"the begin fails once", func(r *http.Request) bool { return r.URL.Query().Has("uploads") }, 1, fail, true},
		{"the end is answered 200 and no", isJoin, 1, refuseLate, true},
		{"the end is answered 200 and no for good", isJoin, 1000, refuseLate, false},
		{"the answer to the end is lost", isJoin, 1, func(f *fakeS3, _ http.ResponseWriter, r *http.Request) {
			f.serveParts(httptest.NewRecorder(), r, key(r))
			panic(http.ErrAbortHandler)
		}, true},
		{"a part is kept with other bytes", func(r *http.Request) bool { return r.URL.Query().Get("partNumber") == "2" }, 1000,
			func(f *fakeS3, w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				body[7] ^= 1
				f.parts[key(r)]["2"] = body
				w.Header().Set("ETag", etag(body))
			}, false},
	} {
		fake := newFakeS3()
		left := c.n
		fake.fault = func(w http.ResponseWriter, r *http.Request) bool {
			if left == 0 || !c.on(r) {
				return false
			}
			left--
			c.do(fake, w, r)
			return true
		}
		server := httptest.NewServer(checkSignatures(testSecret, fake))
		store := newS3(t, server.URL)
		store.partBytes = 1000
		video := bytes.Repeat([]byte("a video of the kitchen. "), 150)
		_, err := store.Put(context.Background(), "video", bytes.NewReader(video), int64(len(video)))
		if c.kept && (err != nil || !bytes.Equal(readAll(t, store, "video"), video)) || !c.kept && !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s: %v", c.name, err)
		}
		fake.mu.Lock()
		if _, there := fake.objects["lintel/video"]; there != c.kept || len(fake.parts) != 0 {
			t.Errorf("%s: there %t, %d uploads left in the bucket", c.name, there, len(fake.parts))
		}
		fake.mu.Unlock()
		server.Close()
	}
}

func isJoin(r *http.Request) bool {
	return r.Method == "POST" && r.URL.Query().Has("uploadId")
}

func refuseLate(_ *fakeS3, w http.ResponseWriter, _ *http.Request) {
	fmt.Fprint(w, "<Error><Code>InternalError</Code><Message>later</Message></Error>")
}

func TestPartsThatACrashLeftAreSweptFromTheBucket(t *testing.T) {
	fake := newFakeS3()
	server := httptest.NewServer(checkSignatures(testSecret, fake))
	defer server.Close()
	store := newS3(t, server.URL)
	fake.begun = time.Now().Add(-time.Hour)
	for _, key := range []string{"lintel/org1/video", "elsewhere/video"} {
		fake.parts[key] = map[string][]byte{"1": []byte("half of a video")}
	}
	for _, c := range []struct {
		before time.Time
		swept  int
	}{{fake.begun.Add(-time.Minute), 0}, {fake.begun.Add(time.Minute), 1}} {
		if n, err := store.Sweep(context.Background(), c.before); n != c.swept || err != nil {
			t.Errorf("swept %d, %v; want %d", n, err, c.swept)
		}
	}
	if _, there := fake.parts["elsewhere/video"]; !there || len(fake.parts) != 1 {
		t.Errorf("left are %v", fake.parts)
	}
}

func TestOnlyWhatMayPassIsTriedAgain(t *testing.T) {
	for _, c := range []struct {
		status int
		code   string
		tries  int
	}{
		{500, "InternalError", s3Attempts}, {502, "", s3Attempts}, {503, "SlowDown", s3Attempts}, {429, "", s3Attempts},
		{400, "RequestTimeout", s3Attempts}, {403, "AccessDenied", 1}, {404, "NoSuchKey", 1}, {412, "PreconditionFailed", 1}, {501, "NotImplemented", 1},
	} {
		fake := newFakeS3()
		fake.fault = func(w http.ResponseWriter, _ *http.Request) bool {
			s3Error(w, c.status, c.code)
			return true
		}
		server := httptest.NewServer(fake)
		if err := newS3(t, server.URL).Delete(context.Background(), "a"); err != nil != (c.code != "NoSuchKey") {
			t.Errorf("%d %s: %v", c.status, c.code, err)
		}
		server.Close()
		if len(fake.asked) != c.tries {
			t.Errorf("%d %s: asked %d times, want %d", c.status, c.code, len(fake.asked), c.tries)
		}
	}
}
