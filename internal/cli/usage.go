package cli

import (
	"fmt"
	"io"
	"strings"
)

// usageWidth is where help breaks its lines.
const usageWidth = 88

// printUsage says what a command does and what can be set.
func printUsage(out io.Writer, c command) {
	if len(c.words) > 0 {
		printCommands(out, c)
		return
	}
	settings := settingsOf(c.run)
	fmt.Fprintf(out, "Usage: %s%s\n\n%s\n\n", c.name, usageOf(settings), wrapped(c.help, 0))
	for _, s := range settings {
		fmt.Fprintf(out, "  %s\n%s\n", s.title(), wrapped(s.help+s.sources(), 6))
	}
	fmt.Fprintf(out, "  --help, -h\n      Show this.\n")
}

func printCommands(out io.Writer, c command) {
	fmt.Fprintf(out, "Usage: %s <command>\n\n%s\n\n", c.name, wrapped(c.help, 0))
	for _, word := range c.words {
		for _, leaf := range leaves(word) {
			fmt.Fprintf(out, "  %s%s\n%s\n", leaf.name, usageOf(settingsOf(leaf.run)), wrapped(leaf.help, 6))
		}
	}
	fmt.Fprintf(out, "\n%s <command> --help lists the settings of one.\n", c.name)
}

// leaves are the commands that run, with their names from here on.
func leaves(c command) []command {
	if len(c.words) == 0 {
		return []command{c}
	}
	var all []command
	for _, word := range c.words {
		word.name = c.name + " " + word.name
		all = append(all, leaves(word)...)
	}
	return all
}

func usageOf(settings []setting) string {
	flags, places := "", ""
	for _, s := range settings {
		if s.place {
			places += " <" + s.name + ">"
			continue
		}
		flags = " [--setting=value …]"
	}
	return places + flags
}

// title is how the setting is written on the command line.
func (s setting) title() string {
	switch {
	case s.place:
		return "<" + s.name + ">"
	case s.negatable:
		return "--" + s.name + ", --no-" + s.name
	case s.isSwitch():
		return "--" + s.name
	case s.initial != "":
		return "--" + s.name + "=" + s.initial
	}
	return "--" + s.name + "=…"
}

func (s setting) sources() string {
	if s.env == "" {
		return ""
	}
	return " Variable: " + s.env + "."
}

// wrapped breaks text into lines that begin with spaces.
func wrapped(text string, spaces int) string {
	indent := strings.Repeat(" ", spaces)
	var b strings.Builder
	width := 0
	for _, word := range strings.Fields(text) {
		switch {
		case width == 0:
			b.WriteString(indent)
			width = spaces
		case width+1+len(word) > usageWidth:
			b.WriteString("\n" + indent)
			width = spaces
		default:
			b.WriteByte(' ')
			width++
		}
		b.WriteString(word)
		width += len(word)
	}
	return b.String()
}
