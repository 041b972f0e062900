// The Worker that bench holds the project's own against: the same job in TypeScript, and an echo, which shows what
// a request costs without a job. Both stand behind the same guards, so that only the job differs.

import { answer } from "../../bench/job";
import { type Env, type Instance, type Routes, serve } from "..";

const instance: Instance = {
  number: 1,
  call: (run, ...args) => run(...args),
};

const routes: Routes = {
  "/typescript": answer,
  "/echo": (body) => body,
};

export default {
  fetch: (request, env) => serve(request, env, instance, routes),
} satisfies ExportedHandler<Env>;
