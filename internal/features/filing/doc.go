// Package filing is the Files tab of a project: folders, versions, the bin, the gallery by date with pairs of before
// and after, and archives to take along. Floor 10.
//
// A file of a project is seen by the office, and by the customer's people who were given Files when it is shared.
// Only the office makes folders, moves files, shares what was its own and takes back what was shared; customers add
// files, also into folders, and change their own. What hangs on messages, documents and the like stands in the same
// list, read-only, for those who see it there.
//
// The bytes, their checks and who may fetch them are the business of package file.
package filing
