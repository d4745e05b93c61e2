package jobs

import "context"

// Claim takes tasks as a node does that then dies.
func (r *Runner) Claim(ctx context.Context, count int) ([]Task, error) { return r.claim(ctx, count) }

// Rescue gives back the tasks of dead nodes.
func (r *Runner) Rescue(ctx context.Context) { r.rescue(ctx) }

// Lease is how long a node has a task for itself.
const Lease = lease
