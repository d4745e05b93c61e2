package dailylog

import (
	"context"
	"net/url"

	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
	"lintel/internal/ui"
)

// listView is a project's logs on a page of either face.
type listView struct {
	slug    string
	project string
	url     string
	office  bool
	may     bool
	today   string
	from    string // cursor of this page
	list    List
}

func (v listView) partURL() string {
	if v.from == "" {
		return v.url + "/list"
	}
	return v.url + "/list?from=" + url.QueryEscape(v.from)
}

func (v listView) nextURL() string {
	return v.url + "?from=" + url.QueryEscape(v.list.Next.String())
}

// logView is one log, to read or to write.
type logView struct {
	slug      string
	url       string
	back      string
	uploadURL string
	entry     Entry
	may       bool
	readers   string // the page that tells who can see the log; empty without the right to ask
	d         Details
	revision  int
	problems  organisation.Problems
	theirs    string // notes that somebody else has saved in the meantime
}

func (v logView) log() Log { return v.entry.Log }

var fieldOrder = []string{"revision", "day", "weather", "temperature", "on_site", "notes"}

// weatherName is a weather in words.
func weatherName(ctx context.Context, w Weather) string {
	switch w {
	case Sun:
		return i18n.T(ctx, "Sunny")
	case Mixed:
		return i18n.T(ctx, "Sun and clouds")
	case Cloud:
		return i18n.T(ctx, "Cloudy")
	case Rain:
		return i18n.T(ctx, "Rain")
	case Storm:
		return i18n.T(ctx, "Thunderstorm")
	case Snow:
		return i18n.T(ctx, "Snow")
	case Fog:
		return i18n.T(ctx, "Fog")
	case Wind:
		return i18n.T(ctx, "Windy")
	}
	return i18n.T(ctx, "Not said")
}

func weatherIcon(w Weather) string {
	for _, one := range weathers {
		if one.weather == w {
			return one.icon
		}
	}
	return "thermometer"
}

// sky is the weather and the temperature in one line; empty when neither was said.
func sky(ctx context.Context, l Log) string {
	switch {
	case l.Weather == Unsaid && l.Temperature == "":
		return ""
	case l.Temperature == "":
		return weatherName(ctx, l.Weather)
	case l.Weather == Unsaid:
		return i18n.T(ctx, "{n} °C", "n", l.Temperature)
	}
	return i18n.T(ctx, "{weather}, {n} °C", "weather", weatherName(ctx, l.Weather), "n", l.Temperature)
}

func weatherOptions(ctx context.Context, chosen Weather) []ui.Option {
	list := []ui.Option{{Value: "", Label: weatherName(ctx, Unsaid), Selected: chosen == Unsaid}}
	for _, one := range weathers {
		list = append(list, ui.Option{Value: string(one.weather), Label: weatherName(ctx, one.weather), Selected: one.weather == chosen})
	}
	return list
}
