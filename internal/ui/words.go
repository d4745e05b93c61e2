package ui

import (
	"context"
	"encoding/json"
)

// Words are the short texts that components and scripts need on every page. The English sentence is the key, so the
// application fills them with its translator once for each language: see [TranslateWords].
type Words struct {
	SkipToContent, MainMenu, QuickMenu, WhereYouAre     string
	SwitchTheme, Search, Account, Profile, SignOut      string
	More, New, Close, Done, Unread, Previous, Next      string
	ShowPassword, SignedElectronically, BeforeYouSign   string
	Opened, NotOpenedYet, Was, Now, Required, Optional  string
	MoveUp, MoveDown, Duplicate, Delete, OpenLarge      string
	Draw, Type, Clear, TypeYourName, DrawHint, TypeHint string
	AttachFile, TakePhoto, Upload                       string
	NotNow, Install, PushTurnOn, PushTurnOff            string
	PushOn, PushOff, PushDenied, PushFailed             string
	PushMissing, PushHome                               string
	SignedOut, SignedOutLoose, SignInAgain, ComeByLink  string
	BroughtBack                                         string
	Script                                              ScriptWords
	script                                              string // Script as JSON
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
	CheckField   string `json:"checkField"`
	NotTried     string `json:"notTried"`
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
	KeptAt       string `json:"keptAt"`
	NeedsSignal  string `json:"needsSignal"`
	WaitsSignal  string `json:"waitsForSignal"`
	NotTaken     string `json:"notTaken"`
	SentNow      string `json:"sentNow"`
	PostsWhen    string `json:"postsWhenDone"`
	SendsWhen    string `json:"sendsWhenDone"`
	NotPosted    string `json:"notPosted"`
}

// TranslateWords fills all words by calling translate with each English sentence.
func TranslateWords(translate func(english string) string) *Words {
	words := &Words{
		SkipToContent: translate("Skip to content"), MainMenu: translate("Main menu"), QuickMenu: translate("Quick menu"), WhereYouAre: translate("Where you are"),
		SwitchTheme: translate("Switch between light and dark"), Search: translate("Search"), Account: translate("Your account"), Profile: translate("Your profile"), SignOut: translate("Sign out"),
		More: translate("More"), New: translate("new"), Close: translate("Close"), Done: translate("done"), Unread: translate("unread"), Previous: translate("Back"), Next: translate("Next"),
		ShowPassword: translate("Show password"), SignedElectronically: translate("eSigned"), BeforeYouSign: translate("Before you sign"),
		Opened: translate("Opened"), NotOpenedYet: translate("Not opened yet"), Was: translate("was"), Now: translate("now"), Required: translate("required"), Optional: translate("optional"),
		MoveUp: translate("Move up"), MoveDown: translate("Move down"), Duplicate: translate("Duplicate"), Delete: translate("Delete"), OpenLarge: translate("Open large"),
		Draw: translate("Draw"), Type: translate("Type"), Clear: translate("Clear"), TypeYourName: translate("Type your full name"),
		DrawHint: translate("Draw with mouse, finger or pen, or type your name."), TypeHint: translate("Your typed name counts like a drawn signature."),
		AttachFile: translate("Attach a file"), TakePhoto: translate("Take a photo"), Upload: translate("Upload"),
		NotNow: translate("Not now"), Install: translate("Install"), PushTurnOn: translate("Notify me on this device"), PushTurnOff: translate("Turn off on this device"),
		PushOn: translate("Notifications are on for this device."), PushOff: translate("Notifications are off for this device."),
		PushDenied: translate("This device blocks notifications of the portal. Allow them in the settings of the browser or the phone, then open this page again."),
		PushFailed: translate("That did not work just now. Please try again."), PushMissing: translate("This browser cannot show notifications."),
		PushHome:       translate("On an iPhone or iPad notifications work in the app: put the portal on your home screen first."),
		SignedOut:      translate("You are signed out. What you wrote is kept in this browser."),
		SignedOutLoose: translate("You are signed out, and this browser keeps nothing. Leave this page open and sign in in another tab: what you wrote is saved when you come back to this one."),
		SignInAgain:    translate("Sign in again"), ComeByLink: translate("Do you come by a personal link? Open it in your e-mail once more."),
		BroughtBack: translate("What you wrote while you were signed out is back."),
		Script: ScriptWords{
			Close: translate("Close"), Previous: translate("Back"), Next: translate("Next"), PictureOf: translate("{n} of {total}"),
			Saving: translate("Saving…"), Saved: translate("Saved {time}"), NotSaved: translate("Not saved. We keep trying; what you typed is safe in this browser."), CheckField: translate("Not saved: check the marked field"),
			NotTried: translate("Not saved. What you typed is safe in this browser."), TryAgain: translate("Try again"),
			FoundUnsaved: translate("We found changes from {time} that were not saved."), BringBack: translate("Bring them back"), ThrowAway: translate("Throw them away"),
			Waiting: translate("Waiting"), Sending: translate("Sending, {percent} %"), Paused: translate("Stopped at {percent} %. It goes on by itself."), Arrived: translate("{name} uploaded"),
			Refused: translate("This file could not be taken."), TooLarge: translate("This file is too large. The limit is {limit}."), Cancel: translate("Cancel"),
			Copied: translate("Copied"), Opened: translate("Opened"), StillMissing: translate("Still missing: {list}"), OpenTerm: translate("open “{term}”"), SignFirst: translate("your signature"), ConsentFirst: translate("your consent"),
			Working: translate("One moment…"), HidePassword: translate("Hide password"), ShowPassword: translate("Show password"),
			Moved: translate("{name} is now at place {place}."), Removed: translate("{name} was removed. Ctrl+Z brings it back."), Added: translate("A line was added."), Undone: translate("Undone."),
			AreYouSure: translate("Are you sure?"),
			KeptAt:     translate("No signal. You see this page as it was: {time}."), NeedsSignal: translate("This needs a signal. Nothing was sent."),
			WaitsSignal: translate("Waiting for signal. It is sent by itself."), NotTaken: translate("This message could not be posted any more. Copy it if you need it."), SentNow: translate("Your message was sent."),
			PostsWhen: translate("Uploading… posts when done"), SendsWhen: translate("Uploading… sends when done"), NotPosted: translate("Not sent: a file did not arrive. Your text is still here."),
		},
	}
	script, err := json.Marshal(words.Script)
	if err != nil {
		panic("a struct of texts cannot be written: " + err.Error())
	}
	words.script = string(script)
	return words
}

// EnglishWords are the source sentences, used when a request carries no translation.
func EnglishWords() *Words { return TranslateWords(func(english string) string { return english }) }

type wordsKey struct{}

// WithWords puts the reader's words into the context that pages are rendered with.
func WithWords(ctx context.Context, words *Words) context.Context {
	return context.WithValue(ctx, wordsKey{}, words)
}

func wordsFrom(ctx context.Context) *Words {
	if words, ok := ctx.Value(wordsKey{}).(*Words); ok {
		return words
	}
	return EnglishWords()
}

func scriptWords(ctx context.Context) string { return wordsFrom(ctx).script }

type liveKey struct{}

// WithLiveMark puts the place of the live updates into the context, from before a page's data are read: what changes from then
// on is told to the page.
func WithLiveMark(ctx context.Context, mark string) context.Context {
	return context.WithValue(ctx, liveKey{}, mark)
}

func liveMark(ctx context.Context) string {
	mark, _ := ctx.Value(liveKey{}).(string)
	return mark
}
