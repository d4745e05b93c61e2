package organisation

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"lintel/internal/platform/i18n"
	"lintel/internal/ui"
)

// zones are the time zones to choose from, by the part of the world. Whoever has another one keeps it.
var zones = []struct{ region, names string }{
	{i18n.Mark("Europe"), `Europe/Amsterdam Europe/Andorra Europe/Athens Europe/Belgrade Europe/Berlin Europe/Bratislava Europe/Brussels Europe/Bucharest
		Europe/Budapest Europe/Chisinau Europe/Copenhagen Europe/Dublin Europe/Gibraltar Europe/Guernsey Europe/Helsinki Europe/Isle_of_Man Europe/Istanbul
		Europe/Jersey Europe/Kyiv Europe/Lisbon Europe/Ljubljana Europe/London Europe/Luxembourg Europe/Madrid Europe/Malta Europe/Minsk Europe/Monaco
		Europe/Moscow Europe/Oslo Europe/Paris Europe/Podgorica Europe/Prague Europe/Riga Europe/Rome Europe/Sarajevo Europe/Skopje Europe/Sofia
		Europe/Stockholm Europe/Tallinn Europe/Tirane Europe/Vaduz Europe/Vienna Europe/Vilnius Europe/Warsaw Europe/Zagreb Europe/Zurich
		Atlantic/Reykjavik Atlantic/Azores Atlantic/Canary Atlantic/Faroe Atlantic/Madeira`},
	{i18n.Mark("America"), `America/Anchorage America/Argentina/Buenos_Aires America/Asuncion America/Barbados America/Bogota America/Boise America/Caracas
		America/Chicago America/Denver America/Detroit America/Edmonton America/Guatemala America/Halifax America/Havana America/Indiana/Indianapolis
		America/Jamaica America/La_Paz America/Lima America/Los_Angeles America/Manaus America/Mexico_City America/Montevideo America/Nassau
		America/New_York America/Nuuk America/Panama America/Phoenix America/Puerto_Rico America/Regina America/Santiago America/Santo_Domingo
		America/Sao_Paulo America/St_Johns America/Tijuana America/Toronto America/Vancouver America/Winnipeg Atlantic/Bermuda`},
	{i18n.Mark("Asia"), `Asia/Almaty Asia/Amman Asia/Baghdad Asia/Bahrain Asia/Baku Asia/Bangkok Asia/Beirut Asia/Colombo Asia/Dhaka Asia/Dubai Asia/Ho_Chi_Minh
		Asia/Hong_Kong Asia/Jakarta Asia/Jerusalem Asia/Karachi Asia/Kathmandu Asia/Kolkata Asia/Kuala_Lumpur Asia/Kuwait Asia/Macau Asia/Manila Asia/Muscat
		Asia/Nicosia Asia/Qatar Asia/Riyadh Asia/Seoul Asia/Shanghai Asia/Singapore Asia/Taipei Asia/Tashkent Asia/Tbilisi Asia/Tehran Asia/Tokyo
		Asia/Ulaanbaatar Asia/Vladivostok Asia/Yangon Asia/Yekaterinburg Asia/Yerevan Indian/Maldives`},
	{i18n.Mark("Africa"), `Africa/Abidjan Africa/Accra Africa/Addis_Ababa Africa/Algiers Africa/Cairo Africa/Casablanca Africa/Dakar Africa/Harare
		Africa/Johannesburg Africa/Kampala Africa/Khartoum Africa/Kigali Africa/Kinshasa Africa/Lagos Africa/Luanda Africa/Lusaka Africa/Maputo Africa/Nairobi
		Africa/Tripoli Africa/Tunis Africa/Windhoek Atlantic/Cape_Verde Indian/Mauritius Indian/Reunion`},
	{i18n.Mark("Australia and the Pacific"), `Australia/Adelaide Australia/Brisbane Australia/Darwin Australia/Hobart Australia/Melbourne Australia/Perth
		Australia/Sydney Pacific/Apia Pacific/Auckland Pacific/Fiji Pacific/Guam Pacific/Honolulu Pacific/Noumea Pacific/Port_Moresby Pacific/Tahiti`},
}

// The places of these zones have another name in another language, or are written otherwise than their zone.
var _ = []string{i18n.Mark("Athens"), i18n.Mark("Belgrade"), i18n.Mark("Brussels"), i18n.Mark("Bucharest"), i18n.Mark("Copenhagen"), i18n.Mark("Isle of Man"), i18n.Mark("Kyiv"),
	i18n.Mark("Lisbon"), i18n.Mark("Luxembourg"), i18n.Mark("Moscow"), i18n.Mark("Prague"), i18n.Mark("Rome"), i18n.Mark("Sarajevo"), i18n.Mark("Tirane"), i18n.Mark("Vienna"),
	i18n.Mark("Warsaw"), i18n.Mark("Zurich"), i18n.Mark("Azores"), i18n.Mark("Canary"), i18n.Mark("Faroe"), i18n.Mark("Havana"), i18n.Mark("Jamaica"), i18n.Mark("Mexico City"),
	i18n.Mark("Sao Paulo"), i18n.Mark("Baghdad"), i18n.Mark("Ho Chi Minh"), i18n.Mark("Hong Kong"), i18n.Mark("Kolkata"), i18n.Mark("Qatar"), i18n.Mark("Riyadh"), i18n.Mark("Singapore"),
	i18n.Mark("Tehran"), i18n.Mark("Tokyo"), i18n.Mark("Maldives"), i18n.Mark("Addis Ababa"), i18n.Mark("Algiers"), i18n.Mark("Cairo"), i18n.Mark("Khartoum"),
	i18n.Mark("Cape Verde"), i18n.Mark("Fiji")}

// placeOf is a zone in words: "New York" of America/New_York.
func placeOf(ctx context.Context, zone string) string {
	return i18n.T(ctx, strings.ReplaceAll(zone[strings.LastIndexByte(zone, '/')+1:], "_", " "))
}

// zoneOptions are all zones and the one that was chosen, also when it is none of them.
func zoneOptions(ctx context.Context, chosen string) (list []ui.Option) {
	offered := func(region, zone string) {
		list = append(list, ui.Option{Group: region, Value: zone, Label: placeOf(ctx, zone), Selected: zone == chosen})
	}
	for _, part := range zones {
		from := len(list)
		for _, zone := range strings.Fields(part.names) {
			offered(i18n.T(ctx, part.region), zone)
		}
		slices.SortFunc(list[from:], func(a, b ui.Option) int { return cmp.Compare(a.Label, b.Label) })
	}
	offered("", "UTC")
	if chosen != "" && !slices.ContainsFunc(list, func(o ui.Option) bool { return o.Selected }) {
		list = slices.Insert(list, 0, ui.Option{Value: chosen, Label: chosen, Selected: true})
	}
	return list
}
