//go:build linux

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"runtime/pprof"

	"lintel/internal/app"
	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/document"
	"lintel/internal/features/signing"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/config"
	"lintel/internal/platform/mail"
)

func settings(j job) config.Config {
	c := config.Defaults()
	c.BaseURL, c.DataDir, c.DatabaseURL = "http://"+j.Address, j.Folder, config.Secret(j.Database)
	c.TrustedProxies = []string{"127.0.0.1/32"} // the bench plays visitors from many networks
	return c
}

func openApp(ctx context.Context, j job, c clock.Clock, demo bool) (*app.App, *mail.Folder, error) {
	inbox, err := mail.OpenFolder(filepath.Join(j.Folder, "mails"))
	if err != nil {
		return nil, nil, err
	}
	with := settings(j)
	with.Demo = demo
	a, err := app.New(ctx, app.Options{Config: with, Clock: c, Log: slog.New(slog.DiscardHandler), Sender: inbox})
	return a, inbox, err
}

// playServer is the real program on loopback. Its background jobs run only when asked for,
// so that the figures are those of requests.
func playServer() error {
	j, err := readJob()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	a, _, err := openApp(ctx, j, clock.System(), false)
	if err != nil {
		return err
	}
	defer a.Close()
	debug.SetGCPercent(app.GarbagePercent)
	if j.Jobs {
		go a.Jobs.Run(ctx)
	}
	stop, err := profileInto(j.Profile)
	if err != nil {
		return err
	}
	defer stop()
	return serveUntilEnd(j.Address, a.Handler)
}

func profileInto(name string) (stop func(), err error) {
	if name == "" {
		return func() {}, nil
	}
	file, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return nil, err
	}
	return func() { pprof.StopCPUProfile(); file.Close() }, nil
}

// playApprovals approves one proposal for each line that it is sent, from the signature to
// the sealed PDF on disk.
func playApprovals() error {
	j, err := readJob()
	if err != nil {
		return err
	}
	ctx := context.Background()
	a, _, err := openApp(ctx, j, clock.System(), false)
	if err != nil {
		return err
	}
	defer a.Close()
	stop, err := profileInto(j.Profile)
	if err != nil {
		return err
	}
	defer stop()
	customer := access.NewActor(access.Identity{Org: access.OrgID(j.Org), Person: access.PersonID(j.Person), Kind: access.Customer, Modules: access.EveryModule, Name: "Maria Ruiz", Proof: access.ConfirmedBrowser, Session: "bench"})
	fmt.Println("ready")
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if len(j.Approve) == 0 {
			return errors.New("no proposal is left")
		}
		if err := approve(ctx, a, customer, j.Approve[0]); err != nil {
			return err
		}
		j.Approve = j.Approve[1:]
		fmt.Println("done")
	}
	return nil
}

func approve(ctx context.Context, a *app.App, customer access.Actor, id string) error {
	r, err := a.Documents.Read(ctx, customer, id, 0)
	if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	progress := document.Progress{}
	for _, term := range r.Version.Content.Terms {
		progress.Terms = append(progress.Terms, term.ID)
	}
	signed, err := a.Documents.Approve(ctx, customer, document.Approval{Document: id, Version: r.Version.Number, ShownSHA256: r.Version.SHA256, Total: r.Totals.Total, Progress: progress,
		ConsentVersion: signing.CurrentConsent("en").Version, Method: signing.Typed, Typed: "Maria Ruiz", Browser: route.Browser{Address: "203.0.113.7", Agent: "Safari"}})
	if err != nil {
		return fmt.Errorf("approve: %w", err)
	}
	after, err := a.Documents.Read(ctx, customer, id, 0)
	if err != nil || after.Signature == nil || after.Signature.ID != signed.ID || !after.Signature.Sealed() {
		return fmt.Errorf("the approved proposal has no sealed PDF: %w", err)
	}
	return nil
}
