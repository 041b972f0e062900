// Sends the requests that playground.html declares, and shows the answers. Attributes of the page:
//
//   data-request="POST /things/{id}"  on a form or a button: what it sends; {id} is a field of the form
//   data-token="secret"               the field of the form that holds its bearer token
//   data-type="text/plain"            its media type; of JSON and files it is known
//   data-body="text"                  its body, as text,
//   data-body-base64="AAEC"           as bytes,
//   data-body-zeros="9"               as so many zero bytes,
//   data-body-file="photo"            or the file that this field of the form holds
//   data-answer                       where the answer goes
//   data-headers="allow etag"         on that: which headers are shown
//   data-table                        on that: the fields of a 200 are a table
//   data-history                      where the last answers go
//
// A form without data-body... sends its fields as JSON. Of a file field, there is more at the end.

const KEPT = 9;
/** The last answers, the newest first. */
const answers = [];

for (const sender of document.querySelectorAll("[data-request]")) {
  sender.addEventListener(sender.matches("form") ? "submit" : "click", (event) => {
    event.preventDefault();
    void send(sender);
  });
}

async function send(sender) {
  const form = sender.closest("form");
  if (![...(form?.elements ?? [])].every((field) => !field.required || field.reportValidity())) {
    return;
  }
  const [method, pattern] = sender.dataset.request.split(" ");
  const path = pattern.replace(/\{(.+?)\}/g, (_, name) => encodeURIComponent(form.elements[name].value));
  const { body, shown } = bodyOf(sender, form);
  const type = sender.dataset.type ?? body?.type;
  const answer = { request: `${method} ${path}`, type, shown, up: body?.size ?? 0 };
  page.answer.ariaBusy = "true";
  const started = performance.now();
  try {
    const { token } = sender.dataset;
    const headers = {
      ...(type && { "content-type": type }),
      ...(token && { authorization: `Bearer ${form.elements[token].value}` }),
    };
    const response = await fetch(path, { method, headers, body, cache: "no-store" });
    const bytes = await response.arrayBuffer();
    answer.time = performance.now() - started;
    answer.status = response.status;
    answer.title = `${response.status} ${response.statusText}`.trim();
    answer.headers = response.headers;
    answer.down = bytes.byteLength;
    answer.text = new TextDecoder().decode(bytes);
    answer.body = new Blob([bytes], { type: response.headers.get("content-type") ?? "" });
  } catch (error) {
    answer.title = `No answer: ${error.message}`;
  }
  page.answer.ariaBusy = "false";
  answers.unshift(answer);
  answers.splice(KEPT);
  show(answer);
}

/** The body that a sender declares, and how it is shown. */
function bodyOf(sender, form) {
  const { body, bodyBase64, bodyZeros, bodyFile } = sender.dataset;
  if (body !== undefined) {
    return { body: new Blob([body]), shown: body };
  }
  if (bodyBase64 !== undefined) {
    return { body: new Blob([bytesOf(bodyBase64)]), shown: "bytes" };
  }
  if (bodyZeros !== undefined) {
    return { body: new Blob([new Uint8Array(Number(bodyZeros))]), shown: "zero bytes" };
  }
  if (bodyFile !== undefined) {
    const file = form.elements[bodyFile].files[0];
    return { body: file ?? new Blob(), shown: file?.name ?? "no file" };
  }
  if (sender === form) {
    const json = JSON.stringify(fieldsOf(form));
    return { body: new Blob([json], { type: "application/json" }), shown: json };
  }
  return {};
}

/** The fields of a form as JSON has them. A number that is none is left out. */
function fieldsOf(form) {
  const fields = {};
  for (const field of form.elements) {
    const number = field.type === "number";
    if (field.name && !(number && Number.isNaN(field.valueAsNumber))) {
      fields[field.name] = number ? field.valueAsNumber : field.type === "checkbox" ? field.checked : field.value;
    }
  }
  return fields;
}

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

// --- The answer ---

const page = {
  answer: document.querySelector("[data-answer]"),
  history: document.querySelector("[data-history]"),
  // There from the start, or a screen reader would not tell what comes into it.
  status: make("p", { role: "status", class: "status" }),
  details: make("div", {}),
  list: make("ol", { class: "history" }),
};
page.answer.append(page.status, page.details);
page.history?.append(page.list);

/** Shows an answer, all by text nodes: nothing that was sent or came back becomes HTML. */
function show(answer) {
  page.answer.querySelector("[data-empty]")?.remove();
  page.answer.dataset.kind = kindOf(answer);
  const time = answer.status ? [make("span", {}, `round trip ${duration(answer.time)}`)] : [];
  page.status.replaceChildren(make("strong", {}, answer.title), " ", ...time);
  page.details.replaceChildren(...detailsOf(answer));
  page.history?.removeAttribute("hidden");
  page.list.replaceChildren(...answers.map((one) => make("li", {}, entry(one, one === answer))));
  page.answer.scrollIntoView({ block: "nearest" });
}

function kindOf({ status = 0 }) {
  return status === 0 || status >= 500 ? "failed" : status >= 400 ? "refused" : "good";
}

function detailsOf(answer) {
  const sent = [answer.request, answer.type, answer.up ? size(answer.up) : undefined].filter(Boolean).join(", ");
  const facts = [["Sent", sent]];
  const sentBody = bodyBlock("Body sent", answer.shown);
  if (!answer.status) {
    return [note("Does the Worker still run, and is it reachable from here?"), list(facts), ...sentBody];
  }
  const same = answers.filter((one) => one.request === answer.request && one.status === answer.status);
  facts.push(
    ["Came back", size(answer.down)],
    ["Round trip", `${duration(answer.time)}, network included`],
  );
  if (same.length > 1) {
    facts.push(["Median", `${duration(median(same.map((one) => one.time)))} of the last ${same.length} like it`]);
  }
  for (const name of page.answer.dataset.headers?.split(" ") ?? []) {
    const value = answer.headers.get(name);
    if (value !== null) {
      facts.push([name, value]);
    }
  }
  const id = answer.headers.get("x-request-id");
  return [
    ...(id === null ? [] : [note("The Worker failed. Its log has the cause, with this request id: ", make("code", {}, id))]),
    ...contentOf(answer),
    list(facts),
    ...sentBody,
  ];
}

/** The body of an answer: a picture, a table of its fields where the page wants one, else its JSON, else as it came. */
function contentOf(answer) {
  if (answer.body.type.startsWith("image/")) {
    const picture = make("img", { alt: "The picture that came back", src: URL.createObjectURL(answer.body) });
    picture.addEventListener("load", () => URL.revokeObjectURL(picture.src));
    return [make("h3", {}, "Body"), make("figure", {}, picture)];
  }
  try {
    const json = JSON.parse(answer.text);
    const block = bodyBlock("Body", JSON.stringify(json, undefined, 2));
    if ("table" in page.answer.dataset && answer.status === 200) {
      return [table(json), make("details", {}, make("summary", {}, "As JSON"), ...block.slice(1))];
    }
    return block;
  } catch {
    return bodyBlock("Body", answer.text);
  }
}

function bodyBlock(title, text) {
  if (!text) {
    return [];
  }
  const shortened = text.length > 20_000 ? `${text.slice(0, 20_000)}…` : text;
  // It may scroll, so it can be focused.
  return [make("h3", {}, title), make("pre", { tabindex: "0", role: "region", "aria-label": title }, shortened)];
}

function table(json) {
  const rows = rowsOf(json).map(([name, value]) =>
    make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, value)),
  );
  return make("table", {}, make("tbody", {}, ...rows));
}

/** Each field with its value as text; those of an object within as `object.field`. What is null has no row. */
function rowsOf(json, prefix = "") {
  return Object.entries(json).flatMap(([name, value]) => {
    if (value === null || (Array.isArray(value) && value.length === 0)) {
      return [];
    }
    if (typeof value === "object" && !Array.isArray(value)) {
      return rowsOf(value, `${prefix}${name}.`);
    }
    return [[prefix + name, Array.isArray(value) ? value.join("\n") : String(value)]];
  });
}

function list(facts) {
  return make("dl", {}, ...facts.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
}

function note(...text) {
  return make("p", { class: "note" }, ...text);
}

function entry(answer, current) {
  const attributes = { type: "button", "data-kind": kindOf(answer), ...(current ? { "aria-current": "true" } : {}) };
  const time = answer.status ? [make("span", {}, duration(answer.time))] : [];
  const status = make("strong", {}, String(answer.status ?? "none"));
  const button = make("button", attributes, status, make("span", {}, answer.request), ...time);
  button.addEventListener("click", () => {
    const place = answers.indexOf(answer);
    show(answer);
    // The list was made anew.
    page.list.children[place].firstChild.focus();
  });
  return button;
}

function median(numbers) {
  const sorted = numbers.sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

function duration(milliseconds) {
  return `${milliseconds.toFixed(1)} ms`;
}

function size(bytes) {
  return bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function make(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

// --- Files ---
//
//   data-drop                 around a file field: files can be dropped there; pasted ones go to the first such field
//   data-preview="photo"      where the picture in this field is shown
//   data-sample="photo"       on a button with an image of a data: URL: puts that into this field
//
// A new file is sent at once.

for (const field of document.querySelectorAll("[data-drop] input[type=file]")) {
  const area = field.closest("[data-drop]");
  for (const type of ["dragover", "dragleave", "drop"]) {
    area.addEventListener(type, (event) => {
      event.preventDefault();
      area.toggleAttribute("data-over", type === "dragover");
    });
  }
  area.addEventListener("drop", (event) => put(field, event.dataTransfer.files));
  field.addEventListener("change", () => {
    preview(field);
    if (field.files.length > 0) {
      field.form.requestSubmit();
    }
  });
}

document.addEventListener("paste", (event) => {
  const field = document.querySelector("[data-drop] input[type=file]");
  if (field !== null) {
    put(field, event.clipboardData.files);
  }
});

for (const button of document.querySelectorAll("[data-sample]")) {
  button.addEventListener("click", () => {
    const [head, base64] = button.querySelector("img").src.split(";base64,");
    const files = new DataTransfer();
    files.items.add(new File([bytesOf(base64)], "sample", { type: head.replace("data:", "") }));
    put(button.closest("form").elements[button.dataset.sample], files.files);
  });
}

function put(field, files) {
  if (files.length > 0) {
    field.files = files;
    field.dispatchEvent(new Event("change"));
  }
}

function preview(field) {
  const figure = document.querySelector(`[data-preview="${field.name}"]`);
  const [file] = field.files;
  URL.revokeObjectURL(figure.querySelector("img")?.src);
  figure.replaceChildren();
  figure.hidden = file === undefined;
  if (file !== undefined) {
    const image = make("img", { alt: `The chosen picture, ${file.name}`, src: URL.createObjectURL(file) });
    const caption = make("figcaption", {}, `${file.name}, ${size(file.size)}`);
    image.addEventListener("error", () => image.replaceWith("This browser does not show such a picture."));
    figure.append(image, caption);
  }
}
