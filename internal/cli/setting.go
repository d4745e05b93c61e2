package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// setting is a field of a command that the command line or a variable may set. The tags
// of the field say how:
//
//	name       of the flag; without it the field's name in small letters; "-" is no setting
//	env        the variable
//	default    what it is when nobody says
//	enum       the words that are allowed
//	type       path (made a full one) or existingfile
//	sep        between the parts of a list
//	negatable  a switch with a --no-… beside it
//	arg        stands without a flag, and must be there
//	embed      a struct of settings, with prefix and envprefix before their names
type setting struct {
	name, env, help, initial string
	allowed                  []string
	path, file               bool
	separator                string
	negatable, place         bool
	value                    reflect.Value
}

func settingsOf(run runner) []setting {
	return fieldsOf(reflect.ValueOf(run).Elem(), "", "")
}

func fieldsOf(values reflect.Value, prefix, envPrefix string) []setting {
	var all []setting
	for i := range values.NumField() {
		field := values.Type().Field(i)
		if field.Tag.Get("name") == "-" {
			continue
		}
		if _, embedded := field.Tag.Lookup("embed"); embedded {
			all = append(all, fieldsOf(values.Field(i), prefix+field.Tag.Get("prefix"), envPrefix+field.Tag.Get("envprefix"))...)
			continue
		}
		all = append(all, settingOf(field, values.Field(i), prefix, envPrefix))
	}
	return all
}

func settingOf(field reflect.StructField, value reflect.Value, prefix, envPrefix string) setting {
	tag := field.Tag
	s := setting{
		name: prefix + tag.Get("name"), help: tag.Get("help"), initial: tag.Get("default"),
		path: tag.Get("type") != "", file: tag.Get("type") == "existingfile", separator: tag.Get("sep"), value: value,
	}
	if tag.Get("name") == "" {
		s.name = prefix + flagName(field.Name)
	}
	if env := tag.Get("env"); env != "" {
		s.env = envPrefix + env
	}
	if enum := tag.Get("enum"); enum != "" {
		s.allowed = strings.Split(enum, ",")
	}
	_, s.negatable = tag.Lookup("negatable")
	_, s.place = tag.Lookup("arg")
	return s
}

// flagName writes LogLevel as log-level.
func flagName(field string) string {
	var b strings.Builder
	for i, r := range field {
		if i > 0 && unicode.IsUpper(r) {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func (s setting) isSwitch() bool { return s.value.Kind() == reflect.Bool }

// fill sets the field. A variable that is set to nothing counts as not set, as people
// leave them in a file of settings.
func (s setting) fill(given map[string]string, variable func(string) (string, bool)) error {
	if text, ok := given[s.name]; ok {
		return s.set("--"+s.name, text)
	}
	if s.place {
		return fmt.Errorf("say which <%s>", s.name)
	}
	if s.env != "" {
		if text, _ := variable(s.env); text != "" {
			return s.set(s.env, text)
		}
	}
	if s.initial == "" {
		return nil
	}
	return s.set("--"+s.name, s.initial)
}

// set reads text into the field. source is what people called it. The text of a secret is
// in no error: secrets are text of any shape, which none of these refuses.
func (s setting) set(source, text string) error {
	if len(s.allowed) > 0 && !slices.Contains(s.allowed, text) {
		return fmt.Errorf("%s is one of %s, not %q", source, strings.Join(s.allowed, ", "), text)
	}
	switch s.value.Kind() {
	case reflect.Bool:
		on, err := readSwitch(text)
		if err != nil {
			return fmt.Errorf("%s is true or false, not %q", source, text)
		}
		s.value.SetBool(on)
	case reflect.Int:
		number, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("%s is a whole number, not %q", source, text)
		}
		s.value.SetInt(int64(number))
	case reflect.Slice:
		s.value.Set(reflect.ValueOf(readList(text, s.separator)))
	case reflect.String:
		return s.setText(source, text)
	default:
		return fmt.Errorf("%s cannot be set: a field of kind %s", source, s.value.Kind())
	}
	return nil
}

func (s setting) setText(source, text string) error {
	if s.path && text != "" {
		full, err := fullPath(text)
		if err != nil {
			return fmt.Errorf("%s: %w", source, err)
		}
		text = full
	}
	if s.file {
		info, err := os.Stat(text)
		if err != nil {
			return err
		}
		if info.IsDir() {
			return fmt.Errorf("%s is a folder, not a file", text)
		}
	}
	s.value.SetString(text)
	return nil
}

func readSwitch(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "true", "1", "yes", "on":
		return true, nil
	case "false", "0", "no", "off":
		return false, nil
	}
	return false, errors.New("neither true nor false")
}

func readList(text, separator string) []string {
	var parts []string
	for _, part := range strings.Split(text, separator) {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// fullPath is a path from the root; ~ is the home folder.
func fullPath(path string) (string, error) {
	if rest, ok := strings.CutPrefix(path, "~"); ok && (rest == "" || rest[0] == '/') {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("find the home folder: %w", err)
		}
		path = home + rest
	}
	return filepath.Abs(path)
}
