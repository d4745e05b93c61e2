// Package api holds what all parts of /api/v1 share: reading and paging JSON, and requests
// that must not happen twice. The addresses themselves are in api.go of each feature.
//
// An API token is the only way in; what it may do is its maker's permissions narrowed to
// its scopes. Floor 6.
package api
