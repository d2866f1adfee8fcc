import * as sdr from "../../../ipmi/commands/storage/sdr.ts";
import * as sel from "../../../ipmi/commands/storage/sel.ts";
import { Cc } from "../../../ipmi/completion.ts";
import { command } from "../../controller/command.ts";
import type { Clock } from "../../stores/clock.ts";

interface Needs {
  readonly clock: Clock;
}

/** A day, either way. @see IPMI 2.0 §31.11b */
const UTC_OFFSET_MINUTES_MAX = 1_440;

/** @see IPMI 2.0 §31.10 */
export const getSelTime = command<Needs>()({
  layout: sel.getSelTime,
  handle: ({ clock }) => ({ time: clock.seconds() }),
});

/** @see IPMI 2.0 §31.11 */
export const setSelTime = command<Needs>()({
  layout: sel.setSelTime,
  handle: ({ clock }, { time }) => {
    clock.set(time);
    return {};
  },
});

/** @see IPMI 2.0 §31.11a */
export const getSelTimeUtcOffset = command<Needs>()({
  layout: sel.getSelTimeUtcOffset,
  handle: ({ clock }) => ({ offsetMinutes: clock.utcOffsetMinutes ?? sel.UTC_OFFSET_UNSPECIFIED }),
});

/** @see IPMI 2.0 §31.11b */
export const setSelTimeUtcOffset = command<Needs>()({
  layout: sel.setSelTimeUtcOffset,
  handle: ({ clock }, { offsetMinutes }) => {
    const unspecified = offsetMinutes === sel.UTC_OFFSET_UNSPECIFIED;
    if (!unspecified && Math.abs(offsetMinutes) > UTC_OFFSET_MINUTES_MAX) return Cc.InvalidField;
    clock.utcOffsetMinutes = unspecified ? undefined : offsetMinutes;
    return {};
  },
});

/** The repository has the same clock as the log. @see IPMI 2.0 §33.17 */
export const getSdrRepositoryTime = command<Needs>()({
  layout: sdr.getSdrRepositoryTime,
  handle: ({ clock }) => ({ time: clock.seconds() }),
});

/** @see IPMI 2.0 §33.18 */
export const setSdrRepositoryTime = command<Needs>()({
  layout: sdr.setSdrRepositoryTime,
  handle: ({ clock }, { time }) => {
    clock.set(time);
    return {};
  },
});
