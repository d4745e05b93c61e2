// Package reading is where a customer reads and answers a proposal: the page with its choices and terms, the signature, a no
// or a wish for changes, and the thanks. What an answer does is the service's in package document.
package reading
