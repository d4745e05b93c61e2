// Package request is work that a customer would like to have done (+Initiate Project; JB-03, JB-43, CP-04): what, where and
// about when, with photos and a conversation. Floor 11.
//
// submitted → accepted (the office makes a project of it) | declined (with a reason) | merged (added to a project that
// exists). It is answered once and stays readable for good.
//
// The office sees all requests. Customers see those of the whole company when they may ask for work there, and always their
// own: whoever asks is granted the request as a place of its own, which is why a request's files and messages carry its id
// where those of a project carry the project's.
package request
