package file

import (
	"cmp"
	"encoding/binary"
	"io"
	"slices"
)

// Films and HEIC photos are boxes in boxes (ISO/IEC 14496-12, 23008-12). What says where they were taken is overwritten with
// zeros in its place, so that nothing moves that another box points at.

const (
	mostBoxes   = 20_000  // of one file; what comes behind them is given as it is
	largestMeta = 8 << 20 // bytes of the box that describes a photo
)

// stretch is a range of a file; what stands in it goes.
type stretch struct{ at, size int64 }

// box is where one begins and where its content does.
type box struct {
	kind            string
	at, body, after int64
}

// plainFilm blanks what a camera wrote beside a film: user data, metadata and what is only known by a number (XMP and others).
func plainFilm(p *pieces) error {
	return p.blank(func(b box) (inside bool, gone []stretch) {
		switch b.kind {
		case "moov", "trak":
			return true, nil
		case "udta", "meta", "uuid":
			return false, []stretch{{b.body, b.after - b.body}}
		}
		return false, nil
	})
}

// plainHEIF blanks the Exif and XMP items of a HEIC or AVIF photo.
func plainHEIF(p *pieces) error {
	var trouble error
	err := p.blank(func(b box) (inside bool, gone []stretch) {
		switch b.kind {
		case "meta":
			gone, trouble = p.notesOf(b)
		case "uuid":
			gone = []stretch{{b.body, b.after - b.body}}
		}
		return false, gone
	})
	return cmp.Or(trouble, err)
}

// blank walks over all boxes and makes the pieces of the file without what gone names.
func (p *pieces) blank(look func(box) (inside bool, gone []stretch)) error {
	size, err := p.object.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	var gone []stretch
	seen := 0
	var walk func(at, end int64) error
	walk = func(at, end int64) error {
		for seen < mostBoxes {
			b, found, err := p.boxAt(at, end)
			if err != nil || !found {
				return err
			}
			seen++
			inside, wanted := look(b)
			gone = append(gone, wanted...)
			if inside {
				if err := walk(b.body, b.after); err != nil {
					return err
				}
			}
			at = b.after
		}
		return nil
	}
	if err := walk(0, size); err != nil {
		return err
	}
	p.without(gone, size)
	return nil
}

// boxAt reads the head of a box; found is false at the end, and where what stands there is none.
func (p *pieces) boxAt(at, end int64) (b box, found bool, err error) {
	var head [16]byte
	if end-at < 8 {
		return b, false, nil
	}
	n := min(int64(len(head)), end-at)
	if err := p.readAt(head[:n], at); err != nil {
		return b, false, err
	}
	size, length := int64(binary.BigEndian.Uint32(head[:])), int64(8)
	switch {
	case size == 0: // up to the end
		size = end - at
	case size == 1 && n == 16:
		size, length = int64(binary.BigEndian.Uint64(head[8:])), 16
	}
	if size < length || size > end-at {
		return b, false, nil
	}
	return box{string(head[4:8]), at, at + length, at + size}, true, nil
}

func (p *pieces) readAt(buffer []byte, at int64) error {
	if _, err := p.object.Seek(at, io.SeekStart); err != nil {
		return err
	}
	_, err := io.ReadFull(p.object, buffer)
	return err
}

// without lists the pieces of the whole file with zeros in the place of what is gone.
func (p *pieces) without(gone []stretch, size int64) {
	slices.SortFunc(gone, func(a, b stretch) int { return cmp.Compare(a.at, b.at) })
	at := int64(0)
	for _, g := range gone {
		from, to := max(g.at, at), min(g.at+g.size, size)
		if g.size <= 0 || from >= to {
			continue
		}
		p.add(piece{at: at, size: from - at})
		p.add(piece{blank: true, size: to - from})
		at = to
	}
	p.add(piece{at: at, size: size - at})
}

// notesOf finds where the Exif and XMP items that a meta box names lie in the file.
func (p *pieces) notesOf(meta box) ([]stretch, error) {
	if meta.after-meta.body > largestMeta {
		return nil, errNotPlain
	}
	notes := map[uint64]bool{}
	var places []place
	var data int64 // where items begin that lie in the meta box itself
	for at := meta.body + 4; ; {
		b, found, err := p.boxAt(at, meta.after)
		if err != nil {
			return nil, err
		}
		if !found {
			break
		}
		at = b.after
		content := make([]byte, b.after-b.body)
		if err := p.readAt(content, b.body); err != nil {
			return nil, err
		}
		in := &fields{left: content}
		switch b.kind {
		case "iinf":
			in.items(notes)
		case "iloc":
			places = in.places()
		case "idat":
			data = b.body
		}
		if in.short {
			return nil, errNotPlain
		}
	}
	var gone []stretch
	for _, l := range places {
		if !notes[l.item] {
			continue
		}
		if l.inside {
			l.stretch.at += data
		}
		gone = append(gone, l.stretch)
	}
	return gone, nil
}

// place is where a part of an item lies: in the file, or inside the meta box.
type place struct {
	item    uint64
	inside  bool
	stretch stretch
}

// fields reads numbers of a box one after the other; short tells that there were fewer.
type fields struct {
	left  []byte
	short bool
}

func (f *fields) number(bytes int) (n uint64) {
	if f.short = f.short || len(f.left) < bytes; f.short {
		return 0
	}
	for _, b := range f.left[:bytes] {
		n = n<<8 | uint64(b)
	}
	f.left = f.left[bytes:]
	return n
}

// narrow is a number of 2 bytes in older versions of a box and of 4 in newer ones.
func (f *fields) narrow(old bool) uint64 {
	if old {
		return f.number(2)
	}
	return f.number(4)
}

// items notes which items of an iinf box are Exif or, as "mime", XMP.
func (f *fields) items(notes map[uint64]bool) {
	version := f.number(4) >> 24
	for count := f.narrow(version == 0); count > 0 && !f.short; count-- {
		size := f.number(4)
		if f.number(4); size < 8 || uint64(len(f.left)) < size-8 {
			f.short = true
			return
		}
		entry := &fields{left: f.left[:size-8]}
		f.left = f.left[size-8:]
		version := entry.number(4) >> 24
		if version < 2 {
			continue // without a type
		}
		item := entry.narrow(version == 2)
		entry.number(2)
		if kind := entry.number(4); kind == 0x45786966 || kind == 0x6D696D65 { // "Exif", "mime"
			notes[item] = true
		}
	}
}

// places lists where an iloc box says that the items lie.
func (f *fields) places() (list []place) {
	version := f.number(4) >> 24
	sizes := f.number(2)
	ofOffset, ofLength, ofBase, ofIndex := int(sizes>>12), int(sizes>>8&15), int(sizes>>4&15), int(sizes&15)
	for count := f.narrow(version < 2); count > 0 && !f.short; count-- {
		item := f.narrow(version < 2)
		inside := false
		if version > 0 {
			inside = f.number(2)&15 == 1
		}
		f.number(2)
		base := f.number(ofBase)
		for parts := f.number(2); parts > 0 && !f.short; parts-- {
			if version > 0 {
				f.number(ofIndex)
			}
			at := base + f.number(ofOffset)
			list = append(list, place{item, inside, stretch{int64(at), int64(f.number(ofLength))}})
		}
	}
	return list
}
