//! Each type is read and written by the crate and by serde_json, from good bodies and from changed ones. Where the two
//! differ, a rule below says why; a difference without a rule fails. `SHAPES_CHANGES` says how many changed bodies a
//! type gets, `SHAPES_SEED` which.

use platform::{answer, respond};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::str::FromStr;

#[path = "shapes/changes.rs"]
mod changes;
#[path = "shapes/types.rs"]
mod types;

pub struct Shape {
    name: &'static str,
    samples: &'static [&'static str],
    compare: fn(&[u8]) -> Compared,
}

/// What the crate makes of a body, and what serde_json makes of it: JSON, or why there is none.
pub struct Compared {
    read: [Result<String, String>; 2],
    /// What serde_json has read, written by both.
    written: Option<[Result<String, String>; 2]>,
}

fn shape<'a, T: Deserialize<'a> + Serialize>(body: &'a [u8]) -> Compared {
    let theirs = serde_json::from_slice::<T>(body);
    let written = theirs.as_ref().ok().map(|value| {
        let own = respond(value).map_err(|error| error.to_string());
        [own.map(text), serde_json::to_string(value).map_err(|error| error.to_string())]
    });
    let shown = |value: &T| serde_json::to_string(value).unwrap_or_else(|error| error.to_string());
    let theirs = theirs.as_ref().map(shown).map_err(ToString::to_string);
    let mut own = Ok(String::new());
    let refused = answer(body, |value: T| {
        own = Ok(shown(&value));
        Ok(())
    });
    if let Err(error) = refused {
        own = Err(error.to_string());
    }
    Compared { read: [own, theirs], written }
}

fn text(json: Vec<u8>) -> String {
    String::from_utf8(json).expect("JSON is UTF-8")
}

const BODIES: &str = " bodies";
const READ: &str = " bodies that both read";
/// The rules. Each is a difference that is meant, told in docs/json.md.
const ZERO: &str = "rule: -0 is an integer";
const ARRAY: &str = "rule: an array is no struct";
const UNICODE: &str = "rule: what is not UTF-8, or a surrogate alone, is refused in ignored fields and in bytes";
const CONTROL: &str = "rule: a control character in a string of bytes is refused";
const DEPTH: &str = "rule: 128 levels, not 127";
const FLOAT: &str = "rule: a float is written as in JavaScript, 1.0 as 1";
const SHORT: &str = "rule: a float of 32 bits is written as the same one of 64";

/// The rule by which the two may differ. None when they agree; what is wrong when no rule has it.
fn rule(shape: &Shape, body: &[u8], compared: &Compared) -> Result<Option<&'static str>, String> {
    match &compared.read {
        [Ok(own), Ok(theirs)] if own == theirs => {}
        [Ok(own), Err(theirs)] => {
            if theirs.contains("recursion limit exceeded") {
                return Ok(Some(DEPTH));
            }
            let body = String::from_utf8_lossy(body);
            let alike = |which| (shape.compare)(unsigned(&body, which).as_bytes()).read[1].as_ref() == Ok(own);
            if (1..1 << body.matches("-0").count().min(8)).any(alike) {
                return Ok(Some(ZERO));
            }
            return Err("read by the crate only".to_owned());
        }
        [Err(own), Ok(_)] => {
            return [("expected an object", ARRAY), ("UTF-8", UNICODE), ("surrogate", UNICODE), ("a control", CONTROL)]
                .iter()
                .find(|(words, _)| own.contains(words))
                .map(|(_, rule)| Some(*rule))
                .ok_or_else(|| "read by serde_json only".to_owned());
        }
        [Err(_), Err(_)] => return Ok(None),
        [Ok(_), Ok(_)] => return Err("read as another value".to_owned()),
    }
    let float_keys = shape.name.starts_with("Pairs<f");
    match &compared.written {
        Some([Ok(own), Ok(theirs)]) if own == theirs => Ok(None),
        Some([Ok(own), Ok(theirs)]) if same::<f64>(own, theirs, float_keys) => Ok(Some(FLOAT)),
        Some([Ok(own), Ok(theirs)]) if same::<f32>(own, theirs, float_keys) => Ok(Some(SHORT)),
        Some([Err(_), Err(_)]) => Ok(None),
        _ => Err("written in another way".to_owned()),
    }
}

/// JSON with 0 for those -0 whose bit is set, the first one lowest.
fn unsigned(json: &str, which: u32) -> String {
    let mut pieces = json.split("-0");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.enumerate().fold(first, |json, (place, piece)| {
        let goes_on = piece.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '.');
        json + if goes_on || which >> place & 1 == 0 { "-0" } else { "0" } + piece
    })
}

/// Whether two texts differ in nothing but how floats are written, which are the same as `Float`s.
fn same<Float: FromStr + PartialEq>(own: &str, theirs: &str, in_strings: bool) -> bool {
    let (own, theirs) = (tokens(own, in_strings), tokens(theirs, in_strings));
    let equal = |(own, theirs): (&String, &String)| {
        own == theirs || (theirs.contains(['.', 'e']) && own.parse::<Float>().ok() == theirs.parse().ok())
    };
    own.len() == theirs.len() && own.iter().zip(&theirs).all(equal)
}

/// JSON in pieces, each number one of them, and on demand those in strings.
fn tokens(json: &str, in_strings: bool) -> Vec<String> {
    let mut tokens = vec![String::new()];
    let (mut in_string, mut escaped) = (false, false);
    for char in json.chars() {
        if (in_strings || !in_string) && matches!(char, '0'..='9' | '-' | '+' | '.' | 'e') {
            tokens.last_mut().expect("a token").push(char);
            continue;
        }
        in_string ^= char == '"' && !escaped;
        escaped = in_string && char == '\\' && !escaped;
        tokens.extend([String::from(char), String::new()]);
    }
    tokens
}

/// What no message to a client may have: Rust's words, or a key or value that is in the bodies.
const UNTOLD: [&str; 14] = [
    "struct", "enum", "tuple", "variant", "unit", "borrowed", "nonzero", "newtype", "identifier", "u8", "i64", "f64",
    "secret", "sequence",
];

#[test]
fn each_difference_from_serde_json_has_a_rule() {
    let number = |name: &str, otherwise| match std::env::var(name) {
        Ok(text) => text.parse().expect("a number"),
        Err(_) => otherwise,
    };
    let count = number("SHAPES_CHANGES", 200);
    let mut random = changes::Random(number("SHAPES_SEED", 1));
    let shapes = types::all();
    let samples: Vec<_> = shapes.iter().flat_map(|shape| shape.samples).collect();
    // In the order of the table: what was asked, then the rules.
    let mut figures = BTreeMap::from([(BODIES, 0_usize), (READ, 0)]);
    let mut wrong = Vec::new();
    for shape in &shapes {
        let mut bodies: Vec<_> = samples.iter().map(|sample| sample.as_bytes().to_vec()).collect();
        bodies.extend(changes::of_any_type());
        bodies.extend((0..count).map(|_| random.changed(shape.samples)));
        for body in bodies {
            let compared = (shape.compare)(&body);
            *figures.entry(BODIES).or_default() += 1;
            *figures.entry(READ).or_default() +=
                usize::from(compared.read.iter().all(Result::is_ok));
            let message = compared.read[0].as_ref().err();
            let told = message.and_then(|message| UNTOLD.iter().find(|word| message.contains(*word)));
            let found = match (rule(shape, &body, &compared), told) {
                (Ok(Some(rule)), None) => {
                    *figures.entry(rule).or_default() += 1;
                    continue;
                }
                (Ok(None), None) => continue,
                (Err(what), _) => what,
                (_, Some(word)) => format!("a message says {word}"),
            };
            wrong.push(format!(
                "{}: {found}: {}\n  read {:?}\n  written {:?}",
                shape.name,
                String::from_utf8_lossy(&body),
                compared.read,
                compared.written
            ));
        }
    }
    // On a line of its own, whatever the harness has begun.
    println!("\nfigure: types: {}", shapes.len());
    for (name, figure) in figures {
        println!("figure: {}: {figure}", name.trim_start());
    }
    let first = wrong.iter().take(20).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} differences without a rule, the first are\n{first}", wrong.len());
}
