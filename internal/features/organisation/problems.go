package organisation

import (
	"context"

	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/ui"
)

// Problems are what is wrong with a form, by field name, in the reader's language.
type Problems map[string]string

// ProblemsOf reads a refusal that the form can show beside its fields, of each field the first problem. ok is false for
// every other error, which the handler passes on.
func ProblemsOf(ctx context.Context, err error) (p Problems, ok bool) {
	f := fault.As(err)
	if f == nil || len(f.Fields) == 0 || f.Kind != fault.Invalid && f.Kind != fault.Conflict {
		return nil, false
	}
	p = Problems{}
	for _, field := range f.Fields {
		if p[field.Name] == "" {
			p[field.Name] = i18n.T(ctx, field.Message, field.Values...)
		}
	}
	return p, true
}

// Summary is the list above the form; prefix is what the ids of the fields begin with.
func (p Problems) Summary(order []string, prefix string) []ui.ErrorProps {
	var list []ui.ErrorProps
	shown := map[string]bool{}
	for _, name := range order {
		if p[name] != "" {
			list, shown[name] = append(list, ui.ErrorProps{Field: prefix + name, Text: p[name]}), true
		}
	}
	for name, text := range p {
		if !shown[name] {
			list = append(list, ui.ErrorProps{Text: text})
		}
	}
	return list
}
