import { BaseboardError, ErrorExit } from "../../errors.ts";

/** What can be wrong with a campaign, as stable codes. */
type CampaignErrorCode =
  | "BAD_QUEUE"
  | "QUEUE_LIBRARY_MISSING"
  | "QUEUE_AWAY"
  | "CAMPAIGN_UNDER_WAY"
  | "CAMPAIGN_TAKEN"
  | "NO_SUCH_CAMPAIGN"
  | "OTHER_VERSION"
  | "BATCH_FAILS";

/** What is wrong with what was asked for, rather than with what is there. */
const WRONG_INPUT = new Set<CampaignErrorCode>(["BAD_QUEUE", "CAMPAIGN_UNDER_WAY"]);

/** A campaign that cannot be begun, worked for or ended, in one sentence. */
export class CampaignError extends BaseboardError<CampaignErrorCode> {
  constructor(code: CampaignErrorCode, message: string, remedy = "") {
    const exit = WRONG_INPUT.has(code) ? ErrorExit.WrongInput : ErrorExit.Missing;
    super(message, { code, exit, remedy });
  }
}
