// Package schedule is the plan of a project: tasks and milestones with days, what follows
// what, and how far each is; and the customer's own tasks, which they tick.
//
// The office works on the plan; a customer sees it as it was when the office last pressed
// Publish, and only with the module Schedule. Floor 10.
package schedule
