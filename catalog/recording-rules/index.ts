import { activityRecordingRules } from "./activities.ts";
import { apiRecordingRules, apiUptimeRecordingRules } from "./api.ts";
import { businessRecordingRules } from "./business.ts";
import { costRecordingRules } from "./cost.ts";
import { dataRecordingRules } from "./data.ts";
import { llmRecordingRules } from "./llm.ts";
import { objectiveRecordingRules } from "./objectives.ts";
import type { RecordingRuleGroup } from "./recording-rule.ts";
import { uptimeRecordingRules } from "./uptime.ts";

/** Every series that Prometheus records. */
export const recordingRuleGroups: readonly RecordingRuleGroup[] = [
  apiRecordingRules,
  apiUptimeRecordingRules,
  llmRecordingRules,
  costRecordingRules,
  businessRecordingRules,
  dataRecordingRules,
  activityRecordingRules,
  uptimeRecordingRules,
  ...objectiveRecordingRules,
];
