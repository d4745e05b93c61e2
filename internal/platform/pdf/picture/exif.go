package picture

import (
	"bytes"
	"encoding/binary"
)

// hasMetadata reports whether a JPEG has an application segment beyond JFIF's own.
func hasMetadata(data []byte) bool {
	found := false
	segments(data, func(marker byte, _ []byte) {
		if marker > 0xE0 && marker <= 0xEF || marker == 0xFE {
			found = true
		}
	})
	return found
}

// orientation reads the one Exif tag that says how the camera was held; 1 is upright.
func orientation(data []byte) int {
	turn := 1
	segments(data, func(marker byte, body []byte) {
		if marker == 0xE1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			if n := orientationTag(body[6:]); n >= 1 && n <= 8 {
				turn = n
			}
		}
	})
	return turn
}

func orientationTag(tiff []byte) int {
	if len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.LittleEndian
	if tiff[0] == 'M' {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 0
	}
	count := int64(order.Uint16(tiff[at:]))
	for i := range count {
		entry := at + 2 + 12*i
		if entry+12 > int64(len(tiff)) {
			return 0
		}
		if order.Uint16(tiff[entry:]) == 0x0112 {
			return int(order.Uint16(tiff[entry+8:]))
		}
	}
	return 0
}

// segments calls each for the segments of a JPEG up to its pixels.
func segments(data []byte, each func(marker byte, body []byte)) {
	for i := 2; i+4 <= len(data) && data[i] == 0xFF; {
		marker := data[i+1]
		if marker == 0xDA || marker == 0xD9 {
			return
		}
		length := int(binary.BigEndian.Uint16(data[i+2:]))
		if length < 2 || i+2+length > len(data) {
			return
		}
		each(marker, data[i+4:i+2+length])
		i += 2 + length
	}
}
