// Package oversight tells the office who can see what and why: the readers of a customer,
// project, proposal or file, everything about one person's access on one page, and the
// portal as a contact sees it. It owns no data. Staff with access:read; looking as a
// contact needs see-as:use. Floor 11.
package oversight
