// Package dailylog is what the office writes down of a day on site: weather, who was there,
// notes and photos.
//
// A log begins internal. The office shares it with the customer by a verb of its own, and
// says of each photo whether it goes along; a photo is internal unless it says so. Customers
// read shared logs with the module Projects, their photos with the module Files. Floor 10.
package dailylog
