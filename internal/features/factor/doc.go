// Package factor keeps the second factors of people: passkeys, an authenticator app, and
// recovery codes for the day when both are gone. It asks for one at the second step of
// signing in, and lets people come in by a passkey alone. Floor 6, above identity.
//
// A person's factors are the same in every organisation; only the person sees and changes
// them, with fresh proof (B19), and is told by mail of every change.
package factor
