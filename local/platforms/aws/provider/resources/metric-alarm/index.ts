/** A CloudWatch alarm on metrics. */
import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  ListTagsForResourceCommand,
  type MetricAlarm,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-cloudwatch";
import type { Connection } from "../../connection.ts";
import { unlessMissing } from "../../errors.ts";
import { handler, observed, sameMembers } from "../../handler.ts";
import { physicalName } from "../../names.ts";
import { changeTags, tagList, tagRecord } from "../../tags.ts";
import { type Inputs, schema } from "./inputs.ts";
import { request, response } from "./translation.ts";

export function metricAlarm(connection: Connection) {
  const cloudwatch = (inputs: Inputs) => connection.client("cloudwatch", inputs.region);

  async function find(name: string, inputs: Inputs): Promise<MetricAlarm | undefined> {
    const command = new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ["MetricAlarm"] });
    return (await cloudwatch(inputs).send(command)).MetricAlarms?.[0];
  }

  async function liveTags(inputs: Inputs, ResourceARN: string | undefined) {
    return tagRecord((await cloudwatch(inputs).send(new ListTagsForResourceCommand({ ResourceARN }))).Tags);
  }

  async function put(name: string, inputs: Inputs, state: string) {
    await cloudwatch(inputs).send(new PutMetricAlarmCommand(request(name, inputs)));
    // The emulator puts every alarm into OK; AWS leaves the state, which begins as INSUFFICIENT_DATA.
    await cloudwatch(inputs).send(
      new SetAlarmStateCommand({
        AlarmName: name,
        StateValue: state as "OK",
        StateReason: "Unchecked: Initial alarm creation",
      }),
    );
  }

  function outputs(name: string, inputs: Inputs, alarm: MetricAlarm | undefined) {
    return {
      name,
      arn: alarm?.AlarmArn ?? "",
      region: inputs.region ?? connection.region,
      evaluateLowSampleCountPercentiles: inputs.evaluateLowSampleCountPercentiles ?? "",
      tagsAll: inputs.tags ?? {},
    };
  }

  return handler({
    inputs: schema(connection),
    replaceOn: ["name", "region"],

    async create(inputs, logicalName) {
      const name = physicalName(inputs, logicalName);
      if ((await find(name, inputs)) !== undefined) {
        throw new Error(`name: a CloudWatch metric alarm named ${name} exists already`);
      }
      await put(name, inputs, "INSUFFICIENT_DATA");
      return { id: name, outputs: outputs(name, inputs, await find(name, inputs)) };
    },

    async read(id, last) {
      const alarm = await find(id, last.inputs);
      if (alarm === undefined) return undefined;
      const live = await liveTags(last.inputs, alarm.AlarmArn);
      return {
        inputs: observed(
          last.inputs,
          { ...response(alarm), name: id, region: last.inputs.region, tags: live },
          {
            computed: ["name", "evaluateLowSampleCountPercentiles"],
            same: {
              alarmActions: sameMembers,
              okActions: sameMembers,
              insufficientDataActions: sameMembers,
              metricQueries: sameMembers,
            },
          },
        ),
        outputs: { ...outputs(id, last.inputs, alarm), tagsAll: live },
      };
    },

    async update(id, inputs) {
      const before = await find(id, inputs);
      await put(id, inputs, before?.StateValue ?? "INSUFFICIENT_DATA");
      const alarm = await find(id, inputs);
      const ResourceARN = alarm?.AlarmArn;
      await changeTags(await liveTags(inputs, ResourceARN), inputs.tags, {
        remove: (TagKeys) => cloudwatch(inputs).send(new UntagResourceCommand({ ResourceARN, TagKeys })),
        add: (added) =>
          cloudwatch(inputs).send(new TagResourceCommand({ ResourceARN, Tags: tagList(added) })),
      });
      return outputs(id, inputs, alarm);
    },

    async delete(id, last) {
      await unlessMissing(cloudwatch(last.inputs).send(new DeleteAlarmsCommand({ AlarmNames: [id] })));
    },
  });
}
