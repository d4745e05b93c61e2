package reading

import (
	"context"
	"net/http"
	"slices"

	"lintel/internal/core/route"
	"lintel/internal/features/document"
	"lintel/internal/features/document/proposal"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/money"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// saveForm reads the form of choices and keeps all of it that the version offers. The rest is refused, with what was typed.
func (p *Pages) saveForm(r *route.Request) (reading document.Reading, wrong refused, err error) {
	form, err := r.Form()
	if err != nil {
		return reading, wrong, err
	}
	version, _ := web.Whole(form.Line("version"))
	reading, err = p.service.Read(r.Context(), r.Actor, r.PathValue("document"), version)
	if err != nil || !reading.Answerable() {
		return reading, wrong, err
	}
	c := choosing{form: form, notation: i18n.Notation(r.Context()), before: reading.Progress, wrong: map[string][]string{},
		now: document.Progress{Choices: proposal.Choices{Selected: map[string]bool{}, Quantities: map[string]money.Decimal{}}, Terms: slices.Clone(reading.Progress.Terms)}}
	c.read(reading.Version.Content)
	if len(c.wrong) > 0 {
		wrong = refused{Status: http.StatusUnprocessableEntity, Typed: c.wrong}
	}
	reading, err = p.service.SaveProgress(r.Context(), r.Actor, r.PathValue("document"), reading.Version.Number, c.now)
	return reading, wrong, err
}

// choosing takes what the form says over what was saved before.
type choosing struct {
	form        *web.Form
	notation    money.Notation
	before, now document.Progress
	wrong       map[string][]string // what cannot be kept, by the form's names
}

func (c *choosing) read(content proposal.CustomerContent) {
	for _, group := range content.Groups {
		if group.Kind == proposal.Option {
			c.group(group)
		}
		for _, line := range group.Lines {
			if line.QuantityEditable != nil {
				c.quantity(line)
			}
		}
	}
	for _, term := range content.Terms {
		// Without script the hidden field stays empty, and a button of its own says that it was read.
		read := slices.Contains(c.form.All("term."+term.ID), "1") || slices.Contains(c.form.All("read"), term.ID)
		if read && !slices.Contains(c.now.Terms, term.ID) {
			c.now.Terms = append(c.now.Terms, term.ID)
		}
	}
}

func (c *choosing) group(group proposal.CustomerGroup) {
	ticked := c.form.All("option." + group.ID)
	if c.form.Line("group."+group.ID) == "1" {
		for _, line := range group.Lines {
			c.now.Choices.Selected[line.ID] = slices.Contains(ticked, line.ID)
		}
		if group.Max == 0 || group.Chosen(c.now.Choices) <= group.Max {
			return
		}
		c.wrong["option."+group.ID] = ticked
	}
	for _, line := range group.Lines {
		delete(c.now.Choices.Selected, line.ID)
		if chosen, said := c.before.Choices.Selected[line.ID]; said {
			c.now.Choices.Selected[line.ID] = chosen
		}
	}
}

func (c *choosing) quantity(line proposal.CustomerLine) {
	name := "quantity." + line.ID
	if typed := c.form.All(name); len(typed) > 0 {
		quantity, err := c.number(c.form.Line(name))
		if err == nil && line.QuantityEditable.Holds(quantity) {
			c.now.Choices.Quantities[line.ID] = quantity
			return
		}
		c.wrong[name] = typed[:1]
	}
	if quantity, said := c.before.Choices.Quantities[line.ID]; said {
		c.now.Choices.Quantities[line.ID] = quantity
	}
}

// number reads what the number field of a browser sends, or what a person writes.
func (c *choosing) number(text string) (money.Decimal, error) {
	if quantity, err := money.ParseDecimal(text, money.PointNotation); err == nil {
		return quantity, nil
	}
	return money.ParseDecimal(text, c.notation)
}

// quantity is the field in which a customer says how many, with between what: what cannot be kept stands there as it was typed.
func (v readingView) quantity(ctx context.Context, line proposal.CustomerLine) ui.QuantityProps {
	name, bounds, limits := "quantity."+line.ID, line.QuantityEditable, limits(ctx, line)
	p := ui.QuantityProps{ID: "quantity-" + line.ID, Name: name, Label: i18n.T(ctx, "How many: {name}", "name", line.Name), Value: v.Progress.Choices.QuantityOf(line).String(),
		Unit: line.Unit, Min: bounds.Min.String(), Max: bounds.Max.String(), Step: "any", Hint: limits}
	if v.refused.has(name) {
		p.Value, p.Error, p.Autofocus = v.refused.first(name), limits, v.firstWrong() == name
	}
	return p
}

// limits are between what a quantity may be chosen.
func limits(ctx context.Context, line proposal.CustomerLine) string {
	least, most := i18n.Number(ctx, line.QuantityEditable.Min), i18n.Number(ctx, line.QuantityEditable.Max)
	if line.Unit == "" {
		return i18n.T(ctx, "Between {min} and {max}", "min", least, "max", most)
	}
	return i18n.T(ctx, "Between {min} and {max} {unit}", "min", least, "max", most, "unit", line.Unit)
}

// ticked reports whether an option stands as chosen: as it was ticked, even where so many cannot be kept.
func (v readingView) ticked(group proposal.CustomerGroup, line proposal.CustomerLine) bool {
	if name := "option." + group.ID; v.refused.has(name) {
		return slices.Contains(v.refused.Typed[name], line.ID)
	}
	return v.Progress.Choices.Has(line)
}

// firstWrong is the name of the first field of the page whose value was refused.
func (v readingView) firstWrong() string {
	for _, group := range v.Version.Content.Groups {
		if name := "option." + group.ID; v.refused.has(name) {
			return name
		}
		for _, line := range group.Lines {
			if name := "quantity." + line.ID; v.refused.has(name) {
				return name
			}
		}
	}
	return ""
}
