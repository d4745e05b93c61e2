package main

import "testing"

func TestTextsAndValuesAreWrittenInOneLine(t *testing.T) {
	const long = `		templ_7745c5c3_Err = templruntime.WriteString(templ_7745c5c3_Buffer, 2, "<p class=\"a\">")
		if templ_7745c5c3_Err != nil {
			return templ_7745c5c3_Err
		}
		var templ_7745c5c3_Var3 string
		templ_7745c5c3_Var3, templ_7745c5c3_Err = templ.JoinStringErrs(i18n.T(ctx, "Views (all)"))
		if templ_7745c5c3_Err != nil {
			return templ.Error{Err: templ_7745c5c3_Err, FileName: ` + "`office.templ`" + `, Line: 115, Col: 54}
		}
		_, templ_7745c5c3_Err = templ_7745c5c3_Buffer.WriteString(templ.EscapeString(templ_7745c5c3_Var3))
		if templ_7745c5c3_Err != nil {
			return templ_7745c5c3_Err
		}
		templ_7745c5c3_Err = child().Render(ctx, templ_7745c5c3_Buffer)
		if templ_7745c5c3_Err != nil {
			return templ_7745c5c3_Err
		}
`
	const short = `		_, _ = templ_7745c5c3_Buffer.WriteString("<p class=\"a\">")
		_, _ = templ_7745c5c3_Buffer.WriteString(templ.EscapeString(i18n.T(ctx, "Views (all)")))
		templ_7745c5c3_Err = child().Render(ctx, templ_7745c5c3_Buffer)
		if templ_7745c5c3_Err != nil {
			return templ_7745c5c3_Err
		}
`
	if got := string(shorten([]byte(long))); got != short {
		t.Errorf("got\n%s\nwanted\n%s", got, short)
	}
	if got := string(shorten([]byte(short))); got != short {
		t.Errorf("what is short was changed:\n%s", got)
	}
}

func TestWhatIsNotKnownIsNotLeftSilently(t *testing.T) {
	if !written.MatchString(`templ_7745c5c3_Var3, templ_7745c5c3_Err = templ.JoinStringErrs(a(), b)`) {
		t.Error("a value in another shape would stay as it is")
	}
}
