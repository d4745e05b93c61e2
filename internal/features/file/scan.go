package file

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/jobs"
)

// Scanner looks for viruses and names the one that it finds. An error means that it could
// not look: the file then waits, it is never let through.
type Scanner func(ctx context.Context, content io.Reader) (virus string, err error)

// UseScanner has uploads checked before anybody can open them. app calls it while the
// program is put together.
func (s *Service) UseScanner(scan Scanner) { s.scan = scan }

const scanJob = "check a file for viruses"

// scanning is what a scan job carries.
type scanning struct {
	File string `json:"file"`
}

// scanFile lets a waiting file through, or refuses it. While the scanner is down the job is
// tried again and the file is not served (E12).
func (s *Service) scanFile(ctx context.Context, task jobs.Task) error {
	var job scanning
	if err := task.Arguments(&job); err != nil {
		return err
	}
	actor := access.NewSystem(access.OrgID(task.Organisation), "file: check for viruses")
	var f File
	err := s.store.View(ctx, actor, access.FilesRead, func(tx *guard.Tx) (err error) {
		f, err = loadOne(tx, fileToScan, job.File)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return nil // settled before, or taken back
	}
	if err != nil {
		return err
	}
	virus, err := s.look(ctx, f)
	if err != nil {
		return fmt.Errorf("check a file for viruses: %w", err)
	}
	if virus != "" {
		s.log.WarnContext(ctx, "virus found", "security", true, "organisation", task.Organisation, "person", f.UploadedBy, "file", f.ID, "virus", virus)
	}
	return s.store.Change(ctx, actor, access.FilesWrite, func(tx *guard.Tx) error {
		state := "stored"
		if virus != "" {
			state = "refused"
		}
		changed, err := tx.Exec(settleScan, guard.Args{"blob": f.blob, "state": state}) // its copies too
		if err != nil || changed == 0 {
			return err
		}
		if virus != "" {
			return bringBack(tx, f)
		}
		f.Waiting = false
		return s.enqueueWork(tx, f)
	})
}

func (s *Service) look(ctx context.Context, f File) (string, error) {
	if s.scan == nil {
		return "", errors.New("the virus scanner was switched off while files wait for it")
	}
	object, err := s.blobs.Open(ctx, f.blob)
	if err != nil {
		return "", err
	}
	defer object.Close()
	return s.scan(ctx, object)
}

// Clamd is the scanner of a ClamAV daemon at a network ("tcp", "unix") and an address.
func Clamd(network, address string) Scanner {
	return func(ctx context.Context, content io.Reader) (string, error) {
		dialer := net.Dialer{Timeout: 10 * time.Second}
		conn, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return "", fmt.Errorf("reach the virus scanner: %w", err)
		}
		defer conn.Close()
		defer context.AfterFunc(ctx, func() { conn.Close() })()
		if err := instream(conn, content); err != nil {
			return "", fmt.Errorf("send the file to the virus scanner: %w", err)
		}
		answer, err := bufio.NewReader(io.LimitReader(conn, 4096)).ReadString(0)
		if err != nil {
			return "", fmt.Errorf("hear from the virus scanner: %w", err)
		}
		return verdict(strings.TrimRight(answer, "\x00\n"))
	}
}

// instream speaks clamd's INSTREAM command: chunks with their length, then an empty one.
func instream(conn io.Writer, content io.Reader) error {
	if _, err := io.WriteString(conn, "zINSTREAM\x00"); err != nil {
		return err
	}
	chunk := make([]byte, 4+64<<10)
	for {
		n, err := content.Read(chunk[4:])
		if n > 0 {
			binary.BigEndian.PutUint32(chunk, uint32(n))
			if _, err := conn.Write(chunk[:4+n]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			_, err := conn.Write(make([]byte, 4))
			return err
		}
		if err != nil {
			return err
		}
	}
}

// verdict reads "stream: OK" and "stream: NAME FOUND"; everything else, as the answer to a
// file over the daemon's limit, is no verdict.
func verdict(answer string) (string, error) {
	result := strings.TrimSpace(strings.TrimPrefix(answer, "stream:"))
	if name, found := strings.CutSuffix(result, " FOUND"); found {
		return name, nil
	}
	if result == "OK" {
		return "", nil
	}
	return "", fmt.Errorf("the virus scanner says: %.200s", result)
}
