// Package openid lets staff sign in at the firm's own sign-in service (OpenID Connect).
// Floor 6, above identity. An organisation's provider signs in to that organisation and
// nowhere else; a person is known by issuer and subject, never by an address alone.
package openid
