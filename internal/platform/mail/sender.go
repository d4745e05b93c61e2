package mail

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Sender delivers raw messages. SMTP is the real one, Folder that of the demo.
type Sender interface {
	// Send hands one message for one recipient over. An error is *Temporary or *Permanent.
	Send(ctx context.Context, envelopeFrom, to string, raw []byte) error
	// Check tries everything but sending and says in plain words what does not work.
	Check(ctx context.Context) error
	// Close ends the connection.
	Close() error
}

// Folder is a Sender that writes each message as a numbered .eml file.
type Folder struct {
	path string
	mu   sync.Mutex
	last int
}

// OpenFolder opens a folder of messages and makes it when it is not there. Numbers go on
// where they stopped.
func OpenFolder(path string) (*Folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("make the mail folder: %w", err)
	}
	folder := &Folder{path: path}
	numbers, err := folder.List()
	if err != nil {
		return nil, err
	}
	if len(numbers) > 0 {
		folder.last = numbers[0]
	}
	return folder, nil
}

// Send implements Sender. The file appears whole or not at all, with the envelope in
// front as a mail server writes it.
func (f *Folder) Send(_ context.Context, envelopeFrom, to string, raw []byte) error {
	if CheckAddress(to) != nil || CheckAddress(envelopeFrom) != nil {
		return &Permanent{Code: 553, Status: "5.1.3", Reason: "not an e-mail address"}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	content := append([]byte("Return-Path: <"+envelopeFrom+">\r\nDelivered-To: "+to+"\r\n"), raw...)
	temp := filepath.Join(f.path, ".new")
	if err := writeSynced(temp, content); err != nil {
		return &Temporary{Reason: "the mail folder cannot be written", Cause: err}
	}
	if err := os.Rename(temp, f.file(f.last+1)); err != nil {
		return &Temporary{Reason: "the mail folder cannot be written", Cause: err}
	}
	f.last++
	return nil
}

func writeSynced(path string, content []byte) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.Write(content); err != nil {
		return err
	}
	return file.Sync()
}

// Path is where the files are.
func (f *Folder) Path() string { return f.path }

// List gives the numbers of all messages, the newest first.
func (f *Folder) List() ([]int, error) {
	entries, err := os.ReadDir(f.path)
	if err != nil {
		return nil, fmt.Errorf("list the mail folder: %w", err)
	}
	var numbers []int
	for _, entry := range entries {
		name, isMessage := strings.CutSuffix(entry.Name(), ".eml")
		if number, err := strconv.Atoi(name); isMessage && err == nil && number > 0 {
			numbers = append(numbers, number)
		}
	}
	slices.Sort(numbers)
	slices.Reverse(numbers)
	return numbers, nil
}

// Read gives the raw message of a number.
func (f *Folder) Read(number int) ([]byte, error) {
	raw, err := os.ReadFile(f.file(number))
	if err != nil {
		return nil, fmt.Errorf("read a message: %w", err)
	}
	return raw, nil
}

// Check implements Sender.
func (f *Folder) Check(context.Context) error {
	temp := filepath.Join(f.path, ".new")
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := writeSynced(temp, []byte("x")); err != nil {
		return fmt.Errorf("the mail folder %s cannot be written: %w", f.path, err)
	}
	return os.Remove(temp)
}

// Close implements Sender.
func (f *Folder) Close() error { return nil }

func (f *Folder) file(number int) string {
	return filepath.Join(f.path, fmt.Sprintf("%06d.eml", number))
}
