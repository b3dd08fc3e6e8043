// What ical.js, the library in Thunderbird and many web calendars, reads in a feed: node occurrences.mjs MODULE FILE
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [module, file] = process.argv.slice(2);
const { default: ICAL } = await import(pathToFileURL(module));
const calendar = new ICAL.Component(ICAL.parse(readFileSync(file, "utf-8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(new ICAL.Timezone(zone));

const days = (event) => {
  if (!event.isRecurring()) return [event.startDate];
  const found = [];
  for (let next, each = event.iterator(); (next = each.next()); ) found.push(next);
  return found;
};

const events = calendar.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component);
  return {
    uid: event.uid,
    title: event.summary,
    sequence: event.sequence,
    status: component.getFirstPropertyValue("status"),
    lasts_s: event.duration.toSeconds(),
    alarms: component.getAllSubcomponents("valarm").map((alarm) => alarm.getFirstPropertyValue("trigger").toSeconds()),
    starts: days(event).map((day) => (day.isDate ? day.toString() : day.toJSDate().toISOString())),
  };
});
console.log(JSON.stringify({ name: calendar.getFirstPropertyValue("x-wr-calname"), events }));
