//! `Serialize` and `Deserialize` for generated types: a struct of the settings, the number of steps and the tensors, each
//! tensor an array of its shape. Serde's derive ends at arrays of 32 elements.

use core::fmt;
use core::marker::PhantomData;

use super::network::{Parameter, ParameterShape};
use super::tensors::Tensors;
pub use serde_core::{Deserialize, Deserializer, Serialize, Serializer};
use serde_core::{
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
    ser::{SerializeStruct, SerializeTuple},
};

/// A type of named tensors with numbers beside them, its settings.
#[doc(hidden)]
pub trait Fields: Tensors<Scalar: Serialize + for<'de> Deserialize<'de>> {
    /// The name of the type.
    const TYPE: &'static str;
    /// The number of settings, which are the first fields.
    const SETTINGS: usize;
    /// The names of all fields: settings, the number of steps if there is one, tensors.
    const FIELDS: &'static [&'static str];

    /// The setting of this number.
    fn setting(&self, number: usize) -> Option<&Self::Scalar>;

    /// The setting of this number, mutable.
    fn setting_mut(&mut self, number: usize) -> Option<&mut Self::Scalar>;
}

/// The names of `others` and of tensors.
#[doc(hidden)]
pub const fn fields<const N: usize>(
    others: &[&'static str],
    tensors: &'static [Parameter],
) -> [&'static str; N] {
    let (mut fields, mut number) = ([""; N], 0);
    while number < N {
        if number < others.len() {
            fields[number] = others[number];
        } else if number - others.len() < tensors.len() {
            fields[number] = tensors[number - others.len()].name;
        }
        number += 1;
    }
    fields
}

/// Writes a value.
pub fn serialize<T: Fields, S: Serializer>(of: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let mut fields = serializer.serialize_struct(T::TYPE, T::FIELDS.len())?;
    for (number, name) in T::FIELDS.iter().enumerate() {
        if let Some(setting) = of.setting(number) {
            fields.serialize_field(name, setting)?;
        }
    }
    if let Some(steps) = of.steps() {
        fields.serialize_field("steps", &steps)?;
    }
    for (number, tensor) in T::TENSORS.iter().enumerate() {
        let elements = of.tensor(number).unwrap_or_default();
        fields.serialize_field(tensor.name, &Tensor { elements, shape: tensor.shape })?;
    }
    fields.end()
}

/// Elements in a shape.
struct Tensor<'t, S> {
    elements: &'t [S],
    shape: ParameterShape,
}

impl<S: Serialize> Serialize for Tensor<'_, S> {
    fn serialize<W: Serializer>(&self, serializer: W) -> Result<W::Ok, W::Error> {
        match (self.shape, self.elements) {
            (ParameterShape::Scalar, [element]) => element.serialize(serializer),
            (ParameterShape::Matrix(rows, columns), elements) => {
                let mut tuple = serializer.serialize_tuple(rows)?;
                for elements in elements.chunks(columns.max(1)) {
                    let shape = ParameterShape::Vector(columns);
                    tuple.serialize_element(&Tensor { elements, shape })?;
                }
                tuple.end()
            }
            (ParameterShape::Scalar | ParameterShape::Vector(_), elements) => {
                let mut tuple = serializer.serialize_tuple(elements.len())?;
                elements.iter().try_for_each(|element| tuple.serialize_element(element))?;
                tuple.end()
            }
        }
    }
}

/// Reads a value that [`serialize`] wrote into one that is there already, in place. Fields of a map may be in any order;
/// all of them must be there, and no other.
///
/// # Errors
/// Those of the format, and a wrong, missing or unknown field; the error names it. Then some fields may have been read.
///
/// ```
/// # #[derive(Debug, PartialEq)] struct Line { w: [f64; 2] }
/// # impl mlp_runtime::Tensors for Line {
/// #     type Scalar = f64;
/// #     const TENSORS: &'static [mlp_runtime::Parameter] = &[mlp_runtime::Parameter {
/// #         name: "w", kind: mlp_runtime::ParameterKind::Weight, shape: mlp_runtime::ParameterShape::Vector(2),
/// #     }];
/// #     fn tensor(&self, number: usize) -> Option<&[f64]> { (number == 0).then_some(&self.w) }
/// #     fn tensor_mut(&mut self, number: usize) -> Option<&mut [f64]> { (number == 0).then_some(&mut self.w) }
/// # }
/// # impl Line { const ZERO: Self = Self { w: [0.0; 2] }; }
/// # mlp_runtime::__mlp_serde!(Line {});
/// # fn main() -> Result<(), serde_json::Error> {
/// let mut line = Line { w: [0.0; 2] };
/// mlp_runtime::serde::deserialize_into(&mut line, &mut serde_json::Deserializer::from_str(r#"{ "w": [1.5, 2] }"#))?;
/// assert_eq!(line, Line { w: [1.5, 2.0] });
/// # Ok(())
/// # }
/// ```
pub fn deserialize_into<'de, T: Fields, D: Deserializer<'de>>(
    into: &mut T,
    deserializer: D,
) -> Result<(), D::Error> {
    deserializer.deserialize_struct(T::TYPE, T::FIELDS, Struct(into))
}

/// Reads all fields.
struct Struct<'t, T>(&'t mut T);

impl<'de, T: Fields> Visitor<'de> for Struct<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with {} fields", T::TYPE, T::FIELDS.len())
    }

    /// Of a format without names.
    fn visit_seq<A: SeqAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        for number in 0..T::FIELDS.len() {
            let found = fields.next_element_seed(Value { of: self.0, number })?;
            found.ok_or_else(|| missing::<T, A::Error>(number))?;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let (mut seen, mut next) = (Seen([0; 32]), 0);
        let (all, mut count) = (T::FIELDS.len(), 0);
        while let Some(number) = fields.next_key_seed(Key::<T>(next, PhantomData))? {
            if !seen.add(number, next) {
                let name = name::<T>(number);
                return Err(Error::custom(format_args!("`{name}` is there twice, or not in its order")));
            }
            fields.next_value_seed(Value { of: self.0, number })?;
            (next, count) = (number + 1, count + 1);
        }
        if count == all {
            return Ok(());
        }
        let lacking = (0..all).find(|number| !seen.has(*number)).unwrap_or(count);
        Err(missing::<T, A::Error>(lacking))
    }
}

/// The fields that were read: a bit for each of the first. Fields beyond them have to be in order.
struct Seen([u64; 32]);

impl Seen {
    fn place(number: usize) -> (usize, u64) {
        (number / 64, 1 << (number % 64))
    }

    fn has(&self, number: usize) -> bool {
        let (word, bit) = Self::place(number);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Whether the field is a new one; `next` is the one after the last.
    fn add(&mut self, number: usize, next: usize) -> bool {
        let (place, bit) = Self::place(number);
        match self.0.get_mut(place) {
            Some(word) => {
                let is_new = *word & bit == 0;
                *word |= bit;
                is_new
            }
            None => number >= next,
        }
    }
}

/// The name of a field.
fn name<T: Fields>(number: usize) -> &'static str {
    T::FIELDS.get(number).copied().unwrap_or_default()
}

fn missing<T: Fields, E: Error>(number: usize) -> E {
    E::custom(format_args!("`{}` of {} is missing", name::<T>(number), T::TYPE))
}

/// The number of a field from its name; the number is the one that is expected.
struct Key<T>(usize, PhantomData<fn() -> T>);

impl<'de, T: Fields> DeserializeSeed<'de> for Key<T> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<T: Fields> Visitor<'_> for Key<T> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the name of a field of {}", T::TYPE)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<usize, E> {
        let number = usize::try_from(number).ok().filter(|number| *number < T::FIELDS.len());
        number.ok_or_else(|| E::custom(format_args!("{} has fewer fields", T::TYPE)))
    }

    fn visit_str<E: Error>(self, found: &str) -> Result<usize, E> {
        if T::FIELDS.get(self.0) == Some(&found) {
            return Ok(self.0);
        }
        let number = T::FIELDS.iter().position(|name| *name == found);
        number.ok_or_else(|| E::custom(format_args!("{} has no `{found}`", T::TYPE)))
    }

    fn visit_bytes<E: Error>(self, found: &[u8]) -> Result<usize, E> {
        match core::str::from_utf8(found) {
            Ok(found) => self.visit_str(found),
            Err(_) => Err(E::custom(format_args!("the name of a field of {} is not UTF-8", T::TYPE))),
        }
    }
}

/// Reads a field.
struct Value<'t, T> {
    of: &'t mut T,
    number: usize,
}

impl<'de, T: Fields> DeserializeSeed<'de> for Value<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let Value { of, number } = self;
        let name = name::<T>(number);
        self::field(of, number, deserializer)
            .map_err(|error| Error::custom(format_args!("`{name}` of {}: {error}", T::TYPE)))
    }
}

fn field<'de, T: Fields, D: Deserializer<'de>>(
    of: &mut T,
    number: usize,
    deserializer: D,
) -> Result<(), D::Error> {
    if let Some(setting) = of.setting_mut(number) {
        *setting = Deserialize::deserialize(deserializer)?;
        return Ok(());
    }
    let after = number.saturating_sub(T::SETTINGS);
    let after = match of.steps_mut() {
        Some(steps) if after == 0 => {
            *steps = Deserialize::deserialize(deserializer)?;
            return Ok(());
        }
        Some(_) => after.saturating_sub(1),
        None => after,
    };
    let shape = T::TENSORS.get(after).map_or(ParameterShape::Vector(0), |Parameter { shape, .. }| *shape);
    let elements = of.tensor_mut(after).unwrap_or_default();
    tensor(elements, shape, deserializer)
}

fn tensor<'de, S: Deserialize<'de>, D: Deserializer<'de>>(
    elements: &mut [S],
    shape: ParameterShape,
    deserializer: D,
) -> Result<(), D::Error> {
    match (shape, elements) {
        (ParameterShape::Scalar, [element]) => {
            *element = S::deserialize(deserializer)?;
            Ok(())
        }
        (ParameterShape::Matrix(rows, columns), elements) => {
            let rows = Rows { elements, shape, columns: Some(columns), count: rows, of: PhantomData };
            deserializer.deserialize_tuple(rows.count, rows)
        }
        (ParameterShape::Scalar | ParameterShape::Vector(_), elements) => {
            let count = elements.len();
            deserializer
                .deserialize_tuple(count, Rows { elements, shape, columns: None, count, of: PhantomData })
        }
    }
}

/// Reads the rows of a matrix, or the elements of a vector.
struct Rows<'t, 'de, S> {
    elements: &'t mut [S],
    shape: ParameterShape,
    columns: Option<usize>,
    count: usize,
    of: PhantomData<&'de ()>,
}

impl<'de, S: Deserialize<'de>> Visitor<'de> for Rows<'_, 'de, S> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.columns.is_some() { "rows" } else { "numbers" };
        write!(f, "{} {what} for the shape {}", self.count, self.shape)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut found: A) -> Result<(), A::Error> {
        let width = self.columns.unwrap_or(1).max(1);
        let elements = core::mem::take(&mut self.elements);
        for (number, part) in elements.chunks_mut(width).enumerate() {
            let read = match (self.columns, &mut *part) {
                (None, [element]) => found.next_element()?.map(|read| *element = read),
                (Some(columns), part) => found.next_element_seed(Row(part, columns, PhantomData))?,
                (None, _) => None,
            };
            read.ok_or_else(|| A::Error::invalid_length(number, &self))?;
        }
        match found.next_element::<IgnoredAny>()? {
            Some(_) => Err(A::Error::invalid_length(self.count + 1, &self)),
            None => Ok(()),
        }
    }
}

/// Reads a row.
struct Row<'t, 'de, S>(&'t mut [S], usize, PhantomData<&'de ()>);

impl<'de, S: Deserialize<'de>> DeserializeSeed<'de> for Row<'_, 'de, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        tensor(self.0, ParameterShape::Vector(self.1), deserializer)
    }
}

/// Implements the traits of serde for a generated type, from the list of its settings.
#[doc(hidden)]
#[macro_export]
macro_rules! __mlp_serde {
    ($type:ident { $($setting:ident = $name:literal),* } $($steps:literal)?) => {
        impl $crate::serde::Fields for $type {
            const TYPE: &'static str = ::core::stringify!($type);
            const SETTINGS: usize = <[&str]>::len(&[$($name),*]);
            const FIELDS: &'static [&'static str] = {
                const OTHERS: &[&str] = &[$($name,)* $($steps)?];
                const TENSORS: &[$crate::__private::Parameter] = <$type as $crate::__private::Tensors>::TENSORS;
                const NAMES: [&str; OTHERS.len() + TENSORS.len()] = $crate::serde::fields(OTHERS, TENSORS);
                &NAMES
            };

            fn setting(
                &self,
                number: usize,
            ) -> ::core::option::Option<&<Self as $crate::__private::Tensors>::Scalar> {
                let settings: &[&<Self as $crate::__private::Tensors>::Scalar] = &[$(&self.$setting),*];
                settings.get(number).copied()
            }

            fn setting_mut(
                &mut self,
                number: usize,
            ) -> ::core::option::Option<&mut <Self as $crate::__private::Tensors>::Scalar> {
                let mut place = ::core::option::Option::None;
                let mut left = number;
                $(
                    if left == 0 {
                        place = ::core::option::Option::Some(&mut self.$setting);
                    }
                    left = left.wrapping_sub(1);
                )*
                let _ = left;
                place
            }
        }
        impl $crate::serde::Serialize for $type {
            fn serialize<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::serde::serialize(self, serializer)
            }
        }
        impl<'de> $crate::serde::Deserialize<'de> for $type {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                let mut of = Self::ZERO;
                $crate::serde::deserialize_into(&mut of, deserializer)?;
                ::core::result::Result::Ok(of)
            }

            fn deserialize_in_place<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
                place: &mut Self,
            ) -> ::core::result::Result<(), D::Error> {
                $crate::serde::deserialize_into(place, deserializer)
            }
        }
    };
}
