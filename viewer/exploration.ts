/** The page of explorations: what stands in it as data goes to the element that shows it. */
import { Exploration } from "./exploration/element.ts";
import type { Explored } from "./exploration/explored.ts";

const place = document.querySelector("main");
const all: readonly Explored[] = JSON.parse(
  document.getElementById("explorations")?.textContent ?? "[]",
);
place?.replaceWith(new Exploration(all));
