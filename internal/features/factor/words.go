package factor

import (
	"context"

	"lintel/internal/platform/i18n"
)

func usedWords(ctx context.Context, p Passkey) string {
	if p.LastUsed.IsZero() {
		return i18n.T(ctx, "added {date}, not used yet", "date", i18n.DateShort(ctx, p.AddedAt))
	}
	return i18n.T(ctx, "added {date}, last used {used}", "date", i18n.DateShort(ctx, p.AddedAt), "used", i18n.DateTime(ctx, p.LastUsed))
}

func codeLabel(ctx context.Context, app bool) string {
	if app {
		return i18n.T(ctx, "Code from your app")
	}
	return i18n.T(ctx, "Recovery code")
}

func codeHint(ctx context.Context, app bool) string {
	if app {
		return i18n.T(ctx, "A recovery code works too.")
	}
	return i18n.T(ctx, "One of those that you wrote down.")
}
