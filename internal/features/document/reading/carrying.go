package reading

import (
	"context"

	"lintel/internal/features/document/proposal"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/money"
	"lintel/internal/ui"
)

// carriedNote says what became of the choices of an earlier version; nil where there is nothing to say.
func (v readingView) carriedNote(ctx context.Context) *ui.NoteProps {
	switch {
	case v.Carried == nil || v.locked():
		return nil
	case len(v.Carried.Lost) == 0:
		return &ui.NoteProps{Tone: ui.ToneInfo, Icon: "check", Title: i18n.T(ctx, "Your choices from version {version} are kept.", "version", v.Carried.From)}
	case v.Progress.Choices.Says():
		return &ui.NoteProps{Tone: ui.ToneWarn, Icon: "triangle-alert", Title: i18n.T(ctx, "Something that you chose has changed"), Text: i18n.T(ctx, "Your other choices from version {version} are kept.", "version", v.Carried.From)}
	}
	return &ui.NoteProps{Tone: ui.ToneWarn, Icon: "triangle-alert", Title: i18n.T(ctx, "Something that you chose has changed")}
}

// lostWords says what became of one choice, by the name that the customer knows.
func (v readingView) lostWords(ctx context.Context, lost proposal.Lost) string {
	name := lost.Before.Name
	switch lost.Kind {
	case proposal.LostGone:
		return i18n.T(ctx, "Your choice “{name}” is no longer offered.", "name", name)
	case proposal.LostIncluded:
		return i18n.T(ctx, "“{name}” is part of the proposal now.", "name", name)
	case proposal.LostPrice:
		if lost.Before.UnitPrice == lost.Now.UnitPrice {
			return i18n.T(ctx, "“{name}” has another price now. Please choose again.", "name", name)
		}
		return i18n.T(ctx, "“{name}” now costs {price}. Please choose again.", "name", name, "price", v.priceOf(ctx, lost.Now))
	case proposal.LostLimits:
		if lost.Now.QuantityEditable == nil {
			return i18n.T(ctx, "How much of “{name}” can no longer be chosen.", "name", name)
		}
		return i18n.T(ctx, "The quantity of “{name}” has other limits now: {limits}. Please choose again.", "name", name, "limits", limits(ctx, lost.Now))
	case proposal.LostFewer:
		return i18n.T(ctx, "In “{name}” you can choose up to {max} now. Please choose again.", "name", lost.Group.Name, "max", lost.Group.Max)
	}
	return i18n.T(ctx, "“{name}” has changed. Please look at it and choose again.", "name", name)
}

// priceOf is what one of a line costs, with its unit where there may be more of it.
func (v readingView) priceOf(ctx context.Context, line proposal.CustomerLine) string {
	price := i18n.Money(ctx, money.New(line.UnitPrice, v.Version.Content.Currency))
	if line.Unit == "" || line.Quantity.Compare(money.Whole(1)) == 0 && line.QuantityEditable == nil {
		return price
	}
	return i18n.T(ctx, "{price} per {unit}", "price", price, "unit", line.Unit)
}
