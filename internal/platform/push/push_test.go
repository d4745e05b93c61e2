package push

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"lintel/internal/platform/httpclient"
)

var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// browser is the other side: it decrypts as RFC 8291 says, from the body alone.
type browser struct {
	key  *ecdh.PrivateKey
	auth []byte
}

func newBrowser(t *testing.T) browser {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return browser{key, []byte("sixteen bytes it")}
}

func (b browser) subscription(endpoint string) (s Subscription) {
	s.Endpoint = endpoint
	s.Keys.P256dh, s.Keys.Auth = base64.RawURLEncoding.EncodeToString(b.key.PublicKey().Bytes()), base64.RawURLEncoding.EncodeToString(b.auth)
	return s
}

func (b browser) read(t *testing.T, body []byte) []byte {
	t.Helper()
	salt, size, length := body[:16], binary.BigEndian.Uint32(body[16:20]), int(body[20])
	if size != 4096 || length != 65 || len(body) > 4096 {
		t.Fatalf("header: record size %d, key of %d bytes, body of %d", size, length, len(body))
	}
	sender, sealed := body[21:21+length], body[21+length:]
	theirs, err := ecdh.P256().NewPublicKey(sender)
	if err != nil {
		t.Fatal(err)
	}
	shared, err := b.key.ECDH(theirs)
	if err != nil {
		t.Fatal(err)
	}
	derive := func(secret, salt []byte, info string, length int) []byte {
		out, err := hkdf.Key(sha256.New, secret, salt, info, length)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	ikm := derive(shared, b.auth, "WebPush: info\x00"+string(b.key.PublicKey().Bytes())+string(sender), 32)
	block, err := aes.NewCipher(derive(ikm, salt, "Content-Encoding: aes128gcm\x00", 16))
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := gcm.Open(nil, derive(ikm, salt, "Content-Encoding: nonce\x00", 12), sealed, nil)
	if err != nil {
		t.Fatalf("the browser cannot read it: %v", err)
	}
	plain = bytes.TrimRight(plain, "\x00")
	if len(plain) == 0 || plain[len(plain)-1] != 2 {
		t.Fatal("the record does not end as a last one")
	}
	return plain[:len(plain)-1]
}

// TestTheExampleOfTheStandard is RFC 8291, appendix A: the same keys and salt give the same bytes.
func TestTheExampleOfTheStandard(t *testing.T) {
	decode := func(text string) []byte {
		raw, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	own, err := ecdh.P256().NewPrivateKey(decode("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"))
	if err != nil {
		t.Fatal(err)
	}
	var to Subscription
	to.Keys.P256dh = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
	to.Keys.Auth = "BTBZMqHH6r4Tts7J_aSIgg"
	body, err := encryptWith(own, decode("DGv6ra1nlYgDCS1FRnbzlw"), append([]byte("When I grow up, I want to be a watermelon"), 2), to)
	if err != nil {
		t.Fatal(err)
	}
	const want = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
	if got := base64.RawURLEncoding.EncodeToString(body); got != want {
		t.Errorf("got %s", got)
	}
}

// service is a push service of our own.
type service struct {
	server *httptest.Server
	answer int
	bodies [][]byte
	last   http.Header
}

func newService(t *testing.T) *service {
	t.Helper()
	s := &service{answer: http.StatusCreated}
	s.server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		s.bodies, s.last = append(s.bodies, body), r.Header
		w.WriteHeader(s.answer)
	}))
	t.Cleanup(s.server.Close)
	return s
}

func (s *service) sender(t *testing.T) *Sender {
	t.Helper()
	key, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	trust := s.server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	client := httpclient.New(httpclient.Options{AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, TLS: &tls.Config{RootCAs: trust, ServerName: "example.com"}})
	sender, err := New(Options{Client: client, Key: key, Contact: "https://portal.example", Now: func() time.Time { return now }, Also: []string{strings.TrimPrefix(s.server.URL, "https://")}})
	if err != nil {
		t.Fatal(err)
	}
	return sender
}

func TestAMessageReachesTheBrowserAndIsSignedByTheInstallation(t *testing.T) {
	there, maria := newService(t), newBrowser(t)
	sender := there.sender(t)
	for _, title := range []string{"Jon wrote on Kitchen", strings.Repeat("ü", 900)} {
		err := sender.Send(context.Background(), maria.subscription(there.server.URL+"/push/abc"), Message{Title: title, URL: "/hartwell/home/projects/1", Tag: "n1"})
		if err != nil {
			t.Fatal(err)
		}
		var got Message
		if err := json.Unmarshal(maria.read(t, there.bodies[len(there.bodies)-1]), &got); err != nil || got.Title != title || got.Tag != "n1" {
			t.Errorf("the browser reads %+v, %v", got, err)
		}
	}
	if there.last.Get("Content-Encoding") != "aes128gcm" || there.last.Get("TTL") != "43200" {
		t.Errorf("headers: %v", there.last)
	}
	checkToken(t, there, sender)
}

func checkToken(t *testing.T, there *service, sender *Sender) {
	t.Helper()
	var token, key string
	for part := range strings.SplitSeq(strings.TrimPrefix(there.last.Get("Authorization"), "vapid "), ", ") {
		name, value, _ := strings.Cut(part, "=")
		if name == "t" {
			token = value
		} else {
			key = value
		}
	}
	if key != sender.PublicKey() {
		t.Errorf("signed with another key: %s", key)
	}
	point, err := base64.RawURLEncoding.DecodeString(key)
	if err != nil {
		t.Fatal(err)
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(token, ".")
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || len(signature) != 64 {
		t.Fatal(len(signature), err)
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if !ecdsa.Verify(public, digest[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		t.Error("the token's signature does not fit")
	}
	var claims struct {
		Aud, Sub string
		Exp      int64
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &claims); err != nil || claims.Aud != there.server.URL || claims.Sub != "https://portal.example" || claims.Exp != now.Add(12*time.Hour).Unix() {
		t.Errorf("claims %+v, %v", claims, err)
	}
}

func TestADeviceThatIsGoneIsToldApartFromAServiceThatHasTrouble(t *testing.T) {
	there, maria := newService(t), newBrowser(t)
	sender := there.sender(t)
	for status, gone := range map[int]bool{404: true, 410: true, 429: false, 500: false, 403: false} {
		there.answer = status
		err := sender.Send(context.Background(), maria.subscription(there.server.URL+"/push/abc"), Message{Title: "x"})
		if err == nil || IsGone(err) != gone {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func TestG06OnlyKnownPushServicesAreWrittenTo(t *testing.T) {
	maria := newBrowser(t)
	key, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	sender, err := New(Options{Key: key, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	for _, endpoint := range []string{"https://fcm.googleapis.com/fcm/send/abc", "https://updates.push.services.mozilla.com/wpush/v2/x",
		"https://db5p.notify.windows.com/w/?token=x", "https://web.push.apple.com/QABC"} {
		if err := sender.Check(maria.subscription(endpoint)); err != nil {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
	for _, endpoint := range []string{"http://fcm.googleapis.com/x", "https://fcm.googleapis.com.evil.example/x", "https://evilfcm.googleapis.com/x", "https://127.0.0.1/x",
		"https://169.254.169.254/latest", "https://fcm.googleapis.com:8443/x", "https://me@fcm.googleapis.com/x", "https://push.apple.com.evil.example/", "https://evilpush.apple.com/x",
		"ftp://web.push.apple.com/x", "", "https://[::1]/x", "https://fcm.googleapis.com@evil.example/"} {
		if err := sender.Check(maria.subscription(endpoint)); !errors.Is(err, ErrService) {
			t.Errorf("%s: %v", endpoint, err)
		}
		if err := sender.Send(context.Background(), maria.subscription(endpoint), Message{}); !IsGone(err) {
			t.Errorf("%s is written to: %v", endpoint, err)
		}
	}
	weak := maria.subscription("https://fcm.googleapis.com/x")
	weak.Keys.P256dh = base64.RawURLEncoding.EncodeToString(make([]byte, 65))
	if sender.Check(weak) == nil {
		t.Error("a key that is no point is taken")
	}
}
