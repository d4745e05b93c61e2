package staff

import (
	"context"
	"strconv"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/platform/i18n"
	"lintel/internal/ui"
)

func columns(list []Role) string { return strconv.Itoa(len(list) + 1) }

// idOf makes an element's id of a permission.
func idOf(p access.Permission) string { return strings.ReplaceAll(string(p), ":", "-") }

func roleSummary(ctx context.Context, role Role) string {
	if line := roleLine(ctx, role.ID); line != "" {
		return line
	}
	if len(role.Members) == 0 {
		return i18n.T(ctx, "Nobody has it.")
	}
	return i18n.N(ctx, len(role.Members), "{n} person has it", "{n} people have it")
}

func scopeWords(ctx context.Context, scopes access.PermissionSet) string {
	var words []string
	for _, p := range scopes.And(access.NewPermissionSet(Scopes...)).List() {
		words = append(words, sentence(ctx, p))
	}
	return strings.Join(words, " · ")
}

func usedText(ctx context.Context, t Token) string {
	if t.LastUsed.IsZero() {
		return i18n.T(ctx, "never")
	}
	return i18n.T(ctx, "{when} from {address}", "when", i18n.Relative(ctx, t.LastUsed), "address", t.LastAddress)
}

func lifeOptions(ctx context.Context, chosen int) (list []ui.Option) {
	for _, days := range Lives {
		list = append(list, ui.Option{Value: strconv.Itoa(days), Label: lifeName(ctx, days), Selected: days == chosen})
	}
	return list
}
