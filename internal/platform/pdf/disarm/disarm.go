// Package disarm takes out of a PDF from outside what acts, plays or could show something else
// than the first look: scripts, actions, attached files, layers.
package disarm

import (
	"fmt"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"lintel/internal/platform/fault"
)

// deepest is how deep values may stand in each other; what lies deeper is dropped.
const deepest = 48

// Document changes a file that was read so that it does nothing by itself. It refuses with a
// fault.Invalid, in words for the uploader, what cannot be made so: forms, signatures and
// layers that are switched off.
func Document(ctx *model.Context) error {
	if err := cleanCatalog(ctx); err != nil {
		return err
	}
	for _, entry := range ctx.Table {
		if entry != nil && !entry.Free {
			entry.Object = cleanObject(entry.Object, 0)
		}
	}
	if err := cleanAnnotations(ctx); err != nil {
		return Unreadable(err)
	}
	return nil
}

// Unreadable is the refusal of a file that cannot be taken apart.
func Unreadable(cause error) error {
	return fault.Wrap(fault.Invalid, "This PDF cannot be read safely. Print it to a new PDF and upload that.", cause)
}

// cleanCatalog refuses forms and hidden layers, and removes what acts on opening.
func cleanCatalog(ctx *model.Context) error {
	root, err := ctx.Catalog()
	if err != nil {
		return Unreadable(err)
	}
	form, err := ctx.DereferenceDict(root["AcroForm"])
	if err != nil {
		return Unreadable(err)
	}
	fields, err := ctx.DereferenceArray(form["Fields"])
	if err != nil {
		return Unreadable(err)
	}
	if len(fields) > 0 || form["XFA"] != nil || root["Perms"] != nil {
		return fault.New(fault.Invalid, "This PDF has a form or a signature, which could still change. Print it to a new PDF and upload that.")
	}
	hidden, err := hiddenLayers(ctx, root["OCProperties"])
	if err != nil {
		return Unreadable(err)
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
		return Unreadable(err)
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
	if depth > deepest {
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
