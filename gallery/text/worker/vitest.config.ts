import { defineConfig } from "vitest/config";

// Else Vitest keeps it at the root of a workspace above. Old versions know no such setting, nor do their types.
const cache = { fsModuleCachePath: "node_modules/.vitest-cache" };

export default defineConfig({
  // No style sheet is tested: else vite would look for PostCSS in all folders above.
  css: { postcss: {} },
  test: {
    // Nothing here is about speed, and a machine may be busy.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: "platform/test/bundles.ts",
    // One process for all files: most of the time would go into loading wrangler again.
    isolate: false,
    fileParallelism: false,
    ...cache,
  },
});
