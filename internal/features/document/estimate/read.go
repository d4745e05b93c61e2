package estimate

import (
	"encoding/binary"
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"lintel/internal/features/document/proposal"
	"lintel/internal/platform/fault"
)

// Limits of a spreadsheet, far above a real estimate. Rows are more than lines, as some are
// blank, headings or sums; a file with more is counted, but not kept.
const (
	MaxBytes   = 5_000_000
	MaxRows    = 4 * proposal.MaxLines
	MaxColumns = 200
	MaxCell    = 10_000 // characters
)

// Row is a row of the file with its number as a spreadsheet shows it, from 1.
type Row struct {
	Number int
	Cells  []string
}

func (r Row) cell(column int) string {
	if column < 0 || column >= len(r.Cells) {
		return ""
	}
	return r.Cells[column]
}

func (r Row) isBlank() bool {
	for _, cell := range r.Cells {
		if cell != "" {
			return false
		}
	}
	return true
}

// decodeText turns the bytes of a file into text and names the encoding: by its byte-order
// mark, else UTF-8 when it is that, else UTF-16 when every second byte is nought, else
// Windows-1252, which older spreadsheets write.
func decodeText(data []byte) (text, encoding string, mark bool) {
	switch {
	case strings.HasPrefix(string(data[:min(3, len(data))]), "\xef\xbb\xbf"):
		return strings.ToValidUTF8(string(data[3:]), "�"), "UTF-8", true
	case strings.HasPrefix(string(data[:min(2, len(data))]), "\xff\xfe"):
		return decodeUTF16(data[2:], binary.LittleEndian), "UTF-16", true
	case strings.HasPrefix(string(data[:min(2, len(data))]), "\xfe\xff"):
		return decodeUTF16(data[2:], binary.BigEndian), "UTF-16", true
	}
	if order := guessUTF16(data); order != nil {
		return decodeUTF16(data, order), "UTF-16", false
	}
	if utf8.Valid(data) {
		return string(data), "UTF-8", false
	}
	return decodeWindows1252(data), "Windows-1252", false
}

// guessUTF16 looks for noughts in the even or the odd bytes of the beginning.
func guessUTF16(data []byte) binary.ByteOrder {
	head := data[:min(len(data), 400)]
	var zeros [2]int
	for i, b := range head {
		if b == 0 {
			zeros[i%2]++
		}
	}
	switch half := len(head) / 2; {
	case half < 4:
		return nil
	case zeros[1] > half*7/10 && zeros[0] == 0:
		return binary.LittleEndian
	case zeros[0] > half*7/10 && zeros[1] == 0:
		return binary.BigEndian
	}
	return nil
}

func decodeUTF16(data []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units))
}

// windows1252 are the characters of 0x80 to 0x9f; the rest is Latin-1.
const windows1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ"

func decodeWindows1252(data []byte) string {
	special := []rune(windows1252)
	var text strings.Builder
	for _, b := range data {
		if b >= 0x80 && b <= 0x9f {
			text.WriteRune(special[b-0x80])
		} else {
			text.WriteRune(rune(b))
		}
	}
	return text.String()
}

// findDelimiter counts the three marks outside of quotes in the first rows and takes the most
// frequent. A first line "sep=;", as spreadsheets write it, decides; it is cut off.
func findDelimiter(text string) (rest string, delimiter byte) {
	if line, after, found := strings.Cut(text, "\n"); found {
		if mark := strings.TrimSpace(strings.TrimPrefix(line, "sep=")); strings.HasPrefix(line, "sep=") && len(mark) == 1 && strings.Contains(",;", mark) {
			return after, mark[0]
		}
		if line == "sep=\t" || line == "sep=\t\r" {
			return after, '\t'
		}
	}
	counts, quoted, lines := map[byte]int{}, false, 0
	for i := 0; i < len(text) && lines < 30; i++ {
		switch b := text[i]; {
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '\n':
			lines++
		case b == ',' || b == ';' || b == '\t':
			counts[b]++
		}
	}
	delimiter = ','
	for _, mark := range []byte{';', '\t'} {
		if counts[mark] > counts[delimiter] {
			delimiter = mark
		}
	}
	return text, delimiter
}

// splitRows cuts text into rows and cells as RFC 4180 says, and forgives what spreadsheets do
// besides: bare quotes inside a cell, any line end, rows of different lengths. Blank rows
// stay, so that the numbers are those of the spreadsheet.
func splitRows(text string, delimiter byte) ([]Row, error) {
	reader := cellReader{text: text, delimiter: delimiter}
	var rows []Row
	count := 0
	for reader.at < len(text) {
		count++
		row, err := reader.row(count)
		if err != nil {
			return nil, err
		}
		if count <= MaxRows {
			rows = append(rows, row)
		}
	}
	if count > MaxRows {
		return nil, fault.New(fault.TooLarge, "This file has {count} rows, and a proposal holds up to {most} lines. Please split it.").With("count", counted(count), "most", counted(proposal.MaxLines))
	}
	return rows, nil
}

// row reads the row with a number.
func (r *cellReader) row(number int) (Row, error) {
	row := Row{Number: number}
	for more := true; more; {
		var cell string
		var err error
		if cell, more, err = r.next(); err != nil {
			return row, fault.New(fault.Invalid, "A quotation mark in row {row} is never closed.").With("row", number)
		}
		if strings.ContainsRune(cell, 0) {
			return row, fault.New(fault.Invalid, "Row {row} has a character that is no text. Open the file in your spreadsheet and save it as CSV again.").With("row", number)
		}
		cell = strings.TrimSpace(proposal.CleanText(cell))
		if length := utf8.RuneCountInString(cell); length > MaxCell {
			return row, fault.New(fault.Invalid, "A cell in row {row} has {count} characters; {most} are the most. Is this an estimate?").With("row", number, "count", counted(length), "most", counted(MaxCell))
		}
		if row.Cells = append(row.Cells, cell); len(row.Cells) > MaxColumns {
			return row, fault.New(fault.TooLarge, "Row {row} has more than {most} columns. Delete those that are not needed.").With("row", number, "most", MaxColumns)
		}
	}
	return row, nil
}

var errNeverClosed = errors.New("a quotation mark is never closed")

type cellReader struct {
	text      string
	delimiter byte
	at        int
}

// next reads one cell; more says that another follows in the same row.
func (r *cellReader) next() (cell string, more bool, err error) {
	var out strings.Builder
	if r.at < len(r.text) && r.text[r.at] == '"' {
		if err := r.quoted(&out); err != nil {
			return "", false, err
		}
	}
	start := r.at
	for ; r.at < len(r.text); r.at++ {
		switch r.text[r.at] {
		case r.delimiter:
			out.WriteString(r.text[start:r.at])
			r.at++
			return out.String(), true, nil
		case '\n', '\r':
			out.WriteString(r.text[start:r.at])
			r.lineEnd()
			return out.String(), false, nil
		}
	}
	out.WriteString(r.text[start:])
	return out.String(), false, nil
}

func (r *cellReader) lineEnd() {
	if r.text[r.at] == '\r' && r.at+1 < len(r.text) && r.text[r.at+1] == '\n' {
		r.at++
	}
	r.at++
}

// quoted reads up to the closing quote; "" inside is one.
func (r *cellReader) quoted(out *strings.Builder) error {
	for r.at++; ; {
		end := strings.IndexByte(r.text[r.at:], '"')
		if end < 0 {
			return errNeverClosed
		}
		out.WriteString(r.text[r.at : r.at+end])
		r.at += end + 1
		if r.at >= len(r.text) || r.text[r.at] != '"' {
			return nil
		}
		out.WriteByte('"')
		r.at++
	}
}
