// Package techniciandesk is the first page of a technician: the visits of today. It owns no
// data, and it is all that a technician sees beside their own preferences (CT-31, CT-32).
package techniciandesk
