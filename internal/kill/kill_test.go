package kill

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"lintel/internal/platform/db/dbtest"
)

// restartLimit is how long a start after a kill may take (fault 1).
const restartLimit = 5 * time.Second

// maxExtraRounds is how often more it is killed, when the first rounds left it no time to
// acknowledge something of each kind.
const maxExtraRounds = 12

// rounds is how often the program is killed; about a fifth of it in short runs.
func rounds(full int) int {
	if testing.Short() {
		return max(3, full/5)
	}
	return full
}

// Faults 1, 3 and 22 on SQLite.
func TestNothingAcknowledgedIsLostWhenTheProgramIsKilledOnSQLite(t *testing.T) {
	killAgainAndAgain(t, found(t, t.TempDir(), ""), rounds(30))
}

// Faults 1, 3 and 22 on PostgreSQL.
func TestNothingAcknowledgedIsLostWhenTheProgramIsKilledOnPostgreSQL(t *testing.T) {
	killAgainAndAgain(t, found(t, t.TempDir(), dbtest.URL(t)), rounds(12))
}

func killAgainAndAgain(t *testing.T, p place, count int) {
	said := newLedger()
	slowest := time.Duration(0)
	killed := 0
	for round := 0; round < count || !said.ofEachKind() && round < count+maxExtraRounds; round++ {
		after := time.Duration(20+rand.IntN(450)) * time.Millisecond
		if round >= count { // a slow machine (the race detector's) gets longer lives
			after += time.Duration(round-count+1) * 250 * time.Millisecond
		} else if round%6 == 5 { // now and then in the middle of the start
			after = -time.Duration(1+rand.IntN(60)) * time.Millisecond
		}
		took := runAndKill(t, p, after, said)
		slowest = max(slowest, took)
		killed++
	}
	if slowest > restartLimit {
		t.Errorf("a start after a kill took %s", slowest)
	}
	lost := verify(t, p, said)
	t.Logf("kills survived: %d, acknowledged: %d (%s), lost: %d, slowest start %s", killed, said.total(), said, lost, slowest.Round(time.Millisecond))
	if !said.ofEachKind() {
		t.Error("the program was killed too early to acknowledge anything of each kind")
	}
}

// runAndKill starts the program, kills it some time after it is ready, or (negative) some
// time after its process began, and notes what it said. It tells how long the start took.
func runAndKill(t *testing.T, p place, after time.Duration, said *ledger) (start time.Duration) {
	t.Helper()
	command := exec.Command(os.Args[0], "-test.run=^$")
	command.Env = append(os.Environ(), p.environment())
	var trouble strings.Builder
	command.Stderr = &trouble
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	kill := func() { _ = command.Process.Kill() }
	if after < 0 {
		time.AfterFunc(-after, kill)
	}
	giveUp := time.AfterFunc(30*time.Second, kill)
	defer giveUp.Stop()
	for lines := bufio.NewReader(out); ; {
		line, err := lines.ReadString('\n')
		if err != nil { // killed; a line without its end was not said
			if err != io.EOF {
				t.Error(err)
			}
			break
		}
		words := strings.Fields(line)
		if words[0] == "ready" {
			start = time.Since(began)
			if after >= 0 {
				time.AfterFunc(after, kill)
			}
			continue
		}
		said.note(words)
	}
	_ = command.Wait()
	if command.ProcessState.Exited() {
		t.Fatalf("the program ended by itself:\n%s", trouble.String())
	}
	return start
}

// Fault 4: a start that is killed while it brings the database to its schema.
func TestAStartThatIsKilledWhileItMigratesIsFinishedByTheNext(t *testing.T) {
	engines := map[string]func() string{"sqlite": func() string { return "" }, "postgres": func() string { return dbtest.URL(t) }}
	for name, database := range engines {
		t.Run(name, func(t *testing.T) {
			if name == "postgres" {
				_ = dbtest.URL(t) // skips without a server
			}
			killed := 0
			for round := range rounds(6) {
				p := place{Folder: t.TempDir(), Database: database()}
				for again := range 3 {
					after := -time.Duration(8+round*12+again*5) * time.Millisecond
					if runAndKill(t, p, after, newLedger()) == 0 {
						killed++ // before it was ready
					}
				}
				if took := runAndKill(t, p, time.Millisecond, newLedger()); took == 0 || took > restartLimit {
					t.Fatalf("round %d: the start after three killed ones took %s", round, took)
				}
				checkSchema(t, p)
			}
			t.Logf("starts killed before they were ready: %d", killed)
			if killed == 0 {
				t.Error("no start was killed early enough to test anything")
			}
		})
	}
}

// ledger is what the program acknowledged, kept outside of it.
type ledger struct {
	sent, uploaded map[string]bool
	approved       map[string]string // signature by document
	parts          map[string]int64  // safe bytes by upload
	hub            map[string][]string
}

func newLedger() *ledger {
	return &ledger{sent: map[string]bool{}, uploaded: map[string]bool{}, approved: map[string]string{}, parts: map[string]int64{}, hub: map[string][]string{}}
}

func (l *ledger) note(words []string) {
	l.noteHub(words)
	switch words[0] {
	case "sent":
		l.sent[words[1]] = true
	case "approved":
		l.approved[words[1]] = words[2]
	case "begun":
		l.parts[words[1]] = 0
	case "part":
		var safe int64
		_, _ = fmt.Sscan(words[2], &safe)
		l.parts[words[1]] = safe
	case "uploaded":
		l.uploaded[words[1]] = true
	}
}

func (l *ledger) ofEachKind() bool {
	return len(l.sent) > 0 && len(l.approved) > 0 && len(l.uploaded) > 0
}

func (l *ledger) total() int { return len(l.sent) + len(l.approved) + len(l.parts) + len(l.uploaded) }

func (l *ledger) String() string {
	return fmt.Sprintf("%d sent, %d approved, %d uploads begun, %d of them finished", len(l.sent), len(l.approved), len(l.parts), len(l.uploaded))
}
