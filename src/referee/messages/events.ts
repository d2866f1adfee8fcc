import {
  EVENT_DATA_UNSPECIFIED,
  EvmRev,
  platformEvent,
} from "../../ipmi/commands/sensor-event/event.ts";
import { SelRecordType, selEventRecord } from "../../ipmi/commands/storage/sel-record.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { ValueOf } from "../../ipmi/record.ts";
import type { On } from "../automaton.ts";
import { decoded } from "../decoded.ts";
import type { Dialogue } from "../dialogue.ts";
import { type Command, isOf } from "../dispatch.ts";
import type { CommonRule } from "../rule.ts";
import { HoldsState } from "./holds.ts";
import { loggedBy } from "./logged.ts";

/** Events of the system's software. */
export const eventRules: readonly CommonRule[] = [
  {
    id: "EVT-03",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §22.1, §29.3, §29.7",
    sentence:
      "An event of the system's software is logged as it came, with FFh for what is missing, " +
      "whatever the global enables say.",
    instead:
      "The BMC logs the event with the bytes that came, and with FFh for each byte of event data " +
      "that did not.",
    observable: true,
    automaton: (context) => new LogsSoftwareEvents(context),
  },
];

/** More records than a BMC logs while it answers one request. */
const LATEST_MAX = 1_024;

class LogsSoftwareEvents extends HoldsState {
  /** What was logged last, as its bytes. */
  logged: { readonly us: number; readonly bytes: Uint8Array }[] = [];
  /** Events are told as they are logged. */
  tells = false;

  override bmcLife(event: On<"bmcLife">): void {
    super.bmcLife(event);
    const bytes = loggedBy(event)?.bytes;
    if (bytes === undefined) return;
    this.tells = true;
    if (this.logged.length === LATEST_MAX) this.logged.shift();
    this.logged.push({ us: event.t, bytes });
  }

  protected override about(command: Command): boolean {
    return isOf([platformEvent], command);
  }

  protected said(dialogue: Dialogue): void {
    const { logged: before } = this;
    if (before.length > 0) this.logged = [];
    const event = dialogue.asks(platformEvent);
    if (event === undefined || dialogue.cc !== Cc.Ok || !dialogue.witnessed || !this.tells) return;
    const logged = before.filter(({ us }) => us >= dialogue.startUs);
    if (logged.length === 0) return this.report("an event was accepted, and was not logged");
    const wrong = logged.map(({ bytes }) => difference(event, bytes));
    if (!wrong.includes("")) this.report(`an event was accepted, and ${wrong[0]}`);
  }

  protected changes(): boolean {
    return false;
  }

  protected forget(): void {
    this.logged = [];
  }
}

type Event = ValueOf<typeof platformEvent.request>;

/** What of the record is not as the event was, for a sentence; nothing when all is. */
function difference(event: Event, bytes: Uint8Array): string {
  const record = decoded(() => selEventRecord.decode(bytes));
  if (record?.recordType !== SelRecordType.Event) return "what was logged is no event";
  const generatorId = (record.generator << 1) | (record.generatorIsSoftware ? 1 : 0);
  const right: readonly (readonly [string, unknown, unknown])[] = [
    ["generator", event.generatorId, generatorId],
    ["event message revision", EvmRev.V15, record.evmRev],
    ["sensor type", event.sensorType, record.sensorType],
    ["sensor number", event.sensorNumber, record.sensorNumber],
    ["event type", event.eventType, record.eventType],
    ["direction", event.deassertion, record.deassertion],
    ["event data 1", event.eventData1, record.eventData1],
    ["event data 2", event.eventData2 ?? EVENT_DATA_UNSPECIFIED, record.eventData2],
    ["event data 3", event.eventData3 ?? EVENT_DATA_UNSPECIFIED, record.eventData3],
  ];
  const wrong = right.find(([, asked, logged]) => asked !== logged);
  return wrong === undefined ? "" : `${wrong[0]} ${wrong[1]} was logged as ${wrong[2]}`;
}
