/** What `explore` and `campaign` have in common: from options to a campaign's server. */
import { CAMPAIGN_NAME, Campaign, connect, type QueueServer } from "../lab/campaign/index.ts";
import type { HostParty } from "../lab/index.ts";
import { Exit, Failure } from "./failure.ts";
import { sayError } from "./say.ts";
import { version } from "./version.ts";

/** The options as each command has them, for `Command.option`. */
export const QUEUE_OPTION = [
  "--queue <url>",
  "have the runs by a campaign's workers: redis://HOST:PORT of a Redis or Valkey",
] as const;
export const CAMPAIGN_OPTION = ["--campaign <name>", "what the campaign is called"] as const;

const NAME = "campaign";

interface CampaignOptions {
  readonly queue?: string;
  readonly campaign?: string;
  readonly workers?: string;
}

/** The name that was given, or the usual one. */
export function campaignName(given: string | undefined): string {
  const name = given ?? NAME;
  if (CAMPAIGN_NAME.test(name)) return name;
  const right = "a campaign's name has letters, digits, `.`, `_` and `-`, 64 at most";
  throw new Failure(Exit.WrongCommand, `${name}: ${right}`);
}

/** Connects, and says what there is to say of the server, and when it goes away and comes back. */
export async function queueServer(queue: string): Promise<QueueServer> {
  const onAway = (away: boolean) => {
    sayError(`baseboard: ${away ? "the queue's server is away; waiting" : "the server is back"}`);
  };
  const server = await connect(queue, { onAway });
  for (const warning of server.warnings) sayError(`baseboard: ${server.name}: ${warning}`);
  return server;
}

/** The campaign that was asked for; undefined when none was. */
export async function campaignFor(
  { queue, campaign, workers }: CampaignOptions,
  player: Pick<HostParty, "pure">,
): Promise<Campaign | undefined> {
  if (queue === undefined) {
    if (campaign === undefined) return undefined;
    throw new Failure(Exit.WrongCommand, "--campaign goes with --queue");
  }
  if (!player.pure) throw new Failure(Exit.WrongCommand, "--queue is for our own stack alone");
  if (workers !== undefined) {
    throw new Failure(Exit.WrongCommand, "--workers is said to `baseboard campaign work`");
  }
  const name = campaignName(campaign);
  const server = await queueServer(queue);
  const begun = await Campaign.begin(server, name, version());
  const command = `baseboard campaign work${name === NAME ? "" : ` ${name}`} --queue ${server.name}`;
  sayError(`baseboard: ${name} waits for workers: ${command}`);
  return begun;
}
