// Package organisation is the firm whose portal this is: its name and looks, its stages,
// terms and policies, and the frame that every page of every feature stands in.
//
// Floor 3. Everybody who opens a page sees the name, the colour and the logo; the
// settings themselves belong to the office (access.SettingsRead, access.SettingsWrite).
package organisation
