import { encodeRequest } from "../../ipmi/message.ts";
import { getDeviceId, getSelfTestResults } from "../commands/app/device.ts";
import { mayAsk } from "../front/access.ts";
import { FROM_IPMB } from "../front/origin.ts";
import { PRIMARY_IPMB } from "../stores/channels.ts";
import { type IdentityOptions, identityOf } from "./identity.ts";
import type { IpmbDevice } from "./ipmb-bus.ts";
import { Router } from "./router.ts";

/** Bytes of an IPMB message but for its data; the completion code counts as data. */
const IPMB_OVERHEAD_BYTES = 7;
const IPMB_BYTES_MAX = 32;
const HEADER_BYTES = 2;

/** As little as a controller on the IPMB must be able to do. @see IPMI 2.0 §20 */
const commands = [getDeviceId, getSelfTestResults];

/** A satellite controller: it says who and how it is, and refuses everything else. */
export function satellite(
  { address, latencyUs }: { readonly address: number; readonly latencyUs: number },
  options: IdentityOptions = {},
): IpmbDevice {
  const bytesMax = IPMB_BYTES_MAX - IPMB_OVERHEAD_BYTES + HEADER_BYTES;
  const bounds = { inputBytesMax: bytesMax, outputBytesMax: bytesMax };
  const router = new Router(
    commands,
    { identity: identityOf(options) },
    bounds,
    (asked, origin) => {
      return mayAsk(asked, origin, PRIMARY_IPMB);
    },
  );
  return {
    address,
    latencyUs,
    respond: ({ netFn, toLun, cmd, data }) => {
      const response = router.execute(encodeRequest({ netFn, lun: toLun, cmd, data }), FROM_IPMB);
      return response?.slice(HEADER_BYTES);
    },
  };
}
