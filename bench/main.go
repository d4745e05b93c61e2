//go:build linux

package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// roleVariable makes this program one of its own children.
const roleVariable = "LINTEL_BENCH_ROLE"

// timeLimit ends the whole bench, whatever hangs.
const timeLimit = 20 * time.Minute

func main() {
	if role := os.Getenv(roleVariable); role != "" {
		if err := play(role); err != nil {
			fmt.Fprintln(os.Stderr, role+":", err)
			os.Exit(1)
		}
		return
	}
	rounds := flag.Int("rounds", 7, "how often each target is visited")
	profile := flag.String("profile", "", "measure only this target and write its CPU profile to bench.pprof")
	only := flag.String("only", "", "measure only these targets of one request, for example list,pglist")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), timeLimit)
	defer cancel()
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := bench(ctx, *rounds, *profile, *only); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// play is the life of a child.
func play(role string) error {
	switch role {
	case "limit":
		return playLimit()
	case "server":
		return playServer()
	case "approvals":
		return playApprovals()
	}
	return errors.New("there is no such role")
}

func bench(ctx context.Context, rounds int, profile, only string) error {
	began := time.Now()
	folder, err := os.MkdirTemp("", "lintel-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	yard := &yard{ctx: ctx, folder: folder, rounds: rounds, profile: profile}
	if names := cmp.Or(profile, only); names != "" {
		yard.only = strings.Split(names, ",")
	}
	defer yard.close()
	if err := yard.prepare(); err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	note("prepared", began)
	if err := yard.run(); err != nil {
		return err
	}
	note("all", began)
	return nil
}

func note(what string, since time.Time) {
	fmt.Fprintf(os.Stderr, "%6.1f s  %s\n", time.Since(since).Seconds(), what)
}
