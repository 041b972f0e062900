// The numbers of REFUSALS in ../../shared/wasm.js.

export const INVALID_UTF8 = 1;
export const INVALID_JSON = 2;
export const INVALID_TEXT = 3;
export const INVALID_LENGTH = 4;
export const INVALID_UPPERCASE = 5;
export const FOUND_AGAIN = 6;
export const MISSING_TEXT = 7;
export const MISSING_LENGTH = 8;
