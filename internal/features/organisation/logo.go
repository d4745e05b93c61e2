package organisation

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/draw"

	"lintel/internal/core/access"
	"lintel/internal/platform/fault"
	"lintel/internal/ui"
)

// Limits of a logo.
const (
	LogoLimit   = 2_000_000 // bytes as uploaded
	logoSide    = 512       // pixels, the longer side as kept
	mailSide    = 240       // pixels, for mails and PDFs
	shownSide   = 96        // pixels, beside the field of the set-up
	widestImage = 8000      // pixels a side; more would fill the memory
)

// keepLogo makes a PNG for pages and a JPEG on white for mails and PDFs of a picture, puts
// both into the blob store and gives the version under which they are found. Re-encoding
// leaves behind whatever else was in the file.
func (s *Service) keepLogo(ctx context.Context, org access.OrgID, picture []byte) (string, error) {
	decoded, err := readLogo(picture)
	if err != nil {
		return "", err
	}
	var large, small bytes.Buffer
	if err := png.Encode(&large, fit(decoded, logoSide, nil)); err != nil {
		return "", fmt.Errorf("write the logo as PNG: %w", err)
	}
	if err := jpeg.Encode(&small, fit(decoded, mailSide, color.White), &jpeg.Options{Quality: 88}); err != nil {
		return "", fmt.Errorf("write the logo as JPEG: %w", err)
	}
	sum := sha256.Sum256(large.Bytes())
	version := hex.EncodeToString(sum[:8])
	for name, content := range map[string][]byte{"large": large.Bytes(), "small": small.Bytes()} {
		if _, err := s.blobs.Put(ctx, logoKey(org, version, name), bytes.NewReader(content), int64(len(content))); err != nil {
			return "", fmt.Errorf("keep the logo: %w", err)
		}
	}
	return version, nil
}

func logoKey(org access.OrgID, version, name string) string {
	return "logos/" + string(org) + "/" + version + "/" + name
}

// readLogo gives the picture of a file that may be a logo; Invalid with the field logo for every other.
func readLogo(picture []byte) (image.Image, error) {
	if len(picture) > LogoLimit {
		return nil, fault.ForField("logo", "The logo is larger than 2 MB. Please choose a smaller file.")
	}
	refused := fault.ForField("logo", "Please choose a PNG or JPEG picture.")
	config, format, err := image.DecodeConfig(bytes.NewReader(picture))
	if err != nil || format != "png" && format != "jpeg" {
		return nil, refused
	}
	if config.Width > widestImage || config.Height > widestImage || config.Width < 1 || config.Height < 1 {
		return nil, fault.ForField("logo", "This picture has too many pixels. Please choose one up to 8000 wide and high.")
	}
	decoded, _, err := image.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, refused
	}
	return decoded, nil
}

// fit scales a picture down to a longest side; a ground is drawn under it when given.
func fit(picture image.Image, side int, ground color.Color) image.Image {
	size := picture.Bounds().Size()
	if longest := max(size.X, size.Y); longest > side {
		size = image.Pt(max(1, size.X*side/longest), max(1, size.Y*side/longest))
	}
	out := image.NewNRGBA(image.Rectangle{Max: size})
	if ground != nil {
		draw.Draw(out, out.Bounds(), image.NewUniform(ground), image.Point{}, draw.Src)
	}
	draw.CatmullRom.Scale(out, out.Bounds(), picture, picture.Bounds(), draw.Over, nil)
	return out
}

// LogoForMail gives the small JPEG of an organisation's logo, nil without one. For mails
// and PDFs.
func (s *Service) LogoForMail(ctx context.Context, org access.OrgID, version string) ([]byte, error) {
	if version == "" {
		return nil, nil
	}
	object, err := s.blobs.Open(ctx, logoKey(org, version, "small"))
	if err != nil {
		return nil, fmt.Errorf("open the logo: %w", err)
	}
	defer object.Close()
	return io.ReadAll(object)
}

// Looks gives a firm's colour, and its logo as pages show it, nil without one. For pictures
// that are made of them.
func (s *Service) Looks(ctx context.Context, org access.OrgID) (colour string, logo image.Image, err error) {
	colour, _, version, err := s.looks(ctx, org)
	if err != nil || version == "" {
		return colour, nil, err
	}
	object, err := s.blobs.Open(ctx, logoKey(org, version, "large"))
	if err != nil {
		return "", nil, fmt.Errorf("open the logo: %w", err)
	}
	defer object.Close()
	if logo, err = png.Decode(object); err != nil {
		return "", nil, fmt.Errorf("read the logo: %w", err)
	}
	return colour, logo, nil
}

// themeVersion is the version of a colour's style sheet. Invalid, with the field colour,
// when the text is no colour.
func themeVersion(colour string) (string, error) {
	css, err := ui.Theme(colour)
	if err != nil {
		return "", fault.ForField("colour", "Enter a colour like #0b7a53.")
	}
	sum := sha256.Sum256([]byte(css))
	return hex.EncodeToString(sum[:6]), nil
}
