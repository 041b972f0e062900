// Names a source of a bundle that is of a package in a folder above this project, if there is one: node above.mjs MAP. A
// clone elsewhere would not have it. What worker/package.json asks for, or a file names by its path, is the project's own.
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const project = realpathSync(fileURLToPath(new URL("..", import.meta.url)));
const [, , map] = process.argv;

/** The folders that packages in a node_modules are links to, as those of a workspace. */
function linked(modules) {
  if (!existsSync(modules)) return [];
  return readdirSync(modules, { withFileTypes: true }).flatMap((entry) => {
    const path = join(modules, entry.name);
    if (entry.isSymbolicLink()) return existsSync(path) ? [realpathSync(path)] : [];
    return entry.name.startsWith("@") ? linked(path) : [];
  });
}

function above(folder) {
  const parent = dirname(folder);
  return parent === folder ? [] : [...linked(join(parent, "node_modules")), ...above(parent)];
}

const isIn = (file) => (folder) => file.startsWith(`${folder}/`);
const own = linked(join(project, "worker/node_modules"));
const strange = above(project);
const found = JSON.parse(readFileSync(map, "utf8")).sources.find((source) => {
  const file = resolve(dirname(map), source);
  if (isIn(file)(project)) return false;
  return file.includes("/node_modules/") || (strange.some(isIn(file)) && !own.some(isIn(file)));
});
console.log(found ?? "");
