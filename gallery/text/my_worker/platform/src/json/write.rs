//! JSON from serde's types.

use super::error::JsonError;
use super::number::{write_float, write_integer, write_short_float};
use super::strings::{SHORT_ESCAPES, copy_plain, escapes};
use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

/// What a long string leaves free after it, so that the short members that follow need no larger buffer.
const SLACK: usize = 512;

/// What the longest escape needs beside the byte that it stands for, and the closing quote.
const CLOSING: usize = r#"\u0000""#.len() - 1;

const KEY: &str = "a map of the response has a key that is no string, number or boolean";

/// What serde_json's RawValue and Number are structs of in another format than its own: JSON in a string.
const VERBATIM: &str = "$serde_json::private::";

/// Appends a value to a JSON text.
pub struct Writer<'w>(pub &'w mut Vec<u8>);

impl<'w> Writer<'w> {
    fn text(self, text: &[u8]) -> Result<(), JsonError> {
        self.0.extend_from_slice(text);
        Ok(())
    }

    #[inline]
    fn integer(self, magnitude: u64, negative: bool) -> Result<(), JsonError> {
        write_integer(self.0, magnitude, negative);
        Ok(())
    }

    /// Begins an array or object, which may be the content of an enum's variant.
    #[inline]
    fn compound(self, open: u8, of_variant: bool) -> Compound<'w> {
        put(self.0, open);
        Compound {
            json: self.0,
            first: true,
            // In ASCII `]` comes two after `[`, and `}` two after `{`.
            close: open + 2,
            of_variant,
        }
    }

    /// Begins the object around the content of an enum's variant.
    fn variant(self, name: &str) -> Self {
        put(self.0, b'{');
        write_string(self.0, name);
        put(self.0, b':');
        self
    }
}

/// `json.push(byte)` by way of what appends strings too, which is less code.
#[inline]
fn put(json: &mut Vec<u8>, byte: u8) {
    json.extend_from_slice(&[byte]);
}

fn write_string(json: &mut Vec<u8>, text: &str) {
    let mut rest = text.as_bytes();
    if json.capacity() - json.len() < rest.len() {
        // Mostly enough for the escapes, too.
        json.reserve(rest.len() + rest.len() / 8 + SLACK);
    }
    put(json, b'"');
    while let Some((&special, after)) = copy_plain(rest, json).split_first() {
        write_escape(json, special);
        rest = after;
        if json.capacity() - json.len() < rest.len() + CLOSING {
            // Not twice as much, as a Vec would take; but an eighth of all at least, or each such string would move it.
            json.reserve_exact((rest.len() + escapes(rest) + SLACK).max(json.len() / 8));
        }
    }
    put(json, b'"');
}

/// A quote, a backslash or a control character.
fn write_escape(json: &mut Vec<u8>, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    match SHORT_ESCAPES.iter().find(|(_, meant)| *meant == byte) {
        Some((escape, _)) => json.extend_from_slice(&[b'\\', *escape]),
        None => {
            json.extend_from_slice(b"\\u00");
            put(json, HEX[usize::from(byte >> 4)]);
            put(json, HEX[usize::from(byte & 15)]);
        }
    }
}

macro_rules! unsigned {
    ($($method:ident $type:ident)*) => {
        $(#[inline]
        fn $method(self, value: $type) -> Result<(), JsonError> {
            self.integer(value.into(), false)
        })*
    };
}

macro_rules! signed {
    ($($method:ident $type:ident)*) => {
        $(#[inline]
        fn $method(self, value: $type) -> Result<(), JsonError> {
            self.integer(value.unsigned_abs().into(), value < 0)
        })*
    };
}

impl<'w> Serializer for Writer<'w> {
    type Ok = ();
    type Error = JsonError;
    type SerializeSeq = Compound<'w>;
    type SerializeTuple = Compound<'w>;
    type SerializeTupleStruct = Compound<'w>;
    type SerializeTupleVariant = Compound<'w>;
    type SerializeMap = Compound<'w>;
    type SerializeStruct = Compound<'w>;
    type SerializeStructVariant = Compound<'w>;

    unsigned!(serialize_u8 u8 serialize_u16 u16 serialize_u32 u32 serialize_u64 u64);
    signed!(serialize_i8 i8 serialize_i16 i16 serialize_i32 i32 serialize_i64 i64);

    fn serialize_u128(self, value: u128) -> Result<(), JsonError> {
        self.text(value.to_string().as_bytes())
    }

    fn serialize_i128(self, value: i128) -> Result<(), JsonError> {
        self.text(value.to_string().as_bytes())
    }

    fn serialize_f32(self, value: f32) -> Result<(), JsonError> {
        write_short_float(self.0, value);
        Ok(())
    }

    fn serialize_f64(self, value: f64) -> Result<(), JsonError> {
        write_float(self.0, value);
        Ok(())
    }

    fn serialize_bool(self, value: bool) -> Result<(), JsonError> {
        self.text(if value { b"true" } else { b"false" })
    }

    fn serialize_char(self, value: char) -> Result<(), JsonError> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), JsonError> {
        write_string(self.0, value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), JsonError> {
        self.collect_seq(value)
    }

    fn serialize_none(self) -> Result<(), JsonError> {
        self.text(b"null")
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), JsonError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), JsonError> {
        self.text(b"null")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), JsonError> {
        self.text(b"null")
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), JsonError> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), JsonError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), JsonError> {
        let writer = self.variant(variant);
        value.serialize(Writer(writer.0))?;
        writer.text(b"}")
    }

    #[inline]
    fn serialize_seq(self, _: Option<usize>) -> Result<Compound<'w>, JsonError> {
        Ok(self.compound(b'[', false))
    }

    fn serialize_tuple(self, _: usize) -> Result<Compound<'w>, JsonError> {
        Ok(self.compound(b'[', false))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Compound<'w>, JsonError> {
        Ok(self.compound(b'[', false))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<'w>, JsonError> {
        Ok(self.variant(variant).compound(b'[', true))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Compound<'w>, JsonError> {
        Ok(self.compound(b'{', false))
    }

    #[inline]
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Compound<'w>, JsonError> {
        Ok(self.compound(b'{', false))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<'w>, JsonError> {
        Ok(self.variant(variant).compound(b'{', true))
    }
}

/// The byte that a backslash and this one mean in a string.
fn escaped(byte: u8) -> u8 {
    let known = SHORT_ESCAPES.iter().find(|(escape, _)| *escape == byte);
    known.map_or(byte, |(_, meant)| *meant)
}

/// The items of an array, or the members of an object.
pub struct Compound<'w> {
    json: &'w mut Vec<u8>,
    first: bool,
    close: u8,
    of_variant: bool,
}

impl Compound<'_> {
    #[inline]
    fn comma(&mut self) {
        if !self.first {
            put(self.json, b',');
        }
        self.first = false;
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), JsonError> {
        self.comma();
        value.serialize(Writer(self.json))
    }

    fn member<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), JsonError> {
        self.comma();
        write_string(self.json, name);
        put(self.json, b':');
        value.serialize(Writer(self.json))
    }

    /// Writes the text of the one member of an object, which is JSON, in the place of the object.
    fn verbatim<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), JsonError> {
        // The object of an internally tagged type has its tag already.
        if !self.first {
            return Err(JsonError::unable(
                "a RawValue or a Number cannot be written in an internally tagged type",
            ));
        }
        let mut string = Vec::new();
        value.serialize(Writer(&mut string))?;
        self.json.pop();
        let mut bytes = string.iter().copied();
        while let Some(byte) = bytes.next() {
            match byte {
                b'"' => {}
                b'\\' => put(self.json, escaped(bytes.next().unwrap_or(byte))),
                _ => put(self.json, byte),
            }
        }
        // The last byte of the text is written by `close`, in the place of the `}`.
        self.close = self.json.pop().unwrap_or(b' ');
        Ok(())
    }

    fn close(self) -> Result<(), JsonError> {
        put(self.json, self.close);
        if self.of_variant {
            put(self.json, b'}');
        }
        Ok(())
    }
}

/// The traits that serde has for items which are all written in one way.
macro_rules! compound {
    ($one:ident, $method:ident($($name:ident: $type:ty),*): $first:ident $second:ident) => {
        compound!($one, $method($($name: $type),*): $first);
        compound!($one, $method($($name: $type),*): $second);
    };
    ($one:ident, $method:ident($($name:ident: $type:ty),*): $trait:ident) => {
        impl $trait for Compound<'_> {
            type Ok = ();
            type Error = JsonError;

            fn $method<T: Serialize + ?Sized>(&mut self, $($name: $type,)* value: &T) -> Result<(), JsonError> {
                self.$one($($name,)* value)
            }

            #[inline]
            fn end(self) -> Result<(), JsonError> {
                self.close()
            }
        }
    };
}

compound!(item, serialize_element(): SerializeSeq SerializeTuple);
compound!(item, serialize_field(): SerializeTupleStruct SerializeTupleVariant);
compound!(member, serialize_field(name: &'static str): SerializeStructVariant);

impl SerializeStruct for Compound<'_> {
    type Ok = ();
    type Error = JsonError;

    // The names are constants: inlined, and asked for their first byte, a crate without such a type has no code for it.
    #[inline(always)]
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), JsonError> {
        if matches!(name.as_bytes(), [b'$', ..]) && name.starts_with(VERBATIM) {
            self.verbatim(value)
        } else {
            self.member(name, value)
        }
    }

    #[inline]
    fn end(self) -> Result<(), JsonError> {
        self.close()
    }
}

impl SerializeMap for Compound<'_> {
    type Ok = ();
    type Error = JsonError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), JsonError> {
        self.comma();
        let start = self.json.len();
        key.serialize(Writer(self.json))?;
        // A name is a string: other scalars are put into quotes.
        match self.json.get(start) {
            Some(b'"') => {}
            Some(b'[' | b'{' | b'n') | None => return Err(JsonError::unable(KEY)),
            Some(_) => {
                self.json.insert(start, b'"');
                put(self.json, b'"');
            }
        }
        put(self.json, b':');
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), JsonError> {
        value.serialize(Writer(self.json))
    }

    #[inline]
    fn end(self) -> Result<(), JsonError> {
        self.close()
    }
}
