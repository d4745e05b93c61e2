package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"lintel/internal/platform/fault"
	"lintel/internal/platform/pdf/disarm"
)

const (
	maxUpload      = 64 << 20
	maxUploadPages = 2000
	maxRevisions   = 64
)

// configuration keeps pdfcpu from writing to the home directory and from the network.
var configuration = sync.OnceValue(func() model.Configuration {
	api.DisableConfigDir()
	c := model.NewDefaultConfiguration()
	c.ValidationMode = model.ValidationRelaxed
	c.WriteObjectStream = false
	c.WriteXRefStream = false
	c.Offline = true
	return *c
})

// CheckUpload reads a PDF from outside and gives its pages and a clean copy that always
// shows the same: one revision, without scripts, actions, attached files and links to
// programs. It refuses with a fault.Invalid, in words for the uploader, what cannot be
// made so: broken and encrypted files, forms, signed files (cleaning would break the
// signature) and layers that are switched off. Hash and keep clean, not the upload.
func CheckUpload(pdf []byte) (pages int, clean []byte, err error) {
	defer func() {
		if trouble := recover(); trouble != nil { // a parser of foreign files may fall over its input
			pages, clean, err = 0, nil, disarm.Unreadable(fmt.Errorf("%v", trouble))
		}
	}()
	if len(pdf) > maxUpload {
		return 0, nil, fault.New(fault.TooLarge, "This PDF is too large.")
	}
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		return 0, nil, fault.New(fault.Invalid, "This is not a PDF file.")
	}
	if bytes.Count(pdf, []byte("startxref")) > maxRevisions {
		return 0, nil, fault.New(fault.Invalid, "This PDF was changed too often. Print it to a new PDF and upload that.")
	}
	config := configuration()
	config.Cmd = model.OPTIMIZE
	ctx, err := api.ReadValidateAndOptimize(bytes.NewReader(pdf), &config)
	if err != nil {
		if strings.Contains(err.Error(), "password") || bytes.Contains(pdf, []byte("/Encrypt")) {
			return 0, nil, encrypted()
		}
		return 0, nil, disarm.Unreadable(err)
	}
	if ctx.E != nil || ctx.Encrypt != nil {
		return 0, nil, encrypted()
	}
	if ctx.PageCount < 1 || ctx.PageCount > maxUploadPages {
		return 0, nil, fault.New(fault.Invalid, "This PDF has no pages, or too many.")
	}
	if err := disarm.Document(ctx); err != nil {
		return 0, nil, err
	}
	var out bytes.Buffer
	if err := api.WriteContext(ctx, &out); err != nil {
		return 0, nil, disarm.Unreadable(err)
	}
	count, err := checkClean(out.Bytes())
	if err != nil {
		return 0, nil, disarm.Unreadable(err)
	}
	return count, out.Bytes(), nil
}

func encrypted() error {
	return fault.New(fault.Invalid, "This PDF is protected with a password. Save it without protection and upload it again.")
}

// checkClean reads the clean copy with our own reader: it must be sealable, one revision,
// and hold none of what was removed.
func checkClean(pdf []byte) (pages int, err error) {
	f, err := open(pdf)
	if err != nil {
		return 0, err
	}
	list, err := f.pages()
	if err != nil {
		return 0, err
	}
	if f.sections != 1 || f.trailer.get("Encrypt") != nil {
		return 0, errors.New("the clean copy has more than one revision or is encrypted")
	}
	for n, offset := range f.offsets {
		if offset <= 0 {
			continue
		}
		o, _ := f.load(n)
		if key := forbidden(o); key != "" {
			return 0, fmt.Errorf("the clean copy still has %s", key)
		}
	}
	return len(list), nil
}

// forbidden gives the first key or action that a clean file must not have.
func forbidden(o object) string {
	switch v := o.(type) {
	case array:
		for _, item := range v {
			if key := forbidden(item); key != "" {
				return key
			}
		}
	case dict:
		for _, e := range v {
			switch e.key {
			case "JS", "JavaScript", "AA", "EmbeddedFiles", "EF", "XFA", "AcroForm", "OpenAction", "OCProperties":
				return e.key
			}
			if t, ok := e.value.(token); ok && e.key == "S" {
				switch t.text {
				case "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR":
					return t.text
				}
			}
			if key := forbidden(e.value); key != "" {
				return key
			}
		}
	}
	return ""
}
