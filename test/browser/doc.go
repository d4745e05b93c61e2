// Package browser opens Lintel in Debian's Chromium, as people do: on a phone or at a desk, by the names of buttons
// and fields, never by the classes of the page.
//
// [Start] starts one browser for the whole package; [Chromium.NewPerson] gives each test a person with a browser
// profile of their own, whose cookies no other person sees. A person's test fails on any error in the browser's
// console, any uncaught exception and anything the content security policy refused, unless [Person.Tolerate] named it.
//
// Without Chromium or node_modules the tests are skipped with the reason; with LINTEL_TEST_FULL=1 they fail instead.
// `make shots` sets LINTEL_SHOTS=1: then [Person.Shoot] writes pictures into test/browser/shots.
package browser
