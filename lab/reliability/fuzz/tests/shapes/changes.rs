//! Bodies that are asked of each type: JSON of every kind, and good bodies with a change.

/// Values that take the place of another, with the numbers at the edges of types.
const VALUES: [&str; 56] = [
    "null", "true", "false", "0", "-0", "1", "-1", "127", "128", "-128", "-129", "255", "256", "32768", "65535", "65536",
    "2147483648", "4294967295", "4294967296", "9007199254740993", "9223372036854775807", "9223372036854775808",
    "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616", "1.0", "-0.0", "1.5",
    "1e2", "1E-7", "1e400", "-1e400", "01", "+1", ".5", "1.", "5e-324", "1e21", "123456789012345678", "0.1", "3.3333333333333335",
    r#""""#, r#""a""#, r#""secret""#, r#""\ud800""#, r#""\ud83e\udd80""#, "\"\u{1}\"", r#""Point""#, r#""1""#, "[]", "[1]",
    r#"[1,"a"]"#, "{}", r#"{"secret":1}"#, r#"{"a":1,"b":"x"}"#,
];

const KEYS: [&str; 14] = [
    "a", "", "secret", "1", "01", "+1", "-0", "-1", " 1", "1 ", "1.5", "NaN", "1e400", "Infinity",
];

/// Each value alone, in an array and under a name; each key; nesting about the limits.
pub fn of_any_type() -> Vec<Vec<u8>> {
    let mut bodies: Vec<String> = VALUES.iter().map(|value| (*value).to_owned()).collect();
    bodies.extend(VALUES.iter().map(|value| format!("[{value}]")));
    bodies.extend(VALUES.iter().map(|value| format!(r#"{{"a":{value}}}"#)));
    bodies.extend(KEYS.iter().map(|key| format!(r#"{{"{key}":1}}"#)));
    for depth in [126, 127, 128, 129, 1000] {
        bodies.push("[".repeat(depth) + &"]".repeat(depth));
        bodies.push(r#"{"a":"#.repeat(depth) + "1" + &"}".repeat(depth));
        bodies.push(r#"{"children":["#.repeat(depth / 2) + &"]}".repeat(depth / 2));
    }
    bodies.into_iter().map(String::into_bytes).chain([vec![b'"', 0xff, b'"']]).collect()
}

/// xorshift64*.
pub struct Random(pub u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit.max(1)
    }

    fn one_of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    /// One of the bodies with one to three changes.
    pub fn changed(&mut self, bodies: &[&str]) -> Vec<u8> {
        let mut body = self.one_of(bodies).as_bytes().to_vec();
        for _ in 0..=self.below(3) {
            self.change(&mut body);
        }
        body
    }

    fn change(&mut self, body: &mut Vec<u8>) {
        let at = self.below(body.len() + 1);
        match self.below(8) {
            // Cut.
            0 => body.truncate(at),
            // Another byte, mostly one that JSON has.
            1 if at < body.len() => {
                const BYTES: &[u8] = b"{}[]\",:\\ \n0123456789-+.eEtfnu\x01\xff\xc3";
                body[at] = BYTES[self.below(BYTES.len())];
            }
            // A byte less.
            2 if at < body.len() => drop(body.remove(at)),
            // What stands between two commas once more: a member, or an element.
            3 => {
                let ends = |byte: &u8| matches!(byte, b',' | b'{' | b'[');
                let start = body[..at].iter().rposition(ends).map_or(0, |place| place + 1);
                let end = body[at..].iter().position(|byte| matches!(byte, b',' | b'}' | b']'));
                let mut again = body[start..end.map_or(body.len(), |place| at + place)].to_vec();
                again.push(b',');
                body.splice(start..start, again);
            }
            // Another key.
            4 => {
                let key = self.one_of(&KEYS);
                self.replace(body, at, key, |before, byte| before == Some(&b'"') && byte != b'"', |byte| byte == b'"');
            }
            // Another value.
            _ => {
                let value = self.one_of(&VALUES);
                let begins = |before: Option<&u8>, _| matches!(before, None | Some(b':' | b',' | b'['));
                self.replace(body, at, value, begins, |byte| matches!(byte, b',' | b'}' | b']'));
            }
        }
    }

    /// Puts `text` in the place of what begins at the first place from `at` on that `begins`.
    fn replace(
        &mut self,
        body: &mut Vec<u8>,
        at: usize,
        text: &str,
        begins: impl Fn(Option<&u8>, u8) -> bool,
        ends: impl Fn(u8) -> bool,
    ) {
        let start = (at..body.len()).find(|&place| {
            let before = place.checked_sub(1).and_then(|place| body.get(place));
            begins(before, body[place])
        });
        let Some(start) = start else { return };
        let length = body[start..].iter().position(|&byte| ends(byte));
        let end = length.map_or(body.len(), |length| start + length);
        body.splice(start..end, text.bytes());
    }
}
