// Package ui is the design system: typed templ components, the tenant theme, and the embedded assets (one small
// script, style sheets, the icon sprite and the typeface).
//
// Every visible string reaches a component already translated: either as a prop, or, for words that are the same on
// every page ("Close", "Skip to content"), through [WithWords]. No component writes style= or inline script, so all
// pages work under the strict Content-Security-Policy of stack/ui.md §3. README.md lists everything with examples.
//
// Run `go generate ./internal/ui` after changing CSS, elements, icons or fonts: it rewrites dist/, which is committed.
package ui

//go:generate go run ./build
