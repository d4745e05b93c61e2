package i18n

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Message is a text in the source that a translator may translate.
type Message struct {
	English string // the catalogue's key; for a plural the "other" form
	One     string // the singular of a plural
	Plural  bool
	Where   string // file:line
}

// Extract finds all messages below root: literal arguments of T, N and Mark in .go and .templ
// files, and the sentences of faults and constants in .go files. It serves tests and translators; the running
// program never calls it.
func Extract(root string) ([]Message, error) {
	var found []Message
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			return skipFolder(path, root, name)
		}
		messages, err := extractFile(path, name)
		found = append(found, messages...)
		return err
	})
	return found, err
}

func skipFolder(path, root, name string) error {
	if path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules") {
		return filepath.SkipDir
	}
	return nil
}

func extractFile(path, name string) ([]Message, error) {
	switch {
	case strings.HasSuffix(name, "_test.go"), strings.HasSuffix(name, "_templ.go"):
		return nil, nil // the .templ file beside the generated one is read instead
	case strings.HasSuffix(name, ".go"):
		return extractGo(path)
	case strings.HasSuffix(name, ".templ"):
		return extractTempl(path)
	}
	return nil, nil
}

func extractGo(path string) ([]Message, error) {
	files := token.NewFileSet()
	tree, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("read messages: %w", err)
	}
	var found []Message
	own := tree.Name.Name == "i18n"
	ast.Inspect(tree, func(node ast.Node) bool {
		if message, ok := messageIn(node, own); ok {
			position := files.Position(node.Pos())
			message.Where = fmt.Sprintf("%s:%d", position.Filename, position.Line)
			found = append(found, message)
		}
		return true
	})
	return found, nil
}

func messageIn(node ast.Node, own bool) (Message, bool) {
	switch node := node.(type) {
	case *ast.CallExpr:
		return messageOfCall(node, own)
	case *ast.CompositeLit:
		return messageOfField(node)
	case *ast.ValueSpec:
		return messageOfConstant(node)
	}
	return Message{}, false
}

// messageOfConstant takes every constant that is a sentence: packages below i18n, which cannot
// call Mark, keep the sentences of their faults so.
func messageOfConstant(spec *ast.ValueSpec) (Message, bool) {
	if len(spec.Values) != 1 {
		return Message{}, false
	}
	text, ok := literalText(spec.Values[0])
	return Message{English: text}, ok && isSentence(text)
}

// messageOfCall knows i18n.T/N/Mark, a translate that was handed in, fault.New/Wrap/ForField, and Add of fault.Problems.
func messageOfCall(call *ast.CallExpr, own bool) (Message, bool) {
	owner, verb := calledName(call, own)
	switch {
	case owner == "i18n" && verb == "T":
		return argument(call, 1)
	case owner == "i18n" && verb == "Mark":
		return argument(call, 0)
	case owner == "" && verb == "translate": // the words of the design system, which is handed its translator
		return argument(call, 0)
	case owner == "i18n" && verb == "N":
		one, oneOK := argument(call, 2)
		other, otherOK := argument(call, 3)
		return Message{English: other.English, One: one.English, Plural: true}, oneOK && otherOK
	case owner == "fault" && (verb == "New" || verb == "Wrap" || verb == "ForField" || verb == "Field"):
		return argument(call, 1)
	case verb == "Add" && len(call.Args) == 2:
		message, ok := argument(call, 1)
		return message, ok && isSentence(message.English)
	}
	return Message{}, false
}

func calledName(call *ast.CallExpr, own bool) (owner, verb string) {
	switch called := call.Fun.(type) {
	case *ast.SelectorExpr:
		if name, ok := called.X.(*ast.Ident); ok {
			return name.Name, called.Sel.Name
		}
		return "", called.Sel.Name
	case *ast.Ident:
		if own {
			return "i18n", called.Name
		}
		return "", called.Name
	}
	return "", ""
}

// messageOfField knows fault.Field{Name: …, Message: "…"} and Fault{…} alike.
func messageOfField(literal *ast.CompositeLit) (Message, bool) {
	if name := typeName(literal.Type); name != "Field" && name != "Fault" {
		return Message{}, false
	}
	for _, element := range literal.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if key, ok := pair.Key.(*ast.Ident); ok && key.Name == "Message" {
			text, ok := literalText(pair.Value)
			return Message{English: text}, ok
		}
	}
	return Message{}, false
}

func typeName(expression ast.Expr) string {
	switch e := expression.(type) {
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// isSentence tells a problem's message from other two-argument Adds (headers, sets).
func isSentence(text string) bool {
	return strings.Contains(text, " ") && strings.HasSuffix(text, ".")
}

func argument(call *ast.CallExpr, i int) (Message, bool) {
	if i >= len(call.Args) {
		return Message{}, false
	}
	text, ok := literalText(call.Args[i])
	return Message{English: text}, ok && text != ""
}

// literalText is the value of a string literal, or of several joined with +.
func literalText(expression ast.Expr) (string, bool) {
	switch e := expression.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.BinaryExpr:
		left, leftOK := literalText(e.X)
		right, rightOK := literalText(e.Y)
		return left + right, e.Op == token.ADD && leftOK && rightOK
	}
	return "", false
}

// extractTempl finds the calls in a template, which is no Go file as a whole: it cuts each
// call out by its brackets and reads that as Go.
func extractTempl(path string) ([]Message, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read messages: %w", err)
	}
	source := string(data)
	var found []Message
	for at := nextCall(source, 0); at >= 0; at = nextCall(source, at+1) {
		expression, err := parser.ParseExpr(callAt(source[at:]))
		if err != nil {
			continue
		}
		if call, ok := expression.(*ast.CallExpr); ok {
			if message, ok := messageOfCall(call, false); ok {
				message.Where = fmt.Sprintf("%s:%d", path, 1+strings.Count(source[:at], "\n"))
				found = append(found, message)
			}
		}
	}
	return found, nil
}

// nextCall is the position of the next "i18n.T(" and its like, or -1.
func nextCall(source string, from int) int {
	for {
		at := strings.Index(source[from:], "i18n.")
		if at < 0 {
			return -1
		}
		from += at
		for _, call := range []string{"i18n.T(", "i18n.N(", "i18n.Mark("} {
			if strings.HasPrefix(source[from:], call) {
				return from
			}
		}
		from++
	}
}

// callAt cuts source behind the bracket that closes its first one, strings understood.
func callAt(source string) string {
	var lexer scanner.Scanner
	files := token.NewFileSet()
	file := files.AddFile("", files.Base(), len(source))
	lexer.Init(file, []byte(source), func(token.Position, string) {}, 0)
	for depth := 0; ; {
		position, kind, _ := lexer.Scan()
		switch kind {
		case token.LPAREN:
			depth++
		case token.RPAREN:
			depth--
			if depth == 0 {
				return source[:file.Offset(position)+1]
			}
		case token.EOF:
			return source
		}
	}
}
