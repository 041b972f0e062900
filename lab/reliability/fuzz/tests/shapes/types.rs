//! The types: serde's shapes, each attribute that changes what JSON they have, and bodies to begin with.

use super::{Shape, shape};
use serde::de::{Error as _, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Number, Value};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, LinkedList, VecDeque};
use std::fmt;
use std::marker::PhantomData;
use std::num::{NonZero, Saturating, Wrapping};
use std::ops::{Bound, Range, RangeInclusive};

#[derive(Deserialize, Serialize)]
struct Plain {
    a: u8,
    b: String,
    c: Option<f64>,
}

#[derive(Deserialize, Serialize)]
struct Nested {
    a: Plain,
    b: Vec<Plain>,
    c: BTreeMap<String, Plain>,
}

#[derive(Deserialize, Serialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Defaults {
    first_field: u8,
    #[serde(alias = "other", alias = "another")]
    second_field: String,
    #[serde(rename = "$third field")]
    third: Option<bool>,
    #[serde(skip)]
    fourth: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    fifth: Option<Value>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Strict {
    a: u8,
    #[serde(default)]
    b: i8,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Deserialize, Serialize)]
struct FlatMap {
    a: u8,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[derive(Deserialize, Serialize)]
struct FlatNumbers {
    a: f64,
    #[serde(flatten)]
    rest: BTreeMap<String, f64>,
}

#[derive(Deserialize, Serialize)]
struct FlatStruct {
    #[serde(flatten)]
    plain: Plain,
    #[serde(flatten)]
    strict: Option<Strict>,
    d: i64,
}

#[derive(Deserialize, Serialize)]
struct FlatEnum {
    #[serde(flatten)]
    shape: External,
    d: u8,
}

#[derive(Deserialize, Serialize)]
struct Borrowed<'a> {
    a: &'a str,
    #[serde(borrow)]
    b: Cow<'a, str>,
    #[serde(borrow)]
    c: Option<&'a str>,
}

#[derive(Deserialize, Serialize)]
#[serde(transparent)]
struct Transparent {
    inner: Plain,
}

#[derive(Deserialize, Serialize)]
struct Tree {
    children: Vec<Tree>,
}

#[derive(Deserialize, Serialize)]
struct Forest(Vec<Forest>);

#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum Deep {
    Level(Vec<Deep>),
    End(u8),
}

#[derive(Deserialize, Serialize)]
struct Unit;

#[derive(Deserialize, Serialize)]
struct Newtype(f32);

#[derive(Deserialize, Serialize)]
struct Pair(i16, Option<String>);

#[derive(Deserialize, Serialize)]
#[serde(default)]
struct PairOfDefaults(u8, u8);

impl Default for PairOfDefaults {
    fn default() -> Self {
        Self(1, 2)
    }
}

#[derive(Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord)]
enum Colour {
    Red,
    #[serde(rename = "dark green", alias = "green")]
    Green,
    #[serde(other)]
    Other,
}

#[derive(Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
enum Plainly {
    FirstOne,
    SecondOne,
}

#[derive(Deserialize, Serialize)]
enum External {
    Point,
    Circle(f32),
    Line(i8, i8),
    Square { side: u16, colour: Option<Colour> },
    Group(Vec<External>),
    Nothing(()),
}

#[derive(Deserialize, Serialize)]
#[serde(tag = "type")]
enum Internal {
    Point,
    Circle(Plain),
    Square { side: f64, count: u32 },
    Map(BTreeMap<String, i8>),
}

#[derive(Deserialize, Serialize)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Point,
    Circle(f32),
    Line(i8, i8),
    Square { side: u16 },
}

#[derive(Deserialize, Serialize)]
#[serde(tag = "t", content = "c", deny_unknown_fields)]
enum AdjacentStrict {
    Point,
    Circle(Value),
}

#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum Untagged {
    Small(u8),
    Integer(i64),
    Float(f64),
    Text(String),
    Line(i8, i8),
    Square { side: u16 },
    Nothing,
}

#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum UntaggedStructs {
    Plain(Plain),
    Strict(Strict),
    External(External),
}

#[derive(Deserialize, Serialize)]
#[serde(try_from = "u8", into = "u8")]
#[derive(Clone)]
struct Even(u8);

impl TryFrom<u8> for Even {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        match number % 2 {
            0 => Ok(Self(number)),
            _ => Err(format!("not even: {number}")),
        }
    }
}

impl From<Even> for u8 {
    fn from(even: Even) -> u8 {
        even.0
    }
}

#[derive(Deserialize, Serialize)]
struct WithBytes {
    bytes: Bytes,
}

/// As serde_bytes has it: an array of numbers, or a string.
struct Bytes(Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfBytes;
        impl<'de> Visitor<'de> for OfBytes {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("byte array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Bytes, A::Error> {
                let mut bytes = Vec::new();
                while let Some(byte) = seq.next_element()? {
                    bytes.push(byte);
                }
                Ok(Bytes(bytes))
            }

            fn visit_str<E>(self, text: &str) -> Result<Bytes, E> {
                Ok(Bytes(text.as_bytes().to_vec()))
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
        }
        deserializer.deserialize_byte_buf(OfBytes)
    }
}

/// Asks for a float and takes an integer only.
#[derive(Serialize)]
struct Whole(u64);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfWhole;
        impl Visitor<'_> for OfWhole {
            type Value = Whole;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a whole number")
            }

            fn visit_u64<E>(self, number: u64) -> Result<Whole, E> {
                Ok(Whole(number))
            }
        }
        deserializer.deserialize_f64(OfWhole)
    }
}

/// A map with keys of any type, in the order of the JSON.
struct Pairs<K, V = u8>(Vec<(K, V)>);

impl<K: Serialize, V: Serialize> Serialize for Pairs<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

impl<'de, K: Deserialize<'de>, V: Deserialize<'de>> Deserialize<'de> for Pairs<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfPairs<K, V>(PhantomData<(K, V)>);
        impl<'de, K: Deserialize<'de>, V: Deserialize<'de>> Visitor<'de> for OfPairs<K, V> {
            type Value = Pairs<K, V>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<K, V>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(OfPairs(PhantomData))
    }
}

#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum AnyKey {
    Number(u8),
    Text(String),
}

#[derive(Deserialize, Serialize)]
struct Wrapped<T>(T);

#[derive(Deserialize, Serialize)]
struct WithRaw<'a> {
    id: u8,
    #[serde(borrow)]
    raw: &'a RawValue,
    own: Option<Box<RawValue>>,
}

/// Says what it expects, and no more.
#[derive(Serialize)]
struct Day(String);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.len() {
            10 => Ok(Self(text)),
            _ => Err(D::Error::invalid_value(Unexpected::Other("text"), &"a date")),
        }
    }
}

macro_rules! shapes {
    ($($type:ty: $($sample:literal)*;)*) => {
        vec![$(Shape {
            name: stringify!($type),
            samples: &[$($sample),*],
            compare: |body| shape::<$type>(body),
        }),*]
    };
}

pub fn all() -> Vec<Shape> {
    shapes! {
        bool: "true" "false";
        char: r#""a""# r#""\u00e9""# r#""ab""# r#""""#;
        u8: "0" "255" "256"; u16: "65535"; u32: "4294967295"; u64: "18446744073709551615"; usize: "7";
        i8: "-128" "127"; i16: "-32768"; i32: "-2147483648"; i64: "-9223372036854775808"; isize: "-7";
        u128: "340282366920938463463374607431768211455"; i128: "-170141183460469231731687303715884105728";
        f32: "0.1" "-1e-20" "3.4e38" "1e15" "16777217"; f64: "0.1" "-0" "0.30000000000000004" "1e21" "5e-324";
        NonZero<u8>: "1" "0"; NonZero<u16>: "1"; NonZero<u32>: "1"; NonZero<u64>: "1"; NonZero<u128>: "1";
        NonZero<usize>: "1"; NonZero<i8>: "-1" "0"; NonZero<i16>: "1"; NonZero<i32>: "-1"; NonZero<i64>: "-1";
        NonZero<i128>: "-1"; NonZero<isize>: "1";
        Wrapping<u8>: "255"; Saturating<i8>: "127" "300"; std::cmp::Reverse<u8>: "1"; std::cell::Cell<u8>: "1";
        std::sync::Mutex<Plain>: r#"{"a":1,"b":""}"#; Box<Plain>: r#"{"a":1,"b":""}"#;
        String: r#""a\n\"\\\/\b\f\r\t\u0001\ud83e\udd80""# r#""""#; &str: r#""plain""# r#""\n""#;
        Cow<str>: r#""a\n""#; Box<str>: r#""a""#; std::path::PathBuf: r#""/a/b""#; &std::path::Path: r#""/a""#;
        std::ffi::CString: r#""a""# "[97]"; Bytes: "[1,2,255]" r#""ab""# "[256]"; &[u8]: r#""ab""#;
        WithBytes: r#"{"bytes":[0]}"#;
        (): "null"; Unit: "null"; PhantomData<u8>: "null"; Option<u8>: "null" "1"; Option<Option<u8>>: "null" "1";
        Option<()>: "null"; Option<Plain>: r#"{"a":1,"b":"x","c":null}"#; Vec<Option<String>>: r#"[null,"a"]"#;
        Vec<u8>: "[1,2]" "[]"; Vec<Vec<f64>>: "[[1.5,-2e3],[]]"; VecDeque<char>: r#"["a"]"#; LinkedList<bool>: "[true]";
        BTreeSet<i8>: "[3,-1,3]"; [u8; 0]: "[]"; [u8; 2]: "[1,2]" "[1]" "[1,2,3]"; [Pair; 1]: "[[1,null]]";
        (u8,): "[1]"; (u8, String): r#"[1,"a"]"#; (f32, (bool, char), Option<i8>): r#"[1.5,[true,"a"],null]"#;
        Pair: r#"[-1,"a"]"# "[1]" r#"[1,null,2]"#; PairOfDefaults: "[5]" "[]" "[1,2]"; Newtype: "1.5";
        Wrapped<Vec<Wrapped<u8>>>: "[1]"; Whole: "1" "1.5"; Even: "2" "3"; Day: r#""2026-01-31""# r#""x""#;
        Plain: r#"{"a":1,"b":"x","c":1.5}"# r#"{"b":"x","z":[{}],"a":255}"# r#"{"a":1}"# r#"[1,"x",null]"#;
        Nested: r#"{"a":{"a":1,"b":""},"b":[{"a":2,"b":"y"}],"c":{"k":{"a":3,"b":"z","c":-0.0}}}"#;
        Defaults: "{}" r#"{"firstField":1,"another":"x","$third field":true,"fifth":{"a":[1.0]}}"#;
        Strict: r#"{"a":1,"b":-1}"# r#"{"a":1,"z":0}"#; Nothing: "{}" r#"{"a":1}"#; Transparent: r#"{"a":1,"b":"x"}"#;
        FlatMap: r#"{"a":1,"x":[1,-0,"y"],"z":null}"#; FlatNumbers: r#"{"a":-0,"x":1,"y":2.5}"#;
        FlatStruct: r#"{"a":1,"b":"x","d":-5}"# r#"{"a":1,"b":"3","d":-5,"c":2}"#;
        FlatEnum: r#"{"Circle":1.5,"d":1}"# r#"{"d":1,"Square":{"side":1}}"#;
        Borrowed: r#"{"a":"x","b":"y\n","c":"z"}"# r#"{"a":"\n","b":"y"}"#;
        Tree: r#"{"children":[{"children":[]}]}"#; Forest: "[[],[[]]]"; Deep: "[[1],[[2]]]";
        Colour: r#""Red""# r#""green""# r#""Blue""# r#"{"Red":null}"#; Plainly: r#""FIRST-ONE""# r#"{"SECOND-ONE":null}"#;
        External: r#""Point""# r#"{"Circle":1.5}"# r#"{"Line":[1,-1]}"# r#"{"Square":{"side":1,"colour":"Red"}}"#
            r#"{"Group":["Point",{"Nothing":null}]}"# r#"{"Square":[1,null]}"# r#""Circle""# r#"{"Point":1}"# "{}";
        Internal: r#"{"type":"Point"}"# r#"{"a":1,"type":"Circle","b":"x"}"# r#"{"type":"Square","side":-0,"count":1}"#
            r#"{"type":"Map","x":1}"# r#"["Point"]"#;
        Adjacent: r#"{"t":"Point"}"# r#"{"c":1.5,"t":"Circle"}"# r#"{"t":"Line","c":[1,2]}"# r#"["Point"]"#
            r#"{"t":"Square","c":{"side":1}}"#;
        AdjacentStrict: r#"{"t":"Point"}"# r#"{"t":"Circle","c":[1e2]}"# r#"{"t":"Point","z":1}"#;
        Untagged: "1" "256" "-1" "1.5" r#""a""# "[1,2]" r#"{"side":1}"# "null";
        UntaggedStructs: r#"{"a":1,"b":"x"}"# r#"{"a":1}"# r#""Point""# r#"{"Line":[1,2]}"#;
        Vec<External>: r#"["Point",{"Circle":0.1}]"#; Option<Colour>: r#""Red""# "null"; Option<External>: "null";
        BTreeMap<Colour, Plainly>: r#"{"Red":"FIRST-ONE","dark green":"SECOND-ONE"}"#;
        Result<u8, String>: r#"{"Ok":1}"# r#"{"Err":"x"}"#; Bound<u8>: r#""Unbounded""# r#"{"Included":1}"#;
        Range<u8>: r#"{"start":1,"end":2}"#; RangeInclusive<i8>: r#"{"start":1,"end":2}"#;
        std::time::Duration: r#"{"secs":1,"nanos":2}"#; std::time::SystemTime: r#"{"secs_since_epoch":1,"nanos_since_epoch":2}"#;
        std::net::IpAddr: r#""127.0.0.1""# r#""::1""#; std::net::SocketAddr: r#""127.0.0.1:80""#;
        BTreeMap<String, u8>: r#"{"a":1,"":2,"a":3}"#; BTreeMap<&str, u8>: r#"{"a":1}"# r#"{"\n":1}"#;
        BTreeMap<Cow<str>, Vec<u8>>: r#"{"a\n":[1]}"#; Pairs<char>: r#"{"a":1}"# r#"{"ab":1}"#;
        Pairs<bool>: r#"{"true":1,"false":2}"# r#"{"True":1}"#;
        Pairs<u8>: r#"{"1":1}"# r#"{"01":1}"# r#"{"+1":1}"#; Pairs<u16>: r#"{"1":1}"#; Pairs<u32>: r#"{"7":1}"#;
        Pairs<u64>: r#"{"18446744073709551615":1}"#; Pairs<u128>: r#"{"340282366920938463463374607431768211455":1}"#;
        Pairs<i8>: r#"{"-1":1}"#; Pairs<i16>: r#"{"-1":1}"#; Pairs<i32>: r#"{"-1":1}"#; Pairs<i64>: r#"{"-1":1}"#;
        Pairs<i128>: r#"{"-1":1}"#; Pairs<NonZero<u8>>: r#"{"1":1}"# r#"{"0":1}"#; Pairs<NonZero<i64>>: r#"{"-1":1}"#;
        Pairs<f32>: r#"{"1.5":1}"# r#"{"NaN":1}"#; Pairs<f64>: r#"{"1.5":1,"-0":2,"1e400":3}"#;
        Pairs<Option<u8>>: r#"{"1":1}"#; Pairs<Option<String>>: r#"{"a":1}"#; Pairs<Wrapped<i8>>: r#"{"-1":1}"#;
        Pairs<Plainly>: r#"{"FIRST-ONE":1}"#; Pairs<()>: r#"{"null":1}"#; Pairs<AnyKey>: r#"{"1":1,"a":2}"#;
        Pairs<External>: r#"{"Point":1}"# r#"{"Circle":1}"#; Pairs<Vec<u8>>: r#"{"[1]":1}"#; Pairs<Day>: r#"{"2026-01-31":1}"#;
        Pairs<String, External>: r#"{"a":{"Line":[1,2]}}"#; Pairs<u8, Pairs<i8, Plain>>: r#"{"1":{"2":{"a":1,"b":""}}}"#;
        Value: r#"{"a":[1,-0,-1,1.0,1e3,18446744073709551616,null,true,"x\u0000"],"b":{}}"#; Number: "1" "-0" "1.5e300";
        serde_json::Map<String, Value>: r#"{"b":1,"a":[0.1]}"#;
        Box<RawValue>: r#"{"a": [1.50, "\n\u0001", 1e400]}"# "1" r#""x""#; &RawValue: r#" [ ] "#;
        WithRaw: r#"{"id":1,"raw":{"a" : 1.50},"own":[ 1 ]}"#; Vec<Box<RawValue>>: r#"[1.0, "a"]"#;
    }
}
