// Package officedesk is the office's home: what needs the colleague who looks, the newest
// proposals and notices, the first steps of a new firm, and what happened in a project. It
// owns no data; it reads that of several features in few statements.
package officedesk
