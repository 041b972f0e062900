//! serde's types from JSON.

use super::cursor::Cursor;
use super::error::JsonError;
use super::key::Key;
use serde::de::value::{BorrowedStrDeserializer, CowStrDeserializer, MapDeserializer};
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use std::borrow::Cow;

/// How many arrays and objects of a type may be inside one another, for the stack is limited.
const DEEPEST: u8 = 128;

/// serde_json's RawValue is read as a newtype of this name, and written as a struct of it.
const RAW_VALUE: &str = "$serde_json::private::RawValue";

/// Reads the values of a JSON text in turn.
pub struct Reader<'a> {
    cursor: Cursor<'a>,
    depth: u8,
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a str) -> Self {
        let cursor = Cursor::new(text);
        Self { cursor, depth: 0 }
    }

    pub fn end(&mut self) -> Result<(), JsonError> {
        self.cursor.end()
    }

    /// Enters an array or object, whose members are to have these names, if they are known.
    #[inline]
    fn enter(
        &mut self,
        open: u8,
        names: Names,
        expected: &dyn de::Expected,
    ) -> Result<Access<'_, 'a>, JsonError> {
        if !self.cursor.take(open) {
            return Err(JsonError::expected(expected));
        }
        if self.depth == DEEPEST {
            return Err(JsonError::expected(&"less nesting"));
        }
        self.depth += 1;
        Ok(Access {
            // In ASCII `]` comes two after `[`, and `}` two after `{`.
            close: open + 2,
            reader: self,
            number: 0,
            ended: false,
            name: 0,
            names,
            identified: "",
        })
    }

    fn array<V: Visitor<'a>>(&mut self, visitor: V) -> Result<V::Value, JsonError> {
        let mut access = self.enter(b'[', None, &visitor)?;
        let value = visitor.visit_seq(&mut access)?;
        access.leave()?;
        Ok(value)
    }

    fn map<V: Visitor<'a>>(&mut self, visitor: V) -> Result<V::Value, JsonError> {
        self.object(None, visitor)
    }

    fn object<V: Visitor<'a>>(&mut self, names: Names, visitor: V) -> Result<V::Value, JsonError> {
        let mut access = self.enter(b'{', names, &visitor)?;
        let value = visitor.visit_map(&mut access)?;
        access.leave()?;
        Ok(value)
    }

    fn string<V: Visitor<'a>>(&mut self, visitor: V) -> Result<V::Value, JsonError> {
        if self.cursor.peek() != b'"' {
            return Err(JsonError::expected(&visitor));
        }
        match self.cursor.string()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    // A number borrows nothing, so a visitor may have any lifetime: key.rs reads numbers from a name.

    pub fn signed<'v, V: Visitor<'v>>(&mut self, visitor: V) -> Result<V::Value, JsonError> {
        match integer(self.number(&visitor)?) {
            Some((magnitude, false)) => visitor.visit_u64(magnitude),
            Some((magnitude, true)) => visitor.visit_i64(magnitude.wrapping_neg() as i64),
            None => Err(JsonError::expected(&visitor)),
        }
    }

    pub fn unsigned_128<'v, V: Visitor<'v>>(&mut self, visitor: V) -> Result<V::Value, JsonError> {
        match self.number(&visitor)?.parse() {
            Ok(integer) => visitor.visit_u128(integer),
            Err(_) => Err(JsonError::expected(&visitor)),
        }
    }

    pub fn signed_128<'v, V: Visitor<'v>>(&mut self, visitor: V) -> Result<V::Value, JsonError> {
        match self.number(&visitor)?.parse() {
            Ok(integer) => visitor.visit_i128(integer),
            Err(_) => Err(JsonError::expected(&visitor)),
        }
    }

    /// An integer where 64 bits hold it, else a float; so is `-0`, for no integer has its sign.
    pub fn any_number<'v, V: Visitor<'v>>(&mut self, visitor: V) -> Result<V::Value, JsonError> {
        let number = self.number(&visitor)?;
        match integer(number) {
            Some((magnitude, true)) => visitor.visit_i64(magnitude.wrapping_neg() as i64),
            Some((magnitude, false)) if magnitude > 0 || number == "0" => {
                visitor.visit_u64(magnitude)
            }
            _ => visitor.visit_f64(finite(number)?),
        }
    }

    /// A float, if one of 32 bits can be so large.
    pub fn short_float<'v, V: Visitor<'v>>(&mut self, visitor: V) -> Result<V::Value, JsonError> {
        let float = self.number(&visitor)?.parse().ok();
        match float.filter(|float: &f32| float.is_finite()) {
            // Not by way of 64 bits, which would round twice.
            Some(float) => visitor.visit_f32(float),
            None => Err(JsonError::expected(&"a number from -3.4e38 to 3.4e38")),
        }
    }

    #[inline]
    fn number(&mut self, expected: &dyn de::Expected) -> Result<&'a str, JsonError> {
        match self.cursor.peek() {
            b'-' | b'0'..=b'9' => self.cursor.number(),
            _ => Err(JsonError::expected(expected)),
        }
    }

    fn bool<V: Visitor<'a>>(&mut self, visitor: V) -> Result<V::Value, JsonError> {
        let (word, value): (&[u8], _) = match self.cursor.peek() {
            b't' => (b"true", true),
            b'f' => (b"false", false),
            _ => return Err(JsonError::expected(&visitor)),
        };
        self.cursor.word(word)?;
        visitor.visit_bool(value)
    }

    fn null<V: Visitor<'a>>(&mut self, visitor: V) -> Result<V::Value, JsonError> {
        match self.cursor.peek() {
            b'n' => self
                .cursor
                .word(b"null")
                .and_then(|()| visitor.visit_unit()),
            _ => Err(JsonError::expected(&visitor)),
        }
    }
}

/// What a number in JSON is, if it is an integer in 64 bits: its magnitude, and whether it has a minus.
#[inline]
fn integer(number: &str) -> Option<(u64, bool)> {
    let digits = number.as_bytes().strip_prefix(b"-");
    let mut magnitude = 0_u64;
    for &byte in digits.unwrap_or(number.as_bytes()) {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        // Not checked_mul, which multiplies in 128 bits.
        if magnitude > u64::MAX / 10 {
            return None;
        }
        magnitude = (magnitude * 10).checked_add(digit.into())?;
    }
    let negative = digits.is_some() && magnitude > 0;
    (!negative || magnitude <= 1 << 63).then_some((magnitude, negative))
}

fn finite(number: &str) -> Result<f64, JsonError> {
    let float = number.parse().ok().filter(|float: &f64| float.is_finite());
    float.ok_or_else(|| JsonError::expected(&"a number from -1.7e308 to 1.7e308"))
}

/// Methods of a Deserializer that are one and the same.
macro_rules! alike {
    ($($method:ident)* => $one:ident) => {
        $(fn $method<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, JsonError> {
            self.$one(visitor)
        })*
    };
}

impl<'a> Deserializer<'a> for &mut Reader<'a> {
    type Error = JsonError;

    alike!(deserialize_bool => bool);
    alike!(deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 => signed);
    alike!(deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 => signed);
    alike!(deserialize_f32 => short_float);
    alike!(deserialize_f64 => any_number);
    alike!(deserialize_u128 => unsigned_128);
    alike!(deserialize_i128 => signed_128);
    alike!(deserialize_char deserialize_str deserialize_string deserialize_identifier => string);
    alike!(deserialize_unit => null);
    alike!(deserialize_seq => array);
    alike!(deserialize_map => map);
    alike!(deserialize_byte_buf => deserialize_bytes);

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, JsonError> {
        let value = match self.cursor.peek() {
            b'"' => self.string(visitor),
            b'[' => self.array(visitor),
            b'{' => self.map(visitor),
            b't' | b'f' => self.bool(visitor),
            b'n' => self.null(visitor),
            _ => self.any_number(visitor),
        };
        value.map_err(JsonError::in_untyped)
    }

    fn deserialize_bytes<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self.cursor.peek() {
            b'[' => self.array(visitor),
            b'"' => match self.cursor.string()? {
                Cow::Borrowed(text) => visitor.visit_borrowed_bytes(text.as_bytes()),
                Cow::Owned(text) => visitor.visit_byte_buf(text.into_bytes()),
            },
            _ => Err(JsonError::expected(&visitor)),
        }
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self.cursor.peek() {
            b'n' => self
                .cursor
                .word(b"null")
                .and_then(|()| visitor.visit_none()),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        self.null(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        if name == RAW_VALUE {
            let text = BorrowedStrDeserializer::new(self.cursor.text()?);
            return visitor.visit_map(MapDeserializer::new(std::iter::once((name, text))));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'a>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        self.array(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        self.array(visitor)
    }

    fn deserialize_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        self.object(Some(fields), visitor)
    }

    /// `"Variant"` for one without content, else `{"Variant": content}`.
    fn deserialize_enum<V: Visitor<'a>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        match self.cursor.peek() {
            b'"' => visitor.visit_enum(CowStrDeserializer::new(self.cursor.string()?)),
            b'{' => {
                let mut access = self.enter(b'{', Some(variants), &visitor)?;
                if !access.next()? {
                    return Err(JsonError::one_of(variants));
                }
                let value = visitor.visit_enum(&mut access)?;
                access.leave()?;
                Ok(value)
            }
            _ => Err(JsonError::one_of(variants)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, JsonError> {
        self.cursor.value()?;
        visitor.visit_unit()
    }
}

/// The names of the fields or variants of a type, if it tells them.
type Names = Option<&'static [&'static str]>;

fn is_derived(type_name: &str) -> bool {
    // Not by `contains`: std's search for a text in a text makes the module 11 KB larger.
    let derived = b"::__Field";
    let mut parts = type_name.as_bytes().windows(derived.len());
    parts.any(|part| part == derived)
}

/// The items of an array, or the members of an object.
struct Access<'r, 'a> {
    reader: &'r mut Reader<'a>,
    close: u8,
    /// How many have begun.
    number: usize,
    ended: bool,
    /// The offset of the name of the member that has begun.
    name: usize,
    names: Names,
    /// The Rust type that took the name, where there is no such list, as for a type with a flattened field.
    identified: &'static str,
}

impl<'a> Access<'_, 'a> {
    /// Whether there is another one, which then begins.
    #[inline]
    fn next(&mut self) -> Result<bool, JsonError> {
        if !self.ended {
            let cursor = &mut self.reader.cursor;
            self.ended = match self.number {
                0 => cursor.take(self.close),
                _ => !cursor.another(self.close)?,
            };
            self.number += 1;
        }
        Ok(!self.ended)
    }

    #[inline]
    fn leave(mut self) -> Result<(), JsonError> {
        if self.next()? {
            return Err(JsonError::expected(&"fewer values"));
        }
        self.reader.depth -= 1;
        Ok(())
    }

    fn read_key<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<K::Value, JsonError> {
        let cursor = &mut self.reader.cursor;
        cursor.peek();
        self.name = cursor.at;
        self.identified = "";
        seed.deserialize(Key {
            name: cursor.name()?,
            identifies: &mut self.identified,
        })
    }

    fn read_member<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<T::Value, JsonError> {
        self.reader.cursor.colon()?;
        let value = seed.deserialize(&mut *self.reader);
        value.map_err(|error| self.in_member(error))
    }

    /// The error, with the name of the member that has begun, if that is one of the type's.
    #[cold]
    fn in_member(&mut self, error: JsonError) -> JsonError {
        let cursor = &mut self.reader.cursor;
        cursor.at = self.name;
        let name = cursor.name().unwrap_or_default();
        let known = match self.names {
            Some(names) => names.contains(&&*name),
            // Only the type that serde_derive makes for the names of fields is trusted, for another one may take any
            // name. And a value that was read without a type has a name that is none of the type's.
            None => is_derived(self.identified) && !error.is_untyped(),
        };
        error.in_member(known.then_some(&name))
    }
}

impl<'a> SeqAccess<'a> for &mut Access<'_, 'a> {
    type Error = JsonError;

    fn next_element_seed<T: DeserializeSeed<'a>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, JsonError> {
        if !self.next()? {
            return Ok(None);
        }
        let item = seed.deserialize(&mut *self.reader);
        item.map(Some)
            .map_err(|error| error.in_item(self.number - 1))
    }
}

impl<'a> MapAccess<'a> for &mut Access<'_, 'a> {
    type Error = JsonError;

    fn next_key_seed<K: DeserializeSeed<'a>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, JsonError> {
        if !self.next()? {
            return Ok(None);
        }
        self.read_key(seed).map(Some).map_err(JsonError::in_key)
    }

    fn next_value_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<T::Value, JsonError> {
        self.read_member(seed)
    }
}

impl<'a> EnumAccess<'a> for &mut Access<'_, 'a> {
    type Error = JsonError;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'a>>(self, seed: T) -> Result<(T::Value, Self), JsonError> {
        Ok((self.read_key(seed)?, self))
    }
}

impl<'a> VariantAccess<'a> for &mut Access<'_, 'a> {
    type Error = JsonError;

    fn unit_variant(self) -> Result<(), JsonError> {
        self.read_member(std::marker::PhantomData::<()>)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'a>>(self, seed: T) -> Result<T::Value, JsonError> {
        self.read_member(seed)
    }

    fn tuple_variant<V: Visitor<'a>>(self, _: usize, visitor: V) -> Result<V::Value, JsonError> {
        self.reader.cursor.colon()?;
        let value = self.reader.array(visitor);
        value.map_err(|error| self.in_member(error))
    }

    fn struct_variant<V: Visitor<'a>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        self.reader.cursor.colon()?;
        let value = self.reader.object(Some(fields), visitor);
        value.map_err(|error| self.in_member(error))
    }
}
