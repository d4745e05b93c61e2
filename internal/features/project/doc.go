// Package project is the work that the firm does for a customer at a property, and the
// stage that it is in. Stages are the organisation's own; each lies in one of the buckets
// Pending, Current and Completed (or is hidden), which are the groups customers see.
// Only the office moves a project (JB-41).
//
// Floor 9. The office sees all projects; customers those that they were granted, while
// their stage is one that customers see.
package project
