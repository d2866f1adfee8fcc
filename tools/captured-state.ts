/**
 * Finds state that nobody can see: a `let` of a function, or of a module, to which a function within
 * assigns. It scans tokens and pairs brackets, and takes the formatter's habits for granted.
 */
export interface Captured {
  readonly name: string;
  /** Where it is assigned, counted from 1. */
  readonly line: number;
}

/** Every assignment to a captured `let` in the text of a TypeScript file. */
export function capturedVariables(text: string): readonly Captured[] {
  const scanner = new Scanner(tokensOf(text));
  return scanner.captured();
}

interface Token {
  readonly text: string;
  readonly line: number;
}

/** Comments, texts and regular expressions, then names and numbers, then the longest operators. */
const TOKEN =
  /\/\/.*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|(?<=[(,=:[!&|?{};]\s*|return )\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*|[#\w$]+|=>|>>>=|(?:\*\*|<<|>>|&&|\|\||\?\?)=|[=!]==?|[-+*/%&|^]=|\+\+|--|\?\.|\.\.\.|\n|[^\s]/g;

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (const [found] of withoutTemplates(text).matchAll(TOKEN)) {
    if (found === "\n" || found.startsWith("//")) line += found === "\n" ? 1 : 0;
    else if (found.startsWith("/*")) line += found.split("\n").length - 1;
    else tokens.push({ text: found, line });
  }
  return tokens;
}

const TEXT = /\/\/.*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/y;
/** What a template says, to its end or to what it computes next. */
const SAID = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(`|\$\{)/y;

/** What a template says is left out, what it computes is put in brackets: ((a)(b)). */
function withoutTemplates(text: string): string {
  let code = "";
  /** For each template that is open, how many braces are open in what it computes. */
  const open: number[] = [];
  for (let at = 0; at < text.length; ) {
    const skipped = matchAt(TEXT, text, at)?.[0];
    const character = text[at] ?? "";
    const braces = open.at(-1) ?? -1;
    const resumes = skipped === undefined && character === "}" && braces === 0;
    if (!resumes && character !== "`") {
      if (braces >= 0 && character === "{") open[open.length - 1] = braces + 1;
      if (braces > 0 && character === "}") open[open.length - 1] = braces - 1;
      code += skipped ?? character;
      at += skipped?.length ?? 1;
      continue;
    }
    const said = matchAt(SAID, text, at + 1);
    if (said === null) return code;
    code += (resumes ? ")" : "(") + said[0].replace(/[^\n]/g, "") + (said[1] === "`" ? ")" : "(");
    if (resumes && said[1] === "`") open.pop();
    if (!resumes && said[1] !== "`") open.push(0);
    at += 1 + said[0].length;
  }
  return code;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** What a bracket, or the arrow of a function without braces, opened. */
interface Scope {
  readonly opener: string;
  readonly parent: Scope | undefined;
  readonly isFunction: boolean;
  readonly isClass: boolean;
  /** The names that it declares; true for those that may be assigned. */
  readonly names: Map<string, boolean>;
}

const BLOCK_HEADS: ReadonlySet<string> = new Set([
  "if",
  "for",
  "while",
  "switch",
  "catch",
  "await",
]);
/** Words before a brace that are no end of a return type. */
const NO_TYPES: ReadonlySet<string> = new Set(["else", "try", "do", "finally", "return"]);
const ASSIGNS = /^(?:=|\+\+|--|[-+*/%&|^]=|>>>=|(?:\*\*|<<|>>|&&|\|\||\?\?)=)$/;
const NAME = /^[A-Za-z_$][\w$]*$/;

class Scanner {
  readonly #tokens: readonly Token[];
  readonly #assigned: { readonly name: string; readonly line: number; readonly scope: Scope }[] =
    [];
  #scope: Scope;
  /** Where the last bracketed list began and ended. */
  #list = { from: 0, to: -1 };
  /** A list that a colon followed: parameters before a return type, or no such thing. */
  #typed: { readonly from: number; readonly to: number; readonly scope: Scope } | undefined;
  readonly #lists: number[] = [];
  #classHead = false;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
    this.#scope = scopeOf("", undefined);
  }

  captured(): readonly Captured[] {
    for (let at = 0; at < this.#tokens.length; at++) this.#token(at);
    return this.#assigned.filter(isCaptured).map(({ name, line }) => ({ name, line }));
  }

  #text(at: number): string {
    return this.#tokens[at]?.text ?? "";
  }

  #token(at: number): void {
    const text = this.#text(at);
    if (text === "class" && this.#text(at - 1) !== ".") this.#classHead = true;
    if (text === "(" || text === "[") this.#open(at);
    else if (text === "{") this.#brace(at);
    else if (text === "=>") this.#arrow(at);
    else if (text === ")" || text === "]" || text === "}") this.#close(at);
    else if (text === "," || text === ";") this.#endArrows();
    else if (text === "let" || text === "const" || text === "var") this.#declare(at);
    else if (NAME.test(text)) this.#mention(at);
    if (text === ";") this.#typed = undefined;
    if (text === ":" && this.#list.to === at - 1)
      this.#typed = { ...this.#list, scope: this.#scope };
  }

  #open(at: number): void {
    this.#scope = scopeOf(this.#text(at), this.#scope);
    this.#lists.push(at);
  }

  #brace(at: number): void {
    const isClass = this.#classHead;
    const parameters = isClass ? undefined : this.#parametersBefore(at);
    this.#classHead = false;
    this.#scope = scopeOf("{", this.#scope, parameters, isClass);
  }

  /** The names between the brackets before a function's body; undefined before any other brace. */
  #parametersBefore(at: number): readonly string[] | undefined {
    const before = this.#text(at - 1);
    if (before === "=>") return this.#parametersOf(at - 1);
    if (before === ")" && this.#list.to === at - 1) {
      const isBlock = BLOCK_HEADS.has(this.#text(this.#list.from - 1));
      return isBlock ? undefined : this.#names(this.#list.from, this.#list.to);
    }
    const typed = this.#typed;
    const ends = NAME.test(before) ? !NO_TYPES.has(before) : /[>\]}"]/.test(before);
    if (typed === undefined || typed.scope !== this.#scope || !ends) return undefined;
    this.#typed = undefined;
    return this.#names(typed.from, typed.to);
  }

  #arrow(at: number): void {
    if (this.#text(at + 1) === "{") return;
    this.#scope = scopeOf("=>", this.#scope, this.#parametersOf(at));
  }

  #parametersOf(arrow: number): readonly string[] {
    if (this.#list.to === arrow - 1) return this.#names(this.#list.from, this.#list.to);
    const typed = this.#typed;
    this.#typed = undefined;
    return typed === undefined ? [this.#text(arrow - 1)] : this.#names(typed.from, typed.to);
  }

  #names(from: number, to: number): readonly string[] {
    const texts = this.#tokens.slice(from, to).map(({ text }) => text);
    return texts.filter((text) => NAME.test(text));
  }

  #endArrows(): void {
    while (this.#scope.opener === "=>") this.#scope = this.#scope.parent ?? this.#scope;
  }

  #close(at: number): void {
    this.#endArrows();
    this.#scope = this.#scope.parent ?? this.#scope;
    if (this.#text(at) === "}") return;
    const from = this.#lists.pop() ?? 0;
    if (this.#text(at) === ")") this.#list = { from, to: at };
  }

  /** A name in a loop's head belongs to the block around the loop: near enough. */
  #declare(at: number): void {
    let scope = this.#scope;
    while (scope.opener === "(" && scope.parent !== undefined) scope = scope.parent;
    let depth = 0;
    for (let i = at + 1; i < this.#tokens.length; i++) {
      const text = this.#text(i);
      if (text === "{" || text === "[") depth++;
      if (text === "}" || text === "]") depth--;
      if (depth === 0 && /^(?:=|;|:|of|in)$/.test(text)) return;
      if (NAME.test(text)) scope.names.set(text, this.#text(at) !== "const");
    }
  }

  #mention(at: number): void {
    const [name, before, after] = [this.#text(at), this.#text(at - 1), this.#text(at + 1)];
    if (before === "." || before === "?." || this.#scope.isClass) return;
    if (/^(?:let|const|var)$/.test(before)) return;
    const assigns = ASSIGNS.test(after) || before === "++" || before === "--";
    const line = this.#tokens[at]?.line ?? 0;
    if (assigns) this.#assigned.push({ name, line, scope: this.#scope });
  }
}

function scopeOf(
  opener: string,
  parent: Scope | undefined,
  parameters?: readonly string[],
  isClass = false,
): Scope {
  const names = new Map((parameters ?? []).map((name) => [name, true] as const));
  return { opener, parent, isFunction: parameters !== undefined, isClass, names };
}

/** Between the assignment and the declaration a function's body begins. */
function isCaptured({ name, scope }: { readonly name: string; readonly scope: Scope }): boolean {
  let within = false;
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const assignable = at.names.get(name);
    if (assignable !== undefined) return within && assignable;
    within ||= at.isFunction;
  }
  return false;
}
