package mail

import (
	"html"
	"strings"
)

// markup is HTML that is ready to be sent. Text becomes markup by escaped alone.
type markup string

// escaped makes text harmless between tags and in quoted attributes, the only places
// where the layout has holes. Colours and addresses were checked before (checkLetter).
func escaped(text string) markup { return markup(html.EscapeString(text)) }

// fill puts markup into the holes of a part. What it puts in is not looked at again, so
// text that looks like a hole stays text.
func (l *Layout) fill(part string, values map[string]markup) markup {
	return markup(hole.ReplaceAllStringFunc(l.parts[part], func(found string) string {
		return string(values[strings.Trim(found, "{}")])
	}))
}

// page is the whole letter.
func (l *Layout) page(letter Letter) markup {
	var logo, closing, footer markup
	if letter.LogoCID != "" {
		logo = l.fill("logo", map[string]markup{"Logo": escaped("cid:" + letter.LogoCID)})
	}
	if len(letter.Closing) > 0 {
		closing = l.fill("closing", map[string]markup{"Text": l.text(letter.Closing)})
	}
	space := markup("22px") // above the first line
	for _, line := range letter.Footer {
		footer += l.fill("footer line", map[string]markup{"Space": space, "Text": l.text(line)}) + "\n"
		space = "12px"
	}
	return l.fill("letter", map[string]markup{
		"Language": escaped(letter.Language), "Title": escaped(letter.Title), "Preheader": escaped(letter.Preheader),
		"OrganisationName": escaped(letter.OrganisationName), "Logo": logo, "Body": l.body(letter), "Closing": closing, "Footer": footer,
	})
}

// body is what stands between the title and the closing.
func (l *Layout) body(letter Letter) markup {
	var all markup
	for _, paragraph := range letter.Paragraphs {
		all += l.fill("paragraph", map[string]markup{"Text": l.text(paragraph)}) + "\n"
	}
	if letter.Quote != "" {
		all += l.quote(letter) + "\n"
	}
	if letter.Code != "" {
		all += l.fill("code", map[string]markup{"Code": escaped(letter.Code)}) + "\n"
	}
	if letter.ButtonURL != "" {
		all += l.fill("button", map[string]markup{
			"Brand": escaped(letter.BrandColour), "OnBrand": escaped(letter.OnBrand), "Link": escaped(letter.ButtonURL),
			"ButtonLabel": escaped(letter.ButtonLabel), "CopyAddressLine": escaped(letter.CopyAddressLine),
		}) + "\n"
	}
	return all
}

func (l *Layout) quote(letter Letter) markup {
	var by markup
	if letter.QuoteBy != "" {
		by = l.fill("quoted by", map[string]markup{"QuoteBy": escaped(letter.QuoteBy)})
	}
	return l.fill("quote", map[string]markup{"Lines": broken(letter.Quote), "By": by})
}

// text is a line of runs in their looks.
func (l *Layout) text(t Text) markup {
	var all markup
	for _, run := range t {
		all += l.run(run)
	}
	return all
}

// run cuts its text at line breaks, so that a link or bold words begin anew on each line.
func (l *Layout) run(run Run) markup {
	if run.URL == "" && !run.Bold {
		return broken(run.Text)
	}
	part := "bold"
	if run.URL != "" {
		part = "link"
	}
	var lines []string
	for _, line := range strings.Split(run.Text, "\n") {
		lines = append(lines, string(l.fill(part, map[string]markup{"Link": escaped(run.URL), "Text": escaped(line)})))
	}
	return markup(strings.Join(lines, "<br>"))
}

// broken is text whose line breaks show.
func broken(text string) markup {
	return markup(strings.ReplaceAll(string(escaped(text)), "\n", "<br>"))
}
