package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // a host without the database knows the same time zones
)

// Window is a time of the week in which releases may begin.
type Window struct {
	// Text is the window as it was written.
	Text string
	// Days are when it opens.
	Days []time.Weekday
	// From and To are since midnight. To is after From: a window that ends on the next day is not taken.
	From, To time.Duration
	// Zone is where the clock is read.
	Zone *time.Location
}

// Open says whether t is in the window.
func (w Window) Open(t time.Time) bool {
	t = t.In(w.Zone)
	opens, closes := w.on(t)
	return slices.Contains(w.Days, t.Weekday()) && !t.Before(opens) && t.Before(closes)
}

// Next is when the window opens for the first time after t.
func (w Window) Next(t time.Time) time.Time {
	day := t.In(w.Zone)
	for range 8 {
		if opens, _ := w.on(day); slices.Contains(w.Days, day.Weekday()) && opens.After(t) {
			return opens
		}
		year, month, date := day.Date()
		day = time.Date(year, month, date+1, 12, 0, 0, 0, w.Zone) // noon: no clock change moves it to another day
	}
	return t
}

// on is when the window opens and closes on a day. What the clock shows is meant, also on a day with 23 or 25 hours.
func (w Window) on(day time.Time) (opens, closes time.Time) {
	year, month, date := day.Date()
	at := func(d time.Duration) time.Time {
		return time.Date(year, month, date, int(d.Hours()), int(d.Minutes())%60, 0, 0, w.Zone)
	}
	return at(w.From), at(w.To)
}

var days = []string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}

const (
	dayPattern  = `(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat)`
	timePattern = `(?:[01][0-9]|2[0-3]):[0-5][0-9]`
)

var windowPattern = regexp.MustCompile(fmt.Sprintf(`\A(%s(?:-%[1]s)?(?:,%[1]s(?:-%[1]s)?)*) (%s)-(%[2]s|24:00)\z`, dayPattern, timePattern))

const windowAllowed = "days and hours such as Mon-Fri 09:00-16:00 or Sat,Sun 10:00-12:00; it ends on the day on which it begins, at 24:00 at the latest"

// window checks one entry of slipway:windows.
func window(earlier []string, text string) string {
	if slices.Contains(earlier, text) {
		return "another entry: it is in the list already"
	}
	if _, ok := parseWindow(text, time.UTC); !ok {
		return windowAllowed
	}
	return ""
}

func parseWindow(text string, zone *time.Location) (Window, bool) {
	part := windowPattern.FindStringSubmatch(text)
	if part == nil {
		return Window{}, false
	}
	w := Window{Text: text, From: sinceMidnight(part[2]), To: sinceMidnight(part[3]), Zone: zone}
	for _, field := range strings.Split(part[1], ",") {
		first, last, isRange := strings.Cut(field, "-")
		day, end := slices.Index(days, first), slices.Index(days, first)
		if isRange {
			end = slices.Index(days, last)
		}
		for w.Days = append(w.Days, time.Weekday(day)); day != end; {
			day = (day + 1) % len(days)
			w.Days = append(w.Days, time.Weekday(day))
		}
	}
	return w, w.From < w.To
}

func sinceMidnight(text string) time.Duration {
	var hours, minutes int
	_, _ = fmt.Sscanf(text, "%d:%d", &hours, &minutes) // the pattern has checked it
	return time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
}

func setTimeZone(c *Config, value string) bool {
	zone, err := time.LoadLocation(value)
	c.zone = zone
	return err == nil && value != "" && value != "Local"
}

// readWindows gives the windows their time zone.
func (c *Config) readWindows() {
	for _, text := range c.windows {
		w, _ := parseWindow(text, c.zone)
		c.Gates.Windows = append(c.Gates.Windows, w)
	}
}
