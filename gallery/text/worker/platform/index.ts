// What a Worker takes from here: `from "../platform"`. What is not in this list is the platform's own affair.

export { bodyLimit, joined, readBody } from "./body";
export { type Failed, type Failure, type Send, Told, attempt, isDevelopment, report, reportTo } from "./failures";
export { type Env, type ErrorAnswer, type ErrorCode, answer, answerTo, jsonHandler, requireJson, serve } from "./http";
export type { Call, Context, Handler, Handlers, Method, Routes } from "./routes";
export { HttpRefusal, defineRoutes } from "./routes";
export { Crash, type Endpoint, type Instance, KEPT_BYTES, Misuse, Refusal, instantiate } from "./wasm";
