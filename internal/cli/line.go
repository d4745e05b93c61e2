package cli

import (
	"errors"
	"fmt"
	"strings"
)

// errHelp says that somebody asked what can be said.
var errHelp = errors.New("help was asked for")

// readLine finds the command that the arguments name and fills in its settings: from the
// arguments, else from the variables, else the defaults. The command comes back with its
// full name, also beside an error.
//
// No library does this: the known ones call methods by name, or print help through
// text/template, which does; see mail.Layout for what that costs.
func readLine(all command, arguments []string, variable func(string) (string, bool)) (command, error) {
	chosen := all
	for len(chosen.words) > 0 {
		if len(arguments) == 0 {
			return chosen, fmt.Errorf("say what to do: %s", strings.Join(namesOf(chosen.words), ", "))
		}
		if isHelp(arguments[0]) {
			return chosen, errHelp
		}
		next, ok := find(chosen.words, arguments[0])
		if !ok {
			return chosen, fmt.Errorf("there is no command %q; there are %s", arguments[0], strings.Join(namesOf(chosen.words), ", "))
		}
		next.name = chosen.name + " " + next.name
		chosen, arguments = next, arguments[1:]
	}
	settings := settingsOf(chosen.run)
	given, err := readArguments(settings, arguments)
	if err != nil {
		return chosen, err
	}
	for _, s := range settings {
		if err := s.fill(given, variable); err != nil {
			return chosen, err
		}
	}
	return chosen, nil
}

func find(words []command, name string) (command, bool) {
	for _, word := range words {
		if word.name == name {
			return word, true
		}
	}
	return command{}, false
}

func namesOf(words []command) []string {
	var names []string
	for _, word := range words {
		names = append(names, word.name)
	}
	return names
}

func isHelp(argument string) bool { return argument == "--help" || argument == "-h" }

// readArguments gives the text that the arguments have for each setting, by its name.
func readArguments(settings []setting, arguments []string) (map[string]string, error) {
	given := map[string]string{}
	for len(arguments) > 0 {
		argument := arguments[0]
		arguments = arguments[1:]
		if isHelp(argument) {
			return nil, errHelp
		}
		flag, isFlag := strings.CutPrefix(argument, "--")
		if !isFlag {
			s, ok := nextPlace(settings, given)
			if !ok || strings.HasPrefix(argument, "-") {
				return nil, fmt.Errorf("%q says nothing to this command", argument)
			}
			given[s.name] = argument
			continue
		}
		name, text, hasText := strings.Cut(flag, "=")
		s, no, ok := flagNamed(settings, name)
		switch {
		case !ok || no && hasText:
			return nil, fmt.Errorf("there is no setting --%s", name)
		case no:
			text = "false"
		case !hasText && s.isSwitch():
			text = "true"
		case !hasText && (len(arguments) == 0 || strings.HasPrefix(arguments[0], "--")):
			return nil, fmt.Errorf("--%s needs a value", name)
		case !hasText:
			text, arguments = arguments[0], arguments[1:]
		}
		given[s.name] = text
	}
	return given, nil
}

// nextPlace is the first setting without a flag that has no text yet.
func nextPlace(settings []setting, given map[string]string) (setting, bool) {
	for _, s := range settings {
		if _, taken := given[s.name]; s.place && !taken {
			return s, true
		}
	}
	return setting{}, false
}

// flagNamed finds the setting of a flag; no tells that it is switched off by it.
func flagNamed(settings []setting, name string) (found setting, no, ok bool) {
	for _, s := range settings {
		switch {
		case s.place:
		case s.name == name:
			return s, false, true
		case s.negatable && "no-"+s.name == name:
			return s, true, true
		}
	}
	return setting{}, false, false
}
