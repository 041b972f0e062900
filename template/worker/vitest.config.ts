import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: "test/bundles.ts",
    // One process for all files: most of the time would go into loading wrangler again.
    isolate: false,
    fileParallelism: false,
  },
});
