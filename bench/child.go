//go:build linux

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// child is a process of the bench.
type child struct {
	name    string
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	base    string // URL that it serves
	program bool   // the real program, which ends on a signal
}

// job is what a child is told in its environment.
type job struct {
	Folder   string
	Database string
	Address  string
	Jobs     bool     // run the background jobs too
	Profile  string   // file for a CPU profile
	Approve  []string // documents
	Org      string
	Person   string
}

const jobVariable = "LINTEL_BENCH_JOB"

func readJob() (j job, err error) {
	return j, json.Unmarshal([]byte(os.Getenv(jobVariable)), &j)
}

// startChild runs this program in a role and returns when it says that it is ready.
func startChild(ctx context.Context, role string, j job) (*child, error) {
	raw, err := json.Marshal(j)
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, os.Args[0])
	command.Env = append(os.Environ(), roleVariable+"="+role, jobVariable+"="+string(raw))
	c, err := start(role, command)
	if err != nil {
		return nil, err
	}
	c.base = "http://" + j.Address
	line, err := c.out.ReadString('\n')
	if err != nil || line != "ready\n" {
		c.end()
		return nil, fmt.Errorf("%s did not start: %q, %w", role, line, err)
	}
	return c, nil
}

func start(name string, command *exec.Cmd) (*child, error) {
	command.Stderr = os.Stderr
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	in, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	return &child{name: name, command: command, in: in, out: bufio.NewReader(out)}, nil
}

// end closes the child's input, on which it ends, and insists after a while.
func (c *child) end() {
	c.in.Close()
	if c.program {
		_ = c.command.Process.Signal(syscall.SIGTERM)
	}
	insist := time.AfterFunc(5*time.Second, func() { _ = c.command.Process.Kill() })
	defer insist.Stop()
	_ = c.command.Wait()
}

// cpu is the processor time that the child has used since it began.
func (c *child) cpu() time.Duration { return processTime(c.command.Process.Pid) }

// memory gives a line of the child's status, as VmRSS or VmHWM, in MB.
func (c *child) memory(line string) float64 {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.command.Process.Pid))
	if err != nil {
		return 0
	}
	for text := range strings.Lines(string(raw)) {
		if rest, found := strings.CutPrefix(text, line+":"); found {
			kilobytes, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 64)
			return kilobytes / 1024
		}
	}
	return 0
}

// settled is the memory that stays when the child has given back what it no longer uses.
func (c *child) settled() float64 {
	_ = c.command.Process.Signal(syscall.SIGUSR1)
	now, before := c.memory("VmRSS"), 0.0
	for range 20 { // until it no longer falls
		time.Sleep(100 * time.Millisecond)
		if before, now = now, c.memory("VmRSS"); before-now < 1 {
			break
		}
	}
	return now
}

// resetPeak makes VmHWM begin anew.
func (c *child) resetPeak() {
	_ = os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", c.command.Process.Pid), []byte("5"), 0)
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

// waitForEnd returns when the parent closes the pipe or ends.
func waitForEnd() { _, _ = io.Copy(io.Discard, os.Stdin) }
