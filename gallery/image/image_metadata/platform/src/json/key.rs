//! The keys of a map from the names of an object's members.

use super::cursor::Cursor;
use super::error::JsonError;
use super::read::Reader;
use serde::de::value::CowStrDeserializer;
use serde::de::{self, Deserializer, Visitor};
use serde::forward_to_deserialize_any;
use std::borrow::Cow;

/// A name. JSON has no others, so a number or a boolean is read from its text.
pub struct Key<'k, 'a> {
    pub name: Cow<'a, str>,
    /// Becomes the name of the type that looks for the name among its own.
    pub identifies: &'k mut &'static str,
}

impl Key<'_, '_> {
    /// Reads the name as one number of JSON, which has to be all of it.
    fn number(&self, expected: &dyn de::Expected) -> Result<Reader<'_>, JsonError> {
        match Cursor::new(&self.name).number() {
            Ok(number) if number.len() == self.name.len() => Ok(Reader::new(&self.name)),
            _ => Err(JsonError::expected(expected)),
        }
    }
}

macro_rules! numbers {
    ($($method:ident)* => $one:ident) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
            self.number(&visitor)?.$one(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for Key<'_, 'de> {
    type Error = JsonError;

    numbers!(deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 => signed);
    numbers!(deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 => signed);
    numbers!(deserialize_u128 => unsigned_128);
    numbers!(deserialize_i128 => signed_128);
    numbers!(deserialize_f32 => short_float);
    numbers!(deserialize_f64 => any_number);

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match &*self.name {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            _ => Err(JsonError::expected(&visitor)),
        }
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        *self.identifies = std::any::type_name::<V::Value>();
        self.deserialize_any(visitor)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self.name {
            Cow::Borrowed(name) => visitor.visit_borrowed_str(name),
            Cow::Owned(name) => visitor.visit_string(name),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        visitor.visit_enum(CowStrDeserializer::new(self.name))
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct ignored_any
    }
}
