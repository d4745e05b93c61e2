package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"lintel/internal/platform/clock"
	"lintel/internal/platform/config"
	"lintel/internal/platform/db"
	"lintel/internal/platform/httpclient"
	"lintel/internal/platform/jobs"
)

type doctorCommand struct {
	config.Config `embed:""`

	Retry bool `help:"Give the jobs that were given up a new set of attempts."`
}

// doctorLimit is how long the questions to others may take, each.
const doctorLimit = 15 * time.Second

// Run prints what it finds, the worst first. Something broken ends with status 1.
func (c doctorCommand) Run(t *terminal) error {
	found := c.examine(t.ctx)
	if c.Retry {
		revived, err := reviveJobs(t.ctx, c.Config)
		if err != nil {
			return fmt.Errorf("give dead jobs new attempts: %w", err)
		}
		fmt.Fprintf(t.out, "%d jobs will be tried again.\n", revived)
	}
	return report(t.out, found)
}

// examine asks one thing after the other. What another finding already explains is not
// asked: a database in a folder that is not there, mail with half its settings.
func (c doctorCommand) examine(ctx context.Context) []config.Finding {
	found := config.Check(c.Config)
	if c.DataDir == "" {
		return found
	}
	folder := checkDataFolder(c.DataDir)
	found = append(found, folder...)
	if config.CanStart(folder) {
		found = append(found, checkDatabase(ctx, c.Config)...)
		found = append(found, checkFiles(ctx, c.Config)...)
	}
	found = append(found, checkMachineClock()...)
	if c.HasSMTP() {
		found = append(found, checkMailServer(ctx, smtpConfig(c.Config))...)
		found = append(found, checkSignedMail(ctx, c.Config, net.DefaultResolver.LookupTXT)...)
	}
	if isWebAddress(c.BaseURL) {
		found = append(found, checkPublicAddress(ctx, c.Config)...)
	}
	found = append(found, checkIncomingMail(ctx, c.Config)...)
	found = append(found, checkVirusScanner(ctx, c.Config)...)
	if isWebAddress(c.TimestampURL) {
		found = append(found, checkTimestamps(ctx, httpclient.New(httpclient.Options{Limit: doctorLimit}), c.TimestampURL)...)
	}
	return found
}

// isWebAddress reports whether asking makes sense; what is wrong with others config.Check
// has said.
func isWebAddress(text string) bool {
	parsed, err := url.Parse(text)
	return err == nil && parsed.Host != "" && (parsed.Scheme == "https" || parsed.Scheme == "http")
}

var severities = []config.Severity{config.Broken, config.Warning, config.Note}

func report(out io.Writer, found []config.Finding) error {
	slices.SortStableFunc(found, func(a, b config.Finding) int {
		return slices.Index(severities, a.Severity) - slices.Index(severities, b.Severity)
	})
	count := map[config.Severity]int{}
	for _, f := range found {
		count[f.Severity]++
		fmt.Fprintf(out, "%-8s %s\n", f.Severity, f.What)
		if f.Do != "" {
			fmt.Fprintf(out, "         To do: %s\n", f.Do)
		}
	}
	switch {
	case count[config.Broken] > 0:
		return fmt.Errorf("%d of these must be mended before the portal works", count[config.Broken])
	case count[config.Warning] > 0:
		fmt.Fprintln(out, "The portal can run. Read the warnings above.")
	default:
		fmt.Fprintln(out, "Nothing is wrong.")
	}
	return nil
}

func broken(what, do string) config.Finding {
	return config.Finding{Severity: config.Broken, What: what, Do: do}
}

func warning(what, do string) config.Finding {
	return config.Finding{Severity: config.Warning, What: what, Do: do}
}

func note(what, do string) config.Finding {
	return config.Finding{Severity: config.Note, What: what, Do: do}
}

// cause is an error's own words with everything that it wraps, once each: whoever sits at
// the terminal may see it.
func cause(err error) string {
	text := err.Error()
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
		if !strings.Contains(text, inner.Error()) {
			text += ": " + inner.Error()
		}
	}
	return text
}

// deadJob is a job that was given up.
type deadJob struct {
	id, kind, why string
}

func deadJobs(ctx context.Context, database *db.DB) (dead []deadJob, err error) {
	err = database.Read(ctx, "*", func(tx *db.Tx) error {
		dead = nil
		rows, err := tx.Query(`select id, kind, last_error from jobs where state = 'dead' order by run_at desc`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var job deadJob
			if err := rows.Scan(&job.id, &job.kind, &job.why); err != nil {
				return err
			}
			dead = append(dead, job)
		}
		return rows.Err()
	})
	return dead, err
}

// reviveJobs works on the database alone: a running server finds the jobs within a second.
func reviveJobs(ctx context.Context, c config.Config) (count int, err error) {
	if !hasDatabase(c) {
		return 0, nil
	}
	database, err := db.Open(ctx, c.DatabaseURL.Reveal(), c.DataDir)
	if err != nil {
		return 0, err
	}
	defer database.Close()
	dead, err := deadJobs(ctx, database)
	if err != nil {
		return 0, err
	}
	runner := jobs.New(database, clock.System(), slog.New(slog.DiscardHandler))
	for _, job := range dead {
		if err := runner.Revive(ctx, job.id); err != nil {
			return count, err
		}
		count++
	}
	return count, nil
}
