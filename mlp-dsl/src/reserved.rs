//! Names that a network or its parts can't have in Rust, and why.

/// Why a network can't have this name, in words.
pub fn unusable_type(name: &str) -> Option<&'static str> {
    match name {
        "functions" | "constants" | "runtime" => Some("generated code has a module of this name"),
        // The generated struct would hide them, from its own fields and from what stands around it.
        "bool" | "char" | "str" | "f16" | "f32" | "f64" | "f128" | "i8" | "i16" | "i32" | "i64" | "i128"
        | "isize" | "u8" | "u16" | "u32" | "u64" | "u128" | "usize" => Some("it is a type of Rust's"),
        _ => None,
    }
}

/// Why a name can't be used in Rust, in words.
pub fn unusable(name: &str) -> Option<&'static str> {
    match name {
        "_" => Some("`_` names nothing"),
        "self" | "Self" | "super" | "crate" => Some("Rust gives it a meaning that can't be changed"),
        _ => None,
    }
}
