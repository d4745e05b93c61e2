package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// rewrite gives the file again as one revision with some objects replaced and others
// added. Numbers of new objects follow the old ones without a gap.
func (f *file) rewrite(changed map[int][]byte, trailer dict) ([]byte, error) {
	var numbers []int
	for n, offset := range f.offsets {
		if offset > 0 {
			numbers = append(numbers, n)
		}
	}
	slices.SortFunc(numbers, func(a, b int) int { return f.offsets[a] - f.offsets[b] })
	size := 0
	for n := range changed {
		size = max(size, n+1)
	}
	for _, n := range numbers {
		size = max(size, n+1)
	}
	offsets := make([]int, size)
	var out bytes.Buffer
	out.Grow(len(f.data) + len(f.data)/2)
	out.WriteString("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")
	for i, n := range numbers {
		if _, replaced := changed[n]; replaced {
			continue
		}
		end := f.xref
		if i+1 < len(numbers) {
			end = f.offsets[numbers[i+1]]
		}
		if end <= f.offsets[n] {
			return nil, errBroken
		}
		offsets[n] = out.Len()
		out.Write(f.data[f.offsets[n]:end])
	}
	for _, n := range sortedKeys(changed) {
		offsets[n] = out.Len()
		fmt.Fprintf(&out, "%d 0 obj\n", n)
		out.Write(changed[n])
		out.WriteString("\nendobj\n")
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", size)
	for _, offset := range offsets[1:] {
		if offset == 0 {
			return nil, fmt.Errorf("a number without an object: %w", errBroken)
		}
		fmt.Fprintf(&out, "%010d 00000 n \n", offset)
	}
	sum := sha256.Sum256(out.Bytes())
	identity := token{text: "<" + hex.EncodeToString(sum[:16]) + ">"}
	trailer = trailer.with("Size", number(size)).with("ID", array{identity, identity}).with("Prev", nil)
	out.WriteString("trailer\n")
	emit(&out, trailer)
	fmt.Fprintf(&out, "\nstartxref\n%d\n%%%%EOF\n", start)
	return out.Bytes(), nil
}

// update appends an incremental update (ISO 32000-1, 7.5.6): the old bytes stay.
func (f *file) update(changed map[int][]byte) []byte {
	var out bytes.Buffer
	out.Grow(len(f.data) + 64<<10)
	out.Write(f.data)
	if !bytes.HasSuffix(f.data, []byte("\n")) {
		out.WriteByte('\n')
	}
	numbers := sortedKeys(changed)
	offsets := map[int]int{}
	for _, n := range numbers {
		offsets[n] = out.Len()
		fmt.Fprintf(&out, "%d 0 obj\n", n)
		out.Write(changed[n])
		out.WriteString("\nendobj\n")
	}
	start := out.Len()
	out.WriteString("xref\n")
	for i := 0; i < len(numbers); {
		j := i + 1
		for j < len(numbers) && numbers[j] == numbers[j-1]+1 {
			j++
		}
		fmt.Fprintf(&out, "%d %d\n", numbers[i], j-i)
		for _, n := range numbers[i:j] {
			fmt.Fprintf(&out, "%010d 00000 n \n", offsets[n])
		}
		i = j
	}
	trailer := f.trailer.with("Size", number(max(f.size(), numbers[len(numbers)-1]+1))).with("Prev", number(f.xref))
	out.WriteString("trailer\n")
	emit(&out, trailer)
	fmt.Fprintf(&out, "\nstartxref\n%d\n%%%%EOF\n", start)
	return out.Bytes()
}

// size is the first unused object number.
func (f *file) size() int {
	size, _ := asInt(f.trailer.get("Size"))
	for n := range f.offsets {
		size = max(size, n+1)
	}
	return size
}

func printed(o object) []byte {
	var out bytes.Buffer
	emit(&out, o)
	return out.Bytes()
}

// printedStream is a stream object whose dictionary lacks only the length.
func printedStream(d dict, data []byte) []byte {
	var out bytes.Buffer
	emit(&out, d.with("Length", number(len(data))))
	out.WriteString("\nstream\n")
	out.Write(data)
	out.WriteString("\nendstream")
	return out.Bytes()
}

func sortedKeys(m map[int][]byte) []int {
	keys := make([]int, 0, len(m))
	for n := range m {
		keys = append(keys, n)
	}
	slices.Sort(keys)
	return keys
}
