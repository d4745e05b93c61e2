package browser

import (
	"strings"
	"testing"
)

func TestAProposalIsSignedWithoutJavaScript(t *testing.T) {
	o := openPortal(t).sends()
	maria := chromium.NewPerson(t, Phone, Options{WithoutJavaScript: true})
	o.reads(maria)
	maria.Sees("Dear Maria,")
	maria.must(maria.Page.Locator("label.opt").Filter(hasText("Quartz worktop")).Locator("input").Check(), "choose")
	maria.Click(maria.Button("Save choices"))
	maria.Sees("Worktop: Quartz worktop")
	for _, term := range [][2]string{{"Payment", "Terms: 1 of 2 opened"}, {"Warranty", "All 2 terms opened"}} {
		maria.Click(maria.Page.Locator("details.term summary").Filter(hasText(term[0])))
		maria.Click(maria.Page.Locator("details.term").Filter(hasText(term[0])).GetByRole("button"))
		maria.Sees(term[1])
	}
	o.comesToSign(maria)
	maria.Sees("€6,812.00")
	maria.Tolerate("status of 422") // the refusal of an empty signature, on a page
	maria.Click(maria.Button("Approve"))
	maria.Sees("Not signed yet")
	if o.signatures() != 0 {
		t.Fatal("it was signed without a signature and without consent")
	}
	maria.Fill("Type your full name", "Maria Ruiz")
	maria.must(maria.Page.Locator("#consent").Check(), "agree")
	maria.Click(maria.Button("Approve"))
	maria.Sees("Thank you, Maria. It is signed.")
	maria.Click(maria.Link("To your project"))
	maria.Arrives("/hartwell/home/projects/" + o.project)
	if o.desk().Document.ViewedAt.IsZero() {
		t.Error("the office does not learn that she opened it")
	}
	if got := o.desk().Signatures; len(got) != 1 || got[0].Name != "Maria Ruiz" || !strings.HasPrefix(got[0].Email, "maria.ruiz@") {
		t.Errorf("signatures = %+v", got)
	}
}

func TestTheSignatureSaysEverythingThatIsMissing(t *testing.T) {
	o := openPortal(t).sends()
	maria := chromium.NewPerson(t, Desktop, Options{})
	o.reads(maria)
	maria.Sees("Terms: 0 of 2 opened")
	opens(maria, maria.Page.Locator("details.term summary").First())
	maria.Sees("Terms: 1 of 2 opened")
	o.comesToSign(maria)
	maria.Sees("Still missing: a choice in “Worktop”, open “Warranty”, your signature, your consent")
	if off, err := maria.Button("Approve").GetAttribute("aria-disabled"); err != nil || off != "true" {
		t.Errorf("Approve is not dimmed as everywhere: aria-disabled = %q (%v)", off, err)
	}
}

func TestAProposalIsSignedByKeyboardAlone(t *testing.T) {
	o := openPortal(t).sends()
	maria := chromium.NewPerson(t, Desktop, Options{})
	maria.Open(o.link)
	tabsTo(maria, "Continue as Maria Ruiz")
	maria.Press("Enter")
	maria.Arrives(o.path)
	tabsTo(maria, "Laminate worktop")
	saves(maria, func() { maria.Press("Space") })
	saves(maria, func() { maria.Press("ArrowDown") })
	for _, term := range []string{"Payment", "Warranty"} {
		tabsTo(maria, term)
		answered(maria, "/terms", func() { maria.Press("Enter") })
	}
	tabsTo(maria, "Review & sign")
	sofar := o.post.count()
	maria.Press("Enter")
	maria.See(maria.Heading("Enter the 6-digit code"), "the question for the code")
	code := o.code(o.mailAfter(sofar, mariasAddress, "code"))
	tabsTo(maria, "Code from the e-mail")
	maria.Type(code)
	maria.Press("Enter")
	maria.See(maria.Heading("Sign the proposal"), "the signature")
	tabsTo(maria, "Draw")
	maria.Press("ArrowRight")
	tabsTo(maria, "Type your full name")
	maria.Type("Maria Ruiz")
	tabsTo(maria, "I have read")
	maria.Press("Space")
	tabsTo(maria, "Approve")
	maria.Press("Enter")
	maria.Sees("Thank you, Maria. It is signed.")
	if o.signatures() != 1 {
		t.Errorf("signatures = %d, want 1", o.signatures())
	}
}

// tabsTo presses Tab until the focus is on something with this name, and must see where it is.
func tabsTo(who *Person, name string) {
	who.t.Helper()
	var passed []string
	for range 80 {
		who.Press("Tab")
		at, err := who.Page.Evaluate(focused)
		who.must(err, "ask where the focus is")
		found, _ := at.(string)
		if strings.HasPrefix(found, name) {
			return
		}
		passed = append(passed, found)
	}
	who.t.Fatalf("Tab never came to %q; it went over %q", name, passed)
}

// focused is the name of what has the focus, as a screen reader builds it, and "unseen" when nothing
// shows that it has it.
const focused = `() => {
	const e = document.activeElement;
	const by = (e.getAttribute('aria-labelledby') || '').split(' ').map(id => document.getElementById(id)?.innerText || '').join(' ').trim();
	const label = e.labels && [...e.labels].map(l => l.innerText).join(' ').trim();
	const name = (e.getAttribute('aria-label') || by || label || e.innerText || e.value || '').trim().replace(/\s+/g, ' ');
	const seen = [e, e.parentElement, e.closest('label')].some(x => x && (getComputedStyle(x).outlineStyle !== 'none' || getComputedStyle(x).boxShadow !== 'none'));
	return (seen ? '' : 'unseen: ') + name;
}`
