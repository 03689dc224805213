import { expect, test } from "vitest";
import { chosenDrills } from "../../../local/drills/choice.ts";
import { drills } from "../../../local/drills/drills/index.ts";

const titles = (...names: string[]) => chosenDrills(names).map(({ title }) => title);

test("no name means every drill", () => {
  expect(chosenDrills([])).toEqual(drills);
});

test("a name means the drill that is about it, rather than one that mutes it", () => {
  expect(titles("APIDown")).toEqual(["The API is down"]);
  expect(titles("APIAvailabilityBudgetBurn 6h")).toEqual(["The API fails 1 request in 100"]);
  expect(titles("HighDailyCost")).toEqual(["A loop spends 2.50 USD a second"]);
});

test("alerts that share a name are drilled each, and one drill for two alerts runs once", () => {
  expect(titles("APIAvailabilityBudgetBurn")).toEqual([
    "The API fails 1 request in 40",
    "The API fails 1 request in 100",
    "The API fails 1 request in 200",
  ]);
  expect(titles("WebSocketAbnormalCloses", "WebSocketConnectionsDropped")).toEqual([
    "Chat connections break",
  ]);
});

test("names that no drill rings are refused together, each with the reason", () => {
  expect(() => chosenDrills(["APIDown", "LLMCostAnomaly", "ApiDown"])).toThrow(
    /^LLMCostAnomaly is not drilled: it compares .*\nno alert is called ApiDown\. There are: APIDown, /,
  );
});
