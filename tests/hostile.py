"""What can be typed to break a template: strings by kind, each for the languages or tools that it could upset.

tests/test_hostile.py gives every one of them to every free text and every name.
"""

import string

from macros import names

CHARACTERS = "\" ' ` \\ / | & ; < > ( ) [ ] { } * ? ! ~ # $ % ^ = + - . , : @ _".split()
INVISIBLE = [*range(0x00AD, 0x00AE), 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x180E, *range(0x200B, 0x2010)]
INVISIBLE += [*range(0x2060, 0x2065), *range(0x206A, 0x2070), 0x2800, 0x3164, 0xFEFF, 0xFFA0]

KINDS: dict[str, list[str]] = {
    # --- Of one character ---
    "one punctuation mark": CHARACTERS,
    "a mark at the start": [f"{character}a" for character in CHARACTERS],
    "a mark at the end": [f"a{character}" for character in CHARACTERS],
    "C0 and C1 control characters": [f"a{chr(code)}b" for code in [*range(0x20), *range(0x7F, 0xA0)]],
    "line ends": ["a\nb", "a\r\nb", "a\rb", "a\n", "\na", "a\u2028b", "a\u2029b", "a\x85b", "a\x0bb", "a\x0cb"],
    "direction overrides": [f"a{chr(code)}b" for code in [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]],
    "no characters at all": ["a\ud800b", "a\udfffb", "\ud83e\udd80", "a\ufffeb", "a\uffffb", "\udcff"],
    "blanks at an end": [" ", "", " a", "a ", "\u00a0a", "a\u3000", "\u2003a", "a\u2009", "    a", "\u1680a"],
    "nothing to see at an end": [text for code in INVISIBLE for text in (chr(code), f"{chr(code)}a",
        f"a{chr(code)}")],
    "nothing to see in between": [f"a{chr(code)}b" for code in INVISIBLE],
    "characters outside the first plane": ["🦀", "👩‍🚀", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "𝓦orker", "\U000f0000", "\U0010fffd", "\U0001fffe",
        "a\ufdd0b", "a\ue000b"],
    "scripts and marks": ["مرحبا بالعالم", "שלום", "ไทย", "हिन्दी", "日本語", "e\u0301", "\u0301a", "a" + "\u0335" * 50,
        "Ǆ ß İ ﬁ"],
    "confusables": ["ｍｙ－ｗｏｒｋｅｒ", "my\u2010worker", "my\u2013worker", "m\u0443-worker", "１２３", "a٣", "ſtd",
        "ｍatch", "text\u2024tools", "a\u2215b", "ﬀ", "\u212a"],
    # --- Of a language ---
    "Jinja": ["{{ 7*7 }}", "{{ crate_name", "}}", "{% raw %}", "{% endraw %}", "{%- set a = 1 -%}", "{# a #}", "{#",
        "#}"]
    + ["{{ ''.__class__.__mro__ }}", "{{ _copier_conf }}", "{{ undefined }}", "{% include '/etc/passwd' %}",
        "[[ a ]]"],
    "shell": ["$(touch pwned)", "`touch pwned`", "; touch pwned", "| touch pwned", "&& touch pwned", "${HOME}",
        "$HOME"]
    + ["'; touch pwned; '", '"; touch pwned; "', "> pwned", "a\\", "~root", "!!", "*", "{a,b}", "<(touch pwned)",
        "END"],
    "sed and printf": ["&", "\\1", "s/a/b/e", "%s%n", "%", "%%", "100 %", "\\0", "\\c"],
    "Windows shells": ["%PATH%", "^&", "$env:PATH", "a & calc", "%COMSPEC%", "C:\\new\\table"],
    "TOML": ['"""', "'''", '"\na = 1', "= 1", "[package]", "[[bin]]", '", build = "evil.rs', "\\u0041", "\\x41",
        "1979-05-27"],
    "JSON": ['"', '\\"', '", "scripts": {"install": "touch pwned"}, "a": "', "\\u0000", "\\", "\\\\", "{}", "[]",
        "\\ud800"],
    "YAML at the start": [f"{mark} a" for mark in "- ? : , [ ] { } # & * ! | > ' \" % @ `".split()],
    "YAML": ["a: b", "a #b", "&a *a", "*a", "!!python/object/apply:os.system ['touch pwned']", "!a", "--- a",
        "... a", "<<"]
    + ["%YAML 1.1", "|-", ">+", "? a : b", "a:", ": a", "[a, b]", "{a: b}", "'a''b'", "- - a"],
    "words that YAML reads as something else": ["null", "~", "true", "yes", "no", "on", "off", "NaN", ".inf", "1e5",
        "0x1f"]
    + ["0o17", "1_000", "12:30:45", "1.10", "2026-11-24", "=", "y", "N", "010", "-1", "+1", ".5"],
    "GitHub's expressions": ["${{ secrets.A }}", "${{ github.token }}", "::set-output name=a::b", "::error::a",
        "##[group]"],
    "Rust": ["*/", "/* a", "// a", '"#', '"##', "#![feature(a)]", "b'a'", "r#a", "{}", "{0}",
        "include!(\"/etc/passwd\")"],
    "TypeScript": ["*/", "</script>", "`${a}`", "\\u{41}", "//# sourceMappingURL=a", "import('a')", "__proto__",
        "constructor"],
    "Markdown": ["# a", "## a", "- a", "* a", "+ a", "1. a", "1) a", "> a", "| a | b |", "```", "~~~", "---", "===",
        "***"]
    + ["[a](b)", "![a](b)", "[a]: b", "<b>a</b>", "&amp;", "&#x41;", "<https://a.invalid>", "*a* _b_ ~~c~~ `d`",
        "a\\", ":+1:"],
    "HTML": ["<!-- a", "-->", "]]>", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&lt;",
        "<a href='javascript:a'>"],
    # --- Of a system ---
    "options": ["--force", "-rf", "--", "-", "-h", "--help", "-a", "--trust", "--vcs-ref=a", "-n a", "/?", "@a"],
    "paths": ["..", ".", "../a", "../../etc/passwd", "/etc/passwd", "a/b", "a\\b", "..\\a", "~/a",
        "file:///etc/passwd", "a/../../b"]
    + [".git", ".github", ".cargo", "//a", "C:", "\\\\a\\b", "a.", "a..b", "./a"],
    "assignments and addresses": ["a=b", "description=a", "a=b=c", "http://a.invalid", "gh:a/b", "git+ssh://a",
        "a@b.invalid", "a b"],
    "devices": [*names.DEVICES, *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))]
    + ["CON", "NUL", "nul.txt", "COM1", "com¹", "lpt³", "conin$", "clock$"],
    "keywords of Rust": names.RUST_KEYWORDS,
    "crates of Rust, dependencies, folders and files": names.RUST_CRATES + names.OWN_DEPENDENCIES + names.OWN_FOLDERS
    + names.AVOIDED,
    "words of other languages": ["undefined", "null", "function", "var", "export", "class", "this", "void", "eval",
        "arguments"]
    + ["package", "interface", "default", "delete", "new", "done", "fi", "esac", "then", "exec", "exit", "none",
        "nil", "def"],
    "names that packages have": ["wrangler", "vitest", "node", "npm", "wasm-bindgen", "wasm_bindgen", "itoa", "main",
        "build"]
    + ["deps", "examples", "tests", "src", "lib", "bin", "index", "error", "runtime", "text", "faults", "wbg",
        "favicon.ico"],
    "underscores and hyphens": ["_", "__", "_a", "a_", "a__b", "a_b", "-", "--", "-a", "a-", "a--b", "a-b",
        "xn--p1ai", "a_-b"],
    "digits and cases": ["0", "7", "3d", "0a", "a0", "A", "aB", "MY-WORKER", "My Worker", "camelCase"],
    # --- Of many characters ---
    "long": [character * count for character in "a7-_{\"\\é🦀 " for count in (63, 64, 65, 100, 101, 300, 301, 10_000)]
    + ["ab " * 3_333 + "a", "{{" * 5_000, "a\n" * 5_000, string.printable * 100],
}  # fmt: skip
STRINGS = list(dict.fromkeys(text for kind in KINDS.values() for text in kind))

# One project of the worst that is taken, for the real tools: a Worker that YAML would take for a number, a crate of the
# same name as one that it depends on.
NASTIEST = {
    "project_name": "0x1f",
    "crate_name": "itoa",
    "description": " ".join(
        ["{{ 7*7 }} {% raw %} {#", "\"quoted\" 'quoted'", "`touch pwned` $(touch pwned) ${HOME} %PATH%"]
        + ["C:\\new\\u0041 \\\\", "# a: b, &c *d !!e [f](g)", '<!-- h --> </script> */ // ]]> "##']
        + ["| > @ ~ é 🦀 👩‍🚀 مرحبا \\"]
    ),
    "user_name": """'; touch pwned; ' "{{ a }}" \\ $(touch pwned) `b` # c: <d@e.invalid> (f) */ --> שלום 🦀 \\""",
    # No string of somebody's, but built here it needs no project of its own.
    "serde_casing": "UPPERCASE",
}
