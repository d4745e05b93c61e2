package proposal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"lintel/internal/platform/fault"
	"lintel/internal/platform/money"
)

// Pricing says whether the prices of a document contain the tax.
type Pricing string

// The two ways to price.
const (
	TaxOnTop    Pricing = "exclusive"
	TaxIncluded Pricing = "inclusive"
)

// Content is everything that one version says, as the office sees it.
type Content struct {
	Title       string          `json:"title"`
	CoverNote   string          `json:"coverNote"`
	Currency    string          `json:"currency"`
	Pricing     Pricing         `json:"pricing"`
	Groups      []Group         `json:"groups"`
	Terms       []Term          `json:"terms"`
	ValidUntil  string          `json:"validUntil"` // 2026-12-18, the last valid day; empty: no end
	Deposit     money.Decimal   `json:"deposit"`    // percent of the total, due on approval
	Cover       string          `json:"cover"`      // file id of the picture on top
	Attachments []AttachmentRef `json:"attachments"`
	OfficeNote  string          `json:"officeNote"` // only the office sees it
}

// Term is a part of the contract that the customer opens and reads.
type Term struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Body  string `json:"body"` // the Markdown subset of the editor
}

// AttachmentRef names a file by its id and the SHA-256 of its bytes, so that a signature
// binds to the file too.
type AttachmentRef struct {
	FileID    string `json:"fileId"`
	Name      string `json:"name"`
	MediaType string `json:"mediaType"`
	Size      int64  `json:"size"`
	SHA256    string `json:"sha256"`
}

// CustomerContent is Content as the customer sees it and signs it. It has no field for what
// only the office may know.
type CustomerContent struct {
	Title       string          `json:"title"`
	CoverNote   string          `json:"coverNote"`
	Currency    string          `json:"currency"`
	Pricing     Pricing         `json:"pricing"`
	Groups      []CustomerGroup `json:"groups"`
	Terms       []Term          `json:"terms"`
	ValidUntil  string          `json:"validUntil"`
	Deposit     money.Decimal   `json:"deposit"`
	Cover       string          `json:"cover"`
	Attachments []AttachmentRef `json:"attachments"`
	Parties     *Parties        `json:"parties,omitempty"` // since it was sent; versions of earlier releases have none
}

// Parties are who makes the agreement and where, in the words that stood on the page when
// the version was sent. What is renamed later changes nothing in it.
type Parties struct {
	Firm     string `json:"firm"`
	Customer string `json:"customer"`
	Place    string `json:"place"`
	TaxName  string `json:"taxName"`
}

// CustomerGroup is Group as the customer sees it.
type CustomerGroup struct {
	ID    string         `json:"id"`
	Name  string         `json:"name"`
	Kind  GroupKind      `json:"kind"`
	Min   int            `json:"min"`
	Max   int            `json:"max"`
	Lines []CustomerLine `json:"lines"`
}

// CustomerLine is Line as the customer sees it.
type CustomerLine struct {
	ID               string          `json:"id"`
	Kind             LineKind        `json:"kind"`
	Name             string          `json:"name"`
	Description      string          `json:"description"`
	Quantity         money.Decimal   `json:"quantity"`
	Unit             string          `json:"unit"`
	UnitPrice        int64           `json:"unitPrice"`
	Percent          money.Decimal   `json:"percent"`
	TaxPercent       money.Decimal   `json:"taxPercent"`
	Photos           []AttachmentRef `json:"photos"`
	QuantityEditable *QuantityRange  `json:"quantityEditable,omitempty"`
	Selected         bool            `json:"selected"`
	Allowance        bool            `json:"allowance"`
}

// ForCustomer leaves out costs, office notes and everything else that is not the customer's.
func (c Content) ForCustomer() CustomerContent {
	shown := CustomerContent{
		Title: c.Title, CoverNote: c.CoverNote, Currency: c.Currency, Pricing: c.Pricing,
		Groups: make([]CustomerGroup, 0, len(c.Groups)), Terms: present(c.Terms), ValidUntil: c.ValidUntil,
		Deposit: c.Deposit, Cover: c.Cover, Attachments: present(c.Attachments),
	}
	for _, g := range c.Groups {
		shown.Groups = append(shown.Groups, g.forCustomer())
	}
	return shown
}

func (g Group) forCustomer() CustomerGroup {
	shown := CustomerGroup{ID: g.ID, Name: g.Name, Kind: g.Kind, Min: g.Min, Max: g.Max, Lines: make([]CustomerLine, 0, len(g.Lines))}
	for _, l := range g.Lines {
		shown.Lines = append(shown.Lines, CustomerLine{
			ID: l.ID, Kind: l.Kind, Name: l.Name, Description: l.Description, Quantity: l.Quantity, Unit: l.Unit,
			UnitPrice: l.UnitPrice, Percent: l.Percent, TaxPercent: l.TaxPercent, Photos: present(l.Photos),
			QuantityEditable: l.QuantityEditable, Selected: l.Selected, Allowance: l.Allowance,
		})
	}
	return shown
}

// WithoutCosts is the content for staff who may not see cost prices; it changes the lines.
func (c Content) WithoutCosts() Content {
	for i := range c.Groups {
		for j := range c.Groups[i].Lines {
			c.Groups[i].Lines[j].UnitCost = nil
		}
	}
	return c
}

// Counts says how much there is: lines without discounts, groups without those of discounts,
// discounts.
func (c Content) Counts() (lines, groups, discounts int) {
	for _, g := range c.Groups {
		if g.Kind != Discounts {
			groups++
		}
		for _, l := range g.Lines {
			if l.Kind == Discount {
				discounts++
			} else {
				lines++
			}
		}
	}
	return lines, groups, discounts
}

// present is a list that is never nil, so that an empty one has one form in JSON.
func present[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// Bytes is the canonical JSON of the content: fields in the order of the type, numbers as
// whole minor units or decimal text, lists never null. Equal contents give equal bytes. The
// store keeps these.
func (c Content) Bytes() []byte {
	c.Groups, c.Terms, c.Attachments = append([]Group{}, c.Groups...), present(c.Terms), present(c.Attachments)
	for i, g := range c.Groups {
		c.Groups[i].Lines = append([]Line{}, g.Lines...)
		for j := range c.Groups[i].Lines {
			line := &c.Groups[i].Lines[j]
			line.Photos = present(line.Photos)
		}
	}
	return canonical(c)
}

// Bytes is the canonical JSON of what the customer sees; a signature binds to it through
// Agreement.
func (c CustomerContent) Bytes() []byte { return canonical(c) }

// Agreement is what a customer signs: the content shown, and what was chosen in it.
type Agreement struct {
	DocumentID string          `json:"documentId"`
	Version    int             `json:"version"`
	Content    CustomerContent `json:"content"`
	Choices    Choices         `json:"choices"`
	Total      money.Amount    `json:"total"`
}

// Bytes is the canonical JSON of the agreement. Its SHA-256 goes into the signature.
func (a Agreement) Bytes() []byte {
	a.Choices = a.Choices.explicit(a.Content)
	return canonical(a)
}

// SHA256 is the fingerprint of canonical bytes in hex.
func SHA256(canonical []byte) string {
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:])
}

// canonical encodes values that always can be encoded: text, whole numbers, lists of them.
func canonical(value any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic("document: content that is no JSON: " + err.Error())
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// ParseContent reads what Content.Bytes wrote. Unknown fields are refused, so that nothing
// is lost unseen.
func ParseContent(data []byte) (Content, error) {
	var c Content
	if err := parseStrictly(data, &c); err != nil {
		return Content{}, fault.Wrap(fault.Invalid, "This is not the content of a document.", err)
	}
	return c, nil
}

// ParseCustomerContent reads what CustomerContent.Bytes wrote.
func ParseCustomerContent(data []byte) (CustomerContent, error) {
	var c CustomerContent
	if err := parseStrictly(data, &c); err != nil {
		return CustomerContent{}, fault.Wrap(fault.Invalid, "This is not the content of a document.", err)
	}
	return c, nil
}

func parseStrictly(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if decoder.More() {
		return fmt.Errorf("more follows behind the content")
	}
	return nil
}
