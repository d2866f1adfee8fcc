import { decodedMessage } from "../../explain/message.ts";
import type { Answer, RequestSpec } from "../../host/index.ts";
import { completionText } from "../../ipmi/completion.ts";
import { encodeRequest, encodeResponse, hex, responseNetFn } from "../../ipmi/message.ts";
import { decodedLines } from "./ladder.ts";

/** One request, and what came of it. */
export interface Asked {
  readonly target: string;
  readonly request: Pick<RequestSpec, "netFn" | "cmd"> & {
    readonly lun: number;
    readonly data: Uint8Array;
  };
  readonly answer: Answer;
}

/** Request and response for a reader, field by field where they are known. */
export function askedText({ request, answer }: Asked): string {
  const { netFn, cmd, lun } = request;
  const { cc, data } = answer;
  const sent = decodedMessage(encodeRequest(request), "request");
  const response = encodeResponse({ netFn: responseNetFn(netFn), lun, cmd, cc, data });
  const came = decodedMessage(response, "response");
  return [
    ...(sent === undefined ? [] : decodedLines("request", sent)),
    ...(came === undefined ? [] : decodedLines("response", came)),
  ].join("\n");
}

/** The same for a program. */
export function askedJson({ target, request, answer }: Asked): unknown {
  const { netFn, lun, cmd, data } = request;
  return {
    target,
    request: { netFn, lun, cmd, data: hex(data) },
    response: {
      ...{ cc: answer.cc, text: completionText(answer.cc, netFn, cmd) },
      ...{ maker: answer.maker, data: hex(answer.data) },
    },
  };
}
