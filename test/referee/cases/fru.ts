import { bmc, deviceId, exchange, said } from "../script.ts";
import type { RuleCases } from "./case.ts";

const area = (size: string, words = "00") => said("28 10 00", `2c 10 00 ${size} ${words}`);
const reads = (at: string, count: string, answer: string) =>
  said(`28 11 00 ${at} 00 ${count}`, `2c 11 ${answer}`);
const writes = (at: string, data: string, answer: string) =>
  said(`28 12 00 ${at} 00 ${data}`, `2c 12 ${answer}`);

export const fruCases: RuleCases = {
  "FRU-01": {
    fires: [
      { name: "more than it says", script: reads("00", "04", "00 02 a0 a1 a2") },
      { name: "less than it says", script: [exchange("28 11 00 00 00 04", "2c 11 00 04 a0 a1")] },
      { name: "more than asked for", script: reads("00", "01", "00 02 a0 a1") },
      { name: "more written than there was", script: writes("00", "a0", "00 02") },
      {
        name: "more written than it says",
        script: [
          ...area("00 01"),
          ...reads("00", "02", "00 02 a0 a1"),
          ...writes("00", "b0 b1", "00 01"),
          ...reads("00", "02", "00 02 b0 b1"),
        ],
      },
      { name: "words of bytes", script: [...area("00 01"), ...reads("00", "01", "00 01 a0 a1")] },
    ],
    silent: [
      { name: "so many", script: reads("00", "02", "00 02 a0 a1") },
      { name: "fewer than asked for", script: reads("00", "04", "00 02 a0 a1") },
      { name: "words", script: reads("00", "01", "00 01 a0 a1") },
      { name: "part of it written", script: writes("00", "a0 a1", "00 01") },
      {
        name: "as much written as it says",
        script: [
          ...area("00 01"),
          ...reads("00", "02", "00 02 a0 a1"),
          ...writes("00", "b0 b1", "00 01"),
          ...reads("00", "02", "00 02 b0 a1"),
        ],
      },
    ],
  },
  "FRU-02": {
    fires: [
      { name: "gone", script: [...reads("00", "01", "00 01 a0"), ...said("28 10 00", "2c 10 cb")] },
      { name: "named by Get Device ID", script: [deviceId, ...said("28 10 00", "2c 10 cb")] },
    ],
    silent: [
      { name: "no FRU data at all", script: said("28 10 00", "2c 10 cb") },
      {
        name: "another device",
        script: [...reads("00", "01", "00 01 a0"), ...said("28 10 05", "2c 10 cb")],
      },
    ],
  },
  "FRU-03": {
    fires: [
      {
        name: "not as read",
        script: [
          ...area("00 01"),
          ...reads("00", "02", "00 02 a0 a1"),
          ...reads("01", "02", "00 02 a2 a3"),
        ],
      },
      {
        name: "not as written",
        script: [
          ...area("00 01"),
          ...writes("04", "b0 b1", "00 02"),
          ...reads("04", "02", "00 02 b0 00"),
        ],
      },
    ],
    silent: [
      {
        name: "as written",
        script: [
          ...area("00 01"),
          ...reads("04", "02", "00 02 a0 a1"),
          ...writes("04", "b0", "00 01"),
          ...reads("04", "02", "00 02 b0 a1"),
        ],
      },
      {
        name: "by words",
        script: [
          ...area("00 01", "01"),
          ...reads("00", "01", "00 01 a0 a1"),
          ...reads("01", "01", "00 01 a2 a3"),
        ],
      },
      {
        name: "not all was written",
        script: [
          ...area("00 01"),
          ...writes("04", "b0 b1", "00 01"),
          ...reads("04", "02", "00 02 b0 a1"),
        ],
      },
      {
        name: "reset between",
        script: [
          ...area("00 01"),
          ...reads("00", "01", "00 01 a0"),
          bmc("reset"),
          ...reads("00", "01", "00 01 a1"),
        ],
      },
    ],
  },
  "FRU-04": {
    fires: [
      { name: "beyond", script: [...area("08 00"), ...reads("06", "04", "00 04 a0 a1 a2 a3")] },
      { name: "refused within", script: [...area("08 00"), ...reads("04", "04", "c9")] },
      { name: "nothing within", script: [...area("08 00"), ...reads("04", "04", "00 00")] },
      { name: "written beyond", script: [...area("08 00"), ...writes("07", "b0 b1", "00 02")] },
      { name: "another size", script: [...area("08 00"), ...area("09 00")] },
    ],
    silent: [
      { name: "cut at the end", script: [...area("08 00"), ...reads("06", "04", "00 02 a0 a1")] },
      { name: "refused beyond", script: [...area("08 00"), ...reads("08", "04", "c9")] },
      { name: "too much at once", script: [...area("08 00"), ...reads("00", "08", "ca")] },
      { name: "after a reset", script: [...area("08 00"), bmc("reset"), ...area("09 00")] },
    ],
  },
  "FRU-05": {
    fires: [{ name: "another sum", script: reads("00", "08", "00 08 01 00 00 01 00 00 00 ff") }],
    silent: [
      { name: "right", script: reads("00", "08", "00 08 01 00 00 01 00 00 00 fe") },
      { name: "not whole", script: reads("00", "04", "00 04 01 00 00 01") },
      { name: "blank", script: reads("00", "08", "00 08 00 00 00 00 00 00 00 01") },
      {
        name: "written before",
        script: [
          ...writes("01", "07", "00 01"),
          ...reads("00", "08", "00 08 01 07 00 01 00 00 00 fe"),
        ],
      },
    ],
  },
};
