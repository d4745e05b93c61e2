# Lintel needs nothing but Go to build and to run: `go run . demo`. The targets here are for those who change it.

help:           ## what can be made
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile | expand -t 16

build:          ## the program, as ./lintel
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o lintel .

test:           ## everything: installs what is missing, both database engines, race detector, browser
	@scripts/test

check:          ## what needs nothing installed: vet and the unit tests, and which of them were skipped
	@scripts/test check

generate:       ## templates and assets, after a change to a .templ file or to internal/ui
	@scripts/generate

shots:          ## pictures of the pages, 390 and 1280 px, light and dark, into test/browser/shots
	@scripts/test shots

bench:          ## speed and memory as ratios to the plainest program that could do the work
	@scripts/test bench

clean:          ## what the targets above left in this folder
	rm -rf .cache lintel test/browser/shots

.PHONY: help build test check generate shots bench clean
