package openid

import (
	"context"

	"lintel/internal/platform/i18n"
)

func secretHint(ctx context.Context, stored bool) string {
	if stored {
		return i18n.T(ctx, "One is stored. Leave this empty to keep it.")
	}
	return i18n.T(ctx, "It is stored encrypted and never shown again.")
}
