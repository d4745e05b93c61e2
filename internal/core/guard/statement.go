package guard

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"
)

// Statement is one named piece of SQL. Its text names its parameters (:org, :viewer, :id);
// they become $1, $2, … once, when it is made, which both drivers take by number. "in (:ids)"
// takes a List of any length.
//
// guard itself binds :org (the actor's organisation), :viewer (the person who looks),
// :item (the one document a link opens, or empty) and :now.
type Statement struct {
	Name       string
	Text       string // with $N
	Source     string // as it was written, with :names; tests mutate it
	parameters []string
	org        bool
	viewer     bool
	across     bool
	lists      []string   // the parameters of "in (:name)", which take a List
	limits     []string   // the parameters that say how many rows are wanted
	arrays     bool       // PostgreSQL takes a List as an array
	postgres   *Statement // the other spelling of an EngineSQL
	spelled    sync.Map   // for PostgreSQL, by the wanted numbers of rows: *Statement
}

// registry remembers every statement, so that one test can prepare, plan and mutate them
// all on both engines. It is filled while packages are initialised and only read later.
var registry = struct {
	sync.Mutex
	statements map[string]*Statement
}{statements: map[string]*Statement{}}

// SQL registers a statement of one organisation. It panics, at start-up, when the text
// does not bind :org: such a statement could see other tenants.
func SQL(name, text string) *Statement {
	s := compile(name, text)
	if !s.org {
		panic("statement " + name + " does not use :org")
	}
	return register(s)
}

// AcrossSQL registers a statement that is meant to look across organisations: signing in,
// finding a link, claiming jobs. Only an Across transaction runs it.
func AcrossSQL(name, text string) *Statement {
	s := compile(name, text)
	s.across = true
	return register(s)
}

func register(s *Statement) *Statement {
	registry.Lock()
	defer registry.Unlock()
	if registry.statements[s.Name] != nil {
		panic("two statements named " + s.Name)
	}
	registry.statements[s.Name] = s
	return s
}

// Statements lists every registered statement by name.
func Statements() []*Statement {
	registry.Lock()
	defer registry.Unlock()
	out := make([]*Statement, 0, len(registry.statements))
	for _, s := range registry.statements {
		out = append(out, s)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

// Parameters lists the names of the parameters in the order of their numbers.
func (s *Statement) Parameters() []string { return s.parameters }

// Limits lists the parameters that say how many rows are wanted; On writes them into the text on PostgreSQL.
func (s *Statement) Limits() []string {
	limits := slices.Clone(s.limits)
	if s.postgres != nil {
		limits = append(limits, s.postgres.limits...)
	}
	return limits
}

// Lists lists the parameters that take a List.
func (s *Statement) Lists() []string { return s.lists }

// UsesViewer reports whether the statement asks who is looking.
func (s *Statement) UsesViewer() bool { return s.viewer }

// Across reports whether the statement looks across organisations.
func (s *Statement) Across() bool { return s.across }

var (
	quotedOrParameter = regexp.MustCompile(`'[^']*'|::|:[a-z_][a-z0-9_]*`)
	listParameter     = regexp.MustCompile(`\bin \(:([a-z_][a-z0-9_]*)\)`)
	limitParameter    = regexp.MustCompile(`(?i)\blimit (?:cast\()?:([a-z_][a-z0-9_]*)`)
	spaces            = regexp.MustCompile(`\s+`)
)

func compile(name, text string) *Statement {
	return compileAs(name, text, "in (select value from json_each(:$1))")
}

// compileAs spells "in (:name)" as an engine understands it.
func compileAs(name, text, in string) *Statement {
	s := &Statement{Name: name, Source: strings.TrimSpace(spaces.ReplaceAllString(text, " "))}
	for _, found := range listParameter.FindAllStringSubmatch(text, -1) {
		s.lists = append(s.lists, found[1])
	}
	text = listParameter.ReplaceAllString(text, in)
	numbers := map[string]int{}
	s.Text = quotedOrParameter.ReplaceAllStringFunc(text, func(found string) string {
		if found[0] == '\'' || found == "::" {
			return found
		}
		parameter := found[1:]
		if numbers[parameter] == 0 {
			s.parameters = append(s.parameters, parameter)
			numbers[parameter] = len(s.parameters)
		}
		return fmt.Sprintf("$%d", numbers[parameter])
	})
	s.Text = strings.TrimSpace(spaces.ReplaceAllString(s.Text, " "))
	s.org, s.viewer = numbers["org"] > 0, numbers["viewer"] > 0
	for _, found := range limitParameter.FindAllStringSubmatch(s.Source, -1) {
		s.limits = append(s.limits, found[1])
	}
	return s
}

// Part is a piece of a Family's text that is there or not.
type Part struct {
	Name string
	SQL  string
	// Group, when not empty, makes the parts of one group alternatives: exactly one of
	// them is chosen.
	Group string
}

// Family is a statement with conditions that are sometimes absent and orders to choose
// from. Each combination is a statement of its own with its own plan; ":x is null or …"
// would lose the index.
type Family struct {
	name  string
	base  string
	parts []Part

	mu     sync.Mutex
	chosen map[string]*Statement
}

// NewFamily registers a family and all its combinations.
func NewFamily(name, base string, parts ...Part) *Family {
	f := &Family{name: name, base: base, parts: parts, chosen: map[string]*Statement{}}
	for _, names := range f.combinations() {
		f.Choose(names...)
	}
	return f
}

// Choose gives the statement with the named parts, in the order they were declared.
func (f *Family) Choose(names ...string) *Statement {
	wanted := make(map[string]bool, len(names))
	for _, n := range names {
		wanted[n] = true
	}
	key := f.name
	text := strings.Builder{}
	text.WriteString(f.base)
	for _, p := range f.parts {
		if wanted[p.Name] {
			key += " " + p.Name
			text.WriteString(" " + p.SQL)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if s := f.chosen[key]; s != nil {
		return s
	}
	s := SQL(key, text.String())
	f.chosen[key] = s
	return s
}

// combinations lists all sets of parts: each plain part in or out, one of each group.
func (f *Family) combinations() [][]string {
	sets := [][]string{nil}
	groups := map[string][]string{}
	var order []string
	for _, p := range f.parts {
		if p.Group == "" {
			without := len(sets)
			for i := range without {
				sets = append(sets, append(append([]string{}, sets[i]...), p.Name))
			}
			continue
		}
		if groups[p.Group] == nil {
			order = append(order, p.Group)
		}
		groups[p.Group] = append(groups[p.Group], p.Name)
	}
	for _, group := range order {
		var next [][]string
		for _, set := range sets {
			for _, name := range groups[group] {
				next = append(next, append(append([]string{}, set...), name))
			}
		}
		sets = next
	}
	return sets
}
