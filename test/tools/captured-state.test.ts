import { expect, test } from "vitest";
import { capturedVariables } from "../../tools/captured-state.ts";

const names = (text: string) => capturedVariables(text).map(({ name, line }) => `${name}:${line}`);

// Goal: a variable that a function within assigns is found, however function and assignment look.
test.each([
  ["an arrow with braces", "function f() {\n  let n = 0;\n  return () => {\n    n++;\n  };\n}", 4],
  ["an arrow without", "function f() {\n  let n = 0;\n  return (by: number) => (n += by);\n}", 3],
  [
    "a method",
    "function f() {\n  let n = 0;\n  return {\n    add(by = 1) { n += by; },\n  };\n}",
    4,
  ],
  [
    "a return type",
    "function f() {\n  let n;\n  function g(): Map<string, X> {\n    n = 1;\n  }\n}",
    4,
  ],
  [
    "an arrow's type",
    "const f = () => {\n  let n;\n  return (e: E): void => {\n    n ??= e;\n  };\n};",
    4,
  ],
  ["a class", "function f() {\n  let n = 0;\n  return class {\n    add() { --n; }\n  };\n}", 4],
  ["a pattern", "function f() {\n  let [m, n] = pair;\n  each((e) => {\n    n = e;\n  });\n}", 4],
  ["a parameter", "function f(n: number) {\n  return () => {\n    n = 2;\n  };\n}", 3],
  [
    "a template",
    "function f() {\n  let n = 0;\n  return () => `of \u0024{`\u0024{n++}`} }`;\n}",
    3,
  ],
  ["a variable of the file", "let n = 0;\nexport function f(): void {\n  n = 1;\n}", 3],
  [
    "deep within",
    "function f() {\n  let n;\n  return () => {\n    if (x) { g(() => {\n n = 1; }); }\n  };\n}",
    5,
  ],
])("finds what is assigned by or within %s", (_, text, line) => {
  expect(names(text)).toEqual([`n:${line}`]);
});

// Goal: no alarm where nothing outlives the call, or where the name only looks the same.
test.each([
  [
    "a loop",
    "function f() {\n  let n = 0;\n  for (const e of all) {\n    if (e) { n += 1; }\n  }\n  return n;\n}",
  ],
  [
    "a look at it",
    "function f() {\n  let n = 0;\n  n = 1;\n  return all.filter((each) => each >= n);\n}",
  ],
  [
    "a name of its own",
    "function f() {\n  let n = 0;\n  return () => {\n    let n = 1;\n    n++;\n  };\n}",
  ],
  [
    "a parameter of its own",
    "function f() {\n  let n = 0;\n  return (n: number) => {\n    n++;\n  };\n}",
  ],
  [
    "a field",
    "function f() {\n  let n = 0;\n  return class {\n    n = 1;\n    #n = 2;\n    add() { this.n++; this.#n++; }\n  };\n}",
  ],
  ["a key", "function f() {\n  let n = 0;\n  return () => ({ n: 1, m: a === n });\n}"],
  [
    "a text",
    'function f() {\n  let n = 0;\n  return () => "n = 1" + `n = \u0024{1}`.replace(/n = 1/, ""); // n = 1\n}',
  ],
  [
    "another function",
    "function f() {\n  let n = 0;\n  return n;\n}\nfunction g() {\n  let n = 0;\n  n++;\n}",
  ],
  ["a class that keeps it", "class A {\n  #n = 0;\n  add(): void {\n    this.#n++;\n  }\n}"],
])("says nothing of %s", (_, text) => {
  expect(names(text)).toEqual([]);
});
