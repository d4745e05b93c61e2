// Package document is what a firm and its customer agree on in writing: the proposal, with
// its lines, options, terms and versions. Floor 9.
//
// States of one version: draft → sent → approved, declined, expired or void; the customer may
// also ask for changes, which the office answers with the next version (a new draft). A
// version that a later one replaces is superseded and stays readable. "Viewed" is an event,
// not a state. A sent version never changes: editing it makes the next one and cancels the
// signatures that were awaited.
//
// Who sees it: the office of the organisation sees everything (Content). Customers who were
// named as recipients see sent versions as CustomerContent, a type that has no field for
// costs, margins or office notes, so that no page and no JSON can leak them (security.md A14).
//
// Money: amounts are whole minor units of the document's one currency; taxes are computed per
// rate on the sum of that rate, not line by line; every rounding is half away from zero.
package document
