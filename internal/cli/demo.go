package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"text/tabwriter"

	"lintel/internal/app"
	"lintel/internal/demo"
	"lintel/internal/demo/mailbox"
	"lintel/internal/platform/config"
	"lintel/internal/platform/db"
	"lintel/internal/platform/logging"
	"lintel/internal/platform/mail"
	"lintel/internal/platform/web"
)

type demoCommand struct {
	Addr     string `help:"Address and port to listen on. Without it 127.0.0.1:8080, or the next port that is free."`
	Data     string `type:"path" help:"Folder to keep the sample world in. Without it a temporary one."`
	JSON     bool   `name:"json" help:"Print people and links as one JSON array and nothing else."`
	LogLevel string `default:"error" enum:"debug,info,warn,error" help:"How much is logged to the error output: debug, info, warn or error."`
}

const (
	demoAddress = "127.0.0.1:8080"
	demoPorts   = 50 // that are tried from there on
	demoMark    = "demo.txt"
)

// Run shows the portal with the sample world until it is told to stop.
func (c demoCommand) Run(t *terminal) error {
	listener, err := c.listen(t.errs)
	if err != nil {
		return err
	}
	defer listener.Close()
	folder, forget, err := c.folder()
	if err != nil {
		return err
	}
	defer forget()
	release, err := db.LockDirectory(folder)
	if err != nil {
		return err
	}
	defer release()
	log := logging.New(t.errs, "text", c.LogLevel)
	show, err := openDemo(t.ctx, folder, c.baseURL(listener.Addr()), log)
	if err != nil {
		return err
	}
	defer show.app.Close()
	return show.run(t.ctx, listener, func() error { return show.print(t.out, c.JSON) })
}

// listen takes the address that was asked for, or the first free port from 8080 on.
func (c demoCommand) listen(errs io.Writer) (net.Listener, error) {
	address := cmp.Or(c.Addr, demoAddress)
	listener, err := net.Listen("tcp", address)
	if !errors.Is(err, syscall.EADDRINUSE) {
		return listener, err
	}
	if c.Addr != "" {
		return nil, fmt.Errorf("another program listens on %s already; choose another address with --addr", address)
	}
	host, port, _ := net.SplitHostPort(address)
	first, _ := strconv.Atoi(port)
	for next := first + 1; next < first+demoPorts; next++ {
		listener, err = net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(next)))
		if err == nil {
			fmt.Fprintf(errs, "Port %d is taken by another program; using %d.\n", first, next)
			return listener, nil
		}
	}
	return nil, fmt.Errorf("no port from %d to %d is free; choose an address with --addr", first, first+demoPorts-1)
}

// baseURL is how a browser on this computer reaches the listener. This computer is called
// localhost: passkeys and the app on a phone do not work under a number.
func (c demoCommand) baseURL(at net.Addr) string {
	_, port, _ := net.SplitHostPort(at.String())
	host, _, _ := net.SplitHostPort(c.Addr)
	if ip := net.ParseIP(host); host == "" || ip != nil && (ip.IsUnspecified() || host == "127.0.0.1" || host == "::1") {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// folder is where the world is kept; forget removes a temporary one.
func (c demoCommand) folder() (path string, forget func(), err error) {
	if c.Data == "" {
		if path, err = os.MkdirTemp("", "lintel-demo-"); err != nil {
			return "", nil, fmt.Errorf("make a temporary folder: %w", err)
		}
		return path, func() { os.RemoveAll(path) }, nil
	}
	return c.Data, func() {}, makeDataFolder(c.Data)
}

// demoShow is the running demo.
type demoShow struct {
	app   *app.App
	log   *slog.Logger
	inbox *mail.Folder
	clock *demo.Clock
	world demo.World
}

// openDemo opens the world that the folder holds, or builds one. Other people's data is
// left alone: the demo prints links that sign staff in.
func openDemo(ctx context.Context, folder, baseURL string, log *slog.Logger) (*demoShow, error) {
	mark := filepath.Join(folder, demoMark)
	finished, err := prepareDemo(folder, mark)
	if err != nil {
		return nil, err
	}
	s := &demoShow{log: log, clock: &demo.Clock{}}
	if s.inbox, err = mail.OpenFolder(filepath.Join(folder, "mail")); err != nil {
		return nil, err
	}
	settings := config.Defaults()
	settings.BaseURL, settings.DataDir, settings.Demo = baseURL, folder, true
	if s.app, err = app.New(ctx, app.Options{Config: settings, Clock: s.clock, Log: log, Sender: s.inbox}); err != nil {
		return nil, err
	}
	if finished {
		s.world, err = demo.Doors(ctx, s.app)
	} else {
		s.world, err = s.build(ctx, mark)
	}
	if err != nil {
		s.app.Close()
		return nil, err
	}
	return s, nil
}

func (s *demoShow) build(ctx context.Context, mark string) (demo.World, error) {
	world, err := demo.Build(ctx, s.app, s.clock, s.inbox)
	if err != nil {
		return world, err
	}
	s.clock.BackToNow()
	return world, os.WriteFile(mark, []byte(demoFinished), 0o600)
}

const (
	demoFinished = "This folder holds the sample world of `lintel demo`.\n"
	demoBegun    = "`lintel demo` was building its sample world here.\n"
)

// prepareDemo reports whether the folder holds a finished world. A world that was cut off
// while it was built is cleared away.
func prepareDemo(folder, mark string) (finished bool, err error) {
	words, err := os.ReadFile(mark)
	switch {
	case err == nil && string(words) == demoFinished:
		return true, nil
	case err == nil:
		if err := clearDemo(folder); err != nil {
			return false, err
		}
	case hasData(folder):
		return false, fmt.Errorf("%s holds data that the demo did not make; choose an empty folder with --data", folder)
	}
	if err := os.WriteFile(mark, []byte(demoBegun), 0o600); err != nil {
		return false, fmt.Errorf("write to the data folder: %w", err)
	}
	return false, nil
}

func hasData(folder string) bool {
	for _, name := range []string{"lintel.db", keyFile, "files"} {
		if _, err := os.Stat(filepath.Join(folder, name)); err == nil {
			return true
		}
	}
	return false
}

func clearDemo(folder string) error {
	for _, name := range []string{"lintel.db", "lintel.db-wal", "lintel.db-shm", keyFile, "files", "mail"} {
		if err := os.RemoveAll(filepath.Join(folder, name)); err != nil {
			return fmt.Errorf("clear an unfinished sample world away: %w", err)
		}
	}
	return nil
}

// handler is the portal with the mailbox beside it, which no other command serves.
func (s *demoShow) handler() (http.Handler, error) {
	base, err := url.Parse(s.app.Config.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("read the base URL: %w", err)
	}
	box := mailbox.Handler(s.inbox, base, s.log)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == mailbox.Path || strings.HasPrefix(r.URL.Path, mailbox.Path+"/") {
			box.ServeHTTP(w, r)
			return
		}
		s.app.Handler.ServeHTTP(w, r)
	}), nil
}

// run serves and does the jobs; announce prints the links once the portal answers.
func (s *demoShow) run(ctx context.Context, listener net.Listener, announce func() error) error {
	handler, err := s.handler()
	if err != nil {
		return err
	}
	p := &portal{app: s.app, log: s.log, failed: make(chan error, 1), jobs: make(chan struct{})}
	defer p.closeServers()
	server := newServer(paced(handler, stall), s.log)
	server.RegisterOnShutdown(s.app.Live.Close)
	p.servers = append(p.servers, server)
	go func() {
		if err := server.Serve(web.StrictHeads(listener)); !errors.Is(err, http.ErrServerClosed) {
			p.failed <- fmt.Errorf("serve the demo: %w", err)
		}
	}()
	background, stopJobs := context.WithCancel(context.WithoutCancel(ctx))
	defer stopJobs()
	go func() { defer close(p.jobs); s.app.Run(background) }()
	if err := announce(); err != nil {
		return err
	}
	select {
	case err := <-p.failed:
		return err
	case <-ctx.Done():
		return p.stop(stopJobs)
	}
}

func (s *demoShow) print(out io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(s.world.People)
	}
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(table, "Lintel demo at %s\nMailbox\t\t%s\n", s.app.Config.BaseURL, s.app.Config.BaseURL+mailbox.Path)
	organisation := ""
	for _, p := range s.world.People {
		if p.Organisation != organisation {
			organisation = p.Organisation
			fmt.Fprintf(table, "\n%s\n", organisation)
		}
		fmt.Fprintf(table, "  %s\t%s\t%s\n", p.Name, p.Role, p.URL)
	}
	fmt.Fprint(table, "\nOpen a link to enter as its person. Ctrl-C ends the demo.\n")
	return table.Flush()
}
