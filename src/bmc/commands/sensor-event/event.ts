import * as wire from "../../../ipmi/commands/sensor-event/event.ts";
import { SelRecordType, selEventRecord } from "../../../ipmi/commands/storage/sel-record.ts";
import { Cc } from "../../../ipmi/completion.ts";
import { command } from "../../controller/command.ts";
import type { Events } from "../../stores/events.ts";

interface Needs {
  readonly events: Events;
}

/** @see IPMI 2.0 §29.1 */
export const setEventReceiver = command<Needs>()({
  layout: wire.setEventReceiver,
  handle: ({ events }, receiver) => {
    events.receiver = receiver;
    return {};
  },
});

/** @see IPMI 2.0 §29.2 */
export const getEventReceiver = command<Needs>()({
  layout: wire.getEventReceiver,
  handle: ({ events }) => events.receiver,
});

const SOFTWARE_ID = 0x01;
const EVENT_REVISIONS: ReadonlySet<number> = new Set(Object.values(wire.EvmRev));

/**
 * The system software's event. It is logged whatever the global enables say, and is no news for the
 * event message buffer, from which the same software reads. @see IPMI 2.0 §22.1, §29.3
 */
export const platformEvent = command<Needs>()({
  layout: wire.platformEvent,
  handle: ({ events }, event) => {
    if ((event.generatorId & SOFTWARE_ID) === 0) return Cc.InvalidField;
    if (!EVENT_REVISIONS.has(event.evmRev)) return Cc.InvalidField;
    const { generatorId, eventData2, eventData3, ...fields } = event;
    const record = selEventRecord.encode({
      ...fields,
      recordId: 0,
      recordType: SelRecordType.Event,
      time: 0,
      generatorIsSoftware: true,
      generator: generatorId >> 1,
      generatorLun: 0,
      channel: 0,
      evmRev: wire.EvmRev.V15,
      eventData2: eventData2 ?? wire.EVENT_DATA_UNSPECIFIED,
      eventData3: eventData3 ?? wire.EVENT_DATA_UNSPECIFIED,
    });
    return events.log(record) === undefined ? Cc.OutOfSpace : {};
  },
});
