import { bmcKernels } from "../src/kernels/bmc-kernel.ts";
import { playBetween, readScenario } from "../src/lab/index.ts";
import { linuxBmc } from "../src/seats/linux-bmc/party.ts";
import { stack } from "../src/seats/stack/party.ts";
import type { TraceEvent } from "../src/trace/events.ts";
import type { Table } from "../tools/figures/store.ts";
import { median } from "./median.ts";
import { scenarioText } from "./scenarios.ts";

const VERSION = "6.12";
const BOOTS = 3;
const ROUNDS = 5;

/** An unmodified kernel as the BMC: from a boot and from its state after one, to the first answer. */
export async function linuxBmcFigures(): Promise<readonly Table[]> {
  const kernel = bmcKernels.find(VERSION);
  if (kernel === undefined) {
    console.log(`no kernel ${VERSION}: \`baseboard kernels add debian:${VERSION} --arch armhf\`\n`);
    return [];
  }
  const scenario = readScenario(scenarioText("device-id"), "device-id");
  const match = async (snapshot: boolean) => {
    const begunMs = performance.now();
    let firstMs = Number.NaN;
    const watch = (event: TraceEvent) => {
      if (event.e === "received" && Number.isNaN(firstMs)) firstMs = performance.now() - begunMs;
    };
    const parties = { host: stack, bmc: linuxBmc(kernel) };
    await playBetween(parties, scenario, { snapshot, sinks: () => [{ event: watch }] });
    return { firstS: firstMs / 1_000, wholeS: (performance.now() - begunMs) / 1_000 };
  };
  const several = async (times: number, snapshot: boolean) => {
    const played: Awaited<ReturnType<typeof match>>[] = [];
    for (let round = 0; round < times; round++) played.push(await match(snapshot));
    return {
      first: median(played.map(({ firstS }) => firstS)),
      whole: median(played.map(({ wholeS }) => wholeS)),
    };
  };
  await match(true);
  const booted = await several(BOOTS, false);
  const resumed = await several(ROUNDS, true);
  const ratio = (resumed.first / booted.first).toFixed(3);
  return [
    {
      title: `Linux ${kernel.manifest.version} as the BMC, wall seconds from spawn to the first answer, and a match of device-id`,
      rows: [
        ["booted anew", booted.first.toFixed(2), booted.whole.toFixed(2)],
        ["from its state", resumed.first.toFixed(2), `${resumed.whole.toFixed(2)}  ratio ${ratio}`],
      ],
    },
  ];
}
