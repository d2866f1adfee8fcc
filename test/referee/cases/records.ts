import type { Body } from "../../../src/trace/events.ts";
import { asked, bmc, exchange, said } from "../script.ts";
import type { Case, RuleCases } from "./case.ts";
import { type Script, type Store, sdr, sel, words } from "./record-words.ts";

const OTHER = "1a 1b";
const empty = (store: Store): Script => {
  const { reserves, clears } = words(store);
  return [...reserves("01 00"), ...clears("01 00")];
};

/** The rules that both stores have, by what they are about. */
function cases(store: Store) {
  const { reserves, reads, lacks, piece, adds, erases, clears, states, refuses, ...more } =
    words(store);
  const { first2, units } = more;
  const two: Script = [...empty(store), ...adds("01 00"), ...adds("02 00")];
  const only = reads("00 00", "ff ff", "01 00");
  const reset: Body = bmc("reset", 0, "cold");
  const away = bmc("away", 0, "hold");
  return {
    needs: {
      fires: [
        { name: "none was made", script: erases("00 00", "01 00", "00 01 00") },
        {
          name: "another number",
          script: [...reserves("01 00"), ...piece("09 00", "01 00", `00 ff ff ${first2}`)],
        },
        { name: "it holds", script: [...reserves("01 00"), ...clears("01 00", "c5")] },
        { name: "0000h", script: reserves("00 00") },
        {
          name: "C5h of a whole record",
          script: said(`28 ${store.cmd.get} 00 00 01 00 00 ff`, `2c ${store.cmd.get} c5`),
        },
        {
          name: "CBh of what is there",
          script: [...two, ...reserves("02 00"), ...piece("09 00", "01 00", "cb")],
        },
        {
          name: "by the wire",
          script: [exchange(`28 ${store.cmd.erase} 00 00 01 00`, `2c ${store.cmd.erase} 00 01 00`)],
        },
      ],
      silent: [
        { name: "the right one", script: [...reserves("01 00"), ...clears("01 00")] },
        { name: "refused", script: [...reserves("01 00"), ...clears("09 00", "c5")] },
        {
          name: "perhaps another's",
          script: [exchange(`28 ${store.cmd.erase} 05 00 01 00`, `2c ${store.cmd.erase} 00 01 00`)],
        },
        { name: "a whole record", script: [...reserves("01 00"), ...reads("01 00", "ff ff")] },
        {
          name: "after a deletion",
          script: [
            ...reserves("01 00"),
            ...erases("01 00", "01 00", "00 01 00"),
            ...clears("01 00", "c5"),
          ],
        },
        { name: "after a reset", script: [...reserves("01 00"), reset, ...clears("01 00", "c5")] },
      ],
    },
    loses: {
      fires: [
        {
          name: "another was made",
          script: [...reserves("01 00"), ...reserves("02 00"), ...clears("01 00")],
        },
        {
          name: "cleared",
          script: [...empty(store), ...piece("01 00", "01 00", `00 ff ff ${first2}`)],
        },
        { name: "reset", script: [...reserves("01 00"), reset, away, ...clears("01 00")] },
        { name: "the same again", script: [...reserves("01 00"), ...reserves("01 00")] },
        { name: "another code", script: [...empty(store), ...clears("01 00", "cc")] },
      ],
      silent: [
        { name: "C5h", script: [...empty(store), ...clears("01 00", "c5")] },
        {
          name: "another code, for what is wrong besides",
          script: [...empty(store), ...clears("01 00", "cc", "42 4c 52")],
        },
        {
          name: "the new one",
          script: [...reserves("01 00"), ...reserves("02 00"), ...clears("02 00")],
        },
        {
          name: "not sure",
          script: [...reserves("01 00"), asked(`28 ${store.cmd.reserve}`), ...clears("01 00")],
        },
      ],
    },
    order: {
      fires: [
        { name: "no id", script: adds("00 00") },
        { name: "in a circle", script: reads("01 00", "01 00") },
        { name: "to the first", script: reads("01 00", "00 00") },
        { name: "another record", script: reads("01 00", "ff ff", "02 00") },
        { name: "one left out", script: [...two, ...reads("01 00", "ff ff")] },
        { name: "no end", script: [...two, ...reads("02 00", "03 00")] },
        { name: "lost", script: [...two, ...lacks("02 00")] },
        { name: "an id that is none", script: reads("00 00", "ff ff") },
        { name: "not the last", script: [...two, ...reads("ff ff", "ff ff", "01 00")] },
        { name: "one that nobody added", script: [...only, ...reads("05 00", "ff ff")] },
        { name: "promised", script: [...reads("00 00", "02 00", "01 00"), ...lacks("02 00")] },
      ],
      silent: [
        {
          name: "in order",
          script: [...two, ...reads("01 00", "02 00"), ...reads("02 00", "ff ff")],
        },
        {
          name: "deleted between",
          script: [
            ...reads("00 00", "02 00", "01 00"),
            ...erases("01 00", "02 00", "00 02 00"),
            ...lacks("02 00"),
          ],
        },
        { name: "reset between", script: [...two, reset, ...lacks("02 00")] },
        { name: "a piece", script: [...two, ...piece("01 00", "02 00", "cb")] },
      ],
    },
    back: {
      fires: [
        {
          name: "another piece",
          script: [...two, ...piece("01 00", "01 00", `00 ff ff ${OTHER}`)],
        },
        {
          name: "less",
          script: [...two, ...piece("01 00", "01 00", `00 ff ff ${first2.slice(0, 2)}`)],
        },
        { name: "more than asked for", script: piece("01 00", "01 00", `00 ff ff ${first2} 00`) },
        { name: "CAh of all of it", script: [...two, ...lacks("01 00", "ca")] },
        { name: "CAh", script: [...reads("01 00", "ff ff"), ...piece("01 00", "01 00", "ca")] },
        {
          name: "otherwise than before",
          script: [...reads("01 00", "ff ff"), ...piece("01 00", "01 00", `00 ff ff ${OTHER}`)],
        },
      ],
      silent: [
        { name: "CBh of all of it", script: [...reads("01 00", "ff ff"), ...lacks("02 00")] },
        {
          name: "the same",
          script: [
            ...two,
            ...reads("01 00", "02 00"),
            ...piece("01 00", "01 00", `00 02 00 ${first2}`),
          ],
        },
        {
          name: "added anew",
          script: [
            ...reads("01 00", "ff ff"),
            ...empty(store),
            ...piece("01 00", "01 00", `00 ff ff ${OTHER}`),
          ],
        },
        {
          name: "by the wire alone",
          script: [
            exchange(`28 ${store.cmd.get} 00 00 01 00 00 02`, `2c ${store.cmd.get} 00 ff ff 01 00`),
            exchange(`28 ${store.cmd.get} 00 00 01 00 00 02`, `2c ${store.cmd.get} 00 ff ff 01 01`),
          ],
        },
      ],
    },
    counts: {
      fires: [
        { name: "not counted", script: [...two, ...states("01 00")] },
        {
          name: "counted twice",
          script: [...states("03 00"), ...erases("01 00", "01 00", "00 01 00"), ...states("01 00")],
        },
      ],
      silent: [
        { name: "counted", script: [...two, ...states("02 00")] },
        {
          name: "refused",
          script: [...states("02 00"), ...erases("01 00", "01 00", "c5"), ...states("02 00")],
        },
        {
          name: "nobody knows whether",
          script: [
            ...states("02 00"),
            asked(`28 ${store.cmd.erase} 01 00 01 00`),
            ...states("01 00"),
          ],
        },
      ],
    },
    erases: {
      fires: [
        { name: "still there", script: [...empty(store), ...reads("01 00", "ff ff")] },
        {
          name: "still counted",
          script: [...states("02 00"), ...erases("01 00", "01 00", "00 01 00"), ...states("02 00")],
        },
        {
          name: "it comes next",
          script: [...two, ...erases("01 00", "02 00", "00 02 00"), ...reads("01 00", "02 00")],
        },
        { name: "one is left", script: [...states("02 00"), ...empty(store), ...states("01 00")] },
        { name: "none is gone", script: [...states("02 00"), ...empty(store), ...states("02 00")] },
        { name: "another", script: erases("01 00", "02 00", "00 03 00") },
        { name: "twice", script: [...two, ...erases("02 00", "07 00", "00 07 00")] },
      ],
      silent: [
        {
          name: "gone",
          script: [...two, ...erases("01 00", "01 00", "00 01 00"), ...lacks("01 00")],
        },
        {
          name: "the first",
          script: [
            ...two,
            ...erases("01 00", "00 00", "00 01 00"),
            ...reads("00 00", "ff ff", "02 00"),
          ],
        },
      ],
    },
    full: {
      fires: [
        { name: "overwritten", script: [...states("02 00", "00 00"), ...adds("03 00")] },
        { name: "not full", script: [...states("02 00"), ...refuses("c4")] },
        {
          name: "not said",
          script: [
            ...states("02 00", "00 00"),
            ...refuses("c4"),
            ...states("02 00", "00 00", "0f"),
          ],
        },
        { name: "another code", script: [...states("02 00", "00 00"), ...refuses("ca")] },
        {
          name: "said yet after a clear",
          script: [...empty(store), ...states("00 00", "00 10", "8f")],
        },
      ],
      silent: [
        {
          name: "refused and said",
          script: [
            ...states("02 00", "00 00"),
            ...refuses("c4"),
            ...states("02 00", "00 00", "8f"),
          ],
        },
        {
          name: "room was made",
          script: [
            ...states("02 00", "00 00"),
            ...erases("01 00", "01 00", "00 01 00"),
            ...adds("03 00"),
          ],
        },
      ],
    },
    room: {
      fires: [
        { name: "two free spaces", script: [...states("02 00", "00 10"), ...units("ff 00")] },
        { name: "the other way round", script: [...units("ff 00"), ...states("02 00", "00 10")] },
        { name: "more than there is", script: units("00 03") },
        { name: "more in one piece", script: units("00 01", "01 01") },
      ],
      silent: [
        { name: "one", script: [...states("02 00", "00 10"), ...units("00 01")] },
        {
          name: "added between",
          script: [...states("02 00", "00 10"), ...adds("03 00"), ...units("ff 00")],
        },
        { name: "that or more", script: [...states("02 00", "ff ff"), ...units("00 01")] },
      ],
    },
    named: {
      fires: [
        { name: "not named", script: [...states("02 00", "00 10", "0d"), ...reserves("01 00")] },
        {
          name: "named, and not there",
          script: [
            ...states("02 00"),
            ...said(`28 ${store.cmd.reserve}`, `2c ${store.cmd.reserve} c1`),
          ],
        },
        { name: "another version", script: [...device, ...states("02 00", "00 10", "0f", "15")] },
      ],
      silent: [
        { name: "named", script: [...device, ...states("02 00"), ...reserves("01 00")] },
        {
          name: "not named, and not there",
          script: [
            ...states("02 00", "00 10", "0d"),
            ...said(`28 ${store.cmd.reserve}`, `2c ${store.cmd.reserve} c1`),
          ],
        },
        { name: "an older BMC", script: states("02 00", "00 10", "0f", "15") },
      ],
    },
  } satisfies Record<string, { fires: Case[]; silent: Case[] }>;
}

/** Of IPMI 2.0. */
const device = said("18 01", "1c 01 00 20 01 01 00 02 be 00 00 00 01 00");

const ofSel = cases(sel);
const ofSdr = cases(sdr);
const selWords = words(sel);
const logged = bmc("sel", 0, `record 3: 00 00 ${sel.record}`);

export const recordCases: RuleCases = {
  "SEL-01": ofSel.needs,
  "SEL-02": {
    fires: [
      ...ofSel.loses.fires,
      {
        name: "added",
        script: [
          ...selWords.reserves("01 00"),
          ...selWords.adds("01 00"),
          ...selWords.clears("01 00"),
        ],
      },
      {
        name: "logged",
        script: [...selWords.reserves("01 00"), logged, ...selWords.clears("01 00")],
      },
    ],
    silent: ofSel.loses.silent,
  },
  "SEL-03": ofSel.order,
  "SEL-06": {
    fires: [
      ...ofSel.full.fires,
      { name: "an event", script: [...selWords.states("02 00", "00 00"), logged] },
    ],
    silent: [
      ...ofSel.full.silent,
      { name: "an event fits", script: [...selWords.states("02 00", "10 00"), logged] },
    ],
  },
  "SEL-08": {
    fires: [
      ...ofSel.back.fires,
      { name: "CAh of an entry, whichever", script: selWords.lacks("07 00", "ca") },
      {
        name: "an event of the BMC's",
        script: [logged, ...selWords.piece("01 00", "03 00", `00 ff ff ${OTHER}`)],
      },
    ],
    silent: [
      ...ofSel.back.silent,
      {
        name: "an event that says nothing",
        script: [bmc("sel", 0, "record 3"), ...selWords.reads("03 00", "ff ff")],
      },
    ],
  },
  "SEL-09": ofSel.counts,
  "SEL-10": ofSel.erases,
  "SEL-13": ofSel.room,
  "SEL-14": ofSel.named,
  "SDR-01": ofSdr.needs,
  "SDR-02": ofSdr.loses,
  "SDR-05": ofSdr.order,
  "SDR-08": ofSdr.back,
  "SDR-09": ofSdr.counts,
  "SDR-10": ofSdr.erases,
  "SDR-11": ofSdr.full,
  "SDR-13": ofSdr.room,
  "SDR-14": ofSdr.named,
};
