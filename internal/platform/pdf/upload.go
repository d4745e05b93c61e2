package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"lintel/internal/platform/fault"
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
			pages, clean, err = 0, nil, unreadable(fmt.Errorf("%v", trouble))
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
		return 0, nil, unreadable(err)
	}
	if ctx.E != nil || ctx.Encrypt != nil {
		return 0, nil, encrypted()
	}
	if ctx.PageCount < 1 || ctx.PageCount > maxUploadPages {
		return 0, nil, fault.New(fault.Invalid, "This PDF has no pages, or too many.")
	}
	if err := cleanCatalog(ctx); err != nil {
		return 0, nil, err
	}
	for _, entry := range ctx.Table {
		if entry != nil && !entry.Free {
			entry.Object = cleanObject(entry.Object, 0)
		}
	}
	if err := cleanAnnotations(ctx); err != nil {
		return 0, nil, unreadable(err)
	}
	var out bytes.Buffer
	if err := api.WriteContext(ctx, &out); err != nil {
		return 0, nil, unreadable(err)
	}
	count, err := checkClean(out.Bytes())
	if err != nil {
		return 0, nil, unreadable(err)
	}
	return count, out.Bytes(), nil
}

func unreadable(cause error) error {
	return fault.Wrap(fault.Invalid, "This PDF cannot be read safely. Print it to a new PDF and upload that.", cause)
}

func encrypted() error {
	return fault.New(fault.Invalid, "This PDF is protected with a password. Save it without protection and upload it again.")
}

// cleanCatalog refuses forms and hidden layers, and removes what acts on opening.
func cleanCatalog(ctx *model.Context) error {
	root, err := ctx.Catalog()
	if err != nil {
		return unreadable(err)
	}
	form, err := ctx.DereferenceDict(root["AcroForm"])
	if err != nil {
		return unreadable(err)
	}
	fields, err := ctx.DereferenceArray(form["Fields"])
	if err != nil {
		return unreadable(err)
	}
	if len(fields) > 0 || form["XFA"] != nil || root["Perms"] != nil {
		return fault.New(fault.Invalid, "This PDF has a form or a signature, which could still change. Print it to a new PDF and upload that.")
	}
	hidden, err := hiddenLayers(ctx, root["OCProperties"])
	if err != nil {
		return unreadable(err)
	}
	if hidden {
		return fault.New(fault.Invalid, "This PDF has layers that are switched off. Print it to a new PDF and upload that.")
	}
	for _, key := range []string{
		"AcroForm", "OpenAction", "AA", "OCProperties", "Perms", "Legal", "Collection", "URI", "AF", "Requirements", "Threads", "PieceInfo",
	} {
		delete(root, key)
	}
	names, err := ctx.DereferenceDict(root["Names"])
	if err != nil {
		return unreadable(err)
	}
	for key := range names {
		if key != "Dests" {
			delete(names, key)
			delete(ctx.Names, key)
		}
	}
	ctx.Form = nil
	return nil
}

// hiddenLayers reports whether a reader could show something else than the first look:
// any layer that starts switched off, or switches itself by zoom or when printed.
func hiddenLayers(ctx *model.Context, o types.Object) (bool, error) {
	properties, err := ctx.DereferenceDict(o)
	if err != nil || properties == nil {
		return false, err
	}
	first, err := ctx.DereferenceDict(properties["D"])
	if err != nil || first == nil {
		return err == nil, err
	}
	if state, ok := first["BaseState"].(types.Name); ok && state != "ON" {
		return true, nil
	}
	for _, key := range []string{"OFF", "AS"} {
		list, err := ctx.DereferenceArray(first[key])
		if err != nil || len(list) > 0 {
			return true, err
		}
	}
	return false, nil
}

// actions that stay: jumps inside the document and links to pages people can see.
func harmless(ctxAction types.Dict) bool {
	kind, _ := ctxAction["S"].(types.Name)
	switch kind {
	case "GoTo":
		return true
	case "URI":
		var target string
		switch u := ctxAction["URI"].(type) {
		case types.StringLiteral:
			target = string(u)
		case types.HexLiteral:
			raw, _ := u.Bytes()
			target = string(raw)
		}
		target = strings.ToLower(strings.TrimSpace(target))
		return strings.HasPrefix(target, "https://") || strings.HasPrefix(target, "http://") || strings.HasPrefix(target, "mailto:")
	}
	return false
}

// isAction tells an action from other dictionaries that have an /S.
func isAction(d types.Dict) bool {
	if kind, ok := d["Type"].(types.Name); ok && kind == "Action" {
		return true
	}
	kind, _ := d["S"].(types.Name)
	switch kind {
	case "GoToR", "GoToE", "Launch", "Thread", "URI", "Sound", "Movie", "Hide", "Named", "SubmitForm", "ResetForm", "ImportData",
		"JavaScript", "SetOCGState", "Rendition", "Trans", "GoTo3DView", "RichMediaExecute":
		return true
	}
	return false
}

// cleanObject empties actions and drops the keys that carry scripts and files, at any
// depth of one object.
func cleanObject(o types.Object, depth int) types.Object {
	if depth > maxDepth {
		return nil
	}
	switch v := o.(type) {
	case types.Dict:
		cleanDict(v, depth)
	case types.StreamDict:
		cleanDict(v.Dict, depth)
	case *types.StreamDict:
		cleanDict(v.Dict, depth)
	case types.Array:
		for i := range v {
			v[i] = cleanObject(v[i], depth+1)
		}
	}
	return o
}

func cleanDict(d types.Dict, depth int) {
	if isAction(d) && !harmless(d) {
		for key := range d {
			delete(d, key)
		}
		d["S"], d["D"] = types.Name("GoTo"), types.StringLiteral("removed")
		return
	}
	for _, key := range []string{"AA", "JS", "JavaScript", "EmbeddedFiles", "EF", "AF", "XFA", "Next", "RichMediaContent"} {
		if key == "Next" && d["S"] == nil {
			continue // outlines use Next for something else
		}
		delete(d, key)
	}
	for key, value := range d {
		d[key] = cleanObject(value, depth+1)
	}
}

// cleanAnnotations keeps links and marks on the page and drops what plays, opens or asks.
func cleanAnnotations(ctx *model.Context) error {
	for n := 1; n <= ctx.PageCount; n++ {
		page, _, _, err := ctx.PageDict(n, false)
		if err != nil {
			return fmt.Errorf("page %d: %w", n, err)
		}
		list, err := ctx.DereferenceArray(page["Annots"])
		if err != nil {
			return fmt.Errorf("annotations of page %d: %w", n, err)
		}
		kept := types.Array{}
		for _, o := range list {
			annotation, err := ctx.DereferenceDict(o)
			if err != nil {
				return fmt.Errorf("annotations of page %d: %w", n, err)
			}
			kind, _ := annotation["Subtype"].(types.Name)
			switch kind {
			case "Link", "Text", "FreeText", "Line", "Square", "Circle", "Polygon", "PolyLine", "Highlight", "Underline",
				"Squiggly", "StrikeOut", "Stamp", "Caret", "Ink":
				kept = append(kept, o)
			}
		}
		delete(page, "Annots")
		if len(kept) > 0 {
			page["Annots"] = kept
		}
	}
	return nil
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
