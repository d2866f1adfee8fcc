import type { CampaignStatus } from "../../lab/campaign/index.ts";
import { grouped } from "../../lab/explore/index.ts";

/** How a campaign is getting on, for a reader. */
export function campaignReport(status: CampaignStatus, nowMs: number): string {
  const { campaign, version, ours, host, pid, state, beganMs, endedMs } = status;
  const seconds = (((endedMs ?? nowMs) - beganMs) / 1_000).toFixed(0);
  const build = ours ? version : `${version}, of another build than this one`;
  const lines = [
    `${campaign}: ${state}, ${seconds} s, begun on ${host} by process ${pid}, baseboard ${build}`,
    ...searchedLine(status),
    `batches          ${status.waiting} wait, ${status.active} are being had`,
    "",
    ...workerLines(status, nowMs),
  ];
  return `${lines.join("\n")}\n`;
}

function searchedLine({ scenario, runs, brokenRuns, total }: CampaignStatus): readonly string[] {
  if (scenario === undefined) return ["no run is judged yet"];
  const of = total === undefined ? "" : ` of ${grouped(total)}`;
  return [`${scenario.padEnd(16)} ${grouped(runs)} runs${of}, ${grouped(brokenRuns)} broken`];
}

function workerLines({ workers }: CampaignStatus, nowMs: number): readonly string[] {
  if (workers.length === 0) return ["no worker has come yet"];
  return workers.map(({ host, pid, threads, runs, again, alive, seenMs }) => {
    const twice = again === 0 ? "" : `, ${grouped(again)} of them again`;
    const last = ((nowMs - seenMs) / 1_000).toFixed(0);
    const silent = alive ? "" : `, not heard of for ${last} s`;
    const of = threads === 1 ? "1 thread" : `${threads} threads`;
    return `worker ${host} ${pid}: ${of}, ${grouped(runs)} runs${twice}${silent}`;
  });
}
