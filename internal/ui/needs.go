package ui

import (
	"cmp"
	"slices"
)

// byUrgency orders by the last day; what has none comes last, and else the order stays.
func byUrgency(list []NeedProps) []NeedProps {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b NeedProps) int {
		if a.By == "" || b.By == "" {
			return cmp.Compare(len(b.By), len(a.By))
		}
		return cmp.Compare(a.By, b.By)
	})
	for i := range list {
		list[i].First = i == 0
	}
	return list
}
