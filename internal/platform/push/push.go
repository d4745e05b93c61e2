// Package push writes to phones and browsers through the push services of their vendors: encrypted for the one browser
// (RFC 8291), signed with the installation's key (RFC 8292). It uses nothing but the standard library: the usual library
// would add 880 KB to the program for these lines.
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
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"lintel/internal/platform/httpclient"
)

// Message is what a device shows. It passes through other companies' servers, encrypted, and lies on a lock screen: no secrets.
type Message struct {
	Title string `json:"title"`
	Body  string `json:"body,omitempty"`
	URL   string `json:"url"` // path in the portal
	Tag   string `json:"tag"` // a second message with the same tag takes the place of the first
}

// Subscription is what a browser gives: where to write to, and its keys.
type Subscription struct {
	Endpoint string `json:"endpoint"`
	Keys     struct {
		P256dh string `json:"p256dh"`
		Auth   string `json:"auth"`
	} `json:"keys"`
}

// services are the hosts of the known push services; one that begins with a dot stands for all below it.
var services = []string{"fcm.googleapis.com", ".push.services.mozilla.com", ".notify.windows.com", ".push.apple.com"}

// ErrService says that an address is not one of a known push service.
var ErrService = errors.New("not a known push service")

// Gone says that a device takes no more messages: the person has ended it there.
type Gone struct{ Status int }

func (g *Gone) Error() string {
	return fmt.Sprintf("the push service answers %d: the device is gone", g.Status)
}

// IsGone reports whether an error of Send means that the device is to be forgotten.
func IsGone(err error) bool {
	var gone *Gone
	return errors.As(err, &gone)
}

// Options are what a Sender is made with.
type Options struct {
	Client  *httpclient.Client
	Key     []byte // that NewKey made
	Contact string // https: or mailto: address by which a push service reaches the operator
	Now     func() time.Time
	Also    []string // more hosts to write to: tests' own
}

// Sender writes to devices.
type Sender struct {
	options Options
	key     *ecdsa.PrivateKey
	public  string
}

// NewKey makes the installation's key, once; every subscription hangs on it.
func NewKey() ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a push key: %w", err)
	}
	return key.Bytes()
}

// New makes a sender.
func New(options Options) (*Sender, error) {
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), options.Key)
	if err != nil {
		return nil, fmt.Errorf("read the push key: %w", err)
	}
	public, err := key.PublicKey.Bytes()
	if err != nil {
		return nil, fmt.Errorf("read the push key: %w", err)
	}
	return &Sender{options: options, key: key, public: base64.RawURLEncoding.EncodeToString(public)}, nil
}

// PublicKey is what browsers subscribe with.
func (s *Sender) PublicKey() string { return s.public }

// Check tells whether a subscription leads to a known push service and has keys that can be written to.
func (s *Sender) Check(to Subscription) error {
	address, err := url.Parse(to.Endpoint)
	if err != nil || address.Scheme != "https" || address.User != nil || len(to.Endpoint) > 1000 || !s.known(address) {
		return ErrService
	}
	_, _, err = to.keys()
	return err
}

func (s *Sender) known(address *url.URL) bool {
	if slices.Contains(s.options.Also, address.Host) {
		return true
	}
	host := strings.ToLower(address.Hostname())
	return address.Port() == "" && slices.ContainsFunc(services, func(service string) bool {
		return host == service || service[0] == '.' && strings.HasSuffix(host, service)
	})
}

func (to Subscription) keys() (public *ecdh.PublicKey, auth []byte, err error) {
	point, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(to.Keys.P256dh, "="))
	if err != nil {
		return nil, nil, fmt.Errorf("read the device's key: %w", err)
	}
	if public, err = ecdh.P256().NewPublicKey(point); err != nil {
		return nil, nil, fmt.Errorf("read the device's key: %w", err)
	}
	auth, err = base64.RawURLEncoding.DecodeString(strings.TrimRight(to.Keys.Auth, "="))
	if err != nil || len(auth) != 16 {
		return nil, nil, errors.New("read the device's secret: not 16 bytes")
	}
	return public, auth, nil
}

// keptFor is how long a push service keeps a message for a device that is switched off; later it is old news.
const keptFor = 12 * time.Hour

// Send writes a message to a device. *Gone means that it is to be forgotten; every other error may pass.
func (s *Sender) Send(ctx context.Context, to Subscription, m Message) error {
	if err := s.Check(to); err != nil {
		return &Gone{} // it was checked when it came: the rules have changed since
	}
	plain, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write a push message: %w", err)
	}
	body, err := encrypt(plain, to)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to.Endpoint, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("write to a push service: %w", err)
	}
	token, err := s.token(request.URL)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "vapid t="+token+", k="+s.public)
	request.Header.Set("Content-Encoding", "aes128gcm")
	request.Header.Set("Content-Type", "application/octet-stream")
	request.Header.Set("TTL", fmt.Sprint(int(keptFor.Seconds())))
	request.Header.Set("Urgency", "normal")
	answer, err := s.options.Client.Do(request)
	switch {
	case err != nil:
		return fmt.Errorf("write to a push service: %w", err)
	case answer.Status == http.StatusNotFound || answer.Status == http.StatusGone:
		return &Gone{answer.Status}
	case answer.Status >= 300:
		return fmt.Errorf("the push service answers %d", answer.Status)
	}
	return nil
}

// token is the signed word by which a push service knows who writes (RFC 8292).
func (s *Sender) token(to *url.URL) (string, error) {
	claims, err := json.Marshal(map[string]any{"aud": to.Scheme + "://" + to.Host, "exp": s.options.Now().Add(keptFor).Unix(), "sub": s.options.Contact})
	if err != nil {
		return "", fmt.Errorf("write the push token: %w", err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"typ":"JWT","alg":"ES256"}`)) + "." + encode(claims)
	digest := sha256.Sum256([]byte(signed))
	r, t, err := ecdsa.Sign(rand.Reader, s.key, digest[:])
	if err != nil {
		return "", fmt.Errorf("sign the push token: %w", err)
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	t.FillBytes(signature[32:])
	return signed + "." + encode(signature), nil
}

// Messages are padded to one of two lengths, so that the length says little.
const (
	shortMessage = 1024
	longMessage  = 3993 // with everything around it 4096 bytes, the most that all services take
)

// encrypt makes the body of RFC 8291: one record that only the browser can read.
func encrypt(plain []byte, to Subscription) ([]byte, error) {
	own, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return nil, fmt.Errorf("make a salt: %w", err)
	}
	return encryptWith(own, salt, padded(plain), to)
}

func padded(plain []byte) []byte {
	length := shortMessage
	if len(plain) >= length {
		length = longMessage
	}
	record := append(bytes.Clone(plain), 2) // the last record
	if len(record) < length {
		record = append(record, make([]byte, length-len(record))...)
	}
	return record
}

func encryptWith(own *ecdh.PrivateKey, salt, record []byte, to Subscription) ([]byte, error) {
	theirs, auth, err := to.keys()
	if err != nil {
		return nil, err
	}
	if len(record) > longMessage {
		return nil, fmt.Errorf("a push message of %d bytes is too long", len(record))
	}
	shared, err := own.ECDH(theirs)
	if err != nil {
		return nil, fmt.Errorf("agree on a key: %w", err)
	}
	mine := own.PublicKey().Bytes()
	secret, err := hkdf.Key(sha256.New, shared, auth, "WebPush: info\x00"+string(theirs.Bytes())+string(mine), 32)
	if err != nil {
		return nil, fmt.Errorf("derive a key: %w", err)
	}
	key, err := hkdf.Key(sha256.New, secret, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, fmt.Errorf("derive a key: %w", err)
	}
	nonce, err := hkdf.Key(sha256.New, secret, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, fmt.Errorf("derive a key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make a cipher: %w", err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("make a cipher: %w", err)
	}
	body := append(bytes.Clone(salt), 0, 0, 0, 0, byte(len(mine)))
	binary.BigEndian.PutUint32(body[16:], 4096)
	body = append(body, mine...)
	return gcm.Seal(body, nonce, record, nil), nil
}
