package cli

import (
	"os"
	"strings"
	"testing"
)

const mappings = `00400000-0191c000 r-xp 00000000 fe:00 1234                               /srv/my lintel
Size:              21616 kB
Anonymous:             0 kB
0191c000-02f00000 r--p 0151c000 fe:00 1234                               /srv/my lintel
Anonymous:             4 kB
02f00000-03102000 rw-p 02b00000 fe:00 1234                               /srv/my lintel
Anonymous:             0 kB
7f00000000-7f00010000 r-xp 00000000 fe:00 99                             /lib/other.so
Anonymous:             0 kB
7f00020000-7f00030000 r--p 00000000 00:00 0
Anonymous:             0 kB
`

// A page that differs from the file would come back as it is there: the loader's work would be lost.
func TestOnlyWhatTheFileHoldsAsItIsInMemoryIsForgotten(t *testing.T) {
	list := cleanParts(strings.NewReader(mappings), "/srv/my lintel")
	if len(list) != 1 || list[0] != (part{0x400000, 0x191c000}) {
		t.Errorf("%x", list)
	}
}

func TestAProgramThatForgotItselfRunsOn(t *testing.T) {
	own, err := os.Readlink("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if len(cleanParts(file, own)) == 0 {
		t.Error("found nothing of this program")
	}
	forgetProgram()
	if strings.Repeat("on", 2) != "onon" {
		t.Error("constants changed")
	}
}
