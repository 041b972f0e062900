// What clients send and get: the same fields as in my_worker/src/text.rs.

export type { ErrorAnswer, ErrorCode } from "../platform";

export interface ProcessRequest {
  /** At least one character. */
  text: string;
  /** How many characters (Unicode scalar values) to keep; an integer of at least 1. */
  maxLength: number;
  /** Whether to upper-case what is kept; false when absent. */
  uppercase?: boolean;
}

export interface ProcessResponse {
  processedText: string;
  /** Characters (Unicode scalar values) of the text above. */
  characterCount: number;
  /** Milliseconds; 0 in production, where the clock stands still between I/O. */
  processingTimeMs: number;
}

export interface CountRequest {
  /** Any text, also an empty one. */
  text: string;
}

export interface CountResponse {
  /** Characters (Unicode scalar values) of the text. */
  characterCount: number;
  /** Runs of characters between white space. */
  wordCount: number;
}
