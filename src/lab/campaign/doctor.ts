import { hasTool } from "../../programs/tool.ts";
import type { Finding } from "../../seats/linux/index.ts";
import { CampaignError } from "./error.ts";
import { libraries } from "./server.ts";

/** Either is a server for the queue; it may as well be on another machine. */
const SERVERS = ["redis-server", "valkey-server"] as const;

/** What this machine has for campaigns. Looks, and changes nothing. */
export async function examineCampaigns(): Promise<Finding> {
  const what = "--queue";
  try {
    await libraries();
  } catch (error) {
    if (!(error instanceof CampaignError)) throw error;
    return { what, state: "weak", text: error.message, remedy: error.remedy };
  }
  for (const server of SERVERS) {
    if (await hasTool(server)) {
      return { what, state: "good", text: `bullmq and ${server}`, remedy: "" };
    }
  }
  const text = `bullmq, and no ${SERVERS.join(" or ")} here; another machine may have it`;
  return { what, state: "weak", text, remedy: "apt-get install redis-server" };
}
