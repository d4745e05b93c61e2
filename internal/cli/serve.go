package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	netmail "net/mail"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"lintel/internal/app"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/config"
	"lintel/internal/platform/db"
	"lintel/internal/platform/logging"
	"lintel/internal/platform/mail"
	"lintel/internal/platform/secret"
	"lintel/internal/platform/web"
)

type serveCommand struct {
	config.Config `embed:""`
}

// stopLimit is how long a stop waits for requests and jobs under way.
const stopLimit = 20 * time.Second

// Run serves the portal until it is told to stop. It refuses to start when the settings
// are wrong or another Lintel has the data folder.
func (c serveCommand) Run(t *terminal) error {
	log := logging.New(t.errs, c.LogFormat, c.LogLevel)
	if err := refuseBroken(t, log, c.Config); err != nil {
		return err
	}
	if err := makeDataFolder(c.DataDir); err != nil {
		return err
	}
	release, err := db.LockDirectory(c.DataDir)
	if err != nil {
		return err
	}
	defer release()
	if err := refuseLostKey(t.ctx, c.Config); err != nil {
		return err
	}
	sender, err := newSender(c.Config)
	if err != nil {
		return err
	}
	defer sender.Close()
	metrics := app.NewMetrics(Version)
	a, err := app.New(t.ctx, app.Options{Config: c.Config, Clock: clock.System(), Log: log, Sender: metrics.CountMail(sender)})
	if err != nil {
		return err
	}
	defer a.Close()
	if err := offerSetup(t, a); err != nil {
		return err
	}
	return serve(t.ctx, a, metrics, log)
}

// refuseBroken names what is wrong with the settings. Broken ones stop the start; the
// others are logged.
func refuseBroken(t *terminal, log *slog.Logger, c config.Config) error {
	found := config.Check(c)
	for _, f := range found {
		switch f.Severity {
		case config.Broken:
			fmt.Fprintf(t.errs, "%s\n  %s\n", f.What, f.Do)
		case config.Warning:
			log.Warn(f.What, "advice", f.Do)
		}
	}
	if !config.CanStart(found) {
		return errors.New("not started, because the settings above are wrong")
	}
	return nil
}

func makeDataFolder(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	return nil
}

// refuseLostKey keeps a start from making a new key beside a database whose secrets only
// the old key opens.
func refuseLostKey(ctx context.Context, c config.Config) error {
	if _, err := os.Stat(filepath.Join(c.DataDir, keyFile)); err == nil || !hasDatabase(c) {
		return nil
	}
	database, err := db.Open(ctx, c.DatabaseURL.Reveal(), c.DataDir)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer database.Close()
	if finding, lost := lostKey(ctx, database, c); lost {
		return errors.New(finding.What + " " + finding.Do)
	}
	return nil
}

// newSender is the way to the installation's mail server. Without one mails wait in the
// outbox, as they do when the server is down.
func newSender(c config.Config) (mail.Sender, error) {
	if !c.HasSMTP() {
		return noMailServer{}, nil
	}
	settings := smtpConfig(c)
	if c.SignsMail() {
		signer, err := mailSigner(c)
		if err != nil {
			return nil, err
		}
		settings.DKIM = &signer
	}
	sender, err := mail.NewSMTP(settings, clock.System())
	if err != nil {
		return nil, err
	}
	return sender, nil
}

func smtpConfig(c config.Config) mail.SMTPConfig {
	s := mail.SMTPConfig{Host: c.SMTP.Host, Port: c.SMTP.Port, User: c.SMTP.User, Password: c.SMTP.Password.Reveal(), TLS: c.SMTP.Security}
	if base, err := url.Parse(c.BaseURL); err == nil {
		s.HELO = base.Hostname()
	}
	return s
}

// mailSigner signs in the name of the domain that mail comes from. Its key is made at the first start; the doctor says what
// the DNS must know of it.
func mailSigner(c config.Config) (mail.DKIM, error) {
	text, err := secret.KeyFile(c.DKIMKeyFile(), mail.NewDKIMKey)
	if err != nil {
		return mail.DKIM{}, fmt.Errorf("the key that mail is signed with: %w", err)
	}
	key, err := mail.ParseDKIMKey(text)
	if err != nil {
		return mail.DKIM{}, fmt.Errorf("%s: %w", c.DKIMKeyFile(), err)
	}
	from, err := netmail.ParseAddress(c.SMTP.From)
	if err != nil {
		return mail.DKIM{}, fmt.Errorf("the sender of mail: %w", err)
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	return mail.DKIM{Domain: domain, Selector: c.SMTP.DKIMSelector, Key: key}, nil
}

// offerSetup prints the link on which the owner sets up the firm, as long as there is none.
func offerSetup(t *terminal, a *app.App) error {
	path, err := a.Organisations.OpenSetup(t.ctx)
	if err != nil || path == "" {
		return err
	}
	fmt.Fprintf(t.out, "\nThis portal has no firm yet. Set it up here, once; a new start makes a new link:\n\n  %s%s\n\n", strings.TrimSuffix(a.Config.BaseURL, "/"), path)
	return nil
}

// noMailServer keeps mails waiting.
type noMailServer struct{}

var errNoMailServer = &mail.Temporary{Reason: "no mail server is set: set LINTEL_SMTP_HOST"}

func (noMailServer) Send(context.Context, string, string, []byte) error { return errNoMailServer }
func (noMailServer) Check(context.Context) error                        { return errNoMailServer }
func (noMailServer) Close() error                                       { return nil }

// portal is the running program: its listeners, the servers on them, and the jobs.
type portal struct {
	app     *app.App
	log     *slog.Logger
	servers []*http.Server
	address string // of the first listener
	failed  chan error
	jobs    chan struct{} // closed when the last job has ended
	quiet   quietMemory
	mail    mailListener
}

func serve(ctx context.Context, a *app.App, metrics *app.Metrics, log *slog.Logger) error {
	encrypted, err := prepareTLS(ctx, a.Config, clock.System(), log)
	if err != nil {
		return err
	}
	defer encrypted.close()
	if os.Getenv("GOGC") == "" { // what an operator has set holds
		debug.SetGCPercent(app.GarbagePercent)
	}
	p := &portal{app: a, log: log, failed: make(chan error, 3), jobs: make(chan struct{}), quiet: quietMemory{shrink: a.Database.Shrink}}
	defer p.closeServers()
	if err := p.listen(encrypted, metrics); err != nil {
		return err
	}
	background, stopJobs := context.WithCancel(context.WithoutCancel(ctx))
	defer stopJobs()
	go func() { defer close(p.jobs); a.Run(background) }()
	go p.quiet.watch(background)
	if err := p.takeMail(background); err != nil {
		return err
	}
	if err := encrypted.begin(background); err != nil {
		return err
	}
	log.Info("ready", "url", a.Config.BaseURL, "address", p.address, "version", Version)
	tellSystemd(log, "READY=1")
	select {
	case err := <-p.failed:
		return err
	case <-ctx.Done():
		tellSystemd(log, "STOPPING=1")
		log.Info("stopping: waiting for what is under way", "most", stopLimit)
		return p.stop(stopJobs)
	}
}

// listen opens all listeners before anything is served, so that a taken port is found
// while the old state is whole.
func (p *portal) listen(encrypted *encryption, metrics *app.Metrics) error {
	c := p.app.Config
	if err := p.start("the portal", listenAddress(c), encrypted.config, paced(p.quiet.count(metrics.CountRequests(p.app)), stall)); err != nil {
		return err
	}
	p.servers[0].RegisterOnShutdown(p.app.Live.Close) // streams of live pages do not end by themselves
	if encrypted.redirect != nil {
		if err := p.start("the redirect to https", ":80", nil, encrypted.redirect); err != nil {
			return err
		}
	}
	if c.MetricsAddr != "" {
		return p.start("metrics", c.MetricsAddr, nil, metrics.Handler(p.app))
	}
	return nil
}

func (p *portal) start(name, address string, encrypted *serverTLS, handler http.Handler) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("listen for %s: %w", name, err)
	}
	if p.address == "" {
		p.address = listener.Addr().String()
	}
	server := newServer(handler, p.log)
	p.servers = append(p.servers, server)
	go func() {
		err := serveOn(server, listener, encrypted)
		if !errors.Is(err, http.ErrServerClosed) {
			p.failed <- fmt.Errorf("serve %s: %w", name, err)
		}
	}()
	return nil
}

func serveOn(server *http.Server, listener net.Listener, encrypted *serverTLS) error {
	if encrypted == nil {
		return server.Serve(web.StrictHeads(listener))
	}
	server.TLSConfig = encrypted
	return server.ServeTLS(listener, "", "")
}

// newServer has the limits that hold before a handler is reached. There is none on the
// whole of a request or an answer, because uploads, videos and live pages last: paced
// sees to it that bytes move.
func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		HTTP2: &http.HTTP2Config{
			SendPingTimeout:  time.Minute,
			WriteByteTimeout: stall,
		},
	}
}

// stop ends the program in order: no new connections, requests under way to their end,
// then the jobs. Another signal ends it at once; nothing that was acknowledged is lost
// then either, it only makes people try again.
func (p *portal) stop(stopJobs func()) error {
	forced := make(chan os.Signal, 1)
	signal.Notify(forced, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(forced)
	ctx, cancel := context.WithTimeout(context.Background(), stopLimit)
	defer cancel()
	finished := make(chan error, 1)
	go func() { finished <- p.finish(ctx, stopJobs) }()
	select {
	case err := <-finished:
		return err
	case <-forced:
		p.closeServers()
		return errors.New("stopped at once, as asked twice; some requests were cut off")
	}
}

func (p *portal) finish(ctx context.Context, stopJobs func()) error {
	var errs []error
	for _, server := range p.servers {
		if err := server.Shutdown(ctx); err != nil {
			errs = append(errs, fmt.Errorf("some requests did not end within %s and were cut off: %w", stopLimit, err))
		}
	}
	p.closeServers()
	p.mail.stop(p.log)
	stopJobs()
	select {
	case <-p.jobs:
	case <-ctx.Done():
		errs = append(errs, errors.New("some jobs did not end in time; they will be done again after the next start"))
	}
	return errors.Join(errs...)
}

func (p *portal) closeServers() {
	for _, server := range p.servers {
		server.Close()
	}
}

// listenAddress is where the portal listens: what was set, or the port of https when
// certificates are fetched automatically and nothing was set.
func listenAddress(c config.Config) string {
	if c.TLS.Mode == "auto" && c.Addr == config.Defaults().Addr {
		return ":443"
	}
	return c.Addr
}
