// Before the tests: the bundles that they run, made of the sources as they are now.

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

const bundle = (): void => {
  execFileSync("bash", [join(import.meta.dirname, "../../../build.sh"), "bundles"], { stdio: "inherit" });
};

export default function setup(project: TestProject): void {
  bundle();
  project.onTestsRerun(bundle);
}
