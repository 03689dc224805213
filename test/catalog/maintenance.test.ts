import { expect, test } from "vitest";
import { parseMaintenanceWindow } from "../../catalog/maintenance.ts";

test.each([
  ["Sunday 02:00-04:00", { day: { weekday: "sunday" }, from: "02:00", to: "04:00" }],
  ["monday 00:00-24:00", { day: { weekday: "monday" }, from: "00:00", to: "24:00" }],
  ["2028-02-29 23:59-24:00", { day: { date: "2028-02-29" }, from: "23:59", to: "24:00" }],
])("%s is a window", (text, window) => {
  expect(parseMaintenanceWindow(text)).toEqual(window);
});

test.each([
  "",
  "Sunday",
  "Someday 02:00-04:00",
  "Sunday 04:00-02:00",
  "Sunday 02:00-02:00",
  "Sunday 2:00-4:00",
  "Sunday 02:00-25:00",
  "Sunday 24:00-24:00",
  "2027-02-29 02:00-04:00",
  "2027-13-01 02:00-04:00",
  "2027-1-1 02:00-04:00",
  "Sunday  02:00-04:00",
])("%j is none", (text) => {
  expect(parseMaintenanceWindow(text)).toBeUndefined();
});
