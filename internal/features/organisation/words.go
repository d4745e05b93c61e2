package organisation

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/platform/i18n"
)

// RoleName is a role in the reader's language.
func RoleName(ctx context.Context, role access.Role) string {
	switch role {
	case access.Owner:
		return i18n.T(ctx, "Owner")
	case access.Administrator:
		return i18n.T(ctx, "Administrator")
	case access.Manager:
		return i18n.T(ctx, "Manager")
	case access.Member:
		return i18n.T(ctx, "Team member")
	case access.Finance:
		return i18n.T(ctx, "Finance")
	case access.ReadOnly:
		return i18n.T(ctx, "Read-only")
	}
	return ""
}

// BucketName is a bucket in the reader's language.
func BucketName(ctx context.Context, bucket Bucket) string {
	switch bucket {
	case Pending:
		return i18n.T(ctx, "Pending")
	case Current:
		return i18n.T(ctx, "Current")
	case Completed:
		return i18n.T(ctx, "Completed")
	case Hidden:
		return i18n.T(ctx, "Hidden")
	}
	return ""
}
