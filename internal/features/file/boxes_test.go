package file

import (
	"bytes"
	"encoding/binary"
	"io"
	"slices"
	"strings"
	"testing"
)

// boxOf writes a box; a content may be boxes itself.
func boxOf(kind string, content ...string) string {
	all := strings.Join(content, "")
	return string(binary.BigEndian.AppendUint32(nil, uint32(8+len(all)))) + kind + all
}

// number writes a number of so many bytes.
func number(bytes int, n int) string {
	return string(binary.BigEndian.AppendUint64(nil, uint64(n))[8-bytes:])
}

// heicOf is a HEIC photo with Exif behind the picture, or in the meta box itself.
func heicOf(exif string, version int, inside bool) string {
	const picture = "the picture's bytes"
	item := func(id int, kind string) string {
		return boxOf("infe", number(4, 2<<24), number(2, id), number(2, 0), kind, "\x00")
	}
	head := boxOf("ftyp", "heic\x00\x00\x00\x00mif1heic")
	build := func(at int) string {
		place := func(id, method, at, size int) string {
			construction := ""
			if version > 0 {
				construction = number(2, method)
			}
			return number(2, id) + construction + number(2, 0) + number(2, 1) + number(4, at) + number(4, size)
		}
		where, data, method := at+len(picture), "", 0
		if inside {
			where, data, method = 0, boxOf("idat", exif), 1
		}
		return boxOf("meta", number(4, 0), boxOf("iinf", number(4, 0), number(2, 2), item(1, "hvc1"), item(2, "Exif")), data,
			boxOf("iloc", number(4, version<<24), "\x44\x00", number(2, 2), place(1, 0, at, len(picture)), place(2, method, where, len(exif))))
	}
	begin := len(head) + len(build(0)) + 8
	if inside {
		return head + build(begin) + boxOf("mdat", picture)
	}
	return head + build(begin) + boxOf("mdat", picture, exif)
}

func TestFilmsAndPhonePhotosDoNotSayWhereTheyWereTaken(t *testing.T) {
	const where = "+52.5163+013.3777/"
	film := boxOf("ftyp", "isom\x00\x00\x02\x00") + boxOf("moov", boxOf("mvhd", strings.Repeat("m", 100)),
		boxOf("trak", boxOf("tkhd", "track"), boxOf("udta", boxOf("\xa9xyz", where))), boxOf("udta", boxOf("loci", where)), boxOf("meta", boxOf("ilst", where))) +
		boxOf("uuid", where) + boxOf("mdat", "the film's bytes")
	for name, test := range map[string]struct{ kind, source, stays string }{
		"a film":                               {"video/mp4", film, "the film's bytes"},
		"a film of an iPhone":                  {"video/quicktime", film, "the film's bytes"},
		"a film of more than four gigabytes":   {"video/mp4", "\x00\x00\x00\x01mdat" + number(8, 16+4) + "film" + boxOf("moov", boxOf("udta", where)), "film"},
		"a film whose end is missing":          {"video/mp4", film[:len(film)-4], "the film's b"},
		"a photo":                              {"image/heic", heicOf("Exif "+where, 0, false), "the picture's bytes"},
		"a photo of a newer phone":             {"image/heif", heicOf("Exif "+where, 1, false), "the picture's bytes"},
		"a photo with its notes in its header": {"image/avif", heicOf("Exif "+where, 1, true), "the picture's bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(test.source, where) {
				t.Fatal("the test has no place in it")
			}
			plain, err := withoutNotes(test.kind, memory{bytes.NewReader([]byte(test.source))})
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(plain)
			if err != nil || len(got) != len(test.source) {
				t.Fatalf("%d bytes of %d, %v", len(got), len(test.source), err)
			}
			if bytes.Contains(got, []byte("52.5163")) {
				t.Error("it says where it was taken")
			}
			if !bytes.Contains(got, []byte(test.stays)) {
				t.Error("what one sees is gone")
			}
			for i := range got {
				if got[i] != test.source[i] && got[i] != 0 {
					t.Fatalf("byte %d became %d", i, got[i])
				}
			}
		})
	}
}

func FuzzBoxesEndAndNeverLoop(f *testing.F) {
	f.Add([]byte(heicOf("Exif", 1, true)))
	f.Add([]byte(boxOf("moov", boxOf("trak", boxOf("udta", "x")), boxOf("meta", "y")) + boxOf("mdat", "z")))
	f.Fuzz(func(t *testing.T, source []byte) {
		for _, kind := range []string{"image/heic", "video/mp4"} {
			plain, err := withoutNotes(kind, memory{bytes.NewReader(slices.Clone(source))})
			if err != nil {
				continue
			}
			if got, err := io.ReadAll(plain); err != nil || len(got) != len(source) {
				t.Errorf("%d bytes of %d, %v", len(got), len(source), err)
			}
		}
	})
}
