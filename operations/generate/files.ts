/** The files that are generated from other files of the project: what each one says is kept in one place only. */
import { instrumentationFiles } from "../../components/prometheus/instrumentation.ts";
import { reliances } from "../vendors/reliances.ts";
import { vendorsPage } from "../vendors/report.ts";
import { configurationPage } from "./configuration.ts";
import { runbooks } from "./runbooks.ts";

/** Contents by path in the repository. */
export type Files = Readonly<Record<string, string>>;

/** Makes the files of each subject. */
export const generated = {
  configuration: (): Files => ({ "docs/configuration.md": configurationPage() }),
  contract: (): Files =>
    Object.fromEntries(
      Object.entries(instrumentationFiles()).map(([name, content]) => [
        `instrumentation/src/agentpay_observability/${name}`,
        content,
      ]),
    ),
  runbooks: (): Files => runbooks(),
  vendors: (): Files => ({ "docs/vendors.md": vendorsPage(reliances) }),
} as const satisfies Readonly<Record<string, () => Files>>;

export type Subject = keyof typeof generated;
export const subjects = Object.keys(generated) as readonly Subject[];
