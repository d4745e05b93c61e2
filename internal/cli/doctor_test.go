package cli

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"

	"lintel/internal/platform/config"
	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest/empty"
	"lintel/internal/platform/httpclient"
	"lintel/internal/platform/mail"
	"lintel/internal/platform/migrate"
	"lintel/internal/platform/secret"
)

// wants fails unless one of the findings has the severity, says the words, and says what
// to do.
func wants(t *testing.T, found []config.Finding, severity config.Severity, says string) {
	t.Helper()
	for _, f := range found {
		if f.Severity == severity && strings.Contains(f.What, says) {
			if f.Do == "" {
				t.Errorf("%q does not say what to do", f.What)
			}
			return
		}
	}
	t.Errorf("no %s finding says %q, only %v", severity, says, found)
}

func quietAbout(t *testing.T, found []config.Finding) {
	t.Helper()
	if len(found) > 0 {
		t.Errorf("nothing is wrong, but it says %v", found)
	}
}

// installation is a data folder with a migrated database and a key file.
func installation(t *testing.T, folder string, statements ...string) config.Config {
	t.Helper()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := secret.OpenOrCreateKey(filepath.Join(folder, keyFile)); err != nil {
		t.Fatal(err)
	}
	c := config.Defaults()
	c.DataDir, c.BaseURL = folder, "http://localhost"
	database, err := db.Open(context.Background(), "", folder)
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	prepare(t, database, statements...)
	return c
}

func prepare(t *testing.T, database *db.DB, statements ...string) {
	t.Helper()
	if _, err := migrate.Up(context.Background(), database, time.Now()); err != nil {
		t.Fatal(err)
	}
	for _, statement := range statements {
		err := database.Write(context.Background(), "*", func(tx *db.Tx) error { _, err := tx.Exec(statement); return err })
		if err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

const (
	aSeal    = `insert into organisation_seals (org, id, certificate, key_sealed, origin, created_at) values ('o', 's', 'c', 'k', 'made by Lintel', 0)`
	deadMail = `insert into jobs (id, kind, org, arguments, run_at, max_attempts, created_at, state, attempt, last_error)
		values ('j', 'send mail', 'o', '{}', 0, 14, 0, 'dead', 14, 'no route to host')`
	newer  = `insert into migrations (name, sha256, at) values ('9999_flying.sql', 'x', 0)`
	ahead  = `update migrations set at = at + 86400000000`
	behind = `delete from migrations where name like '0001%'`
)

func sealedInstallation(t *testing.T, folder string) { t.Helper(); installation(t, folder, aSeal) }

func remove(t *testing.T, folder, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(folder, name)); err != nil {
		t.Fatal(err)
	}
}

func TestAHealthyInstallationHasNothingWrong(t *testing.T) {
	c := installation(t, t.TempDir(), aSeal)
	if err := os.Chmod(c.DataDir, 0o700); err != nil {
		t.Fatal(err)
	}
	quietAbout(t, checkDataFolder(c.DataDir))
	quietAbout(t, checkDatabase(context.Background(), c))
	quietAbout(t, checkFiles(context.Background(), c))
}

func TestTheDoctorLooksAtTheDataFolder(t *testing.T) {
	for _, c := range []struct {
		when     string
		folder   func(t *testing.T) string
		severity config.Severity
		says     string
	}{
		{"it is a file", func(t *testing.T) string {
			name := filepath.Join(t.TempDir(), "file")
			write(t, name, nil, time.Now())
			return name
		}, config.Broken, "is a file"},
		{"it is not there, nor the one above", func(t *testing.T) string { return filepath.Join(t.TempDir(), "a", "b") }, config.Warning, "nor does the one above"},
		{"others can look into it", func(t *testing.T) string {
			folder := t.TempDir()
			if err := os.Chmod(folder, 0o755); err != nil {
				t.Fatal(err)
			}
			return folder
		}, config.Warning, "Other users"},
		{"it cannot be written", func(t *testing.T) string { return unwritable(t) }, config.Broken, "data folder"},
		{"its disk can only be read", func(t *testing.T) string {
			folder := disk(t)
			if err := syscall.Mount("", folder, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
				t.Fatal(err)
			}
			return folder
		}, config.Broken, "can only be read"},
		{"its disk is full", func(t *testing.T) string { folder := disk(t); fill(t, folder, 0); return folder }, config.Broken, "is full"},
		{"its disk is nearly full", func(t *testing.T) string { folder := disk(t); fill(t, folder, 2<<20); return folder }, config.Warning, "MB left"},
	} {
		t.Run(c.when, func(t *testing.T) { wants(t, checkDataFolder(c.folder(t)), c.severity, c.says) })
	}
	found := checkDataFolder(filepath.Join(t.TempDir(), "new"))
	if len(found) != 1 || found[0].Severity != config.Note {
		t.Errorf("a folder that the first start makes: %v", found)
	}
}

// unwritable is a folder that this user cannot write, whoever it is.
func unwritable(t *testing.T) string {
	t.Helper()
	if os.Geteuid() == 0 {
		return "/proc/self" // even root makes no files there
	}
	folder := t.TempDir()
	if err := os.Chmod(folder, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(folder, 0o700) })
	return folder
}

// disk is a small disk of its own.
func disk(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=4m,mode=700"); err != nil {
		t.Skipf("a disk of its own cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, 0); err != nil {
			t.Error(err)
		}
	})
	return folder
}

// fill leaves some bytes free.
func fill(t *testing.T, folder string, left int64) {
	t.Helper()
	file, err := os.Create(filepath.Join(folder, "large"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := io.Copy(file, io.LimitReader(zeros{}, 4<<20-left)); err != nil && !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

type zeros struct{}

func (zeros) Read(into []byte) (int, error) { clear(into); return len(into), nil }

func TestTheDoctorLooksAtTheDatabase(t *testing.T) {
	for _, c := range []struct {
		when       string
		statements []string
		spoil      func(t *testing.T, c *config.Config)
		severity   config.Severity
		says       string
	}{
		{"a newer Lintel has changed it", []string{newer}, nil, config.Broken, "newer Lintel (9999_flying.sql)"},
		{"it is of an older Lintel", []string{behind}, nil, config.Note, "older Lintel"},
		{"it was written in the future", []string{ahead}, nil, config.Broken, "clock is behind"},
		{"jobs were given up", []string{deadMail}, nil, config.Warning, "send mail (1). The newest failed with: no route to host"},
		{"the key file is lost", []string{aSeal}, func(t *testing.T, c *config.Config) { remove(t, c.DataDir, keyFile) }, config.Broken, "is missing"},
		{"its file is damaged", nil, func(t *testing.T, c *config.Config) { damage(t, filepath.Join(c.DataDir, databaseFile)) }, config.Broken, "database file"},
		{"its server does not listen", nil, func(_ *testing.T, c *config.Config) {
			c.DatabaseURL = "postgres://lintel:verysecret@127.0.0.1:1/lintel"
		}, config.Broken, "connection refused"},
	} {
		t.Run(c.when, func(t *testing.T) {
			settings := installation(t, t.TempDir(), c.statements...)
			if c.spoil != nil {
				c.spoil(t, &settings)
			}
			found := checkDatabase(context.Background(), settings)
			wants(t, found, c.severity, c.says)
			if strings.Contains(fmt.Sprint(found), "verysecret") {
				t.Error("the password is printed")
			}
		})
	}
}

func TestTheDoctorLooksAtTheKeyFile(t *testing.T) {
	for _, c := range []struct{ when, content, says string }{
		{"damaged", "lintel-key-1 00", "damaged"},
		{"open to others", "", "can be read by others"},
	} {
		settings := installation(t, t.TempDir())
		name := filepath.Join(settings.DataDir, keyFile)
		if c.content != "" {
			write(t, name, []byte(c.content), time.Now())
		} else if err := os.Chmod(name, 0o644); err != nil {
			t.Fatal(err)
		}
		wants(t, checkDatabase(context.Background(), settings), config.Broken, c.says)
	}
}

// damage overwrites the middle of a file.
func damage(t *testing.T, name string) {
	t.Helper()
	database, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	if _, err := database.WriteAt(bytes.Repeat([]byte{0x5a}, 8192), 8192); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Remove(name + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
}

func TestTheDoctorLooksAtPostgreSQL(t *testing.T) {
	address := empty.URL(t)
	database, err := db.Open(context.Background(), address, "")
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	c := config.Config{DataDir: t.TempDir(), DatabaseURL: config.Secret(address)}
	if _, err := secret.OpenOrCreateKey(filepath.Join(c.DataDir, keyFile)); err != nil {
		t.Fatal(err)
	}
	empty := checkDatabase(context.Background(), c)
	if len(empty) != 1 || empty[0].Severity != config.Note {
		t.Errorf("of an empty database it says %v", empty)
	}
	prepare(t, database)
	quietAbout(t, checkDatabase(context.Background(), c))
	prepare(t, database, newer)
	wants(t, checkDatabase(context.Background(), c), config.Broken, "newer Lintel")
}

func TestTheDoctorGivesDeadJobsNewAttempts(t *testing.T) {
	c := installation(t, t.TempDir(), deadMail)
	if revived, err := reviveJobs(context.Background(), c); err != nil || revived != 1 {
		t.Errorf("%d jobs were revived, %v", revived, err)
	}
	quietAbout(t, checkDatabase(context.Background(), c))
}

// mailServer takes the user lintel with the password right.
func mailServer(t *testing.T, certificate *tls.Certificate) mail.SMTPConfig {
	t.Helper()
	server := gosmtp.NewServer(gosmtp.BackendFunc(func(*gosmtp.Conn) (gosmtp.Session, error) { return mailSession{}, nil }))
	server.AllowInsecureAuth, server.Domain, server.ErrorLog = true, "mail.example", log.New(io.Discard, "", 0)
	if certificate != nil {
		server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*certificate}}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return mail.SMTPConfig{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, User: "lintel", Password: "right", TLS: mail.NoTLS, CommandTimeout: 5 * time.Second}
}

type mailSession struct{}

func (mailSession) AuthMechanisms() []string { return []string{sasl.Plain} }
func (mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "lintel" || password != "right" {
			return gosmtp.ErrAuthFailed
		}
		return nil
	}), nil
}
func (mailSession) Mail(string, *gosmtp.MailOptions) error { return nil }
func (mailSession) Rcpt(string, *gosmtp.RcptOptions) error { return nil }
func (mailSession) Data(io.Reader) error                   { return errors.New("the doctor must not send") }
func (mailSession) Reset()                                 {}
func (mailSession) Logout() error                          { return nil }

func TestTheDoctorSignsInAtTheMailServer(t *testing.T) {
	chain, key := certificate(t, "mail.example", time.Now().Add(time.Hour))
	pair, err := tls.X509KeyPair(chain, key)
	if err != nil {
		t.Fatal(err)
	}
	quietAbout(t, checkMailServer(context.Background(), mailServer(t, nil)))
	for _, c := range []struct {
		when        string
		certificate *tls.Certificate
		change      func(*mail.SMTPConfig)
		says, do    string
	}{
		{"the password is wrong", nil, func(s *mail.SMTPConfig) { s.Password = "verywrong" }, "refuses the user name or password", "LINTEL_SMTP_PASSWORD"},
		{"nobody listens", nil, func(s *mail.SMTPConfig) { s.Port = 1 }, "cannot be reached", "LINTEL_SMTP_PORT"},
		{"it has no STARTTLS", nil, func(s *mail.SMTPConfig) { s.TLS = mail.StartTLS }, "does not start TLS", "LINTEL_SMTP_SECURITY"},
		{"its certificate is not trusted", &pair, func(s *mail.SMTPConfig) { s.TLS = mail.StartTLS }, "certificate is not trusted", "name that stands in"},
		{"the settings cannot be", nil, func(s *mail.SMTPConfig) { s.Host, s.TLS = "mail.example", mail.NoTLS }, "in the clear", "LINTEL_SMTP_"},
	} {
		t.Run(c.when, func(t *testing.T) {
			settings := mailServer(t, c.certificate)
			c.change(&settings)
			found := checkMailServer(context.Background(), settings)
			wants(t, found, config.Broken, c.says)
			if len(found) == 1 && !strings.Contains(found[0].Do, c.do) {
				t.Errorf("the advice is %q", found[0].Do)
			}
			if strings.Contains(fmt.Sprint(found), "verywrong") {
				t.Error("the password is printed")
			}
		})
	}
}

func answering(t *testing.T, status int, body string) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return server
}

func TestTheDoctorAsksThePortalAtItsOwnAddress(t *testing.T) {
	ask := func(address string) []config.Finding {
		return checkPublicAddress(context.Background(), config.Config{BaseURL: address})
	}
	quietAbout(t, ask(answering(t, http.StatusOK, "").URL))
	wants(t, ask(answering(t, http.StatusServiceUnavailable, "").URL), config.Broken, "cannot work just now")
	wants(t, ask(answering(t, http.StatusMisdirectedRequest, "").URL), config.Warning, "status 421")
	wants(t, ask("http://127.0.0.1:1"), config.Warning, "connection refused")
	old := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
	}))
	defer old.Close()
	wants(t, ask(old.URL), config.Warning, "clocks")
	for _, c := range []struct {
		until time.Time
		says  string
	}{{time.Now().Add(time.Hour), "not one that browsers trust"}, {time.Now().Add(-time.Hour), "out of date"}} {
		chain, key := certificate(t, "portal", c.until)
		pair, err := tls.X509KeyPair(chain, key)
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewUnstartedServer(http.NotFoundHandler())
		server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.StartTLS()
		defer server.Close()
		wants(t, ask(server.URL), config.Broken, c.says)
	}
	base, _ := url.Parse("https://nowhere.example")
	lost := noAnswer(base, &url.Error{Op: "Get", URL: base.String(), Err: &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "nowhere.example"}}})
	wants(t, []config.Finding{lost}, config.Broken, "does not lead anywhere")
}

func TestTheDoctorAsksTheTimestampService(t *testing.T) {
	open := httpclient.New(httpclient.Options{AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	for _, c := range []struct {
		when    string
		client  *httpclient.Client
		address string
		says    string
	}{
		{"nobody listens", open, "http://127.0.0.1:1/", "cannot be reached"},
		{"it refuses", open, answering(t, http.StatusForbidden, "").URL, "status 403"},
		{"it is a web site", open, answering(t, http.StatusOK, "<html>").URL, "no usable stamp"},
		{"it is on a private network", httpclient.New(httpclient.Options{}), answering(t, http.StatusOK, "").URL, "private network"},
	} {
		t.Run(c.when, func(t *testing.T) {
			wants(t, checkTimestamps(context.Background(), c.client, c.address), config.Broken, c.says)
		})
	}
}

func TestTheDoctorAsksTheVirusScanner(t *testing.T) {
	for answer, says := range map[string]string{
		"stream: OK\x00":                         "",
		"stream: Eicar FOUND\x00":                "finds Eicar",
		"INSTREAM size limit exceeded ERROR\x00": "does not work",
	} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
			heard := make([]byte, len("zINSTREAM\x00")+4+len("lintel doctor")+4)
			if _, err := io.ReadFull(conn, heard); err == nil {
				_, _ = io.WriteString(conn, answer)
			}
		}()
		c := config.Config{VirusScanner: "tcp:" + listener.Addr().String()}
		found := checkVirusScanner(context.Background(), c)
		if (says == "") != (len(found) == 0) || says != "" && !strings.Contains(found[0].What, says) {
			t.Errorf("to %q it says %v", answer, found)
		}
		listener.Close()
		if found := checkVirusScanner(context.Background(), c); len(found) != 1 || !strings.Contains(found[0].What, "does not work") {
			t.Errorf("with nobody there it says %v", found)
		}
	}
	if found := checkVirusScanner(context.Background(), config.Config{}); len(found) != 0 {
		t.Errorf("with none set it says %v", found)
	}
}

func TestTheDoctorTriesTheBucket(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusForbidden)
		io.WriteString(w, `<?xml version="1.0"?><Error><Code>SignatureDoesNotMatch</Code><Message>no</Message></Error>`)
	}))
	defer server.Close()
	c := config.Config{S3: config.S3{Endpoint: server.URL, Bucket: "files", Region: "x", AccessKey: "a", SecretKey: "verysecret", PathStyle: true}}
	found := checkFiles(context.Background(), c)
	wants(t, found, config.Broken, "the secret key is wrong")
	if strings.Contains(fmt.Sprint(found), "verysecret") {
		t.Error("the secret key is printed")
	}
}

func TestAClockThatNobodyKeepsIsMentioned(t *testing.T) {
	quietAbout(t, clockFinding(0))
	wants(t, clockFinding(unsynchronised), config.Note, "No time service")
}

func TestTheDoctorsReport(t *testing.T) {
	var out bytes.Buffer
	err := report(&out, []config.Finding{note("A note.", ""), warning("A warning.", "Read it."), broken("A break.", "Mend it.")})
	if err == nil || !strings.Contains(err.Error(), "1 of these must be mended") {
		t.Errorf("with something broken it ends with %v", err)
	}
	if want := "broken   A break.\n         To do: Mend it.\nwarning  A warning.\n         To do: Read it.\nnote     A note.\n"; out.String() != want {
		t.Errorf("it prints\n%s\nand not\n%s", out.String(), want)
	}
	if err := report(io.Discard, []config.Finding{warning("A warning.", "Read it.")}); err != nil {
		t.Errorf("a warning ends with %v", err)
	}
}

func TestTheDoctorsCommandEndsWithOneWhenSomethingIsBroken(t *testing.T) {
	out, errs := &page{}, &page{}
	if status := Main([]string{"doctor", "--data", filepath.Join(t.TempDir(), "d")}, out, errs); status != 1 {
		t.Errorf("without an address of the portal the status is %d", status)
	}
	if !strings.Contains(out.String(), "The address of the portal is not set") {
		t.Errorf("it prints %s", out)
	}
}
