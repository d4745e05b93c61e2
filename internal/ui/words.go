package ui

import (
	"context"
	"encoding/json"
)

// Words are the short texts that components and scripts need on every page. The English sentence is the key, so the
// application fills them with its translator once per request: see [TranslateWords].
type Words struct {
	SkipToContent, MainMenu, QuickMenu, WhereYouAre     string
	SwitchTheme, Search, Account, Profile, SignOut      string
	More, New, Close, Done, Unread, Previous, Next      string
	ShowPassword, SignedElectronically, BeforeYouSign   string
	Opened, NotOpenedYet, Was, Now, Required, Optional  string
	MoveUp, MoveDown, Duplicate, Delete, OpenLarge      string
	Draw, Type, Clear, TypeYourName, DrawHint, TypeHint string
	AttachFile, TakePhoto                               string
	Script                                              ScriptWords
}

// ScriptWords are the texts that the page's script shows. They travel as JSON in <body data-words>. Names in braces
// are filled in by the script.
type ScriptWords struct {
	Close        string `json:"close"`
	Previous     string `json:"previous"`
	Next         string `json:"next"`
	PictureOf    string `json:"pictureOf"`
	Saving       string `json:"saving"`
	Saved        string `json:"saved"`
	NotSaved     string `json:"notSaved"`
	TryAgain     string `json:"tryAgain"`
	FoundUnsaved string `json:"foundUnsaved"`
	BringBack    string `json:"bringBack"`
	ThrowAway    string `json:"throwAway"`
	Waiting      string `json:"waiting"`
	Sending      string `json:"sending"`
	Paused       string `json:"paused"`
	Arrived      string `json:"arrived"`
	Refused      string `json:"refused"`
	TooLarge     string `json:"tooLarge"`
	Cancel       string `json:"cancel"`
	Copied       string `json:"copied"`
	Opened       string `json:"opened"`
	StillMissing string `json:"stillMissing"`
	OpenTerm     string `json:"openTerm"`
	SignFirst    string `json:"signFirst"`
	ConsentFirst string `json:"consentFirst"`
	Working      string `json:"working"`
	HidePassword string `json:"hidePassword"`
	ShowPassword string `json:"showPassword"`
	Moved        string `json:"moved"`
	Removed      string `json:"removed"`
	Added        string `json:"added"`
	Undone       string `json:"undone"`
	AreYouSure   string `json:"areYouSure"`
}

// TranslateWords fills all words by calling translate with each English sentence.
func TranslateWords(translate func(english string) string) Words {
	t := translate
	return Words{
		SkipToContent: t("Skip to content"), MainMenu: t("Main menu"), QuickMenu: t("Quick menu"), WhereYouAre: t("Where you are"),
		SwitchTheme: t("Switch between light and dark"), Search: t("Search"), Account: t("Your account"), Profile: t("Your profile"), SignOut: t("Sign out"),
		More: t("More"), New: t("new"), Close: t("Close"), Done: t("done"), Unread: t("unread"), Previous: t("Back"), Next: t("Next"),
		ShowPassword: t("Show password"), SignedElectronically: t("eSigned"), BeforeYouSign: t("Before you sign"),
		Opened: t("Opened"), NotOpenedYet: t("Not opened yet"), Was: t("was"), Now: t("now"), Required: t("required"), Optional: t("optional"),
		MoveUp: t("Move up"), MoveDown: t("Move down"), Duplicate: t("Duplicate"), Delete: t("Delete"), OpenLarge: t("Open large"),
		Draw: t("Draw"), Type: t("Type"), Clear: t("Clear"), TypeYourName: t("Type your full name"),
		DrawHint: t("Draw with mouse, finger or pen, or type your name."), TypeHint: t("Your typed name counts like a drawn signature."),
		AttachFile: t("Attach a file"), TakePhoto: t("Take a photo"),
		Script: ScriptWords{
			Close: t("Close"), Previous: t("Back"), Next: t("Next"), PictureOf: t("{n} of {total}"),
			Saving: t("Saving…"), Saved: t("Saved {time}"), NotSaved: t("Not saved. We keep trying; what you typed is safe in this browser."), TryAgain: t("Try again"),
			FoundUnsaved: t("We found changes from {time} that were not saved."), BringBack: t("Bring them back"), ThrowAway: t("Throw them away"),
			Waiting: t("Waiting"), Sending: t("Sending, {percent} %"), Paused: t("Stopped at {percent} %. It goes on by itself."), Arrived: t("Arrived"),
			Refused: t("This file could not be taken."), TooLarge: t("This file is too large. The limit is {limit}."), Cancel: t("Cancel"),
			Copied: t("Copied"), Opened: t("Opened"), StillMissing: t("Still missing: {list}"), OpenTerm: t("open “{term}”"), SignFirst: t("your signature"), ConsentFirst: t("your consent"),
			Working: t("One moment…"), HidePassword: t("Hide password"), ShowPassword: t("Show password"),
			Moved: t("{name} is now at place {place}."), Removed: t("{name} was removed. Ctrl+Z brings it back."), Added: t("A line was added."), Undone: t("Undone."),
			AreYouSure: t("Are you sure?"),
		},
	}
}

// EnglishWords are the source sentences, used when a request carries no translation.
func EnglishWords() Words { return TranslateWords(func(english string) string { return english }) }

type wordsKey struct{}

// WithWords puts the reader's words into the context that pages are rendered with.
func WithWords(ctx context.Context, words Words) context.Context {
	return context.WithValue(ctx, wordsKey{}, words)
}

func wordsFrom(ctx context.Context) Words {
	if words, ok := ctx.Value(wordsKey{}).(Words); ok {
		return words
	}
	return EnglishWords()
}

func scriptWords(ctx context.Context) string {
	text, err := json.Marshal(wordsFrom(ctx).Script)
	if err != nil { // a struct of strings always marshals
		return "{}"
	}
	return string(text)
}
