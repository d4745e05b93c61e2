// Package apptest starts the whole program inside a test: the real router, real SQL on
// either engine, a clock that the test moves, mails that are caught. People enter as they
// do in life, by the pages that a link or a password leads to.
//
// Its own tests are the authorisation matrix (every route as every kind of actor), the
// crawl for canary strings, and the attacks of security.md that concern all routes.
package apptest
