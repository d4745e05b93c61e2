// Package entering holds the pages of the ways in: behind a personal link, where a person
// signs in, where a code is typed, and the person's own list of browsers. It is a part of
// identity, which knows nothing of it: identity has the verbs, the cookies and what pages of
// other features need of a browser.
package entering
