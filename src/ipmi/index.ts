/**
 * The language that both sides of the wire speak: messages, commands, completion codes and records.
 * Data and pure functions, for whoever reads or makes IPMI bytes: a driver, a BMC, a decoder of captures.
 *
 * ```ts
 * import { completionText, decodeResponse, firmwareVersion, getDeviceId, parseHex } from "baseboard/ipmi";
 *
 * const { cc, data } = decodeResponse(parseHex("1c 01 00 20 01 02 07 02 8d 9f 27 00 5a 00"));
 * if (cc !== 0) throw new Error(completionText(cc));
 * console.log(firmwareVersion(getDeviceId.response.decode(data))); // 2.07
 * ```
 */
export * from "./command-layout.ts";
export * from "./command-layouts.ts";
export * from "./command-table.ts";
export * from "./commands/app/channel.ts";
export * from "./commands/app/device.ts";
export * from "./commands/app/messaging.ts";
export * from "./commands/app/system-interface.ts";
export * from "./commands/app/watchdog.ts";
export * from "./commands/chassis/boot-options.ts";
export * from "./commands/chassis/chassis.ts";
export * from "./commands/sensor-event/event.ts";
export * from "./commands/storage/allocation.ts";
export * from "./commands/storage/fru.ts";
export * from "./commands/storage/sdr.ts";
export * from "./commands/storage/sel.ts";
export * from "./commands/storage/sel-record.ts";
export * from "./completion.ts";
export * from "./ipmb.ts";
export * from "./message.ts";
export * from "./record.ts";
export * from "./secrets.ts";
