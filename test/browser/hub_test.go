package browser

import (
	"testing"

	"github.com/mxschmitt/playwright-go"
)

// conversation is the field on top of a project's Activity Feed, and what was said below it.
func (p *Person) conversation() playwright.Locator { return p.Page.Locator("#conversation-text") }

// said finds a conversation of the feed by words in it.
func (p *Person) said(words string) playwright.Locator {
	return p.Page.Locator("#feed .talk", playwright.PageLocatorOptions{HasText: words})
}

// posts sends what stands in the field on top of the feed.
func (p *Person) posts() {
	p.t.Helper()
	p.Click(p.Page.Locator("#conversation-form").GetByRole("button", playwright.LocatorGetByRoleOptions{Name: "Post"}))
}

// JT-28 to JT-31: Maria writes on her project, mentions Ruth by keyboard and sends a photo; Ruth, whose page is open, sees it
// at once, loses nothing of what she types, and answers below it. What she notes for the office stays there.
func TestTwoPeopleTalkOnTheDashboardOfAProject(t *testing.T) {
	o := openPortal(t).sends()
	ruth := chromium.NewPerson(t, Desktop, Options{})
	o.signIn(ruth, ownersAddress)
	ruth.Open(o.url + "/hartwell/office/projects/" + o.project)
	ruth.See(ruth.Heading("Activity Feed"), "the feed")
	ruth.must(ruth.conversation().Fill("Half a sentence"), "begin to write")

	maria := chromium.NewPerson(t, Phone, Options{})
	o.reads(maria)
	maria.Open(o.url + "/hartwell/home/projects/" + o.project)
	maria.Click(maria.conversation())
	maria.Type("Where does the socket go, @ru")
	maria.See(maria.Page.GetByRole("option", playwright.PageGetByRoleOptions{Name: "Ruth Hartwell"}), "whom she may mention")
	if active, err := maria.conversation().GetAttribute("aria-activedescendant"); err != nil || active == "" {
		t.Errorf("the field does not say which entry of the list is active: %v", err)
	}
	maria.LooksGood("hub-mention")
	maria.Press("Enter")
	if got := maria.Value(maria.conversation()); got != "Where does the socket go, @Ruth Hartwell " {
		t.Errorf("the field holds %q", got)
	}
	maria.Upload(maria.Page.Locator("#conversation-form"), "wall-sockets.jpg")
	maria.See(maria.Page.Locator("#conversation-form .up-list .file"), "that the photo has arrived")
	maria.posts()
	maria.See(maria.said("Where does the socket go"), "her message")
	maria.See(maria.said("Where does the socket go").Locator(".mention", playwright.LocatorLocatorOptions{HasText: "@Ruth Hartwell"}), "the mention")
	if got := maria.Value(maria.conversation()); got != "" {
		t.Errorf("after posting the field still holds %q", got)
	}

	asked := ruth.said("Where does the socket go")
	ruth.See(asked, "the message, without doing anything")
	ruth.See(asked.Locator("[data-picture]"), "the photo")
	if got := ruth.Value(ruth.conversation()); got != "Half a sentence" {
		t.Errorf("what Ruth typed became %q", got)
	}
	ruth.Click(asked.Locator("summary", playwright.LocatorLocatorOptions{HasText: "Answer"}))
	ruth.must(asked.Locator(".answer textarea").Fill("Left of the window."), "answer")
	ruth.LooksGood("hub-answer")

	maria.must(maria.conversation().Fill("One more thing"), "write again")
	maria.posts()
	ruth.See(ruth.said("One more thing"), "the next message, without doing anything")
	if got := ruth.Value(asked.Locator(".answer textarea")); got != "Left of the window." {
		t.Errorf("the answer that Ruth typed became %q", got)
	}
	ruth.Click(asked.Locator(".answer").GetByRole("button", playwright.LocatorGetByRoleOptions{Name: "Post"}))
	ruth.See(asked.Locator(".replies", playwright.LocatorLocatorOptions{HasText: "Left of the window."}), "her answer below the question")
	answered := maria.said("Where does the socket go").Locator(".replies", playwright.LocatorLocatorOptions{HasText: "Left of the window."})
	maria.See(answered, "the answer, without doing anything")

	ruth.must(ruth.conversation().Fill("Margin is thin here"), "write a note")
	ruth.must(ruth.Page.Locator("#conversation-internal").Check(), "keep it in the office")
	ruth.posts()
	ruth.See(ruth.said("Margin is thin here"), "the note")
	ruth.must(ruth.conversation().Fill("And a socket for the kettle."), "write to everybody")
	ruth.posts()
	maria.See(maria.said("And a socket for the kettle."), "what is for her")
	if n, err := maria.Page.GetByText("Margin is thin here").Count(); err != nil || n != 0 {
		t.Errorf("the customer finds the note %d times, %v", n, err)
	}
	ruth.See(ruth.said("And a socket for the kettle.").Locator(".seen-by", playwright.LocatorLocatorOptions{HasText: "Maria Ruiz"}), "that Maria has seen it, without doing anything")
	ruth.LooksGood("hub-office")
	maria.LooksGood("hub-customer")

	maria.Click(maria.Page.Locator("#conversation .views a", playwright.PageLocatorOptions{HasText: "Documents"}))
	maria.See(maria.Page.Locator("#feed", playwright.PageLocatorOptions{HasText: "sent version 1"}), "the proposal")
	maria.Gone(maria.said("One more thing"))
	maria.Open(o.url + "/hartwell/home/projects/" + o.project)
	maria.Click(maria.said("One more thing").Locator("summary", playwright.LocatorLocatorOptions{HasText: "Edit or take back"}))
	maria.Click(maria.said("One more thing").GetByRole("button", playwright.LocatorGetByRoleOptions{Name: "Take back"}))
	maria.See(maria.said("This message was taken back."), "that it is gone")
	ruth.See(ruth.said("This message was taken back."), "that it is gone, without doing anything")

	plain := chromium.NewPerson(t, Desktop, Options{WithoutJavaScript: true})
	o.reads(plain)
	plain.Open(o.url + "/hartwell/home/projects/" + o.project)
	plain.must(plain.conversation().Fill("Without a script"), "write")
	plain.posts()
	plain.See(plain.said("Without a script"), "the message")
}
