package blob

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"lintel/internal/platform/fault"
)

// faults.md row 3. The child keeps files as fast as it can and says which are kept; it
// is killed without warning. What it said is there and whole, and nothing else is half there.
func TestAKilledProcessLeavesNoHalfFile(t *testing.T) {
	if folder := os.Getenv("LINTEL_BLOB_CHILD"); folder != "" {
		keepForever(folder)
	}
	ctx := context.Background()
	folder := t.TempDir()
	acknowledged := map[string]bool{}
	for round := range 20 {
		child := exec.Command(os.Args[0], "-test.run=^TestAKilledProcessLeavesNoHalfFile$")
		child.Env = append(os.Environ(), "LINTEL_BLOB_CHILD="+folder)
		output, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		abandoned, _ := os.ReadDir(filepath.Join(folder, tempFolder)) // by the rounds before
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(output)
		for i := 0; lines.Scan(); i++ {
			acknowledged[lines.Text()] = true
			if i == round%4 {
				go killInTheMiddle(folder, len(abandoned), child.Process)
			}
		}
		child.Wait()
	}
	disk, err := OpenDisk(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer disk.Close()
	visible := 0
	err = disk.Walk(ctx, func(info Info) error {
		visible++
		want := childFile(strings.TrimPrefix(info.Key, "kept/"))
		if got := readAll(t, disk, info.Key); !bytes.Equal(got, want) {
			t.Errorf("%s is visible with %d bytes of %d", info.Key, len(got), len(want))
		}
		delete(acknowledged, info.Key)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(acknowledged) > 0 {
		t.Errorf("acknowledged and gone: %v", acknowledged)
	}
	if visible < 20 {
		t.Errorf("only %d files were kept in 20 rounds", visible)
	}
	left, err := disk.Sweep(ctx, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d files kept, %d half ones swept away", visible, left)
	if left == 0 {
		t.Error("no child was killed in the middle of a file: the test proves nothing")
	}
}

// killInTheMiddle waits until the next file is being written, and then a moment.
func killInTheMiddle(folder string, abandoned int, child *os.Process) {
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); runtime.Gosched() {
		if now, _ := os.ReadDir(filepath.Join(folder, tempFolder)); len(now) > abandoned {
			break
		}
	}
	time.AfterFunc(time.Duration(rand.IntN(3000))*time.Microsecond, func() { child.Kill() })
}

func keepForever(folder string) {
	disk, err := OpenDisk(folder)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for {
		name := strconv.FormatInt(time.Now().UnixNano(), 36)
		if _, err := disk.Put(context.Background(), "kept/"+name, bytes.NewReader(childFile(name)), -1); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println("kept/" + name)
	}
}

func childFile(name string) []byte { return bytes.Repeat([]byte(name), 200_000) }

// faults.md row 7.
func TestADiskThatLosesWhatWasWrittenIsNotTrusted(t *testing.T) {
	ctx := context.Background()
	disk := newDisk(t)
	put(t, disk, "a", "before")
	if _, err := disk.PutPart(ctx, "up1", 0, strings.NewReader("first part")); err != nil {
		t.Fatal(err)
	}
	disk.sync = func(*os.File) error { return syscall.EIO }
	if offset, err := disk.PutPart(ctx, "up1", 10, strings.NewReader(" second")); !fault.Is(err, fault.Unavailable) || offset != 10 {
		t.Errorf("a part: offset %d, %v", offset, err)
	}
	if _, err := disk.Put(ctx, "b", strings.NewReader("x"), 1); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a file: %v", err)
	}
	if err := disk.Check(ctx); err == nil {
		t.Error("the check sees nothing")
	}
	disk.sync = (*os.File).Sync
	if _, err := disk.Put(ctx, "b", strings.NewReader("x"), 1); !fault.Is(err, fault.Unavailable) {
		t.Errorf("taken again before a check: %v", err)
	}
	if _, err := disk.PutPart(ctx, "up1", 10, strings.NewReader("x")); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a part taken again before a check: %v", err)
	}
	if got := readAll(t, disk, "a"); string(got) != "before" {
		t.Errorf("reading: %q", got)
	}
	if err := disk.Check(ctx); err != nil {
		t.Fatal(err)
	}
	if offset, err := disk.UploadOffset(ctx, "up1"); offset != 10 || err != nil {
		t.Errorf("the upload goes on at %d, %v", offset, err)
	}
	put(t, disk, "b", "after")
}

// faults.md row 5, on a real file system of 2 MB.
func TestAFullDiskIsSaidAndRecovers(t *testing.T) {
	folder := t.TempDir()
	if err := exec.Command("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder).Run(); err != nil {
		if os.Getenv("LINTEL_TEST_FULL") == "1" {
			t.Fatalf("mount a small disk (needs root): %v", err)
		}
		t.Skip("a small disk can only be mounted by root")
	}
	defer exec.Command("umount", folder).Run()
	ctx := context.Background()
	disk, err := OpenDisk(filepath.Join(folder, "files"))
	if err != nil {
		t.Fatal(err)
	}
	defer disk.Close()
	put(t, disk, "small", "fits")
	if _, err := disk.Put(ctx, "large", io.LimitReader(zeros{}, 4<<20), -1); !fault.Is(err, fault.NoSpace) {
		t.Errorf("a file: %v", err)
	}
	if _, err := disk.Stat(ctx, "large"); !fault.Is(err, fault.NotFound) {
		t.Errorf("it is there: %v", err)
	}
	offset, err := disk.PutPart(ctx, "up1", 0, io.LimitReader(zeros{}, 4<<20))
	if !fault.Is(err, fault.NoSpace) || offset == 0 {
		t.Errorf("an upload: offset %d, %v", offset, err)
	}
	if got := readAll(t, disk, "small"); string(got) != "fits" {
		t.Errorf("reading: %q", got)
	}
	if err := disk.DropUpload(ctx, "up1"); err != nil {
		t.Fatal(err)
	}
	put(t, disk, "small2", "fits again")
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestAnUploadTakesLittleMemory(t *testing.T) {
	ctx := context.Background()
	disk := newDisk(t)
	for name, upload := range map[string]func() error{
		"in one piece": func() error {
			return second(disk.Put(ctx, "a", io.LimitReader(zeros{}, 64<<20), -1))
		},
		"resumable": func() error {
			_, partErr := disk.PutPart(ctx, "up", 0, io.LimitReader(zeros{}, 64<<20))
			return errors.Join(partErr, second(disk.FinishUpload(ctx, "up", "b")))
		},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if err := upload(); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		taken := after.TotalAlloc - before.TotalAlloc
		t.Logf("%s: 64 MiB with %d KiB", name, taken>>10)
		if taken > 8<<20 {
			t.Errorf("%s: %d bytes of memory for one upload", name, taken)
		}
	}
}

func TestAFileThatCannotGetItsNameIsNotAcknowledged(t *testing.T) {
	ctx := context.Background()
	disk := newDisk(t)
	put(t, disk, "org1", "a file where a folder should be")
	if _, err := disk.Put(ctx, "org1/a", strings.NewReader("x"), 1); err == nil {
		t.Error("acknowledged below a file")
	}
	if _, err := disk.PutPart(ctx, "up1", 0, strings.NewReader("kept")); err != nil {
		t.Fatal(err)
	}
	if _, err := disk.FinishUpload(ctx, "up1", "org1/a"); err == nil {
		t.Error("an upload was acknowledged below a file")
	}
	if offset, err := disk.UploadOffset(ctx, "up1"); offset != 4 || err != nil {
		t.Errorf("the upload is lost: %d, %v", offset, err)
	}
	if n, err := disk.Sweep(ctx, time.Now().Add(time.Hour)); n != 1 || err != nil {
		t.Errorf("%d files left, want the upload only, %v", n, err)
	}
}

func TestAStoreFolderIsForItsOwnerOnly(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "files")
	disk, err := OpenDisk(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer disk.Close()
	put(t, disk, "org1/a", "x")
	for _, path := range []string{"", "blobs", "blobs/org1", "blobs/org1/a"} {
		info, err := os.Stat(filepath.Join(folder, path))
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%q: %v, %v", path, info.Mode(), err)
		}
	}
}

func TestALinkOutOfTheFolderIsNotFollowed(t *testing.T) {
	folder, outside := t.TempDir(), t.TempDir()
	disk, err := OpenDisk(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer disk.Close()
	if err := os.Symlink(outside, filepath.Join(folder, "blobs", "org1")); err != nil {
		t.Fatal(err)
	}
	os.WriteFile(filepath.Join(outside, "a"), []byte("secret"), 0o600)
	if _, err := disk.Open(context.Background(), "org1/a"); err == nil {
		t.Error("a file outside was opened")
	}
	if _, err := disk.Put(context.Background(), "org1/b", strings.NewReader("x"), 1); err == nil {
		t.Error("a file outside was written")
	}
}

func BenchmarkDiskPut(b *testing.B) {
	disk, err := OpenDisk(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer disk.Close()
	for _, size := range []int64{1 << 20, 64 << 20} {
		b.Run(fmt.Sprintf("%dMiB", size>>20), func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				if _, err := disk.Put(context.Background(), "bench/a", io.LimitReader(zeros{}, size), size); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
